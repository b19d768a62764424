"""Sessions over the control API: made, read, changed, broken, reset and judged. What a call can't do is a Problem."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from mocksse.cassette.pacing import FromCassette, words
from mocksse.errors import MocksseError, UsageError
from mocksse.replay.faults.grammar import parse
from mocksse.server.control.call import Problem, Reply, encode, reply
from mocksse.server.described import described
from mocksse.server.verdict import CHECKS, PATIENCE_S, findings, outcome
from mocksse.settings.model import DEFAULT
from mocksse.settings.session import session_settings_of

if TYPE_CHECKING:
    from mocksse.cassette.pacing import Duration
    from mocksse.server.control.call import Call
    from mocksse.server.journal import Record
    from mocksse.server.session import Session
    from mocksse.settings.model import SessionSettings

_BREATH = 20
"""Records after which other streams have their turn."""


async def list_all(call: Call) -> Reply:
    """All sessions."""
    return reply({"sessions": [_described(call, session) for session in call.world.sessions]})


async def create(call: Call) -> Reply:
    """A session; what it does not say is as in the default one."""
    said = _said(call)
    if said.name and call.world.sessions.get(said.name) is not None:
        raise Problem(409, f"there is a session {said.name}", "PUT replaces it, PATCH changes it")
    session = _create(call, said)
    return reply(_described(call, session), 201, (b"Location", f"/__mocksse/sessions/{session.name}".encode()))


async def read(call: Call) -> Reply:
    """One session."""
    return reply(_described(call, _session(call)))


async def put(call: Call) -> Reply:
    """A session of that name, whatever there was: asked twice, it is the same. Its counters begin anew."""
    name, said = call.path["name"], _said(call)
    if said.name not in {"", name}:
        raise Problem(422, f"name: {said.name} is not the name in the path")
    session = call.world.sessions.get(name)
    if session is None:
        session = _create(call, replace(said, name=name))
        return reply(_described(call, session), 201, (b"Location", f"/__mocksse/sessions/{name}".encode()))
    _change(call, session, replace(said.over(call.world.sessions.default.made), name=name))
    session.remake()
    return reply(_described(call, session))


async def change(call: Call) -> Reply:
    """Change what is said, and nothing else; counters go on."""
    session, said = _session(call), _said(call)
    if said.name not in {"", session.name}:
        raise Problem(422, "name: a session keeps its name")
    _change(call, session, replace(said.over(session.settings), name=session.name))
    return reply(_described(call, session))


async def delete(call: Call) -> Reply:
    """Take it away."""
    session = _session(call)
    try:
        call.world.sessions.delete(session.name)
    except UsageError as error:
        raise Problem.of(error, 409) from None
    call.world.feed.say("session", {"session": session.name, "what": "deleted"}, session.name)
    return Reply(204)


async def reset(call: Call) -> Reply:
    """As it was made: counters, journal, and what was changed since."""
    session = _session(call)
    _reset(call, session)
    return reply(_described(call, session))


async def reset_all(call: Call) -> Reply:
    """All sessions as they were made."""
    for session in call.world.sessions:
        _reset(call, session)
    return await list_all(call)


# --- Faults


async def faults(call: Call) -> Reply:
    """The faults for every interaction."""
    return reply({"faults": [spec.text for spec in _session(call).faults]})


async def set_faults(call: Call) -> Reply:
    """These faults, and no others."""
    return _set_faults(call, keep=False)


async def add_faults(call: Call) -> Reply:
    """These faults, behind those there are."""
    return _set_faults(call, keep=True)


async def clear_faults(call: Call) -> Reply:
    """No faults."""
    session = _session(call)
    _change(call, session, replace(session.settings, faults=()))
    return Reply(204)


def _set_faults(call: Call, *, keep: bool) -> Reply:
    session = _session(call)
    given = call.value.get("faults", [])
    try:
        specs = tuple(spec for text in ([given] if isinstance(given, str) else given) for spec in parse(text))
    except UsageError as error:
        raise Problem.of(error) from None
    _change(call, session, replace(session.settings, faults=(*(session.faults if keep else ()), *specs)))
    return reply({"faults": [spec.text for spec in session.faults]})


# --- What was asked


async def requests(call: Call) -> Reply:
    """The journal, the oldest first."""
    session = _session(call)
    after, limit = call.number("after", 0, 0, 10**15), call.number("limit", 10_000, 1, 100_000)
    writes = call.flag("writes", default=True)
    records = [record for record in session.journal if record.number > after][:limit]
    parts = []
    for index, record in enumerate(records):
        if index % _BREATH == _BREATH - 1:
            await asyncio.sleep(0)
        parts.append(encode(described(record, writes=writes)).rstrip())
    body = b'{"requests": [\n' + b",\n".join(parts) + b'\n], "begun": %d}\n' % session.journal.begun
    return Reply(200, body)


async def request(call: Call) -> Reply:
    """One record of the journal."""
    return reply(described(record_of(call)))


async def verdict(call: Call) -> Reply:
    """What the journal says of the client."""
    records = tuple(_session(call).journal)
    patience_s = call.number("patience", int(PATIENCE_S), 0, 86_400)
    # Beside the event loop: what went out is planned again, and streams have their turn meanwhile.
    found = await asyncio.to_thread(partial(findings, records, patience_s=patience_s))
    value = [{**asdict(one), "source": CHECKS[one.check].source} for one in found]
    return reply({"verdict": outcome(found), "findings": value})


# --- Shared


def _session(call: Call) -> Session:
    session = call.world.sessions.get(call.path["name"])
    if session is None:
        raise Problem(404, call.world.sessions.why_not(call.path["name"]))
    return session


def record_of(call: Call) -> Record:
    """The record that the path names. Raises Problem."""
    number = call.path["number"]
    record = (
        _session(call).journal.get(int(number)) if number.isascii() and number.isdigit() and len(number) < 16 else None
    )
    if record is None:
        raise Problem(404, f"no request {number[:32]} in the journal")
    return record


def _said(call: Call) -> SessionSettings:
    try:
        said = session_settings_of({} if call.value is None else call.value, "body")
        pacing = said.pacing
        served = replace(pacing, gap=_from_stock(call, pacing.gap), ttft=_from_stock(call, pacing.ttft))
        return replace(said, pacing=served)
    except UsageError as error:
        raise Problem.of(error) from None


def _from_stock(call: Call, value: Duration | None) -> Duration | None:
    """Times are taken from cassettes that are served, as recordings are: no call makes us read any other file."""
    return FromCassette(str(call.world.stock.path_of(value.path))) if isinstance(value, FromCassette) else value


def _create(call: Call, said: SessionSettings) -> Session:
    sessions = call.world.sessions
    try:
        session = sessions.create(said.over(sessions.default.made))
    except MocksseError as error:
        raise Problem.of(error) from None
    call.world.feed.say("session", {"session": session.name, "what": "created"}, session.name)
    return session


def _change(call: Call, session: Session, settings: SessionSettings) -> None:
    try:
        session.change(settings)
    except MocksseError as error:
        raise Problem.of(error) from None
    call.world.feed.say("session", {"session": session.name, "what": "changed"}, session.name)


def _reset(call: Call, session: Session) -> None:
    try:
        session.reset()
    except MocksseError as error:
        # What it was made of does not fit the cassettes any more.
        raise Problem.of(error, 409) from None
    call.world.feed.say("session", {"session": session.name, "what": "reset"}, session.name)


def _described(call: Call, session: Session) -> dict[str, Any]:
    settings = session.settings
    pacing = words(settings.pacing)
    return {
        "name": session.name,
        "base_url": call.origin if session.name == DEFAULT else f"{call.origin}/@{session.name}",
        "cassettes": list(dict.fromkeys(tape.file for tape in session.tapes)),
        "seed": pacing.pop("seed", 0),
        "pacing": pacing,
        "faults": [spec.text for spec in settings.faults],
        "match": asdict(session.rules),
        "routes": dict(settings.routes),
        "requests": session.journal.begun,
    }
