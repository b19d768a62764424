"""The control API's description, made of its table: OpenAPI 3.1 as JSON."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from mocksse import __version__
from mocksse.server.control.call import PROBLEM, Reply, encode
from mocksse.server.control.shapes import FAULTS_IN, SESSION_IN, SHAPES
from mocksse.settings.model import SESSION_NAME

if TYPE_CHECKING:
    from mocksse.server.control.call import Call
    from mocksse.server.control.routes import Operation

_EVENTS = """What happens, as it happens: an event stream that has no end. Events: `request` (one is about to be
answered), `done`, `session`, `cassettes`, `recorded`, `gap` (some are gone). Who comes back with Last-Event-ID misses
nothing that is still kept."""


_TAGS: dict[str, tuple[str, frozenset[str]]] = {
    "Sessions": (
        "A world for each client: its recordings, pace, faults and counters.",
        frozenset({"sessions", "reset"}),
    ),
    "Faults": ("What is broken in every answer of a session.", frozenset({"faults"})),
    "Journal": (
        "What a session was asked, and what it wrote when.",
        frozenset({"requests", "timeline", "verdict", "events"}),
    ),
    "Recordings": (
        "The cassettes, and the plans that come of them.",
        frozenset({"cassettes", "reload", "plan", "timelines"}),
    ),
    "Server": ("The server itself.", frozenset()),
}
"""Groups: what they are about, and the last words of their paths; the last one takes the rest."""
_NAME = {"type": "string", "pattern": f"^{SESSION_NAME.pattern}$"}


async def document(_: Call) -> Reply:
    """openapi.json."""
    return Reply(200, encode(description()))


@cache
def description() -> dict[str, Any]:
    """The whole document."""
    from mocksse.server.control.routes import OPERATIONS, PREFIX

    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(f"{PREFIX}{operation.path}", {})[operation.method.lower()] = _operation(operation)
    paths[f"{PREFIX}/events"] = {"get": _events()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "mocksse control API",
            "version": __version__,
            "description": "Sessions of a running mocksse server, made, changed, broken and read.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "tags": [{"name": name, "description": text} for name, (text, _) in _TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": {**SHAPES, **_session_in()},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{}, {"token": []}],
    }


def _session_in() -> dict[str, Any]:
    import msgspec

    from mocksse.settings.document import SessionDoc

    (_, components) = msgspec.json.schema_components([SessionDoc], ref_template="#/components/schemas/{name}")
    session = components[SESSION_IN] = components.pop("SessionDoc")
    session["title"] = SESSION_IN
    session["properties"]["name"] = {"anyOf": [_NAME, {"type": "null"}], "default": None}
    return components


def _operation(operation: Operation) -> dict[str, Any]:
    answers = {400: "Problem", 403: "Problem", **operation.answers}
    if operation.method != "GET":
        answers |= {413: "Problem", 415: "Problem"}
    value: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.text,
        "tags": [_tag(operation.path)],
        "parameters": [
            *(
                {"name": name, "in": "path", "required": True, "schema": _path_schema(name)}
                for name in _names(operation)
            ),
            *(
                {"name": p.name, "in": "query", "schema": dict(p.schema), "description": p.text}
                for p in operation.query
            ),
        ],
        "responses": {str(status): _answer(status, shape) for status, shape in sorted(answers.items())},
    }
    if operation.body:
        content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{operation.body}"}}}
        value["requestBody"] = {"content": content, "required": operation.body == FAULTS_IN}
    return value


def _tag(path: str) -> str:
    """The group of a path: the first that has its last word."""
    last = [word for word in path.split("/") if not word.startswith("{")][-1]
    return next(name for name, (_, among) in _TAGS.items() if last in among or not among)


def _names(operation: Operation) -> list[str]:
    return [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]


def _path_schema(name: str) -> dict[str, Any]:
    return {"type": "integer", "minimum": 1, "maximum": 10**15} if name == "number" else _NAME


def _answer(status: int, shape: str) -> dict[str, Any]:
    from http import HTTPStatus

    value: dict[str, Any] = {"description": HTTPStatus(status).phrase}
    if "/" in shape:
        value["content"] = {shape: {"schema": {"type": "string"}}}
    elif shape:
        kind = PROBLEM if shape == "Problem" else "application/json"
        value["content"] = {kind: {"schema": {"$ref": f"#/components/schemas/{shape}"}}}
    return value


def _events() -> dict[str, Any]:
    text = {"schema": {"type": "string"}}
    return {
        "operationId": "events",
        "summary": " ".join(_EVENTS.split()),
        "tags": [_tag("/events")],
        "parameters": [
            {
                "name": "session",
                "in": "query",
                "schema": {"type": "string"},
                "description": "Only what is of this one.",
            },
            {
                "name": "after",
                "in": "query",
                "schema": {"type": "integer", "minimum": 0, "maximum": 10**16 - 1},
                "description": "What came behind the event of this id; 0: all that is kept.",
            },
            {
                "name": "Last-Event-ID",
                "in": "header",
                "schema": {"type": "string"},
                "description": "The same, and goes before it: a browser that comes back sends it.",
            },
        ],
        "responses": {
            "200": {"description": "OK", "content": {"text/event-stream": text}},
            "400": _answer(400, "Problem"),
            "403": _answer(403, "Problem"),
        },
    }
