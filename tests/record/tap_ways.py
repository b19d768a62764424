"""Ways to a raw server for the tests of the tap, and how they listen to it."""

from __future__ import annotations

import asyncio
import gc
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tap_servers import PATIENCE, RawServer

from mocksse.record.tap import Lost, Read, Request, Tap, open_tap

if TYPE_CHECKING:
    import ssl
    import threading

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
CLOSE_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
ROUTES = ["plain", "tls", "connect", "absolute", "tls-proxy"]
"""TCP; TLS; TLS through CONNECT; plain HTTP through a proxy; TLS through CONNECT to a proxy behind TLS."""


@dataclass(frozen=True, slots=True)
class Trust:
    server: ssl.SSLContext
    client: ssl.SSLContext


def run(main: Coroutine[Any, Any, None]) -> None:
    """asyncio.run, and nothing may be left: no task, no complaint to the loop, no warning from the collector."""
    complaints: list[dict[str, Any]] = []

    async def guarded() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
        async with asyncio.timeout(2 * PATIENCE):
            await main
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(guarded())
    gc.collect()
    assert complaints == []


Script = Callable[[socket.socket, RawServer], None]


@dataclass(frozen=True, slots=True)
class Route:
    """A server with its script, and a way there."""

    kind: str
    server: RawServer
    proxy: RawServer | None
    tls: ssl.SSLContext

    @property
    def url(self) -> str:
        return f"{'http' if self.kind in ('plain', 'absolute') else 'https'}://127.0.0.1:{self.server.port}/v1/x?y=1"

    @property
    def done(self) -> threading.Event:
        """Set when the last hop before us has closed."""
        return (self.proxy or self.server).done

    @asynccontextmanager
    async def open(
        self, *headers: tuple[str, str], method: str = "GET", body: bytes | None = None
    ) -> AsyncIterator[Tap]:
        request = Request(method, self.url, headers, body)
        async with open_tap(request, connect_timeout=PATIENCE, tls=self.tls) as tap:
            yield tap
        assert tap._protocol.gone.is_set()


WayTo = Callable[[str, Script], AbstractContextManager[Route]]


async def until(true: Callable[[], bool]) -> None:
    """Let the loop turn until `true`."""
    while not true():  # noqa: ASYNC110
        await asyncio.sleep(0)


async def take(tap: Tap) -> Read | Lost:
    """The next thing heard; None would be a hang."""
    heard = await tap.next(PATIENCE)
    assert heard is not None
    return heard


async def take_all(tap: Tap) -> tuple[bytes, Lost]:
    """All bytes up to the end, and the end."""
    data = b""
    last_ns = 0
    while isinstance(heard := await take(tap), Read):
        assert heard.data
        assert heard.at_ns >= last_ns
        data, last_ns = data + heard.data, heard.at_ns
    assert heard.at_ns >= last_ns
    assert await tap.next(0) == heard, "the end stays the end"
    return data, heard


def assert_end(lost: Lost, how: str, kind: str) -> None:
    # What a reset looks like through TLS or a relay is the stack's affair; that it is an end is not.
    if kind == "plain" or how == "fin":
        assert lost.how == how
    else:
        assert lost.how in {"reset", "fin"}
