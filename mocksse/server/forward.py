"""The client's end of a relay: what the upstream says, on the client's connection, as it comes.

The head goes out as it came, but for what lets a page of another origin read it; the body verbatim, framing and all.
How the upstream's answer ended is how the client's ends.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Literal

from mocksse.replay import cors
from mocksse.replay.plan import CUT_GRACE_US, Sends
from mocksse.wire import http1_encode
from mocksse.wire.http1_fields import header, without

if TYPE_CHECKING:
    from mocksse.replay.draft import Context
    from mocksse.server.live import Outlet
    from mocksse.wire import http1

_CLOSED = Sends((), (), (), CUT_GRACE_US, "fin")
_RESET = Sends((), (), (), 0, "reset")


class Downstream:
    """Who asked. `ended` is done when the answer is over, with the sends that end its connection, if it has to end."""

    def __init__(self, outlet: Outlet, context: Context) -> None:
        self._outlet = outlet
        self._context = context
        self._lives = False
        self.status = 0
        """Of the head that went out; 0 before."""
        self.ended: asyncio.Future[Sends | None] = asyncio.get_running_loop().create_future()

    @property
    def plain(self) -> bool:
        """HTTP/1.0 knows no chunks."""
        return self._context.http == "1.0"

    @property
    def gone(self) -> bool:
        """Nobody reads any longer."""
        return self._outlet.gone

    def leave(self) -> None:
        """The client is gone."""
        self._outlet.gone = True
        if not self.ended.done():
            self.ended.cancel()

    def begin(self, head: http1.Head) -> None:
        """The head, with its framing where the client knows that."""
        headers = head.headers
        if self.plain:
            headers = (*without(headers, b"transfer-encoding", b"connection"), (b"Connection", b"close"))
        says = (header(headers, b"connection") or b"").lower()
        self._lives = head.version == "1.1" and head.framing != "close" and not self._context.close
        if b"close" in says:
            self._lives = False
        elif not self._lives:
            headers = (*headers, (b"Connection", b"close"))
        if self._context.origin:
            headers = cors.answer(headers, self._context.origin)
        version: Literal["1.0", "1.1"] = "1.0" if self.plain or head.version == "1.0" else "1.1"
        self.status = head.status
        self._outlet.write(http1_encode.encode_head(head.status, head.reason, headers, version))

    def write(self, data: bytes) -> None:
        """Bytes of the body."""
        self._outlet.write(data)

    async def drained(self) -> None:
        """Until the client takes more."""
        await self._outlet.drained()

    def end(self, how: Literal["complete", "fin", "reset"]) -> None:
        """The answer is over."""
        if self.ended.done():
            return
        if how == "reset":
            self.ended.set_result(_RESET)
        else:
            self.ended.set_result(None if how == "complete" and self._lives else _CLOSED)
