"""wire/eventstream: sound frames to the byte, broken ones as items, however cut; what is written comes back."""

from __future__ import annotations

import struct
import time
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from cuttings import assert_cut_independent, cuttings
from growth import assert_linear
from hypothesis import given, settings
from hypothesis import strategies as st

from mocksse.errors import LimitError
from mocksse.wire.eventstream import Broken, Frame, Integer, Parser, encode, parse, reseal

if TYPE_CHECKING:
    from pathlib import Path

    from mocksse.wire.eventstream import HeaderValue, Item

# Known bytes: the smallest frame there is, and a header of each type.
EMPTY = bytes.fromhex("00000010 00000000 05c248eb 7d98c8ff")
ALL_TYPES: tuple[tuple[str, HeaderValue], ...] = (
    ("t", True),
    ("f", False),
    ("b", Integer("byte", -2)),
    ("s", Integer("short", -300)),
    ("i", Integer("integer", 70_000)),
    ("l", Integer("long", -(1 << 40))),
    ("x", b"\x00\xff"),
    ("u", "über"),
    ("m", Integer("timestamp", 1_795_340_598_120)),
    ("d", UUID("12345678-1234-5678-1234-567812345678")),
)
ALL_TYPES_BYTES = bytes.fromhex(
    "01 74 00"
    "01 66 01"
    "01 62 02 fe"
    "01 73 03 fed4"
    "01 69 04 00011170"
    "01 6c 05 ffffff0000000000"
    "01 78 06 0002 00ff"
    "01 75 07 0005 c3bc626572"
    "01 6d 08 000001a202a37b68"
    "01 64 09 12345678123456781234567812345678"
)
ONE = encode([(":event-type", "chunk")], b'{"a":1}')


def with_headers(block: bytes) -> bytes:
    """A frame with sound checksums around any header bytes."""
    return reseal(struct.pack(">III", 16 + len(block), len(block), 0) + block + bytes(4))


def flipped(frame: bytes, at: int) -> bytes:
    return frame[:at] + bytes([frame[at] ^ 1]) + frame[at + 1 :]


def test_known_bytes() -> None:
    assert encode([], b"") == EMPTY
    assert parse(EMPTY) == [Frame(0, 16, (), b"")]
    assert encode(ALL_TYPES, b"payload") == reseal(
        struct.pack(">III", 16 + len(ALL_TYPES_BYTES) + 7, len(ALL_TYPES_BYTES), 0)
        + ALL_TYPES_BYTES
        + b"payload"
        + bytes(4)
    )
    assert assert_cut_independent(Parser, encode(ALL_TYPES, b"payload")) == [
        Frame(0, 16 + len(ALL_TYPES_BYTES) + 7, ALL_TYPES, b"payload")
    ]


def test_header() -> None:
    (frame,) = parse(encode([("a", "1"), ("a", "2")], b""))
    assert isinstance(frame, Frame)
    assert frame.header("a") == "1"
    assert frame.header("b") is None


N = len(ONE)
BROKEN: list[tuple[str, bytes, list[tuple[type[Item], int, int]]]] = [
    ("sound", ONE + EMPTY, [(Frame, 0, N), (Frame, N, N + 16)]),
    ("payload-changed", flipped(ONE, N - 6) + EMPTY, [(Broken, 0, N), (Frame, N, N + 16)]),
    ("checksum-changed", flipped(ONE, N - 1) + EMPTY, [(Broken, 0, N), (Frame, N, N + 16)]),
    ("length-changed", flipped(ONE, 3) + EMPTY, [(Broken, 0, 12), (Broken, 12, N + 16)]),
    ("prelude-checksum-changed", EMPTY + flipped(ONE, 8), [(Frame, 0, 16), (Broken, 16, 28), (Broken, 28, 16 + N)]),
    ("prelude-alone", flipped(ONE, 3)[:12], [(Broken, 0, 12)]),
    ("too-short", reseal(struct.pack(">III", 15, 0, 0) + bytes(4)) + ONE, [(Broken, 0, 12), (Broken, 12, 16 + N)]),
    ("length-zero", reseal(bytes(16)), [(Broken, 0, 12), (Broken, 12, 16)]),
    ("headers-too-long", reseal(struct.pack(">III", 16, 1, 0) + bytes(4)) + EMPTY, [(Broken, 0, 16), (Frame, 16, 32)]),
    ("cut-in-prelude", EMPTY + ONE[:11], [(Frame, 0, 16), (Broken, 16, 27)]),
    ("cut-behind-prelude", EMPTY + ONE[:12], [(Frame, 0, 16), (Broken, 16, 28)]),
    ("cut-in-frame", EMPTY + ONE[:-1], [(Frame, 0, 16), (Broken, 16, 15 + N)]),
    ("not-frames", b'data: {"a":1}\n\n', [(Broken, 0, 12), (Broken, 12, 15)]),
]


