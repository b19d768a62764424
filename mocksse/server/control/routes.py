"""The control API as one table: what can be called, with what, and what comes back. Dispatch and openapi read it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from mocksse.server.control import live_page, openapi, page, reading, sessions, timelines
from mocksse.server.control.shapes import FAULTS_IN, SESSION_IN

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from mocksse.server.control.call import Call, Reply

PREFIX = "/__mocksse"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One of the query, as JSON Schema has it."""

    name: str
    schema: Mapping[str, Any]
    text: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path. `answers`: by status, the name of the shape of the body; empty for none.

    `body`: the shape that a JSON body must have; None: there is none. `open`: it is for whoever reaches us.
    `bare`: it has nothing of the server's in it, and asks for no token.
    """

    method: str
    path: str
    name: str
    text: str
    call: Callable[[Call], Awaitable[Reply]]
    answers: Mapping[int, str]
    query: tuple[Parameter, ...] = ()
    body: str | None = None
    open: bool = False
    bare: bool = False


_AFTER = Parameter("after", {"type": "integer", "minimum": 0, "maximum": 10**15}, "Only requests behind this number.")
_LIMIT = Parameter("limit", {"type": "integer", "minimum": 1, "maximum": 100_000}, "No more than so many.")
_WRITES = Parameter("writes", {"type": "boolean"}, "false leaves out the single writes.")
_PATIENCE = Parameter(
    "patience",
    {"type": "integer", "minimum": 0, "maximum": 86_400, "default": 120},
    "After how many seconds of silence a client should have left.",
)
_PLAN = (
    Parameter("session", {"type": "string"}, "The session that would play it; the default one."),
    Parameter("interaction", {"type": "string"}, "Its name, its file's, or `file#interaction`; all of the session's."),
    Parameter("fault", {"type": "string"}, "As in the header x-mocksse-fault."),
    Parameter("play", {"type": "integer", "minimum": 1, "maximum": 10_000}, "Which play of it."),
    Parameter("last_event_id", {"type": "string"}, "The client comes back with it."),
)
_ONE = "/sessions/{name}"

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "GET",
        "/",
        "page",
        "What the server does, to be seen as it happens.",
        live_page.page,
        {200: "text/html"},
        bare=True,
    ),
    Operation("GET", "/health", "health", "Whether the server is well.", reading.health, {200: "Health"}, open=True),
    Operation("GET", "/version", "version", "What the server is.", reading.version, {200: "Version"}),
    Operation("GET", "/sessions", "listSessions", "All sessions.", sessions.list_all, {200: "Sessions"}),
    Operation(
        "POST",
        "/sessions",
        "createSession",
        "Make a session. What it does not say is as in the default one; without a name it gets one.",
        sessions.create,
        {201: "Session", 409: "Problem", 422: "Problem"},
        body=SESSION_IN,
    ),
    Operation("GET", _ONE, "readSession", "One session.", sessions.read, {200: "Session", 404: "Problem"}),
    Operation(
        "PUT",
        _ONE,
        "putSession",
        "Make a session of this name, or make it anew. Asked twice, it is the same.",
        sessions.put,
        {200: "Session", 201: "Session", 422: "Problem"},
        body=SESSION_IN,
    ),
    Operation(
        "PATCH",
        _ONE,
        "changeSession",
        "Change what is said and nothing else, from the next request on.",
        sessions.change,
        {200: "Session", 404: "Problem", 422: "Problem"},
        body=SESSION_IN,
    ),
    Operation(
        "DELETE", _ONE, "deleteSession", "Take it away.", sessions.delete, {204: "", 404: "Problem", 409: "Problem"}
    ),
    Operation(
        "GET",
        f"{_ONE}/requests",
        "listRequests",
        "What the session was asked, and what was written when; the oldest first.",
        sessions.requests,
        {200: "Requests", 404: "Problem"},
        (_AFTER, _LIMIT, _WRITES),
    ),
    Operation(
        "GET",
        f"{_ONE}/requests/{{number}}",
        "readRequest",
        "One request.",
        sessions.request,
        {200: "Request", 404: "Problem"},
    ),
    Operation(
        "GET",
        f"{_ONE}/requests/{{number}}/timeline",
        "readTimeline",
        "What a request was answered with: every byte, when it was due and when it went out, and what it says.",
        timelines.of_request,
        {200: "Timeline", 404: "Problem"},
    ),
    Operation(
        "GET",
        f"{_ONE}/faults",
        "listFaults",
        "The session's faults.",
        sessions.faults,
        {200: "Faults", 404: "Problem"},
    ),
    Operation(
        "PUT",
        f"{_ONE}/faults",
        "setFaults",
        "These faults and no others.",
        sessions.set_faults,
        {200: "Faults", 404: "Problem", 422: "Problem"},
        body=FAULTS_IN,
    ),
    Operation(
        "POST",
        f"{_ONE}/faults",
        "addFaults",
        "These faults too, behind those there are.",
        sessions.add_faults,
        {200: "Faults", 404: "Problem", 422: "Problem"},
        body=FAULTS_IN,
    ),
    Operation(
        "DELETE",
        f"{_ONE}/faults",
        "clearFaults",
        "No faults.",
        sessions.clear_faults,
        {204: "", 404: "Problem", 422: "Problem"},
    ),
    Operation(
        "POST",
        f"{_ONE}/reset",
        "resetSession",
        "As it was made: counters, journal, and what was changed since.",
        sessions.reset,
        {200: "Session", 404: "Problem", 409: "Problem"},
    ),
    Operation(
        "GET",
        f"{_ONE}/verdict",
        "readVerdict",
        "What the journal says of the client.",
        sessions.verdict,
        {200: "Verdict", 404: "Problem"},
        (_PATIENCE,),
    ),
    Operation(
        "POST",
        "/reset",
        "resetAll",
        "All sessions as they were made.",
        sessions.reset_all,
        {200: "Sessions", 409: "Problem"},
    ),
    Operation("GET", "/cassettes", "listCassettes", "All cassettes.", reading.cassettes, {200: "Cassettes"}),
    Operation(
        "POST",
        "/cassettes/reload",
        "reloadCassettes",
        "Read the cassettes again; one that can't be read stays as it was.",
        reading.reload,
        {200: "Reloaded"},
    ),
    Operation(
        "GET",
        "/plan",
        "readPlan",
        "What would be written for the recorded requests: every byte, its time, its faults.",
        reading.plan,
        {200: "Plans", 404: "Problem", 422: "Problem"},
        _PLAN,
    ),
    Operation(
        "GET",
        "/timelines",
        "listTimelines",
        "The same of what would be written for the recorded requests.",
        timelines.of_plans,
        {200: "Timelines", 404: "Problem", 422: "Problem"},
        _PLAN,
    ),
    Operation("GET", "/faults", "listCatalogue", "What can be broken.", reading.faults, {200: "Catalogue"}),
    Operation("GET", "/metrics", "metrics", "For Prometheus.", reading.metrics, {200: "text/plain"}),
    Operation("GET", "/openapi.json", "openapi", "This description.", openapi.document, {200: "Any"}),
    Operation("GET", "/docs", "docs", "This description, to be read.", page.page, {200: "text/html"}),
)
"""All but `GET /events`, which is a stream and has no end."""


def find(method: str, path: str) -> tuple[Operation | None, dict[str, str], tuple[str, ...]]:
    """The operation of a path without its prefix, the parameters in it, and the methods that the path has.

    No operation and no methods: there is no such path. A look at the head is a GET.
    """
    methods: list[str] = []
    for operation, pattern in _PATTERNS:
        found = pattern.fullmatch(path)
        if found is None:
            continue
        methods.append(operation.method)
        if operation.method == ("GET" if method == "HEAD" else method):
            return operation, {name: unquote(value) for name, value in found.groupdict().items()}, tuple(methods)
    return None, {}, tuple(methods)


_PATTERNS = tuple(
    (operation, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", operation.path) + "/?")) for operation in OPERATIONS
)
