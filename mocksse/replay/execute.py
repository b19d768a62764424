"""The one place that waits: a plan's bytes to a transport, each at its own absolute deadline.

Deadlines are absolute, so a late write is made at once and those behind it keep their time. One timer serves all
streams of an event loop: asyncio's own costs more than the write it is for. Back-pressure is obeyed; a client that is
gone ends the run at once, because aiohttp cancels its handler (`handler_cancellation`) and `execute` lets go.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import heapq
import socket
import struct
import termios
from array import array
from typing import TYPE_CHECKING, Any, Protocol

from mocksse.replay.plan import FLUSH_GAP_US, RESET_GRACE_US

if TYPE_CHECKING:
    from collections.abc import Callable

    from mocksse.replay.plan import Sends

_LATE_CAP_US = 2**31 - 1
_RESET_PATIENCE_S = 5.0
"""How long a reset waits for a peer that takes nothing of what was written before it."""
_RESET_LOOK_S = 0.002
_PATIENCE_US = 30_000_000
"""How long a peer that has closed its sending side is waited for with nothing to write. It may be gone, and only
writing could tell. Models take that long to their first token; what is due later would keep a dead client's handler."""
_USED_AGAIN = ("complete", "close-on-next-request")
"""How a plan finishes that leaves the connection alone; to close it on the next request is its owner's part."""

Alarm = list[Any]
"""An entry of a Timetable: when, its place among equals, and what to call (None: forgotten)."""


class Clock(Protocol):
    """The plan's clock, the one thing a test may replace."""

    def now_us(self) -> int:
        """Microseconds on a monotonic clock."""

    def at(self, due_us: int, call: Callable[[], None]) -> Alarm:
        """Call at that time or soon after."""

    def forget(self, alarm: Alarm) -> None:
        """Do not call, and let go of what would have been called. Only for an alarm that has not rung."""


