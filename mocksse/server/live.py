"""Answers that nobody can plan: what an upstream says at this moment, and the feed of what happens here.

Their bytes go out as they come. Nothing is held back but for a client that does not read.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from mocksse.replay.plan import Sends

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from mocksse.replay.execute import Clock

EMPTY = Sends((), (), (), 0, "complete")
"""What is planned of a live answer."""
_SEEN = 10_000
"""Writes whose time is kept."""


class Outlet:
    """One live answer on one transport. `wrote_us`: when each write was made, in microseconds since `start_us` on the
    clock."""

    __slots__ = ("_clock", "_drain", "_start_us", "_transport", "gone", "late_us", "sizes", "written", "wrote_us")

    def __init__(
        self,
        transport: asyncio.Transport,
        drain: Callable[[], asyncio.Future[None] | None],
        clock: Clock,
        start_us: int,
    ) -> None:
        self._transport = transport
        self._drain = drain
        self._clock = clock
        self._start_us = start_us
        self.gone = False
        """Nobody reads any longer; what is written is lost."""
        self.written = 0
        self.late_us = array("i")
        self.wrote_us = array("q")
        self.sizes = array("q")

    @property
    def sent(self) -> int:
        """How many writes were made."""
        return len(self.wrote_us)

    def half_close(self) -> bool:
        """The client has no more to say. It may still read."""
        return True

    def write(self, data: bytes) -> None:
        """Write at once."""
        if self.gone or self._transport.is_closing():
            return
        self._transport.write(data)
        self.written += len(data)
        if len(self.wrote_us) < _SEEN:
            self.wrote_us.append(self._clock.now_us() - self._start_us)
            self.sizes.append(len(data))

    async def drained(self) -> None:
        """Until the client has taken enough of what was written, or is gone."""
        waiter = None if self.gone else self._drain()
        if waiter is not None:
            await waiter
