"""Response bodies without their secrets: plain, in event-stream frames, compressed."""

from __future__ import annotations

import gzip
import json
import zlib
from base64 import b64encode
from functools import partial
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mocksse import limits
from mocksse.cassette.redact import BodyRedactor, Secrets, decode
from mocksse.wire import eventstream

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

KEY = b"sk-Abc/123_xyZ+90"
KNOWN = Secrets((KEY,))
FRAMES = "application/vnd.amazon.eventstream"
HEADERS = ((":event-type", "chunk"), (":content-type", "application/json"), (":message-type", "event"))


def redacted(pieces: Iterable[bytes], content_type: str = "", coding: str = "") -> tuple[bytes, BodyRedactor]:
    body = BodyRedactor(KNOWN, content_type, coding)
    return b"".join([*map(body.feed, pieces), body.flush()]), body


def cuttings(data: bytes) -> Iterator[list[bytes]]:
    yield from ([data[at : at + size] for at in range(0, len(data), size)] for size in (1, 2, 3, len(data)))
    yield from ([data[:at], data[at:]] for at in range(len(data)))
    random = Random(0)
    for _ in range(30):
        edges = [0, *sorted(random.choices(range(len(data)), k=6)), len(data)]
        yield [data[low:high] for low, high in pairwise(edges)]


def frame(payload: bytes) -> bytes:
    return eventstream.encode(HEADERS, payload)


def test_plain() -> None:
    body = b"data: " + KEY + b"\n\n"
    out, redactor = redacted([body[:12], body[12:]], "text/event-stream; charset=utf-8", "identity")
    assert out == b"data: " + b"x" * 17 + b"\n\n"
    assert redactor.blotted
    assert not redactor.found
    assert not redactor.unchecked


def test_frames_get_their_checksum_made_right_in_any_cutting() -> None:
    secret = json.dumps({"bytes": b64encode(b'{"key":"' + KEY + b'"}').decode(), "p": "abc"}).encode()
    payloads = [b"{}", b"", KEY, b'{"a":"' + KEY + b'"}', secret, b"no key"]
    body = b"".join(map(frame, payloads))
    expected = b"".join(frame(KNOWN.blot(payload)) for payload in payloads)
    assert len(expected) == len(body)
    assert expected != body
    for pieces in cuttings(body):
        out, redactor = redacted(pieces, FRAMES)
        assert out == expected
        assert redactor.blotted
    assert all(isinstance(item, eventstream.Frame) for item in eventstream.parse(expected))


def test_a_secret_in_a_frames_headers() -> None:
    body = eventstream.encode((("x-echo", KEY.decode()), (":event-type", "chunk")), b"{}")
    out, _ = redacted([body], f"{FRAMES.upper()}; charset=utf-8")
    (item,) = eventstream.parse(out)
    assert isinstance(item, eventstream.Frame)
    assert item.header("x-echo") == "x" * 17


def test_untouched_frames_stay_as_they_came() -> None:
    wrong = bytearray(frame(b"wrong sum") + frame(b"wrong prelude sum"))
    wrong[len(frame(b"wrong sum")) - 1] ^= 1
    wrong[len(frame(b"wrong sum")) + 9] ^= 1
    body = bytes(wrong) + frame(KEY)
    expected = bytes(wrong) + frame(b"x" * 17)
    for pieces in cuttings(body):
        assert redacted(pieces, FRAMES)[0] == expected


def test_a_checksum_that_looks_like_a_secrets_start_stays() -> None:
    n = next(n for n in range(10**6) if frame(b"%d" % n).endswith(b"s"))
    body = frame(b"%d" % n) + frame(KEY)
    redactor = BodyRedactor(KNOWN, FRAMES)
    assert redactor.feed(frame(b"%d" % n)) == frame(b"%d" % n)[:-1]
    assert redactor.feed(frame(KEY)) + redactor.flush() == b"s" + frame(b"x" * 17)
    assert redacted([body], FRAMES)[0] == frame(b"%d" % n) + frame(b"x" * 17)


@pytest.mark.parametrize(
    "body",
    [
        b'{"message":"bad key ' + KEY + b'"}',
        KEY + b" is bad",
        b"\0\0\0\x0f\0\0\0\0" + KEY + b" is bad",
        b"\0\0\0\x20\0\0\0\xff" + KEY + b" is bad",
        frame(b"good") + b"then nonsense: " + KEY + b".",
    ],
)
def test_what_is_no_event_stream_is_blotted_as_it_is(body: bytes) -> None:
    for pieces in cuttings(body):
        assert redacted(pieces, FRAMES)[0] == body.replace(KEY, b"x" * 17)


def test_a_frame_that_was_cut() -> None:
    body = frame(b"{}") + frame(KEY + b" and more")[:-9]
    assert redacted([body], FRAMES)[0] == body.replace(KEY, b"x" * 17)


def test_recorded_frames_stay_as_they_are(streams: Path) -> None:
    bodies = [path.read_bytes() for path in sorted((streams / "bedrock").glob("*.eventstream"))]
    for body in [body for body in bodies if b"arn:aws" not in body][:6]:
        assert redacted([body[at : at + 100] for at in range(0, len(body), 100)], FRAMES)[0] == body


