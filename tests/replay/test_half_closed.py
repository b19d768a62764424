"""A peer that has closed its sending side: it may be gone, and only writing to it would tell."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from hand_clock import Play, scene, sends, turns

from mocksse.replay.plan import Sends

if TYPE_CHECKING:
    from mocksse.replay.draft import Finish


@pytest.mark.parametrize(
    ("given", "stays"),
    [
        (sends(0), True),
        (sends(30_000), True),
        (sends(30_001), False),
        (Sends((), (), (), 0, "hold"), False),
        (Sends((), (), (), 600_000_000, "hold"), False),
        (Sends((), (), (), 1_000_000, "fin"), True),
        (Sends((), (), (), 600_000_000, "reset"), False),
        (sends(5, finish="hold"), True),
    ],
)
def test_it_is_worth_going_on_where_something_is_soon_to_be_written(given: Sends, stays: bool) -> None:
    async def ask() -> None:
        play = Play(given)
        assert play.run.half_close() is stays
        play.task.cancel()

    asyncio.run(ask())


@pytest.mark.parametrize("finish", ["complete", "fin", "hold"])
def test_a_silence_too_long_for_it_is_not_begun(finish: Finish) -> None:
    async def fall_silent() -> None:
        play = Play(sends(5, 29_000, 60_000, finish=finish))
        await turns()
        await play.clock.go(3)
        assert play.run.half_close()
        await play.clock.go(28_999)
        assert play.wire.ended == ""
        await play.clock.go(29_000)
        assert (play.log, play.wire.ended, play.clock.alarms) == ([(5, "a"), (29_000, "b")], "fin", [])
        play.task.cancel()  # as the connection that is lost does
        await turns()
        assert play.task.cancelled()

    asyncio.run(fall_silent())


@scene
async def test_an_end_too_far_off_for_it_is_not_waited_for() -> None:
    play = Play(sends(0, finish="fin", end_ms=600_000))
    assert play.run.half_close()
    await turns()
    assert (play.log, play.wire.ended, play.clock.alarms) == ([(0, "a")], "fin", [])
    play.task.cancel()


@scene
async def test_a_hold_that_waits_is_not_worth_waiting_for() -> None:
    play = Play(sends(0, finish="hold"))
    await turns()
    assert not play.run.half_close()
    play.task.cancel()
