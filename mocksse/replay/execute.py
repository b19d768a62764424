"""The one place that waits: a plan's bytes to a transport, each at its own absolute deadline.

Deadlines are absolute, so a late write is made at once and those behind it keep their time. One timer serves all
streams of an event loop: asyncio's own costs more than the write it is for. Back-pressure is obeyed; a client that is
gone ends the run at once, because aiohttp cancels its handler (`handler_cancellation`) and `execute` lets go.
"""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import socket
import struct
import time
from array import array
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from mocksse.replay.plan import Sends

_FLUSH_GAP_US = 1000
"""After a flushed write: without it a client that reads the socket in one go never sees the cut."""
_LATE_CAP_US = 2**31 - 1


class Clock(Protocol):
    """The plan's clock, the one thing a test may replace."""

    def now_us(self) -> int:
        """Microseconds on a monotonic clock."""

    def at(self, due_us: int, call: Callable[[], None]) -> None:
        """Call at that time or soon after. There is no cancelling: a callback that came too late does nothing."""


class Timetable:
    """The clock of an event loop: one heap, and one asyncio timer for its earliest entry."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._heap: list[tuple[int, int, Callable[[], None]]] = []
        self._order = 0
        self._timer: asyncio.TimerHandle | None = None
        self._timer_us = 0
        self._ringing = False

    def now_us(self) -> int:
        return time.monotonic_ns() // 1000

    def at(self, due_us: int, call: Callable[[], None]) -> None:
        self._order += 1
        heapq.heappush(self._heap, (due_us, self._order, call))
        # While it rings, callbacks push what is next for them; one timer is set when all that was due is done.
        if not self._ringing and (self._timer is None or due_us < self._timer_us):
            self._arm(due_us)

    def _arm(self, due_us: int) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer_us = due_us
        self._timer = self._loop.call_at(due_us / 1e6, self._ring)

    def _ring(self) -> None:
        self._timer = None
        self._ringing = True
        heap = self._heap
        try:
            while heap and heap[0][0] <= self.now_us():
                heapq.heappop(heap)[2]()
        finally:
            self._ringing = False
            if heap:
                self._arm(heap[0][0])


class Run:
    """One play of a plan on one transport. `late_us[i]` is how long after its deadline send `i` was written."""

    __slots__ = ("_clock", "_done", "_drain", "_next", "_sends", "_start_us", "_transport", "late_us", "written")

    def __init__(
        self, sends: Sends, transport: asyncio.Transport, drain: Callable[[], asyncio.Future[None] | None], clock: Clock
    ) -> None:
        self._sends = sends
        self._transport = transport
        self._drain = drain
        self._clock = clock
        self._next = 0
        self._start_us = 0
        self._done: asyncio.Future[None] | None = None
        self.late_us = array("i", bytes(4 * len(sends.at_us)))
        self.written = 0

    @property
    def sent(self) -> int:
        """How many sends were written so far."""
        return self._next

    async def play(self) -> bool:
        """Run to the end. True: the connection may serve another request. Cancelled when the client is gone."""
        self._start_us = self._clock.now_us()
        self._step()
        finish = self._sends.finish
        if self._next < len(self._sends.at_us) or self._clock.now_us() < self._end_us():
            await self._wait()
        if finish == "hold":
            await asyncio.get_running_loop().create_future()
        if finish == "reset":
            await self._drained()
            self._reset()
        elif finish == "fin":
            self._transport.close()
        return finish == "complete"

    def _end_us(self) -> int:
        # An end that nobody can see is not waited for.
        return self._start_us + self._sends.end_us if self._sends.finish != "complete" else 0

    async def _wait(self) -> None:
        self._done = asyncio.get_running_loop().create_future()
        try:
            await self._done
        finally:
            self._done = None

    def _step(self) -> None:
        """Write all that is due, then ask to be called for what is next."""
        sends = self._sends
        at_us, start = sends.at_us, self._start_us
        count, i = len(at_us), self._next
        if i and self._done is None:
            return  # the client is gone
        now = self._clock.now_us()
        while i < count:
            due = start + at_us[i]
            if due > now:
                break
            if i and sends.alone[i - 1] and now - (start + at_us[i - 1] + self.late_us[i - 1]) < _FLUSH_GAP_US:
                self._next = i
                self._clock.at(start + at_us[i - 1] + self.late_us[i - 1] + _FLUSH_GAP_US, self._step)
                return
            data = sends.data[i]
            self._transport.write(data)
            self.written += len(data)
            self.late_us[i] = min(now - due, _LATE_CAP_US)
            i += 1
            self._next = i
            if (waiter := self._drain()) is not None:
                waiter.add_done_callback(self._resume)
                return
        if i < count:
            self._clock.at(start + at_us[i], self._step)
        elif self._end_us() > now:
            self._clock.at(self._end_us(), self._finished)
        else:
            self._finished()

    def _resume(self, waiter: asyncio.Future[None]) -> None:
        if not waiter.cancelled() and waiter.exception() is None:
            self._step()

    def _finished(self) -> None:
        if self._done is not None and not self._done.done():
            self._done.set_result(None)

    async def _drained(self) -> None:
        """What the socket has not taken yet would be thrown away by a reset."""
        self._transport.set_write_buffer_limits(high=0)
        if (waiter := self._drain()) is not None:
            with contextlib.suppress(TimeoutError, ConnectionError):
                await asyncio.wait_for(waiter, 5)

    def _reset(self) -> None:
        sock = self._transport.get_extra_info("socket")
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._transport.abort()
