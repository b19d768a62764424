"""One timer for all streams of a loop: it rings in order, at the right time, and forgets what it is told to."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from mocksse.replay.execute import Timetable

if TYPE_CHECKING:
    from collections.abc import Callable


class HandLoop:
    """`call_at`, as far as a Timetable uses it."""

    def __init__(self) -> None:
        self.timers: list[HandTimer] = []

    def call_at(self, when: float, call: Callable[[], None]) -> HandTimer:
        timer = HandTimer(self, when, call)
        self.timers.append(timer)
        return timer


class HandTimer:
    def __init__(self, loop: HandLoop, when: float, call: Callable[[], None]) -> None:
        self.loop, self.when, self.call = loop, when, call

    def cancel(self) -> None:
        self.loop.timers.remove(self)


class HandTimetable(Timetable):
    def __init__(self) -> None:
        self.loop = HandLoop()
        super().__init__(self.loop)  # type: ignore[arg-type]
        self.now = 0
        self.rang: list[tuple[int, str]] = []

    def now_us(self) -> int:
        return self.now

    def bell(self, name: str) -> Callable[[], None]:
        return lambda: self.rang.append((self.now, name))

    def run(self, until_us: int) -> None:
        """As an event loop does: on to each timer's time, and call it."""
        while self.loop.timers and (timer := self.loop.timers[0]).when <= until_us / 1e6:
            self.loop.timers.remove(timer)
            self.now = max(self.now, round(timer.when * 1e6))
            timer.call()
        self.now = until_us


def test_one_timer_serves_all_in_order() -> None:
    clock = HandTimetable()
    for due in (500, 300, 900, 300, 100):
        clock.at(due, clock.bell(str(due)))
        assert len(clock.loop.timers) == 1
    assert clock.loop.timers[0].when == 100 / 1e6
    clock.run(1000)
    assert clock.rang == [(100, "100"), (300, "300"), (300, "300"), (500, "500"), (900, "900")]
    assert (len(clock), clock.loop.timers) == (0, [])


def test_equals_ring_in_the_order_they_were_asked_for() -> None:
    clock = HandTimetable()
    for name in "dacb":
        clock.at(7, clock.bell(name))
    clock.run(7)
    assert [name for _, name in clock.rang] == list("dacb")


def test_an_alarm_set_while_it_rings_rings_too() -> None:
    clock = HandTimetable()

    def again() -> None:
        clock.bell("first")()
        clock.at(clock.now, clock.bell("at once"))
        clock.at(clock.now + 5, clock.bell("later"))

    clock.at(10, again)
    clock.at(12, clock.bell("between"))
    clock.run(100)
    assert clock.rang == [(10, "first"), (10, "at once"), (12, "between"), (15, "later")]


def test_a_timer_that_fires_a_little_early_is_set_again() -> None:
    clock = HandTimetable()
    clock.at(10, clock.bell("x"))
    timer = clock.loop.timers.pop()
    clock.now = 9
    timer.call()
    assert (clock.rang, len(clock.loop.timers)) == ([], 1)
    clock.run(10)
    assert clock.rang == [(10, "x")]


def test_what_is_forgotten_does_not_ring_and_takes_no_room() -> None:
    clock = HandTimetable()
    alarms = [clock.at(due, clock.bell(str(due))) for due in range(1, 1001)]
    for alarm in alarms:
        if alarm[0] % 100:
            clock.forget(alarm)
    assert len(clock) == 10
    assert len(clock._heap) < 25
    clock.run(2000)
    assert [due for due, _ in clock.rang] == list(range(100, 1001, 100))
    assert (len(clock), clock._heap, clock._forgotten) == (0, [], 0)


def test_alarms_may_be_forgotten_while_it_rings() -> None:
    clock = HandTimetable()
    later = [clock.at(20 + i, clock.bell("never")) for i in range(50)]

    def forget_all() -> None:
        for alarm in later:
            clock.forget(alarm)

    clock.at(10, forget_all)
    clock.at(15, clock.bell("still"))
    clock.run(1000)
    assert clock.rang == [(15, "still")]
    assert len(clock) == 0


def test_a_call_that_fails_stops_no_other() -> None:
    clock = HandTimetable()

    def fail() -> None:
        raise ZeroDivisionError

    clock.at(10, fail)
    clock.at(10, clock.bell("x"))
    with pytest.raises(ZeroDivisionError):
        clock.run(20)
    clock.run(20)
    assert clock.rang == [(10, "x")]


def test_the_clock_of_a_loop_is_the_loops_own() -> None:
    async def compare() -> None:
        loop = asyncio.get_running_loop()
        clock = Timetable(loop)
        rang: asyncio.Future[float] = loop.create_future()
        due = clock.now_us() + 2000
        clock.at(due, lambda: rang.set_result(loop.time()))
        assert await rang >= due / 1e6 - 1e-3

    asyncio.run(compare())
