"""The executor on a clock of the test's own: deadlines, back-pressure, ends, and letting go."""

from __future__ import annotations

import asyncio
import gc
import weakref
from typing import TYPE_CHECKING

import pytest
from hand_clock import HandClock, Play, Wire, scene, sends, turns

from mocksse.replay.execute import Run, Timetable

if TYPE_CHECKING:
    from mocksse.replay.draft import Finish

# --- Deadlines


@scene
async def test_every_write_is_made_at_its_deadline() -> None:
    play = Play(sends(0, 20, 40, 41))
    await turns()
    assert play.log == [(0, "a")]
    await play.clock.go(100)
    assert play.log == [(0, "a"), (20, "b"), (40, "c"), (41, "d")]
    assert await play.task
    assert play.late_ms == [0, 0, 0, 0]
    assert (play.run.sent, play.run.written, play.wire.ended) == (4, 4, "")


@scene
async def test_a_late_write_is_made_at_once_and_those_behind_it_keep_their_time() -> None:
    play = Play(sends(0, 20, 40, 60, 80))
    await turns()
    await play.clock.oversleep(45)
    await play.clock.go(100)
    assert play.log == [(0, "a"), (45, "b"), (45, "c"), (60, "d"), (80, "e")]
    assert play.late_ms == [0, 25, 5, 0, 0]


@scene
async def test_lateness_counts_from_the_request() -> None:
    play = Play(sends(0, 20), start_ms=-30)
    await turns()
    assert play.log == [(0, "a"), (0, "b")]
    assert play.late_ms == [30, 10]
    assert await play.task


@scene
async def test_nothing_is_asked_of_the_clock_where_all_is_due() -> None:
    play = Play(sends(0))
    assert await play.task
    assert play.clock.alarms == []


@scene
async def test_lateness_has_a_cap() -> None:
    play = Play(sends(0), start_ms=-3_000_000)
    await play.task
    assert play.run.late_us[0] == 2**31 - 1


# --- Flush


@scene
async def test_behind_a_flushed_write_that_was_late_there_is_the_gap_too() -> None:
    play = Play(sends(0, 20, 21, 21, 60, alone=(1, 3)))
    await turns()
    await play.clock.oversleep(50)
    assert play.log == [(0, "a"), (50, "b")]
    await play.clock.go(100)
    assert play.log == [(0, "a"), (50, "b"), (55, "c"), (55, "d"), (60, "e")]
    assert play.late_ms == [0, 30, 34, 34, 0]


# --- Back-pressure


@scene
async def test_a_full_transport_is_left_alone_until_it_has_room() -> None:
    play = Play(sends(0, 10, 20, 30, 100), full={2})
    await turns()
    await play.clock.go(50)
    assert play.log == [(0, "a"), (10, "b")]
    play.wire.make_room()
    await turns()
    assert play.log[2:] == [(50, "c"), (50, "d")]
    await play.clock.go(200)
    assert play.log[4:] == [(100, "e")]
    assert play.late_ms == [0, 0, 30, 20, 0]
    assert await play.task


@scene
async def test_a_run_is_over_when_the_last_bytes_have_gone() -> None:
    play = Play(sends(0, 10), full={1, 2})
    await turns()
    await play.clock.go(50)
    assert play.log == [(0, "a")]
    play.wire.make_room()
    await turns()
    assert play.log == [(0, "a"), (50, "b")]
    assert not play.task.done()
    play.wire.make_room()
    await turns()
    assert play.task.done()


@scene
async def test_room_that_comes_after_the_client_left_is_of_no_interest() -> None:
    play = Play(sends(0, 10, 20), full={1})
    await turns()
    play.task.cancel()
    await turns()
    play.wire.make_room()
    await turns()
    await play.clock.go(100)
    assert play.log == [(0, "a")]


@scene
async def test_a_connection_lost_while_waiting_for_room_writes_no_more() -> None:
    play = Play(sends(0, 10), full={1})
    await turns()
    assert play.wire.room is not None
    play.wire.room.set_exception(ConnectionError("lost"))
    await turns()
    await play.clock.go(50)
    assert play.log == [(0, "a")]
    play.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await play.task


# --- Cancelled: the client is gone


@pytest.mark.parametrize("at_ms", [5, 15, 250])
@pytest.mark.parametrize("finish", ["complete", "hold"])
def test_a_client_that_is_gone_gets_nothing_more(at_ms: float, finish: Finish) -> None:
    async def leave() -> None:
        play = Play(sends(10, 20, 200, 300, finish=finish))
        await turns()
        await play.clock.go(at_ms)
        before = list(play.log)
        play.task.cancel()
        await turns()
        assert play.task.cancelled()
        assert play.clock.alarms == []
        await play.clock.go(1000)
        assert play.log == before

    asyncio.run(leave())


@scene
async def test_a_cancelled_stall_keeps_nothing_alive() -> None:
    clock = Timetable(asyncio.get_running_loop())
    wire = Wire(HandClock())
    stall = 600_000_000
    run = Run(sends(0, stall / 1000), wire, wire.drained, clock, clock.now_us())  # type: ignore[arg-type]
    task = asyncio.ensure_future(run.play())
    await turns()
    assert (run.sent, len(clock)) == (1, 1)
    gone = weakref.ref(wire)
    task.cancel()
    await turns()
    assert len(clock) == 0
    del run, task, wire
    gc.collect()
    assert gone() is None


# --- Ends


@pytest.mark.parametrize("finish", ["complete", "close-on-next-request"])
def test_an_end_nobody_can_see_is_not_waited_for(finish: Finish) -> None:
    async def end() -> None:
        play = Play(sends(0, 10, finish=finish, end_ms=5000))
        await turns()
        await play.clock.go(10)
        assert play.task.done()
        assert await play.task
        assert play.wire.ended == ""

    asyncio.run(end())


@pytest.mark.parametrize("finish", ["fin", "reset"])
def test_a_connection_is_ended_when_it_was(finish: Finish) -> None:
    async def end() -> None:
        play = Play(sends(0, 10, finish=finish, end_ms=50))
        await turns()
        await play.clock.go(49.999)
        assert play.wire.ended == ""
        await play.clock.go(50)
        await turns()
        assert play.wire.ended == finish
        assert await play.task is False

    asyncio.run(end())


@scene
async def test_a_hold_is_silence_until_the_client_leaves() -> None:
    play = Play(sends(0, finish="hold", end_ms=10))
    await turns()
    await play.clock.go(10**9)
    assert (play.wire.ended, play.task.done()) == ("", False)
    play.task.cancel()
    await turns()
    assert play.task.cancelled()


@scene
async def test_a_hold_for_a_client_that_cannot_say_that_it_leaves_has_an_end() -> None:
    play = Play(sends(0, finish="hold", end_ms=10))
    assert play.run.half_close()
    await turns()
    assert (play.log, play.wire.ended, play.task.done()) == ([(0, "a")], "fin", True)
