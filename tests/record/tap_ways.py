"""The tap against raw sockets: every byte that arrived, in order, and the right end, on every way there."""

from __future__ import annotations

import asyncio
import base64
import gc
import socket
import ssl
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import trustme
from tap_servers import PATIENCE, RawServer, proxy_script, read_head, reset

from mocksse import limits
from mocksse.errors import EXIT_UPSTREAM, EXIT_USAGE, UpstreamError, UsageError
from mocksse.record.tap import Lost, Read, Request, Tap, _Ear, open_tap

if TYPE_CHECKING:
    import threading

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
CLOSE_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
ROUTES = ["plain", "tls", "connect", "absolute", "tls-proxy"]


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@dataclass(frozen=True, slots=True)
class Trust:
    server: ssl.SSLContext
    client: ssl.SSLContext


@pytest.fixture(scope="module")
def trust() -> Trust:
    ca = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1", "localhost").configure_cert(server)
    client = ssl.create_default_context()
    ca.configure_trust(client)
    return Trust(server, client)


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
        assert tap._ear.gone.is_set()


@contextmanager
def way_to(kind: str, script: Script, trust: Trust, monkeypatch: pytest.MonkeyPatch) -> Iterator[Route]:
    with ExitStack() as stack:
        server = stack.enter_context(RawServer(script, None if kind in ("plain", "absolute") else trust.server))
        proxy = None
        if kind in ("connect", "absolute", "tls-proxy"):
            proxy = stack.enter_context(RawServer(proxy_script, trust.server if kind == "tls-proxy" else None))
            scheme = "https" if kind == "tls-proxy" else "http"
            monkeypatch.setenv(
                "http_proxy" if kind == "absolute" else "https_proxy", f"{scheme}://127.0.0.1:{proxy.port}"
            )
        yield Route(kind, server, proxy, trust.client)


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


