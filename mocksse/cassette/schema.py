"""The JSON Schema of cassette files, made of the very types that read them.

Two things are added: what `compose` reads as text may look like anything, so that an editor does not object to
`data: [DONE]` or `retry-after: 3`; and what may not stand side by side, which `load` checks and no type says.
"""

from __future__ import annotations

from typing import Any

import msgspec

from mocksse.cassette.document import CassetteDoc

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_SCALARS = ["string", "number", "boolean", "null"]
_FIELDS = ("comment", "event", "id", "retry", "data")
_AS_WRITTEN = {
    "Entry": ("comment", "event", "id", "data", "line", "text"),
    "SseFields": ("comment", "event", "id", "data"),
}
_HEADS = {"RequestDoc": ("headers",), "ResponseDoc": ("headers", "trailers")}
# Of these groups of keys, one.
_EITHER: dict[str, list[tuple[tuple[str, ...], ...]]] = {
    "CassetteDoc": [(("interactions",), ("path", "method", "stream"))],
    "InteractionDoc": [(("request",), ("path", "method")), (("response",), ("stream",))],
    "RequestDoc": [(("json",), ("text",), ("base64",))],
    "Entry": [(_FIELDS, ("events",), ("line",), ("text",), ("base64",))],
}
_ONE_OF_THEM = {"CassetteDoc": ("interactions", "path"), "InteractionDoc": ("request", "path")}


def schema() -> dict[str, Any]:
    """The schema, draft 2020-12."""
    made = msgspec.json.schema(CassetteDoc)
    definitions: dict[str, Any] = made["$defs"]
    for name, keys in _AS_WRITTEN.items():
        for key in keys:
            _of_any_type(definitions[name]["properties"][key])
    for name, keys in _HEADS.items():
        for key in keys:
            _with_scalars(definitions[name]["properties"][key])
    for name, choices in _EITHER.items():
        definitions[name]["dependentSchemas"] = _apart(choices)
    for name, keys in _ONE_OF_THEM.items():
        definitions[name]["anyOf"] = [{"required": [key]} for key in keys]
    definitions["CassetteDoc"]["properties"]["interactions"]["minItems"] = 1
    return {"$schema": DIALECT, "title": "mocksse cassette", **made}


def _of_any_type(value: dict[str, Any]) -> None:
    described: dict[str, Any] = next((choice for choice in value.pop("anyOf") if "description" in choice), {})
    value |= {"description": described["description"]} if described else {}
    value["type"] = [*_SCALARS, "array", "object"]


def _with_scalars(value: Any) -> None:
    """Text in a head may be a number, a boolean or nothing to YAML."""
    if isinstance(value, dict):
        if value.get("type") == "string":
            value["type"] = _SCALARS
        for inner in value.values():
            _with_scalars(inner)
    elif isinstance(value, list):
        for inner in value:
            _with_scalars(inner)


def _apart(choices: list[tuple[tuple[str, ...], ...]]) -> dict[str, Any]:
    """Where a key of one group stands, none of the other groups may."""
    barred: dict[str, dict[str, bool]] = {}
    for groups in choices:
        for group in groups:
            others = {key: False for other in groups if other is not group for key in other}
            for key in group:
                barred.setdefault(key, {}).update(others)
    return {key: {"properties": others} for key, others in barred.items()}
