"""`wire.http1`: a table of wire bytes and their parts, each cut in many ways; laws over any bytes; linear time."""

from __future__ import annotations

import http.client
import io
import random
import time
from typing import TYPE_CHECKING

import pytest
from growth import assert_linear
from http1_cases import CASES, CHUNKED, CHUNKED_HEAD, OK, length_head
from hypothesis import given, settings
from hypothesis import strategies as st

from mocksse import limits
from mocksse.wire.http1 import (
    Broken,
    Chunk,
    ChunkEnd,
    Data,
    End,
    Head,
    Interim,
    Part,
    ResponseParser,
    Rest,
    Truncated,
)
from mocksse.wire.http1_encode import CHUNK_END, encode_chunk_head, encode_head, encode_last_chunk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

case = pytest.mark.parametrize(("wire", "parts"), CASES.values(), ids=CASES)


def parse(feeds: Iterable[bytes], method: str = "GET") -> list[Part]:
    """All parts of `feeds` and of the end of the connection, adjacent Data and Rest joined."""
    parser = ResponseParser(method)
    parts = [part for data in feeds for part in parser.feed(data)] + parser.close()
    assert parser.done == any(isinstance(part, End) for part in parts)
    assert parser.head == next((part for part in parts if isinstance(part, Head)), None)
    joined: list[Part] = []
    for part in parts:
        last = joined[-1] if joined else None
        if isinstance(part, Data) and isinstance(last, Data):
            joined[-1] = Data(last.data + part.data)
        elif isinstance(part, Rest) and isinstance(last, Rest):
            joined[-1] = Rest(last.data + part.data)
        else:
            joined.append(part)
    return joined


def chunk(data: bytes) -> bytes:
    """One chunk, whole; none of no data: it would end the body."""
    return encode_chunk_head(len(data)) + data + CHUNK_END if data else b""


def cut(wire: bytes, size: int) -> list[bytes]:
    return [wire[at : at + size] for at in range(0, len(wire), size)]


def cut_at_random(wire: bytes, draw: random.Random) -> Iterator[bytes]:
    at = 0
    while at < len(wire):
        size = draw.choice((0, 1, 2, 3, 7, 40))
        yield wire[at : at + size]
        at += size


def encode(parts: list[Part]) -> bytes:
    """The canonical bytes of `parts`: what a replay writes."""
    wire = b""
    for part in parts:
        match part:
            case Head():
                wire += encode_head(part.status, part.reason, part.headers, part.version)
            case Chunk():
                wire += encode_chunk_head(part.size)
            case Data() | Rest():
                wire += part.data
            case ChunkEnd():
                wire += CHUNK_END
            case End() if any(isinstance(head, Head) and head.framing == "chunked" for head in parts):
                wire += encode_last_chunk(part.trailers)
    return wire


def check_accounts(wire: bytes, parts: list[Part]) -> None:
    """Every byte of `wire` is in `parts`: encoded and parsed they come back, and what was left over is verbatim."""
    kept: list[Part] = [part for part in parts if not isinstance(part, Interim)]
    assert parse([encode(kept)]) == kept
    for at, part in enumerate(parts):
        match part:
            case Rest():
                assert wire.endswith(part.data)
                assert parts[at + 1 :] in ([], [Truncated()])
                if at and isinstance(parts[at - 1], Broken):
                    assert parts[at + 1 :] == []
            case Broken():
                assert all(isinstance(later, Rest) for later in parts[at + 1 :])
            case Data():
                assert part.data in wire
    assert any(isinstance(part, End | Broken | Truncated) for part in parts[-2:])


@case
def test_whole(wire: bytes, parts: list[Part]) -> None:
    assert parse([wire]) == parts


@case
@pytest.mark.parametrize("size", [1, 2, 3])
def test_cut_evenly(wire: bytes, parts: list[Part], size: int) -> None:
    assert parse(cut(wire, size)) == parts


@case
def test_cut_at_random(wire: bytes, parts: list[Part]) -> None:
    draw = random.Random(1)
    for _ in range(20):
        assert parse(cut_at_random(wire, draw)) == parts