@given(
    st.lists(st.binary(max_size=40) | st.just(KEY) | st.just(b"(%b)" % KEY), max_size=5), st.lists(st.integers(0, 999))
)
@settings(max_examples=150, deadline=None)
def test_law_frames_stay_frames(payloads: list[bytes], places: list[int]) -> None:
    body = b"".join(map(frame, payloads))
    edges = [0, *sorted(place % (len(body) + 1) for place in places), len(body)]
    out, _ = redacted([body[low:high] for low, high in pairwise(edges)], FRAMES)
    assert out == b"".join(frame(KNOWN.blot(payload)) for payload in payloads)


def packed(*events: bytes, wbits: int = 31) -> list[bytes]:
    packer = zlib.compressobj(wbits=wbits)
    pieces = [packer.compress(event) + packer.flush(zlib.Z_SYNC_FLUSH) for event in events]
    return [*pieces, packer.flush()]


@pytest.mark.parametrize(("coding", "wbits"), [("gzip", 31), ("deflate", 15), ("deflate", -15)])
def test_compressed_bytes_pass_as_they_are(coding: str, wbits: int) -> None:
    pieces = packed(b"data: 1\n\n", b"data: sk-A\n\n", b"data: 3\n\n", wbits=wbits)
    redactor = BodyRedactor(KNOWN, "text/event-stream", coding)
    assert [redactor.feed(piece) for piece in pieces] == pieces
    assert redactor.flush() == b""
    assert (redactor.found, redactor.unchecked, redactor.blotted) == (False, False, False)


def test_pieces_wait_while_a_secret_may_have_begun() -> None:
    first, second, third, end = packed(b"data: sk-", b"Abc/", b"nothing of it\n\n")
    redactor = BodyRedactor(KNOWN, "text/event-stream", "gzip")
    assert redactor.feed(first) == b""
    assert redactor.feed(second) == b""
    assert redactor.feed(third) == first + second + third
    assert redactor.feed(end) == end
    assert not redactor.found


def test_nothing_is_let_go_from_a_secret_on() -> None:
    first, second, third, fourth, end = packed(b"data: 1\n\n", b"data: sk-Abc/", b"123_xyZ+90\n\n", b"data: 4\n\n")
    redactor = BodyRedactor(KNOWN, "text/event-stream", "gzip")
    assert redactor.feed(first) == first
    assert redactor.feed(second) == b""
    assert not redactor.found
    assert redactor.feed(third) == b""
    assert redactor.found
    assert [redactor.feed(fourth), redactor.feed(end), redactor.flush()] == [b"", b"", b""]


def test_a_compressed_body_that_ends_inside_a_secret() -> None:
    (piece, end) = packed(b"data: sk-Abc/12")
    redactor = BodyRedactor(KNOWN, "", "gzip")
    assert redactor.feed(piece + end) == b""
    assert redactor.flush() == b""
    assert redactor.found
    assert redacted(packed(b"data: sk-Ab"), "", "gzip")[0] == b"".join(packed(b"data: sk-Ab"))


def test_compressed_frames_are_looked_at_as_well() -> None:
    assert redacted([gzip.compress(frame(KEY))], FRAMES, "gzip")[1].found


def test_a_coding_that_is_unknown_or_a_lie_is_looked_at_as_plain_bytes() -> None:
    for coding in ("aws-chunked", "gzip", "deflate"):
        out, redactor = redacted([b"bad key sk-Abc/", b"123_xyZ+90\n"], "text/plain", coding)
        assert out == b"bad key " + b"x" * 17 + b"\n"
        assert redactor.unchecked
        assert not redactor.found


def test_bytes_behind_the_compressed_ones() -> None:
    body = gzip.compress(b"data: 1\n\n")
    out, redactor = redacted([body, b"trailing " + KEY], "", "gzip")
    assert out == body + b"trailing " + b"x" * 17
    assert redactor.unchecked


def test_a_bomb_passes_unchecked() -> None:
    body = gzip.compress(bytes(10**6))
    with patch.object(limits, "MAX_DECODED_BYTES", 10**5):
        out, redactor = redacted([body[:500], body[500:]], "", "gzip")
    assert out == body
    assert redactor.unchecked


def test_without_secrets_everything_passes() -> None:
    for coding, body in (("", b"anything"), ("gzip", gzip.compress(b"anything"))):
        redactor = BodyRedactor(Secrets(), FRAMES, coding)
        assert redactor.feed(body) + redactor.flush() == body
        assert not redactor.unchecked


def test_a_coding_that_decodes_by_blocks_is_held_to_its_end() -> None:
    body = gzip.compress(b"data: 1\n\n")
    with patch.object(
        decode,
        "_MAKERS",
        {"blocks": lambda: decode._Members(partial(zlib.decompressobj, 31), zlib.error, prompt=False)},
    ):
        redactor = BodyRedactor(KNOWN, "", "blocks")
        assert redactor.feed(body) == b""
        assert redactor.flush() == body
        assert redacted([gzip.compress(KEY)], "", "blocks")[1].found
