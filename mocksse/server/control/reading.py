"""What the control API tells of the server itself: health, version, cassettes, plans and metrics."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from mocksse import __version__
from mocksse.errors import MocksseError
from mocksse.replay.faults.grammar import parse
from mocksse.server.control.call import Problem, Reply, reply
from mocksse.server.planned import planned
from mocksse.server.session import Session
from mocksse.view.plan_view import describe

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from mocksse.server.control.call import Call
    from mocksse.server.tape import Tape
    from mocksse.view.plan_view import Planned


async def health(_: Call) -> Reply:
    """Whether it is well."""
    return reply({"status": "ok"})


async def version(_: Call) -> Reply:
    """What it is."""
    return reply({"name": "mocksse", "version": __version__, "cassette_format": 1})


async def cassettes(call: Call) -> Reply:
    """All cassettes, and what is in them."""
    found: dict[str, list[dict[str, Any]]] = {item.name: [] for item in call.world.stock.shelved}
    for tape in call.world.stock.tapes:
        found[tape.file].append(tape.summary)
        await asyncio.sleep(0)  # streams have their turn
    return reply({"cassettes": [{"name": name, "interactions": rows} for name, rows in found.items()]})


async def reload(call: Call) -> Reply:
    """Read the cassettes again. What can't be read stays as it was, and is told of."""
    changed, wrong = call.world.reload()
    return reply({"changed": changed, "wrong": [str(error) for error in wrong]})


async def metrics(call: Call) -> Reply:
    """What was counted, for Prometheus."""
    kind, body = call.world.counts.exposition()
    return Reply(200, body, kind)


async def faults(_: Call) -> Reply:
    """What can be broken: the catalogue."""
    from mocksse.replay.faults.registry import FAULTS
    from mocksse.view import faults_table

    return reply({"faults": [faults_table.describe(fault) for fault in FAULTS.values()]})


async def plan(call: Call) -> Reply:
    """What would be written for a request: every byte, its time, its faults. Nothing is played or counted."""
    return reply({"interactions": [{**describe(item), "name": item.title} async for item, _ in plans(call)]})


async def plans(call: Call) -> AsyncIterator[tuple[Planned, Tape]]:
    """The plans that a call asks for. Raises Problem."""
    name = call.query.get("session", "default")
    session = call.world.sessions.get(name)
    if session is None:
        raise Problem(404, call.world.sessions.why_not(name))
    wanted = call.query.get("interaction")
    tapes = [tape for tape in session.tapes if wanted in {None, tape.key, tape.interaction.name, tape.file}]
    if not tapes and wanted is not None:
        raise Problem(404, f"no interaction is called {wanted[:200]}", "GET /__mocksse/cassettes lists them")
    number = call.number("play", 1, 1, 10_000)
    try:
        specs = parse(call.query["fault"]) if "fault" in call.query else ()
        # A session of its own: in the real one counts would go on.
        trial = Session(call.world.stock, session.settings, journal_size=1)
        last = call.query.get("last_event_id", "")
        for tape in tapes:
            yield planned(trial, tape, number, last, specs), tape
            await asyncio.sleep(0)  # streams have their turn
    except MocksseError as error:
        raise Problem.of(error) from None
