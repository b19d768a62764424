"""`wire.http1_encode`: exact bytes. That they parse back is a law of test_http1."""

from __future__ import annotations

import pytest

from mocksse.wire.http1_encode import (
    CHUNK_END,
    encode_chunk_head,
    encode_head,
    encode_last_chunk,
    standard_reason,
)


def test_head() -> None:
    headers = [(b"Content-Type", b"text/event-stream"), (b"X", b""), (b"x", b"\xff\x00")]
    assert encode_head(200, None, headers) == (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nX: \r\nx: \xff\x00\r\n\r\n"
    )
    assert encode_head(200, b"Fine", (), "1.0") == b"HTTP/1.0 200 Fine\r\n\r\n"
    assert encode_head(200, b"", ()) == b"HTTP/1.1 200 \r\n\r\n"
    assert encode_head(529, None, ()) == b"HTTP/1.1 529 \r\n\r\n"


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (404, b"Not Found"),
        (413, b"Request Entity Too Large"),  # renamed by Python 3.13
        (422, b"Unprocessable Entity"),  # renamed by Python 3.13
        (529, b""),
    ],
)
def test_standard_reason_is_the_same_on_every_python(status: int, reason: bytes) -> None:
    assert standard_reason(status) == reason


def test_chunks() -> None:
    assert CHUNK_END == b"\r\n"
    assert encode_chunk_head(0xABC) == b"abc\r\n"
    assert encode_last_chunk() == b"0\r\n\r\n"
    assert encode_last_chunk([(b"A", b"b"), (b"C", b"d")]) == b"0\r\nA: b\r\nC: d\r\n\r\n"


@pytest.mark.parametrize("field", [(b"a", b"b\r\nSet-Cookie: c"), (b"a\nb", b"c"), (b"a", b"\n")])
def test_line_feed_inside_a_field_is_refused(field: tuple[bytes, bytes]) -> None:
    with pytest.raises(ValueError, match="line feed"):
        encode_head(200, None, [field])
    with pytest.raises(ValueError, match="line feed"):
        encode_last_chunk([field])


def test_line_feed_inside_a_reason_is_refused() -> None:
    with pytest.raises(ValueError, match="line feed"):
        encode_head(200, b"OK\r\n\r\nHTTP/1.1 200 OK", ())
