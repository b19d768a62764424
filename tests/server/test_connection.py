"""Whose FIN it is: of a client that has asked all it wants, or of one that is gone. (On the wire: test_wire.)"""

from __future__ import annotations

import asyncio
import socket
import sys
from typing import TYPE_CHECKING, Any, cast

import pytest
from aiohttp import web

from mocksse.server.connection import Connection, _has_ended

if TYPE_CHECKING:
    from mocksse.replay.execute import Run


class FakeRun:
    def __init__(self, sent: int, soon: bool = True) -> None:
        self.sent = sent
        self.half_closed = False
        self._soon = soon

    def half_close(self) -> bool:
        self.half_closed = True
        return self._soon


def connection(loop: asyncio.AbstractEventLoop) -> Connection:
    async def never(*_: Any) -> web.StreamResponse:
        raise AssertionError

    made = Connection(web.Server(never), never, loop=loop)
    made._waiter = None
    return made


@pytest.mark.parametrize(
    ("sent", "after_s", "stays"),
    [(0, 0.0, True), (0, 0.04, True), (0, 0.06, False), (1, 0.0, False), (1, 1.0, False)],
)
def test_a_fin_is_the_end_of_the_request_where_it_comes_at_once_and_before_the_answer(
    sent: int, after_s: float, stays: bool
) -> None:
    async def check() -> None:
        loop = asyncio.get_running_loop()
        made = connection(loop)
        run = FakeRun(sent)
        made.begin(cast("Run", run))
        made._begun_s -= after_s
        assert made.eof_received() == run.half_closed == made.is_last == stays

    asyncio.run(check())


def test_a_fin_where_nothing_is_soon_to_be_written_is_a_client_that_is_gone() -> None:
    async def check() -> None:
        made = connection(asyncio.get_running_loop())
        made.begin(cast("Run", FakeRun(0, soon=False)))
        assert not made.eof_received()
        assert not made.is_last

    asyncio.run(check())


def test_a_fin_without_a_request_closes() -> None:
    async def check() -> None:
        made = connection(asyncio.get_running_loop())
        made._waiter = asyncio.get_running_loop().create_future()
        assert not made.eof_received()
        assert not made.is_last

    asyncio.run(check())


def test_a_fin_before_the_handler_has_begun_is_for_the_handler_to_judge() -> None:
    async def check() -> None:
        made = connection(asyncio.get_running_loop())
        assert made.eof_received()
        run = FakeRun(0)
        made.begin(cast("Run", run))
        assert run.half_closed

    asyncio.run(check())


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_a_fin_that_waits_behind_the_request_is_seen() -> None:
    async def check() -> None:
        loop = asyncio.get_running_loop()
        with socket.create_server(("127.0.0.1", 0)) as listener:
            theirs = socket.create_connection(listener.getsockname())
            ours, _ = listener.accept()
        transport, _ = await loop.create_connection(asyncio.Protocol, sock=ours)
        transport.pause_reading()
        with theirs:
            theirs.sendall(b"x")
            assert not _has_ended(transport)
            theirs.shutdown(socket.SHUT_WR)
            assert _has_ended(transport)
        transport.abort()

    asyncio.run(check())
    assert not _has_ended(None)
