"""The client's side of a relay: the answer's head as values, its body as it came, and how it ended.

It keeps back nothing and mends nothing: what the upstream breaks the client sees broken, bytes of broken framing first,
and then the end that the upstream's connection had. Bytes behind the end of a body are not passed on: on a connection
that lives on, they would be the next answer.
"""

from __future__ import annotations

import asyncio
import time
from array import array
from contextlib import suppress
from typing import TYPE_CHECKING, Literal, Protocol

from mocksse.record.assemble import ending_of
from mocksse.wire import http1

if TYPE_CHECKING:
    from mocksse.cassette.model import Ending
    from mocksse.record.assemble import How


class Client(Protocol):
    """Who asked, and is answered as the upstream answers. Its methods may raise OSError: then it has left."""

    @property
    def plain(self) -> bool:
        """It wants the body without its framing, as HTTP/1.0 does."""

    @property
    def gone(self) -> bool:
        """It has left."""

    def begin(self, head: http1.Head) -> None:
        """The final head, 1xx answers aside."""

    def write(self, data: bytes) -> None:
        """Bytes of the body, never empty: with its framing as it came, or `plain`."""

    async def drained(self) -> None:
        """Wait until it takes more, or has left. It may be cancelled."""

    def end(self, how: Literal["complete", "fin", "reset"]) -> None:
        """The answer is over: whole, or else its connection has to be closed in this way. Nothing follows."""


class Passage:
    """One answer on its way to a client, or to none. `begun_ns`: when the request was handed in."""

    def __init__(self, client: Client | None, method: str, begun_ns: int) -> None:
        self._client = client
        self._parser = http1.ResponseParser(method)
        self._begun_ns = begun_ns
        self._fed = 0
        self._over = client is None
        self._draining: asyncio.Timeout | None = None
        self.broken = ""
        """Why the framing is violated, once it is."""
        self.body_bytes = 0
        """Of the body without its framing."""
        self.sent = 0
        """Bytes that were written."""
        self.written_us: array[int] = array("q")
        """When each write was made, in microseconds since the request was handed in."""
        self.left_ns: int | None = None
        """When the client was found gone."""

    @property
    def head(self) -> http1.Head | None:
        """The final head, once it is there."""
        return self._parser.head

    @property
    def done(self) -> bool:
        """The body ended as its framing says."""
        return self._parser.done

    @property
    def is_awaited(self) -> bool:
        """Whether a client waits for more of it. One that left is found out here."""
        if not self._over and self._client is not None and self._client.gone:
            self._leave()
        return not self._over

    def feed(self, data: bytes) -> bool:
        """Pass on one read; whether anything of it was the client's."""
        parser, before = self._parser, self._fed
        had_head = parser.head is not None
        plain: list[bytes] = []
        for part in parser.feed(data):
            match part:
                case http1.Data(piece):
                    self.body_bytes += len(piece)
                    plain.append(piece)
                case http1.Rest(piece) if self.broken:
                    plain.append(piece)
                case http1.Broken(reason):
                    self.broken = reason
        self._fed += len(data)
        client, head = self._client, parser.head
        if client is None or head is None or head.status == 101 or not self.is_awaited:
            return False
        if client.plain:
            data = b"".join(plain)
        else:
            begin, end = max(0, (parser.body_at or 0) - before), parser.end_at
            data = data[begin : None if end is None else end - before]
        try:
            if not had_head:
                client.begin(head)
            if data:
                client.write(data)
                self.sent += len(data)
                self.written_us.append((time.perf_counter_ns() - self._begun_ns) // 1000)
            if parser.done:
                self._over = True
                client.end("complete")
        except OSError:
            self._leave()
        return bool(data)

    async def drained(self) -> None:
        """Wait for a client that does not read; `wake` waits no longer."""
        if self._client is None or not self.is_awaited:
            return
        try:
            async with asyncio.timeout(None) as self._draining:
                await self._client.drained()
        except TimeoutError:
            pass
        except OSError:
            self._leave()
        finally:
            self._draining = None

    def wake(self) -> None:
        """Do not wait for the client any longer."""
        if self._draining is not None:
            self._draining.reschedule(0)

    def end(self, how: How) -> Ending:
        """Nothing comes any more; how the answer ended."""
        ending: Ending = "complete" if self._parser.done else ending_of(how, self._parser.head, self.broken)
        if self._client is not None and self.is_awaited:
            self._over = True
            with suppress(OSError):
                self._client.end("complete" if ending == "complete" else "reset" if how == "reset" else "fin")
        return ending

    def _leave(self) -> None:
        if self.left_ns is None and not self._over:
            self.left_ns = time.perf_counter_ns()
        self._over = True
