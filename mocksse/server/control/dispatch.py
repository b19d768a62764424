"""From a request under `/__mocksse/` to its Reply: the guard, the table, the query and the body, in this order.

State is changed by JSON only: no form of another origin's page can send it without asking first.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from mocksse import limits
from mocksse.errors import MocksseError
from mocksse.server.control.call import Call, Problem, Reply
from mocksse.server.control.routes import OPERATIONS, PREFIX, Operation, find
from mocksse.server.control.shapes import FAULTS_IN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mocksse.server.world import World

EVENTS = f"{PREFIX}/events"
_OPEN = frozenset(f"{PREFIX}{operation.path}" for operation in OPERATIONS if operation.open)
_BARE = frozenset(f"{PREFIX}{operation.path}" for operation in OPERATIONS if operation.bare)


def guarded(world: World, headers: Mapping[str, str], path: str) -> None:
    """Raises Problem where whoever asks may not."""
    host, origin, authorization = (headers.get(name, "") for name in ("Host", "Origin", "Authorization"))
    if path in _OPEN:
        reason = world.guard.may_look(host, origin, tls=world.tls)
    elif path in _BARE:
        reason = world.guard.may_open(host, origin, tls=world.tls)
    else:
        reason = world.guard.may_control(host, origin, authorization, tls=world.tls)
    if reason:
        raise Problem(403, reason)


async def dispatch(world: World, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
    """Answer a call. `headers` by any spelling of their names."""
    path, _, query = target.partition("?")
    path = f"{PREFIX}/" if path == PREFIX else path
    try:
        guarded(world, headers, path)
        operation, parameters, methods = find(method, path.removeprefix(PREFIX))
        if operation is None:
            raise _no_such(path, ("GET",) if path == EVENTS else methods)
        host = headers.get("Host", "")
        call = Call(
            world,
            f"{'https' if world.tls else 'http'}://{host}" if host else world.url,
            parameters,
            dict(parse_qsl(query, keep_blank_values=True)),
            _value(operation, headers.get("Content-Type", ""), body),
        )
        return await operation.call(call)
    except Problem as problem:
        return problem.reply
    except MocksseError as error:
        return Problem.of(error).reply


def _no_such(path: str, methods: tuple[str, ...]) -> Problem:
    if methods:
        allowed = ", ".join(sorted({*methods, *(("HEAD",) if "GET" in methods else ())}))
        return Problem(405, f"{path} takes {allowed}", "", (b"Allow", allowed.encode()))
    return Problem(404, f"no such endpoint: {path[:200]}", f"{PREFIX}/docs lists them")


def _value(operation: Operation, kind: str, body: bytes) -> Any:
    """The JSON of the body, as far as the operation has one. Raises Problem."""
    if operation.method == "GET":
        return None
    if len(body) > limits.MAX_CONTROL_BODY_BYTES:
        raise Problem(413, f"a body of more than {limits.MAX_CONTROL_BODY_BYTES} bytes")
    if body and kind.partition(";")[0].strip().lower() != "application/json":
        raise Problem(415, "the body must be JSON, and say so", "-H 'content-type: application/json'")
    if operation.body is None:
        return None
    if not body and operation.body != FAULTS_IN:
        return None
    try:
        value = json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Problem(400, f"the body is no JSON: {error}") from None
    if not isinstance(value, dict):
        raise Problem(422, "the body must be an object")
    if operation.body == FAULTS_IN and not _is_faults(value):
        raise Problem(422, "the body must be an object with faults", '{"faults": ["reset at=event:5"]}')
    return value


def _is_faults(value: dict[str, Any]) -> bool:
    faults = value.get("faults")
    texts = [faults] if isinstance(faults, str) else faults
    return set(value) == {"faults"} and isinstance(texts, list) and all(isinstance(text, str) for text in texts)


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")
