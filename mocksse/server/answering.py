"""What a session answers a request with: a play of a recording, a small made-up answer, or why there is none.

It neither waits nor writes, and never raises: aiohttp's own answer to an exception is a page, and a traceback on our
terminal.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from weakref import ref

from mocksse import limits
from mocksse.cassette.redact import credentials, redact_url
from mocksse.errors import EXIT_USAGE, MocksseError
from mocksse.providers import probes
from mocksse.server import own, said
from mocksse.server.access import Answer, brief
from mocksse.server.tape import Replay

if TYPE_CHECKING:
    from aiohttp import web

    from mocksse.replay.draft import Context
    from mocksse.server.asked import Asked
    from mocksse.server.session import Session
    from mocksse.server.world import World

_LOOKED_AT = limits.MIB
"""Bytes of a body in which credentials are looked for before anything of it is repeated."""


def answered(
    world: World, session: Session, request: web.BaseRequest, target: str, body: bytes, context: Context
) -> Answer:
    """The answer, whatever happens."""
    found = recorded(world, session, request, target, body, context)
    return found if found is not None else _missed(world, session, request, target, body, context)


def recorded(
    world: World, session: Session, request: web.BaseRequest, target: str, body: bytes, context: Context
) -> Answer | None:
    """The answer of a recording, or why the request can't have one; None where nobody recorded it."""
    try:
        session.refresh()
        asked = said.asked(
            request.method,
            target,
            body,
            context,
            partial(request.headers.getall, default=()),
            control=world.header_control,
            chosen=session.rules.headers,
        )
        return _played(session, asked)
    except said.ForbiddenError as error:
        return own.error(403, str(error), context)
    except MocksseError as error:
        return own.error(400 if error.exit_code == EXIT_USAGE else 500, brief(str(error)), context)
    except Exception as error:
        return own.bug(error, context)


def _played(session: Session, asked: Asked) -> Answer | None:
    playing = session.play(asked)
    if playing is None:
        return None
    tape, ready = playing.tape, playing.ready
    return Answer(
        ready.status,
        ready.sends,
        tape.key,
        "played",
        tape,
        playing.number,
        ready,
        Replay(ref(tape), playing.kind, playing.number),
        faults=ready.faults,
        notes=ready.notes,
    )


def _missed(
    world: World, session: Session, request: web.BaseRequest, target: str, body: bytes, context: Context
) -> Answer:
    try:
        if world.made_up and (probe := probes.answer(request.method, target, session.models)):
            return own.probe(probe, context)
        rules = session.stock.redaction
        secrets = credentials(target, tuple(request.headers.items()), body[:_LOOKED_AT], rules)
        chosen = tuple((n, v) for n in session.rules.headers for v in request.headers.getall(n, ()))
        # Blotted before it is compared: of a key in a long text half might be shown.
        safe = redact_url(target, secrets, rules)
        nearest = session.nearest(request.method, safe, secrets.blot(body), chosen)
        return own.miss(request.method, safe, nearest, context, secrets)
    except Exception as error:
        return own.bug(error, context)