@case
def test_cut_in_two_everywhere(wire: bytes, parts: list[Part]) -> None:
    for at in range(len(wire) + 1):
        assert parse([wire[:at], wire[at:]]) == parts


@case
def test_truncated_everywhere(wire: bytes, parts: list[Part]) -> None:
    check_accounts(wire, parts)
    for at in range(len(wire)):
        check_accounts(wire[:at], parse([wire[:at]]))


@pytest.mark.parametrize(
    "name", ["length", "close", "none", "chunked", "chunk-end-missing", "trailer-bad", "rest-chunked"]
)
def test_every_prefix_of_canonical_bytes_is_encoded_back(name: str) -> None:
    wire, _ = CASES[name]
    for at in range(len(wire) + 1):
        assert encode(parse([wire[:at]])) == wire[:at]


@pytest.mark.parametrize(
    "framing", [b"Content-Length: 5", b"Transfer-Encoding: chunked", b"Content-Length: x", b"A: b"]
)
def test_head_request_has_no_body(framing: bytes) -> None:
    head, end = parse([OK + framing + b"\r\n\r\n"], "HEAD")
    assert isinstance(head, Head)
    assert (head.framing, head.length) == ("none", None)
    assert end == End()


def test_data_is_one_feeds_share_of_one_chunk() -> None:
    parser = ResponseParser()
    assert parser.feed(CHUNKED + b"6\r\nabc") == [CHUNKED_HEAD, Chunk(6), Data(b"abc")]
    assert parser.feed(b"") == []
    assert parser.feed(b"d") == [Data(b"d")]
    assert parser.feed(b"ef\r") == [Data(b"ef")]
    assert parser.feed(b"\n1\r\ng\r\n") == [ChunkEnd(), Chunk(1), Data(b"g"), ChunkEnd()]
    assert parser.feed(b"0\r\n") == []
    assert not parser.done
    assert parser.feed(b"\r\nrest") == [End(), Rest(b"rest")]
    assert parser.done
    assert parser.feed(b"more") == [Rest(b"more")]
    assert parser.close() == []


def test_large_chunk_in_one_feed_is_one_data() -> None:
    body = bytes(5 * limits.MIB)
    parser = ResponseParser()
    parser.feed(CHUNKED + b"5000")  # a held half line must not change that
    assert parser.feed(b"00\r\n" + body + b"\r\n") == [Chunk(len(body)), Data(body), ChunkEnd()]


def test_end_comes_with_the_last_byte_not_with_the_close() -> None:
    parser = ResponseParser()
    assert parser.feed(OK + b"Content-Length: 2\r\n\r\nhi") == [length_head(b"2", length=2), Data(b"hi"), End()]
    assert parser.close() == []


def test_close_twice_and_feed_after_close() -> None:
    parser = ResponseParser()
    parser.feed(b"HTTP")
    assert parser.close() == [Rest(b"HTTP"), Truncated()]
    assert parser.close() == []
    assert parser.feed(b"/1.1") == [Rest(b"/1.1")]


CAPS = {
    "status-line": (b"", b"HTTP/1.1 200 ", b"\r\n\r\n", limits.MAX_HEAD_BYTES, "response head too large"),
    "header": (b"", OK + b"A: ", b"\r\n\r\n", limits.MAX_HEAD_BYTES, "response head too large"),
    "chunk-line": (CHUNKED, b"1;", b"\r\n", limits.MAX_CHUNK_LINE_BYTES, "chunk-size line too long"),
    "trailer": (CHUNKED, b"0\r\nA: ", b"\r\n\r\n", limits.MAX_TRAILER_BYTES, "trailers too large"),
}


@pytest.mark.parametrize(("before", "start", "end", "cap", "reason"), CAPS.values(), ids=CAPS)
def test_caps_are_exact_however_cut(before: bytes, start: bytes, end: bytes, cap: int, reason: str) -> None:
    for over in (0, 1):
        element = start + b"x" * (cap + over - len(start) - len(end)) + end
        for feeds in ([before + element], cut(before + element, 1000), [before, element[:-1], element[-1:]]):
            parts = parse(feeds)
            assert (Broken(reason) in parts) == (len(element) > cap)
            if over:
                assert parts[-1] == Rest(element)


