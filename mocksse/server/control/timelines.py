"""Answers as the page draws them: of a request in the journal, and of what would be written for the recorded ones.

A record keeps no bytes: its play is planned again, which gives the very same plan, and joined with the times of its
writes. Only where the plan asked for the time of day is it another, and told to be.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from mocksse.cassette.pacing import Pacing
from mocksse.providers.encode.spelling import spell
from mocksse.replay.compile import compile as compile_plan
from mocksse.server.clock import wall
from mocksse.server.control.call import Problem, Reply
from mocksse.server.control.reading import plans
from mocksse.server.control.sessions import record_of
from mocksse.server.described import stored
from mocksse.view.drawn import timeline
from mocksse.view.plan_view import Planned

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mocksse.replay.plan import Plan
    from mocksse.server.control.call import Call
    from mocksse.server.journal import Record
    from mocksse.server.tape import Replay, Tape


async def of_request(call: Call) -> Reply:
    """What a request of the journal was answered with, or is being answered with."""
    record = record_of(call)
    if record.replay is not None:
        return await _reply(_played(record, record.replay))
    if record.recorded:
        return await _reply(_relayed(call, record))
    why = "its recording is not written yet" if record.kind == "relayed" else "no recording answered it"
    raise Problem(404, f"request {record.number} has no timeline: {why}")


async def of_plans(call: Call) -> Reply:
    """What would be written for the recorded requests."""
    found = [(item, tape) async for item, tape in plans(call)]
    return await _reply(lambda: {"timelines": [timeline(item, tape.interaction.request) for item, tape in found]})


def _played(record: Record, replay: Replay) -> Callable[[], dict[str, Any]]:
    """Raises Problem where the recording is gone."""
    tape = replay.tape()
    if tape is None:
        raise Problem(404, f"{record.interaction} has changed since: what request {record.number} got can't be told")
    run = record.run or record
    late_us = run.late_us[: run.sent]
    running = None if record.done else round((wall() - record.at) * 1000, 3)

    def make() -> dict[str, Any]:
        plan, _ = tape.plan(replay.kind, replay.number, record.target, apart=True)
        exact = plan.digest.startswith(record.plan)
        if (path := stored(record).path) != record.target:
            # A fault may have put the target into the answer, key and all.
            plan, _ = tape.plan(replay.kind, replay.number, path, apart=True)
        written = _written_ms(record, late_us, plan)
        planned = _planned(tape, plan, replay.number)
        return timeline(planned, tape.interaction.request, "written", written, exact=exact, running_ms=running)

    return make


def _relayed(call: Call, record: Record) -> Callable[[], dict[str, Any]]:
    """The recording, with its own times. Raises Problem where it is gone."""
    tape = next((t for t in call.world.stock.tapes if t.file == _file(call, record.recorded)), None)
    if tape is None:
        raise Problem(404, f"the recording of request {record.number} is gone")
    interaction = tape.interaction
    return lambda: timeline(_planned(tape, compile_plan(interaction, Pacing()), 1), interaction.request, "recorded")


def _file(call: Call, path: str) -> str:
    return next((item.name for item in call.world.stock.shelved if str(item.path) == path), "")


def _planned(tape: Tape, plan: Plan, number: int) -> Planned:
    return Planned(tape.key, tape.interaction.name, tape.interaction.request.label, plan, tape.api, number)


def _written_ms(record: Record, late_us: Sequence[int], plan: Plan) -> list[float | None]:
    """When each of the plan's writes was made: those due together went out as one."""
    ends = list(accumulate(record.sizes))
    found: list[float | None] = []
    for end in accumulate(len(write.data) for write in plan.writes):
        send = bisect_left(ends, end)
        found.append(round((record.planned_us[send] + late_us[send]) / 1000, 3) if send < len(late_us) else None)
    return found


async def _reply(make: Callable[[], dict[str, Any]]) -> Reply:
    """Made beside the event loop: a long answer is a lot of work, and streams have their turn meanwhile."""
    return Reply(200, await asyncio.to_thread(lambda: _encode(make())))


def _encode(value: dict[str, Any]) -> bytes:
    return spell(value) + b"\n"
