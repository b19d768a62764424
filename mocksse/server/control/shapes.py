"""The shapes of what goes in and out of the control API, as JSON Schema: the components of openapi.json."""

from __future__ import annotations

from typing import Any

from mocksse.server.verdict.checks import CHECKS

SESSION_IN = "SessionIn"
FAULTS_IN = "FaultsIn"

_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
_COUNT = {"type": "integer", "minimum": 0}
_MAYBE_TEXT = {"type": ["string", "null"]}


def _object(**fields: Any) -> dict[str, Any]:
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def _list_of(shape: str) -> dict[str, Any]:
    return {"type": "array", "items": {"$ref": f"#/components/schemas/{shape}"}}


_NEAR = _object(
    interaction=_TEXT,
    request=_TEXT,
    differs={"type": "array", "items": _object(field=_TEXT, asked={}, recorded={})},
)
_REQUEST: dict[str, Any] = _object(
    number=_COUNT,
    session=_TEXT,
    at={"type": "string", "format": "date-time"},
    connection={"type": "integer"},
    method=_TEXT,
    path=_TEXT,
    headers={"type": "array", "items": {"type": "array", "items": _TEXT, "minItems": 2, "maxItems": 2}},
    body_bytes=_COUNT,
    kind={"enum": ["played", "missed", "made-up", "relayed", "own"]},
    status=_COUNT,
    interaction=_MAYBE_TEXT,
    play=_COUNT,
    plan=_MAYBE_TEXT,
    note=_TEXT,
    faults=_TEXTS,
    notes=_TEXTS,
    nearest={"type": "array", "items": _NEAR},
    recorded=_MAYBE_TEXT,
    done={"type": "boolean"},
    broken_off=_MAYBE_TEXT,
    bytes=_COUNT,
    seconds={"type": "number"},
    sent=_COUNT,
    planned=_COUNT,
    end=_object(at_ms={"type": "number"}, how=_TEXT),
)
_REQUEST["properties"] |= {
    "body": {"type": "object", "description": "json, text or base64: redacted, and cut at 64 KiB."},
    "writes": {
        "type": "array",
        "items": _object(
            bytes=_COUNT, planned_ms={"type": ["number", "null"]}, written_ms={"type": ["number", "null"]}
        ),
    },
}

_MS = {"type": ["number", "null"]}
_TIMELINE: dict[str, Any] = _object(
    title=_TEXT,
    request=_object(method=_TEXT, path=_TEXT, body=_MAYBE_TEXT),
    api=_MAYBE_TEXT,
    play=_COUNT,
    status=_COUNT,
    clock={"enum": ["planned", "written", "recorded"]},
    exact={"type": "boolean"},
    running_ms=_MS,
    steps={
        "type": "array",
        "items": {
            "type": "object",
            "properties": {"at_ms": {"type": "number"}, "written_ms": _MS, "kind": _TEXT, "bytes": _COUNT},
            "required": ["at_ms", "written_ms", "kind", "bytes"],
        },
    },
    frames={
        "type": "array",
        "items": _object(
            step=_COUNT,
            kind={"enum": ["event", "comment", "pending", "other"]},
            type=_TEXT,
            bytes=_COUNT,
            data=_TEXT,
            says={"type": "array", "items": {"type": "object"}},
        ),
    },
    end=_object(at_ms={"type": "number"}, how=_TEXT, whole={"type": "boolean"}),
    faults={
        "type": "array",
        "items": _object(fault=_TEXT, offset={"type": "integer"}, step=_COUNT, what=_TEXT),
    },
    notes=_TEXTS,
)

SHAPES: dict[str, Any] = {
    "Any": {"type": "object"},
    "Health": _object(status={"const": "ok"}),
    "Version": _object(name={"const": "mocksse"}, version=_TEXT, cassette_format=_COUNT),
    "Session": _object(
        name=_TEXT,
        base_url=_TEXT,
        cassettes=_TEXTS,
        seed={"type": "integer"},
        pacing={"type": "object"},
        faults=_TEXTS,
        match={"type": "object"},
        routes={"type": "object", "additionalProperties": _TEXT},
        requests=_COUNT,
    ),
    "Sessions": _object(sessions=_list_of("Session")),
    "Request": _REQUEST,
    "Requests": _object(requests=_list_of("Request"), begun=_COUNT),
    "Faults": _object(faults=_TEXTS),
    FAULTS_IN: _object(faults={"anyOf": [_TEXT, _TEXTS]}),
    "Verdict": _object(
        verdict={"enum": ["pass", "warn", "fail"]},
        findings={
            "type": "array",
            "items": _object(
                check={"enum": list(CHECKS)},
                severity={"enum": ["fail", "warn"]},
                requests={"type": "array", "items": _COUNT},
                message=_TEXT,
                source=_TEXT,
            ),
        },
    ),
    "Cassettes": _object(
        cassettes={
            "type": "array",
            "items": _object(name=_TEXT, interactions={"type": "array", "items": {"type": "object"}}),
        }
    ),
    "Reloaded": _object(changed=_TEXTS, wrong=_TEXTS),
    "Timeline": _TIMELINE,
    "Timelines": _object(timelines=_list_of("Timeline")),
    "Catalogue": _object(faults={"type": "array", "items": {"type": "object"}}),
    "Plans": _object(interactions={"type": "array", "items": {"type": "object"}}),
    "Problem": {
        "type": "object",
        "properties": {"type": _TEXT, "title": _TEXT, "status": _COUNT, "detail": _TEXT, "hint": _TEXT},
        "required": ["type", "title", "status", "detail"],
        "additionalProperties": False,
    },
}
"""All but SessionIn, which is the schema of the type that a session is decoded into."""