def test_endless_line_is_not_kept() -> None:
    parser = ResponseParser()
    parser.feed(b"HTTP/1.1 200 ")
    for _ in range(limits.MAX_HEAD_BYTES // 1024 + 1):
        parser.feed(b"x" * 1024)
    assert parser.feed(b"x") == [Rest(b"x")]


SEEDS = st.integers(0, 2**32).map(random.Random)
NAMES = st.binary(min_size=1, max_size=12).map(lambda raw: raw.translate(None, b"\n:").strip(b" \t")).filter(bool)
VALUES = st.binary(max_size=20).map(lambda raw: raw.translate(None, b"\n").strip(b" \t"))
FIELDS = st.lists(st.tuples(NAMES, VALUES), max_size=4).map(tuple)
REASONS = st.one_of(st.just(b"OK"), st.binary(max_size=12).map(lambda raw: raw.translate(None, b"\n")))
BODY = st.lists(st.binary(min_size=1, max_size=30), max_size=5)


@st.composite
def responses(draw: st.DrawFn) -> list[Part]:
    """The parts of a complete response, as the parser has to give them."""
    status = draw(st.sampled_from([200, 201, 400, 429, 500, 529, 999]))
    fields = draw(FIELDS)
    chunks = draw(BODY)
    version = draw(st.sampled_from(["1.0", "1.1"]))
    reason = draw(REASONS)
    body = b"".join(chunks)
    data: list[Part] = [Data(body)] if body else []
    match draw(st.sampled_from(["chunked", "length", "close"])):
        case "chunked":
            headers = (*fields, (b"transfer-encoding", b"chunked"))
            framed = [part for chunk in chunks for part in (Chunk(len(chunk)), Data(chunk), ChunkEnd())]
            return [Head(version, status, reason, headers, "chunked"), *framed, End(draw(FIELDS))]
        case "length":
            headers = ((b"Content-Length", b"%d" % len(body)), *fields)
            return [Head(version, status, reason, headers, "length", len(body)), *data, End()]
        case _:
            return [Head(version, status, reason, fields, "close"), *data, End()]


@settings(max_examples=200, deadline=None)
@given(responses(), SEEDS)
def test_encoded_parts_parse_back(parts: list[Part], draw: random.Random) -> None:
    wire = encode(parts)
    assert parse([wire]) == parts
    assert parse(cut_at_random(wire, draw)) == parts
    at = draw.randrange(len(wire) + 1)
    assert encode(parse([wire[:at]])) == wire[:at]


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=60), st.sampled_from([b"", b"HTTP/1.1 ", OK, CHUNKED, CHUNKED + b"1\r\nx", CHUNKED + b"0\r\n"])
)
def test_garbage_is_kept_and_never_raises(garbage: bytes, before: bytes) -> None:
    wire = before + garbage
    parts = parse([wire])
    assert parse(cut(wire, 1)) == parts
    check_accounts(wire, parts)


EDITS = st.tuples(
    st.integers(0, 10_000),
    st.integers(0, 4),
    st.sampled_from(
        [b"", b"\r", b"\n", b"\r\n", b"\r\n\r\n", b" ", b":", b"0", b"f", b"\xff", b";", b"-", b"chunked", b"1\r\n"]
    ),
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(list(CASES.values())), st.lists(EDITS, min_size=1, max_size=4), SEEDS)
def test_mutations(
    wire_and_parts: tuple[bytes, list[Part]], edits: list[tuple[int, int, bytes]], draw: random.Random
) -> None:
    wire, _ = wire_and_parts
    for where, gone, new in edits:
        at = where % (len(wire) + 1)
        wire = wire[:at] + new + wire[at + gone :]
    parts = parse([wire])
    assert parse(cut(wire, 1)) == parts
    assert parse(cut_at_random(wire, draw)) == parts
    check_accounts(wire, parts)


