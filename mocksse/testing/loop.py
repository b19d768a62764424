"""A server on a thread of its own, with an event loop whose clock no test can stop.

A loop that asked a clock that freezegun or time-machine has stopped would never see a timer ring.
"""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from mocksse.server import clock
from mocksse.server.listen import accept

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from socket import socket

    from mocksse.server.world import World

_T = TypeVar("_T")
_PATIENCE_S = 30.0
"""For the thread to start, and for one call on it."""


class RealTimeLoop(asyncio.SelectorEventLoop):
    """asyncio's own, whatever a test makes of the time of day."""

    def time(self) -> float:
        return clock.running()


class Thread:
    """The world's server, from its making until `stop`. Everything of the world is touched on its thread alone."""

    def __init__(self, world: World, sock: socket) -> None:
        """`sock` is bound."""
        self._world = world
        self._sock = sock
        self._loop = RealTimeLoop()
        self._thread = threading.Thread(target=self._run, name="mocksse", daemon=True)
        self._thread.start()
        self.wait(self._start())

    def call(self, function: Callable[..., _T], *args: Any) -> _T:
        """The function's result, from the server's thread; when that has ended, from this one."""
        if self._loop.is_closed():
            return function(*args)

        async def run() -> _T:
            return function(*args)

        return self.wait(run())

    def wait(self, work: Coroutine[Any, Any, _T]) -> _T:
        """What a coroutine gives, from the server's thread."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_PATIENCE_S)

    def settle(self, seconds: float) -> None:
        """Wait until what upstreams say is recorded, so many seconds at most."""
        if not self._loop.is_closed():
            self.wait(self._accepting.app.settled(seconds))

    def until(self, is_so: Callable[[], bool], seconds: float) -> None:
        """Wait until something is so, looked at whenever an answer is over; so many seconds at most."""
        if not self._loop.is_closed():
            self.wait(self._until(is_so, seconds))

    async def _until(self, is_so: Callable[[], bool], seconds: float) -> None:
        end = self._loop.time() + seconds
        while not is_so() and (left := end - self._loop.time()) > 0:
            self._over.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._over.wait(), left)

    def stop(self) -> None:
        """Cut what is under way, and end the thread; nothing where it has ended."""
        if self._loop.is_closed():
            return
        self.wait(self._accepting.cut())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_PATIENCE_S)
        self._loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    async def _start(self) -> None:
        self._over = asyncio.Event()
        self._accepting = await accept(self._world, self._sock, lambda _: self._over.set())
