"""The executor on real sockets: what a peer reads, and by which error it learns how the connection ended."""

from __future__ import annotations

import asyncio
import socket
from errno import ECONNRESET
from typing import TYPE_CHECKING

import pytest

from mocksse.replay.execute import Run, Timetable
from mocksse.replay.plan import Sends

if TYPE_CHECKING:
    from mocksse.replay.draft import Finish


async def tcp_pair() -> tuple[socket.socket, socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        theirs = socket.create_connection(listener.getsockname())
        ours, _ = listener.accept()
    theirs.setblocking(False)
    ours.setblocking(False)
    return ours, theirs


async def received(given: Sends) -> tuple[int, int]:
    """How many bytes the peer reads, beginning when all of them were written, and the errno at the end: 0 for FIN."""
    loop = asyncio.get_running_loop()
    ours, theirs = await tcp_pair()
    transport, _ = await loop.create_connection(asyncio.Protocol, sock=ours)
    clock = Timetable(loop)
    task = asyncio.ensure_future(Run(given, transport, lambda: None, clock, clock.now_us()).play())
    await asyncio.sleep(0)
    got = 0
    with theirs:
        try:
            while data := await loop.sock_recv(theirs, 65536):
                got += len(data)
        except OSError as error:
            return got, error.errno or -1
        finally:
            assert await task is False
    return got, 0


@pytest.mark.parametrize("size", [10, 3_000_000])
@pytest.mark.parametrize(("finish", "errno"), [("fin", 0), ("reset", ECONNRESET)])
def test_an_end_takes_nothing_with_it_that_was_written_before(size: int, finish: Finish, errno: int) -> None:
    given = Sends((0,), (b"x" * size,), (False,), 0, finish)
    assert asyncio.run(received(given)) == (size, errno)


@pytest.mark.parametrize(("finish", "errno"), [("fin", 0), ("reset", ECONNRESET)])
def test_an_end_without_a_byte_before_it(finish: Finish, errno: int) -> None:
    assert asyncio.run(received(Sends((), (), (), 0, finish))) == (0, errno)
