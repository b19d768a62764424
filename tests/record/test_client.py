"""The client's side: the same bytes however they were read, and the end that the upstream's connection had."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from relaying import Noting
from upstreams import END, HEAD, answer, chunk

from mocksse.record.client import Passage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mocksse.record.assemble import How

CLOSE = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
TWO = chunk(b"data: 1\n\n") + chunk(b"data: 2\n\n")

# id: (method, head, what follows it, how the connection ends, bytes the client gets, plain ones, its end, the ending)
CASES: dict[str, tuple[str, bytes, bytes, How, bytes, bytes, str, str]] = {
    "chunked": ("GET", HEAD, TWO + END, "fin", TWO + END, b"data: 1\n\ndata: 2\n\n", "complete", "complete"),
    "chunk extensions, trailers": (
        "GET",
        HEAD,
        b"001;a=b\r\nx\r\n0;c\r\nT: 1\r\n\r\n",
        "fin",
        b"001;a=b\r\nx\r\n0;c\r\nT: 1\r\n\r\n",
        b"x",
        "complete",
        "complete",
    ),
    "length": (
        "GET",
        answer("200 OK", "a/b", b"hello")[:-5],
        b"hello",
        "fin",
        b"hello",
        b"hello",
        "complete",
        "complete",
    ),
    "no body": ("GET", answer("429 Too Many Requests", "a/b", b""), b"", "fin", b"", b"", "complete", "complete"),
    "close": ("GET", CLOSE, b"data: 1\n\n", "fin", b"data: 1\n\n", b"data: 1\n\n", "complete", "complete"),
    "close, empty": ("GET", CLOSE, b"", "fin", b"", b"", "complete", "complete"),
    "HTTP/1.0": ("GET", b"HTTP/1.0 200 OK\n\n", b"x", "fin", b"x", b"x", "complete", "complete"),
    "HEAD": ("HEAD", HEAD, b"", "fin", b"", b"", "complete", "complete"),
    "204": ("GET", b"HTTP/1.1 204 No Content\r\n\r\n", b"", "fin", b"", b"", "complete", "complete"),
    "304": (
        "GET",
        b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
        b"",
        "fin",
        b"",
        b"",
        "complete",
        "complete",
    ),
    "a redirect": (
        "GET",
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 2\r\n\r\n",
        b"go",
        "fin",
        b"go",
        b"go",
        "complete",
        "complete",
    ),
    "1xx": (
        "GET",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + HEAD,
        TWO + END,
        "fin",
        TWO + END,
        b"data: 1\n\ndata: 2\n\n",
        "complete",
        "complete",
    ),
    "bytes behind the end": ("GET", HEAD, END + b"HTTP/1.1 200 OK\r\n\r\n", "fin", END, b"", "complete", "complete"),
    "bytes behind a length": (
        "GET",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n",
        b"ab",
        "fin",
        b"a",
        b"a",
        "complete",
        "complete",
    ),
    "bytes behind no body": ("HEAD", HEAD, TWO, "fin", b"", b"", "complete", "complete"),
    "cut": ("GET", HEAD, TWO + b"ff\r\nhal", "fin", TWO + b"ff\r\nhal", b"data: 1\n\ndata: 2\n\nhal", "fin", "cut"),
    "cut in a size": ("GET", HEAD, b"1\r\nx\r\nf", "fin", b"1\r\nx\r\nf", b"x", "fin", "cut"),
    "reset": (
        "GET",
        HEAD,
        TWO + b"ff\r\nhal",
        "reset",
        TWO + b"ff\r\nhal",
        b"data: 1\n\ndata: 2\n\nhal",
        "reset",
        "reset",
    ),
    "close, reset": ("GET", CLOSE, b"data", "reset", b"data", b"data", "reset", "reset"),
    "idle": ("GET", HEAD, TWO, "idle", TWO, b"data: 1\n\ndata: 2\n\n", "fin", "idle"),
    "stopped": ("GET", CLOSE, b"x", "stopped", b"x", b"x", "fin", "stopped"),
    "broken": (
        "GET",
        HEAD,
        b"1\r\nx\r\nzz\r\nrest",
        "fin",
        b"1\r\nx\r\nzz\r\nrest",
        b"xzz\r\nrest",
        "fin",
        "malformed",
    ),
    "broken, reset": ("GET", HEAD, b"zz\r\n", "reset", b"zz\r\n", b"zz\r\n", "reset", "malformed"),
    "two lengths": (
        "GET",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"ab",
        "fin",
        b"ab",
        b"ab",
        "fin",
        "malformed",
    ),
}


def passed(client: Noting | None, method: str, reads: Iterable[bytes], how: How) -> tuple[Passage, str]:
    passage = Passage(client, method, 0)
    for read in reads:
        if read:
            before = len(client.body) if client is not None else 0
            was_for_client = passage.feed(read)
            assert was_for_client == (client is not None and len(client.body) > before)
    return passage, passage.end(how)


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("name", CASES)
def test_every_split(name: str, plain: bool) -> None:
    method, head, rest, how, verbatim, decoded, end, ending = CASES[name]
    wire = head + rest
    ways = [[wire], [wire[at : at + 1] for at in range(len(wire))]]
    ways += [[wire[:at], wire[at:]] for at in range(len(wire) + 1)]
    for reads in ways:
        client = Noting(plain=plain)
        passage, how_it_ended = passed(client, method, reads, how)
        assert client.head == passage.head is not None
        # What broke off within an element of the framing is no part of a body without it.
        assert client.body == (decoded if plain else verbatim)
        assert (client.ends, how_it_ended) == ([end], ending)
        assert passage.sent == len(client.body)
        assert list(passage.written_us) == sorted(passage.written_us)
        alone, alike = passed(None, method, reads, how)
        assert (alike, alone.sent, alone.head, alone.broken) == (ending, 0, passage.head, passage.broken)


def test_the_end_comes_with_the_last_byte_of_the_body() -> None:
    client = Noting()
    passage = Passage(client, "GET", 0)
    passage.feed(HEAD + END[:-1])
    assert (client.ends, passage.is_awaited) == ([], True)
    passage.feed(END[-1:])
    assert (client.ends, passage.is_awaited, passage.left_ns) == (["complete"], False, None)


def test_no_other_protocol() -> None:
    client = Noting()
    passage = Passage(client, "GET", 0)
    passage.feed(b"HTTP/1.1 101 Switching Protocols\r\n\r\nx")
    assert (client.head, client.body) == (None, b"")


@pytest.mark.parametrize("where", ["begin", "write", "end", "drained", "gone"])
def test_one_that_leaves_is_let_go(where: str) -> None:
    class Leaving(Noting):
        def begin(self, head: object) -> None:
            super().begin(head)  # type: ignore[arg-type]
            self._fail("begin")

        def write(self, data: bytes) -> None:
            super().write(data)
            self._fail("write")

        def end(self, how: str) -> None:
            super().end(how)
            self._fail("end")

        async def drained(self) -> None:
            self._fail("drained")

        def _fail(self, here: str) -> None:
            if here == where:
                raise ConnectionResetError

    client = Leaving()
    passage = Passage(client, "GET", 0)
    passage.feed(HEAD + TWO)
    asyncio.run(passage.drained())
    if where == "gone":
        client.gone = True
    if where == "end":
        passage.feed(END)
    assert not passage.is_awaited
    assert (passage.left_ns is None) == (where == "end")
    assert not passage.feed(b"1\r\nx\r\n")
    passage.end("fin")
    assert client.ends == (["complete"] if where == "end" else [])


def test_a_client_that_does_not_read_is_waited_for_until_it_is_woken() -> None:
    class Stuck(Noting):
        async def drained(self) -> None:
            await asyncio.Event().wait()

    async def main() -> None:
        passage = Passage(Stuck(), "GET", 0)
        passage.feed(HEAD)
        waiting = asyncio.create_task(passage.drained())
        done, _ = await asyncio.wait((waiting,), timeout=0.02)
        assert not done
        passage.wake()
        await waiting
        assert passage.is_awaited
        passage.wake()  # nobody waits

    asyncio.run(main())
