"""`wire.http1_fields`: field lines, look-up, and the framing rules of RFC 9112 6.3."""

from __future__ import annotations

import pytest

from mocksse.wire.http1_fields import Framing, Headers, body_framing, header, parse_fields

CL, TE = b"content-length", b"transfer-encoding"
HUGE = b"9" * 5000  # more digits than int() takes

FRAMINGS: dict[str, tuple[str, int, Headers, tuple[Framing, int | None] | None]] = {
    "head": ("HEAD", 200, ((CL, b"5"),), ("none", None)),
    "head-bad-length": ("HEAD", 200, ((CL, b"x"),), ("none", None)),
    "204": ("POST", 204, ((TE, b"chunked"),), ("none", None)),
    "304": ("GET", 304, ((CL, b"5"),), ("none", None)),
    "101": ("GET", 101, ((CL, b"5"),), ("close", None)),
    "connect": ("CONNECT", 200, ((CL, b"5"),), ("close", None)),
    "connect-refused": ("CONNECT", 407, ((CL, b"5"),), ("length", 5)),
    "nothing": ("GET", 200, (), ("close", None)),
    "chunked": ("GET", 200, ((b"Transfer-Encoding", b"Chunked"),), ("chunked", None)),
    "chunked-over-length": ("GET", 200, ((CL, b"5"), (TE, b"chunked")), ("chunked", None)),
    "chunked-over-bad-length": ("GET", 200, ((CL, b"x"), (TE, b"chunked")), ("chunked", None)),
    "gzip-chunked": ("GET", 200, ((TE, b"gzip ,\tchunked"),), ("chunked", None)),
    "gzip-chunked-apart": ("GET", 200, ((TE, b"gzip"), (TE, b"chunked,")), ("chunked", None)),
    "chunked-gzip": ("GET", 200, ((TE, b"chunked, gzip"), (CL, b"5")), ("close", None)),
    "identity": ("GET", 200, ((TE, b"identity"), (CL, b"5")), ("close", None)),
    "chunked-with-parameter": ("GET", 200, ((TE, b"chunked;q=1"),), ("close", None)),
    "no-coding": ("GET", 200, ((TE, b" , "), (CL, b"5")), ("length", 5)),
    "length": ("GET", 200, ((b"Content-Length", b"5"),), ("length", 5)),
    "length-0": ("GET", 200, ((CL, b"000"),), ("length", 0)),
    "length-list": ("GET", 200, ((CL, b"5, 5"), (CL, b"05")), ("length", 5)),
    "length-long-zeros": ("GET", 200, ((CL, b"0" * 5000 + b"5"),), ("length", 5)),
    "length-max": ("GET", 200, ((CL, b"%d" % (1 << 60)),), ("length", 1 << 60)),
    "length-beyond-max": ("GET", 200, ((CL, b"%d" % ((1 << 60) + 1)),), None),
    "length-huge": ("GET", 200, ((CL, HUGE),), None),
    "lengths-differ": ("GET", 200, ((CL, b"5"), (CL, b"6")), None),
    "lengths-differ-in-list": ("GET", 200, ((CL, b"5,6"),), None),
    **{
        f"length-{bad!r}": ("GET", 200, ((CL, bad),), None)
        for bad in (b"", b"5,", b"+5", b"-5", b"5.0", b"0x5", b"5 5", b"1_0", b"\xb2", "٥".encode())  # noqa: RUF001
    },
}


@pytest.mark.parametrize(("method", "status", "headers", "framing"), FRAMINGS.values(), ids=FRAMINGS)
def test_framing(method: str, status: int, headers: Headers, framing: tuple[Framing, int | None] | None) -> None:
    assert body_framing(method, status, headers) == framing


FIELDS: dict[str, tuple[bytes, Headers | None]] = {
    "none": (b"first\r\n\r\n", ()),
    "order-case-duplicates": (b"0\r\nb: 1\r\nA: 2\r\nB: 3\r\n\r\n", ((b"b", b"1"), (b"A", b"2"), (b"B", b"3"))),
    "white-space": (b"0\r\na \t:\t b  c \r\nd:\r\n\r\n", ((b"a", b"b  c"), (b"d", b""))),
    "bare-lf": (b"0\na: b\n\n", ((b"a", b"b"),)),
    "only-blanks-go": (b"0\r\na: \x0b\xa0\r\r\n\r\n", ((b"a", b"\x0b\xa0\r"),)),
    "colons": (b"0\r\na: b: c\r\n\r\n", ((b"a", b"b: c"),)),
    "fold": (b"0\r\na: b\t \r\n \t c\r\n\td\r\ne: f\r\n\r\n", ((b"a", b"b c d"), (b"e", b"f"))),
    "fold-into-empty": (b"0\r\na:\r\n b\r\n \t\r\n\r\n", ((b"a", b"b"),)),
    "fold-first": (b"0\r\n b: c\r\n\r\n", None),
    "no-colon": (b"0\r\nb\r\n\r\n", None),
    "no-name": (b"0\r\n: b\r\n\r\n", None),
}


@pytest.mark.parametrize(("section", "fields"), FIELDS.values(), ids=FIELDS)
def test_fields(section: bytes, fields: Headers | None) -> None:
    assert parse_fields(section) == fields


def test_header_is_the_first_in_any_case() -> None:
    headers = [(b"A", b"1"), (b"Content-Type", b"2"), (b"content-type", b"3")]
    assert header(headers, b"CONTENT-type") == b"2"
    assert header(headers, b"content") is None
