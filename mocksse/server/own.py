"""Answers that are no replay: errors, preflights, control. They go out on the same path as a recording, as Sends.

Pure. Errors are JSON in the shape that the APIs' own SDKs read a message from, and open to pages of any origin.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mocksse.replay import cors
from mocksse.replay.lower import NOTE, encode_note
from mocksse.replay.plan import Sends
from mocksse.server.access import Answer
from mocksse.server.control.call import encode
from mocksse.server.miss import missed
from mocksse.wire import http1_encode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mocksse.cassette.model import Headers
    from mocksse.cassette.redact import Secrets
    from mocksse.providers.probes import Probe
    from mocksse.replay.draft import Context
    from mocksse.server.control.call import Reply
    from mocksse.server.miss import Near

_PACKAGE = __name__.partition(".")[0]
CONTROL = "/__mocksse/"
"""What paths that are ours begin with; no recording is looked for there."""


def is_control(target: str) -> bool:
    """Whether a request is for us, and not for a recording."""
    return f"{target.partition('?')[0]}/".startswith(CONTROL)


def error(status: int, message: str, context: Context, **more: object) -> Answer:
    """An error of ours, as `{"error": {"message", "type": "mocksse", "code", ...}}`, and the message as a note."""
    value = {"error": {"message": message, "type": "mocksse", "code": status, **more}}
    body = encode(value)
    headers = ((b"Content-Type", b"application/json"), (NOTE, encode_note((message,))))
    return Answer(status, _whole(status, headers, body, context), note=message)


def bug(trouble: Exception, context: Context) -> Answer:
    """The answer where we failed: what it was and where, but not its text: that can be anybody's."""
    place = ""
    frame = trouble.__traceback__
    while frame is not None:
        if (name := frame.tb_frame.f_globals.get("__name__", "")).partition(".")[0] == _PACKAGE:
            place = f" at {name.replace('.', '/')}.py:{frame.tb_lineno}"
        frame = frame.tb_next
    message = f"a bug of mocksse: {type(trouble).__name__}{place}"
    return replace(error(500, message, context), bug=True)


def miss(method: str, target: str, nearest: Sequence[Near], context: Context, secrets: Secrets) -> Answer:
    """The answer to a request that no recording answers; of its `secrets` nothing is said."""
    found = missed(method, target, nearest, secrets)
    sends = _whole(404, (*found.headers, (NOTE, encode_note((found.note,)))), found.body, context)
    return Answer(404, sends, found.note, "missed", nearest=tuple(nearest))


def probe(made_up: Probe, context: Context) -> Answer:
    """The answer to a probe that nobody recorded."""
    return Answer(made_up.status, _whole(made_up.status, made_up.headers, made_up.body, context), "made up", "made-up")


def control(reply: Reply, context: Context) -> Answer:
    """The answer of the control API: for nobody's cache, and for no page of another origin."""
    headers: Headers = ((b"Cache-Control", b"no-store"), (b"X-Content-Type-Options", b"nosniff"), *reply.headers)
    context = replace(context, origin="")
    if reply.body is None:
        sends = _at_once(http1_encode.encode_head(reply.status, None, headers))
    else:
        sends = _whole(reply.status, ((b"Content-Type", reply.kind.encode()), *headers), reply.body, context)
    return Answer(reply.status, sends, "control")


def preflight(context: Context, method: str, headers: str, *, private: bool) -> Answer:
    """The answer to an OPTIONS preflight that asks for `method` and `headers`."""
    return Answer(204, _at_once(cors.preflight(context.origin, method, headers, private=private)))


def _whole(status: int, headers: Headers, body: bytes, context: Context) -> Sends:
    headers = (*headers, (b"Content-Length", b"%d" % len(body)))
    if context.close:
        headers = (*headers, (b"Connection", b"close"))
    if context.origin:
        headers = cors.answer(headers, context.origin)
    head = http1_encode.encode_head(status, None, headers)
    return _at_once(head if context.method == "HEAD" else head + body)


def _at_once(data: bytes) -> Sends:
    # Never "fin": where the connection is to be closed aiohttp does it, after it has read what is left of the request.
    # To close before that would be a reset, and would take this answer with it.
    return Sends((0,), (data,), (False,), 0, "complete")