class Timetable:
    """The clock of an event loop: one heap, and one asyncio timer for its earliest entry."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._heap: list[Alarm] = []
        self._order = 0
        self._forgotten = 0
        self._timer: asyncio.TimerHandle | None = None
        self._timer_us = 0
        self._ringing = False

    def __len__(self) -> int:
        """How many alarms are yet to ring."""
        return len(self._heap) - self._forgotten

    def now_us(self) -> int:
        # The loop's own, which its owner may have made one that tests can't stop.
        return int(self._loop.time() * 1e6)

    def at(self, due_us: int, call: Callable[[], None]) -> Alarm:
        self._order += 1
        alarm: Alarm = [due_us, self._order, call]
        heapq.heappush(self._heap, alarm)
        # While it rings, callbacks push what is next for them; one timer is set when all that was due is done.
        if not self._ringing and (self._timer is None or due_us < self._timer_us):
            self._arm(due_us)
        return alarm

    def forget(self, alarm: Alarm) -> None:
        alarm[2] = None
        self._forgotten += 1
        heap = self._heap
        if self._forgotten * 2 > len(heap):
            # Half of it at least, so each alarm has paid for its part. In place: `_ring` may be at work on it.
            heap[:] = [alarm for alarm in heap if alarm[2] is not None]
            heapq.heapify(heap)
            self._forgotten = 0

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
                call = heapq.heappop(heap)[2]
                if call is None:
                    self._forgotten -= 1
                else:
                    call()
        finally:
            self._ringing = False
            if heap:
                self._arm(heap[0][0])


class Run:
    """One play of a plan on one transport, its times counted from `start_us` on the clock.

    `late_us[i]` is how long after its deadline send `i` was written.
    """

    __slots__ = (
        "_alarm",
        "_clock",
        "_done",
        "_drain",
        "_half_closed",
        "_last_us",
        "_next",
        "_over",
        "_sends",
        "_start_us",
        "_transport",
        "late_us",
        "written",
    )

    def __init__(
        self,
        sends: Sends,
        transport: asyncio.Transport,
        drain: Callable[[], asyncio.Future[None] | None],
        clock: Clock,
        start_us: int,
    ) -> None:
        self._sends = sends
        self._transport = transport
        self._drain = drain
        """Gives what to wait for while the transport has more than it wants, else None."""
        self._clock = clock
        self._next = 0
        self._start_us = start_us
        self._last_us = 0
        self._alarm: Alarm | None = None
        self._done: asyncio.Future[None] | None = None
        self._over = False
        self._half_closed = False
        self.late_us = array("i", bytes(4 * len(sends.at_us)))
        self.written = 0

    @property
    def sent(self) -> int:
        """How many sends were written so far."""
        return self._next

    def half_close(self) -> bool:
        """Nothing can come from the peer any longer, not even that it is gone. False: then this is not worth going on.

        That is where nothing is to be written, or what is next is far off.
        """
        self._half_closed = True
        sends = self._sends
        if self._next < len(sends.at_us):
            due_us = sends.at_us[self._next]
        elif sends.finish == "hold":
            return False
        else:
            due_us = sends.end_us
        return self._start_us + due_us - self._clock.now_us() <= _PATIENCE_US

    async def play(self) -> bool:
        """Run to the end. True: the connection stays open for another request. Cancelled when the client is gone."""
        finish = self._sends.finish
        try:
            self._step()
            if not self._over:
                self._done = asyncio.get_running_loop().create_future()
                await self._done
            if finish == "hold" and not self._half_closed:
                await asyncio.get_running_loop().create_future()
            elif finish == "reset":
                await self._taken()
        finally:
            self._over = True
            if self._alarm is not None:
                self._clock.forget(self._alarm)
                self._alarm = None
        if finish == "reset":
            self._reset()
        elif finish not in _USED_AGAIN:
            self._transport.close()
        return finish in _USED_AGAIN

    def _step(self) -> None:
        """Write all that is due, then ask to be called for what is next."""
        self._alarm = None
        sends = self._sends
        at_us, start = sends.at_us, self._start_us
        count, i = len(at_us), self._next
        now = self._clock.now_us()
        while i < count:
            due = start + at_us[i]
            # The plan leaves this gap too, but the write before may have been late.
            wait_us = max(due, self._last_us + FLUSH_GAP_US) if i and sends.alone[i - 1] else due
            if wait_us > now:
                self._wait(wait_us, now)
                return
            if self._transport.is_closing():
                return  # the client is gone, and this run is about to be cancelled
            data = sends.data[i]
            self._transport.write(data)
            self.written += len(data)
            self.late_us[i] = min(now - due, _LATE_CAP_US)
            self._last_us = now
            i += 1
            self._next = i
            if (waiter := self._drain()) is not None:
                waiter.add_done_callback(self._resume)
                return
        # An end that nobody can see is not waited for.
        unseen = sends.finish in _USED_AGAIN or (sends.finish == "hold" and self._half_closed)
        if not unseen and start + sends.end_us > now:
            self._wait(start + sends.end_us, now)
        else:
            self._finish()

    def _wait(self, until_us: int, now_us: int) -> None:
        if self._half_closed and until_us - now_us > _PATIENCE_US:
            # A connection is lost, and so this is about to be cancelled.
            self._transport.close()
        else:
            self._alarm = self._clock.at(until_us, self._step)

    def _resume(self, waiter: asyncio.Future[None]) -> None:
        """The transport has room again, or is lost: then this run is about to be cancelled."""
        if not waiter.cancelled() and waiter.exception() is None and not self._over:
            self._step()

    def _finish(self) -> None:
        self._alarm = None
        self._over = True
        if self._done is not None and not self._done.done():
            self._done.set_result(None)

    async def _taken(self) -> None:
        """Until the peer's system has all that was written: a reset throws away what is still on our side."""
        sock = self._transport.get_extra_info("socket")
        last = looks = 0
        while left := self._transport.get_write_buffer_size() + _unacknowledged(sock):
            looks = looks + 1 if left == last else 0
            if looks > _RESET_PATIENCE_S / _RESET_LOOK_S:
                return
            last = left
            await asyncio.sleep(_RESET_LOOK_S)
        if last:
            await asyncio.sleep(RESET_GRACE_US / 1e6)

    def _reset(self) -> None:
        sock = self._transport.get_extra_info("socket")
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._transport.abort()


def _unacknowledged(sock: Any) -> int:
    """Bytes the kernel still holds for the peer; 0 where it does not tell."""
    if sock is None:
        return 0
    try:
        return int(struct.unpack("i", fcntl.ioctl(sock.fileno(), termios.TIOCOUTQ, bytes(4)))[0])
    except OSError:
        return 0
