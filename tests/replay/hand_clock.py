"""A run of the executor on a clock and a wire of the test's own."""

from __future__ import annotations

import asyncio
import heapq
from typing import TYPE_CHECKING, Any

from mocksse.replay.execute import Alarm, Run
from mocksse.replay.plan import Sends

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from mocksse.replay.draft import Finish

START = 5_000_000


class HandClock:
    """Time goes on when the test says so."""

    def __init__(self) -> None:
        self.now = START
        self.alarms: list[Alarm] = []

    def now_us(self) -> int:
        return self.now

    def at(self, due_us: int, call: Callable[[], None]) -> Alarm:
        assert due_us > self.now, "what is due is done, not asked for"
        alarm: Alarm = [due_us, len(self.alarms), call]
        heapq.heappush(self.alarms, alarm)
        return alarm

    def forget(self, alarm: Alarm) -> None:
        self.alarms.remove(alarm)

    async def go(self, to_ms: float) -> None:
        """On to that moment after START, ringing on the way."""
        to_us = START + round(to_ms * 1000)
        while self.alarms and self.alarms[0][0] <= to_us:
            due, _, call = heapq.heappop(self.alarms)
            self.now = max(self.now, due)
            call()
            await turns()
        self.now = to_us

    async def oversleep(self, to_ms: float) -> None:
        """As `go`, but the machine was busy: nothing rings before that moment."""
        self.now = START + round(to_ms * 1000)
        await self.go(to_ms)


class Wire:
    """A transport and its flow control: keeps what was written and when; `full` after so many writes."""

    def __init__(self, clock: HandClock, full: set[int] | None = None) -> None:
        self.clock = clock
        self.full = full or set()
        self.log: list[tuple[float, bytes]] = []
        self.ended = ""
        self.room: asyncio.Future[None] | None = None

    def is_closing(self) -> bool:
        return bool(self.ended)

    def write(self, data: bytes) -> None:
        assert not self.ended
        self.log.append(((self.clock.now - START) / 1000, data))
        if len(self.log) in self.full:
            self.room = asyncio.get_running_loop().create_future()

    def drained(self) -> asyncio.Future[None] | None:
        return self.room

    def make_room(self) -> None:
        room, self.room = self.room, None
        assert room is not None
        room.set_result(None)

    def close(self) -> None:
        self.ended = "fin"

    def abort(self) -> None:
        self.ended = "reset"

    def get_extra_info(self, name: str) -> None:
        return None

    def get_write_buffer_size(self) -> int:
        return 0


async def turns() -> None:
    """Let callbacks and tasks run until none has anything to do."""
    for _ in range(5):
        await asyncio.sleep(0)


def sends(*at_ms: float, finish: Finish = "complete", end_ms: float = 0, alone: tuple[int, ...] = ()) -> Sends:
    """One byte at each moment; `alone`: the indices that are flushed."""
    return Sends(
        tuple(round(at * 1000) for at in at_ms),
        tuple(bytes([97 + i]) for i in range(len(at_ms))),
        tuple(i in alone for i in range(len(at_ms))),
        round(max(end_ms, *at_ms) * 1000),
        finish,
    )


class Play:
    """A run under way."""

    def __init__(self, given: Sends, full: set[int] | None = None, start_ms: float = 0) -> None:
        self.clock = HandClock()
        self.wire = Wire(self.clock, full)
        self.run = Run(given, self.wire, self.wire.drained, self.clock, START + round(start_ms * 1000))  # type: ignore[arg-type]
        self.task = asyncio.ensure_future(self.run.play())

    @property
    def log(self) -> list[tuple[float, str]]:
        return [(at, data.decode()) for at, data in self.wire.log]

    @property
    def late_ms(self) -> list[float]:
        return [us / 1000 for us in self.run.late_us[: self.run.sent]]


def scene(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """A test that is a coroutine."""

    def run() -> None:
        asyncio.run(test())

    run.__name__ = test.__name__
    run.__doc__ = test.__doc__
    return run