class Wire:
    """As much of a socket as http.client wants."""

    def __init__(self, wire: bytes) -> None:
        self.wire = wire

    def makefile(self, _mode: str) -> io.BytesIO:
        return io.BytesIO(self.wire)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.binary(min_size=1, max_size=300), max_size=4), st.sampled_from(["chunked", "length", "close"]))
def test_agrees_with_the_standard_library(chunks: list[bytes], framing: str) -> None:
    body = b"".join(chunks)
    headers, framed = {
        "chunked": (b"Transfer-Encoding: Chunked", b"".join(map(chunk, chunks)) + encode_last_chunk()),
        "length": (b"content-length: %d" % len(body), body),
        "close": (b"Server: x", body),
    }[framing]
    wire = b"HTTP/1.1 100 Continue\r\n\r\n" + OK + headers + b"\r\n\r\n" + framed
    with http.client.HTTPResponse(Wire(wire)) as theirs:  # type: ignore[arg-type]
        theirs.begin()
        assert theirs.read() == body
    ours = parse([wire])
    assert b"".join(part.data for part in ours if isinstance(part, Data)) == body
    assert isinstance(ours[1], Head)
    assert [(name.decode(), value.decode()) for name, value in ours[1].headers] == theirs.getheaders()
    assert ours[-1] == End()


# --- Places, for who passes bytes on as they are


def places(wire: bytes) -> tuple[int | None, int | None]:
    """Where the head and the framed body end, found byte by byte."""
    parser = ResponseParser()
    body_at = end_at = None
    for at in range(len(wire)):
        parts = parser.feed(wire[at : at + 1])
        if any(isinstance(part, Head) for part in parts):
            body_at = at + 1
        if any(isinstance(part, End) for part in parts):
            end_at = at + 1
    if any(isinstance(part, End) for part in parser.close()):
        end_at = len(wire)
    return body_at, end_at


@case
def test_places_are_the_same_however_it_is_cut(wire: bytes, parts: list[Part]) -> None:
    expected = places(wire)
    assert [place is None for place in expected] == [
        not any(isinstance(part, kind) for part in parts) for kind in (Head, End)
    ]
    for at in range(len(wire) + 1):
        parser = ResponseParser()
        parser.feed(wire[:at])
        parser.feed(wire[at:])
        parser.close()
        assert (parser.body_at, parser.end_at) == expected, at


LINEAR: dict[str, tuple[int, Callable[[int], list[bytes]]]] = {
    "chunk-bytewise": (20_000, lambda n: cut(CHUNKED + chunk(b"x" * n), 1)),
    "header-bytewise": (60_000, lambda n: cut(OK + b"A: " + b"x" * n, 1)),
    "headers-bytewise": (60_000, lambda n: cut(OK + b"A:b\r\n" * (n // 5), 1)),
    "folds": (40_000, lambda n: [OK + b"A: b" + b"\n c" * (n // 3) + b"\r\n\r\n"]),
    "blanks": (40_000, lambda n: [OK + b"A:" + b" " * n + b"b\r\n\r\n"]),
    "bad-size": (3_500, lambda n: [CHUNKED + b"0" * n + b"x\r\n"]),
    "padded-size": (3_500, lambda n: [CHUNKED + b"1" + b" " * n + b"x\r\n"]),
    "tiny-chunks": (5_000, lambda n: [CHUNKED + b"1\r\nx\r\n" * n]),
    "large-feeds-behind-a-held-byte": (40, lambda n: [CHUNKED + b"f"] + [b"ffff\r\n" + bytes(0xFFFFF) + b"\r\nf"] * n),
}


@pytest.mark.parametrize(("size", "feeds"), LINEAR.values(), ids=LINEAR)
def test_time_is_linear(size: int, feeds: Callable[[int], list[bytes]]) -> None:
    def seconds(n: int) -> float:
        pieces = feeds(n)
        parser = ResponseParser()
        start = time.process_time()
        for piece in pieces:
            parser.feed(piece)
        return time.process_time() - start

    assert_linear(seconds, 2 * size, bound=3.0)