@pytest.mark.parametrize(("body", "expected"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_broken_frames_are_items(body: bytes, expected: list[tuple[type[Item], int, int]]) -> None:
    items = assert_cut_independent(Parser, body)
    assert [(type(item), item.start, item.end) for item in items] == expected
    assert parse(body) == items


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        ("05 61", "end inside a header"),
        ("01 61", "end inside a header"),
        ("01 61 04 0000", "end inside a header"),
        ("01 61 07 0002 61", "end inside a header"),
        ("01 61 06 00", "end inside a header"),
        ("01 61 09 00", "end inside a header"),
        ("01 61 0a", "header a has the unknown type 10"),
        ("00 00", "a header has no name"),
        ("01 ff 00", "not UTF-8"),
        ("01 61 07 0001 ff", "not UTF-8"),
    ],
)
def test_headers_that_cannot_be_read(block: str, reason: str) -> None:
    frame = with_headers(bytes.fromhex(block))
    broken, sound = parse(frame + EMPTY)
    assert isinstance(broken, Broken)
    assert reason in broken.reason
    assert sound == Frame(len(frame), len(frame) + 16, (), b"")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (flipped(ONE, 3), "the prelude's checksum is wrong"),
        (reseal(bytes(16)), "a frame of 0 bytes can't be: 16 at least"),
        (flipped(ONE, N - 1), "the message's checksum is wrong"),
        (reseal(struct.pack(">III", 16, 1, 0) + bytes(4)), "the headers are longer than the frame"),
        (ONE[:5], "a prelude of 12 bytes was cut after 5"),
        (ONE[:-1], f"a frame of {N} bytes was cut after {N - 1}"),
    ],
)
def test_reasons(body: bytes, reason: str) -> None:
    first = parse(body)[0]
    assert isinstance(first, Broken)
    assert first.reason == reason


names = st.text(min_size=1, max_size=20).filter(lambda name: name.isprintable())
integers = st.one_of(
    st.builds(Integer, st.just("byte"), st.integers(-(1 << 7), (1 << 7) - 1)),
    st.builds(Integer, st.just("short"), st.integers(-(1 << 15), (1 << 15) - 1)),
    st.builds(Integer, st.just("integer"), st.integers(-(1 << 31), (1 << 31) - 1)),
    st.builds(Integer, st.sampled_from(["long", "timestamp"]), st.integers(-(1 << 63), (1 << 63) - 1)),
)
values = st.booleans() | integers | st.binary(max_size=20) | st.text(max_size=20) | st.uuids()
frames = st.tuples(st.lists(st.tuples(names, values), max_size=5).map(tuple), st.binary(max_size=40))


@settings(max_examples=150, deadline=None)
@given(st.lists(frames, max_size=4))
def test_frames_written_come_back(written: list[tuple[Any, bytes]]) -> None:
    raws = [encode(headers, payload) for headers, payload in written]
    items = assert_cut_independent(Parser, b"".join(raws), rounds=20)
    assert [(item.headers, item.payload) for item in items] == written
    assert [reseal(raw) for raw in raws] == raws


@settings(max_examples=200, deadline=None)
@given(st.lists(frames, min_size=1, max_size=4), st.data())
def test_items_tile_whatever_is_changed(written: list[tuple[Any, bytes]], data: st.DataObject) -> None:
    body = b"".join(encode(headers, payload) for headers, payload in written)
    at = data.draw(st.integers(0, len(body) - 1))
    body = flipped(body, at)[: data.draw(st.integers(at + 1, len(body)))]
    items = assert_cut_independent(Parser, body, rounds=20)
    assert any(isinstance(item, Broken) for item in items)
    assert [item.start for item in items] == [0, *(item.end for item in items[:-1])]
    assert items[-1].end == len(body)


@pytest.mark.parametrize(
    "header",
    [
        ("", True),
        ("ü" * 128, True),
        ("a", b"x" * 65_536),
        ("a", "ü" * 32_768),
        ("a", Integer("byte", 128)),
        ("a", Integer("long", 1 << 63)),
    ],
    ids=lambda header: repr(header)[:20],
)
def test_what_the_format_cannot_hold_is_refused(header: tuple[str, HeaderValue]) -> None:
    with pytest.raises(ValueError):
        encode([header], b"")


def test_a_frame_larger_than_the_limit_is_refused() -> None:
    with pytest.raises(ValueError):
        encode([], bytes(1 << 24))


def test_reseal_mends_checksums_and_nothing_else() -> None:
    changed = flipped(ONE, N - 6)
    mended = reseal(changed)
    assert mended[12:-4] == changed[12:-4]
    assert isinstance(parse(mended)[0], Frame)
    assert reseal(flipped(flipped(ONE, 8), N - 1)) == ONE
    with pytest.raises(ValueError):
        reseal(EMPTY[:-1])


def test_limit() -> None:
    body = EMPTY + encode([], b"12345") + EMPTY
    for pieces in cuttings(body, 200):
        parser = Parser(max_frame=20)
        items: list[Item] = []
        with pytest.raises(LimitError, match="21 bytes at byte 16 is larger than 20 bytes"):  # noqa: PT012
            for piece in pieces:
                items += parser.feed(piece)
            parser.close()
        assert items == [Frame(0, 16, (), b"")]


def test_time_is_linear_however_a_frame_is_cut() -> None:
    def seconds(size: int) -> float:
        parser = Parser()
        parser.feed(encode([], bytes(size))[:12])
        begin = time.process_time()
        for _ in range(size):
            parser.feed(b"\0")
        return time.process_time() - begin

    assert_linear(seconds, 1 << 16)


def test_recorded_frames(streams: Path) -> None:
    paths = sorted(streams.rglob("*.eventstream"))
    assert paths
    for path in paths:
        body = path.read_bytes()
        items = assert_cut_independent(Parser, body, rounds=20)
        assert items
        assert all(isinstance(item, Frame) for item in items)
        assert all(isinstance(item.header(":message-type"), str) for item in items)
        assert b"".join(encode(item.headers, item.payload) for item in items) == body
