"""The table of `wire.http1`: bytes of a connection and the parts they are, adjacent Data and Rest joined.

`test_http1` feeds each in many cuts, truncates it everywhere and mutates it.
"""

from __future__ import annotations

from mocksse.wire.http1 import Broken, Chunk, ChunkEnd, Data, End, Head, Interim, Part, Rest, Truncated

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
CHUNKED_HEAD = Head("1.1", 200, b"OK", ((b"Transfer-Encoding", b"chunked"),), "chunked")
CLOSE_HEAD = Head("1.1", 200, b"OK", (), "close")


def length_head(*lengths: bytes, length: int | None) -> Head:
    headers = tuple((b"Content-Length", value) for value in lengths)
    return Head("1.1", 200, b"OK", headers, "close" if length is None else "length", length)


# id: (wire, parts up to the end of the connection), all in answer to GET
CASES: dict[str, tuple[bytes, list[Part]]] = {
    # whole responses, one for each framing
    "length": (OK + b"Content-Length: 5\r\n\r\nhello", [length_head(b"5", length=5), Data(b"hello"), End()]),
    "length-0": (OK + b"Content-Length: 0\r\n\r\n", [length_head(b"0", length=0), End()]),
    "close": (OK + b"\r\nhello", [CLOSE_HEAD, Data(b"hello"), End()]),
    "close-empty": (OK + b"\r\n", [CLOSE_HEAD, End()]),
    "none": (b"HTTP/1.1 204 No Content\r\n\r\n", [Head("1.1", 204, b"No Content", (), "none"), End()]),
    "chunked": (
        CHUNKED + b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n",
        [CHUNKED_HEAD, Chunk(5), Data(b"hello"), ChunkEnd(), Chunk(6), Data(b" world"), ChunkEnd(), End()],
    ),
    "chunked-empty": (CHUNKED + b"0\r\n\r\n", [CHUNKED_HEAD, End()]),
    "chunk-holds-crlf": (
        CHUNKED + b"9\r\n\r\n0\r\n\r\n\r\n\r\n0\r\n\r\n",
        [CHUNKED_HEAD, Chunk(9), Data(b"\r\n0\r\n\r\n\r\n"), ChunkEnd(), End()],
    ),
    "chunk-sizes": (
        CHUNKED + b'0000A\r\n0123456789\r\n1 \t\r\nx\r\n2;a=b;c="d"\r\nyz\r\n1 ; e\r\n!\r\n00;last\r\n\r\n',
        [
            CHUNKED_HEAD,
            *(Chunk(10), Data(b"0123456789"), ChunkEnd()),
            *(Chunk(1), Data(b"x"), ChunkEnd()),
            *(Chunk(2), Data(b"yz"), ChunkEnd()),
            *(Chunk(1), Data(b"!"), ChunkEnd()),
            End(),
        ],
    ),
    "trailers": (
        CHUNKED + b"1\r\nx\r\n0\r\nX-Sum:  abc \r\nx-sum: def\r\n ghi\r\n\r\n",
        [CHUNKED_HEAD, Chunk(1), Data(b"x"), ChunkEnd(), End(((b"X-Sum", b"abc"), (b"x-sum", b"def ghi")))],
    ),
    "switching-protocols": (
        b"HTTP/1.1 101 Switching Protocols\r\nContent-Length: 1\r\n\r\n\x81\x01a",
        [
            Head("1.1", 101, b"Switching Protocols", ((b"Content-Length", b"1"),), "close"),
            Data(b"\x81\x01a"),
            End(),
        ],
    ),
    "interim": (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + OK + b"\r\n",
        [Interim(100), Interim(103), CLOSE_HEAD, End()],
    ),
    # heads as servers write them
    "headers-as-received": (
        OK + b"b:1\r\nA:\t2 \r\nB: \xff\x00\r\xe4\r\nA : 3\r\nempty:\r\nfold: a \r\n\t \r\n  b\r\n\r\n",
        [
            Head(
                "1.1",
                200,
                b"OK",
                (
                    (b"b", b"1"),
                    (b"A", b"2"),
                    (b"B", b"\xff\x00\r\xe4"),
                    (b"A", b"3"),
                    (b"empty", b""),
                    (b"fold", b"a b"),
                ),
                "close",
            ),
            End(),
        ],
    ),
    "bare-lf": (b"HTTP/1.1 200 OK\nA: b\n\nx", [Head("1.1", 200, b"OK", ((b"A", b"b"),), "close"), Data(b"x"), End()]),
    "http-1.0": (b"HTTP/1.0 200 OK\r\n\r\nx", [Head("1.0", 200, b"OK", (), "close"), Data(b"x"), End()]),
    "odd-reason": (b"HTTP/1.1 529  \xfcber \r\n\r\n", [Head("1.1", 529, b" \xfcber ", (), "close"), End()]),
    "empty-reason": (b"HTTP/1.1 200 \r\n\r\n", [Head("1.1", 200, b"", (), "close"), End()]),
    "no-reason": (b"HTTP/1.1 200\r\n\r\n", [Head("1.1", 200, b"", (), "close"), End()]),
    "length-twice": (
        OK + b"Content-Length: 2, 02\r\nContent-Length: 2\r\n\r\nhi",
        [length_head(b"2, 02", b"2", length=2), Data(b"hi"), End()],
    ),
    # bytes behind the end
    "rest-length": (
        OK + b"Content-Length: 1\r\n\r\nx\r\n" + OK,
        [length_head(b"1", length=1), Data(b"x"), End(), Rest(b"\r\n" + OK)],
    ),
    "rest-length-0": (OK + b"Content-Length: 0\r\n\r\nx", [length_head(b"0", length=0), End(), Rest(b"x")]),
    "rest-none": (b"HTTP/1.1 304 \r\n\r\nx", [Head("1.1", 304, b"", (), "none"), End(), Rest(b"x")]),
    "rest-chunked": (CHUNKED + b"0\r\n\r\n0\r\n\r\n", [CHUNKED_HEAD, End(), Rest(b"0\r\n\r\n")]),
    # broken framing
    "not-http": (b"SSH-2.0-x\r\n\r\n", [Broken("not an HTTP/1.x response"), Rest(b"SSH-2.0-x\r\n\r\n")]),
    "not-http-no-line": (b"\x15\x03\x01", [Broken("not an HTTP/1.x response"), Rest(b"\x15\x03\x01")]),
    "http-2": (b"HTTP/2 200\r\n\r\n", [Broken("not an HTTP/1.x response"), Rest(b"HTTP/2 200\r\n\r\n")]),
    "empty-line-first": (b"\r\n" + OK, [Broken("not an HTTP/1.x response"), Rest(b"\r\n" + OK)]),
    "status-of-two-digits": (b"HTTP/1.1 20 OK\r\n\r\n", [Broken("bad status line"), Rest(b"HTTP/1.1 20 OK\r\n\r\n")]),
    "http-1.2": (b"HTTP/1.2 200 OK\r\n", [Broken("bad status line"), Rest(b"HTTP/1.2 200 OK\r\n")]),
    "broken-after-interim": (
        b"HTTP/1.1 100 Continue\r\n\r\n<html>",
        [Interim(100), Broken("not an HTTP/1.x response"), Rest(b"<html>")],
    ),
    "header-without-colon": (OK + b"A: b\r\nc\r\n\r\nx", [Broken("bad header line"), Rest(OK + b"A: b\r\nc\r\n\r\nx")]),
    "header-without-name": (OK + b": b\r\n\r\n", [Broken("bad header line"), Rest(OK + b": b\r\n\r\n")]),
    "fold-without-header": (OK + b" a: b\r\n\r\n", [Broken("bad header line"), Rest(OK + b" a: b\r\n\r\n")]),
    "lengths-differ": (
        OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxy",
        [length_head(b"1", b"2", length=None), Broken("bad or conflicting content-length"), Rest(b"xy")],
    ),
    "length-negative": (
        OK + b"Content-Length: -1\r\n\r\nx",
        [length_head(b"-1", length=None), Broken("bad or conflicting content-length"), Rest(b"x")],
    ),
    "chunk-size-bad": (
        CHUNKED + b"1\r\nx\r\nZZ\r\nabc",
        [CHUNKED_HEAD, Chunk(1), Data(b"x"), ChunkEnd(), Broken("bad chunk-size line"), Rest(b"ZZ\r\nabc")],
    ),
    "chunk-size-missing": (
        CHUNKED + b"data: {}\n\n",
        [CHUNKED_HEAD, Broken("bad chunk-size line"), Rest(b"data: {}\n\n")],
    ),
    "chunk-size-empty": (CHUNKED + b"\r\n", [CHUNKED_HEAD, Broken("bad chunk-size line"), Rest(b"\r\n")]),
    "chunk-size-0x": (CHUNKED + b"0x1\r\n", [CHUNKED_HEAD, Broken("bad chunk-size line"), Rest(b"0x1\r\n")]),
    "chunk-size-negative": (CHUNKED + b"-1\r\n", [CHUNKED_HEAD, Broken("bad chunk-size line"), Rest(b"-1\r\n")]),
    "chunk-size-bare-lf": (CHUNKED + b"1\nx\r\n", [CHUNKED_HEAD, Broken("bad chunk-size line"), Rest(b"1\nx\r\n")]),
    "chunk-size-max": (
        CHUNKED + b"1000000000000000\r\nx",
        [CHUNKED_HEAD, Chunk(1 << 60), Data(b"x"), Truncated()],
    ),
    "chunk-size-beyond-max": (
        CHUNKED + b"1000000000000001\r\nx",
        [CHUNKED_HEAD, Broken("chunk size too large"), Rest(b"1000000000000001\r\nx")],
    ),
    "chunk-end-missing": (
        CHUNKED + b"1\r\nxyz\r\n",
        [CHUNKED_HEAD, Chunk(1), Data(b"x"), Broken("no CRLF behind the chunk data"), Rest(b"yz\r\n")],
    ),
    "chunk-end-half": (
        CHUNKED + b"1\r\nx\ry",
        [CHUNKED_HEAD, Chunk(1), Data(b"x"), Broken("no CRLF behind the chunk data"), Rest(b"\ry")],
    ),
    "chunk-end-wrong": (
        CHUNKED + b"1\r\nxy",
        [CHUNKED_HEAD, Chunk(1), Data(b"x"), Broken("no CRLF behind the chunk data"), Rest(b"y")],
    ),
    "chunk-end-bare-lf": (
        CHUNKED + b"1\r\nx\n0\r\n",
        [CHUNKED_HEAD, Chunk(1), Data(b"x"), Broken("no CRLF behind the chunk data"), Rest(b"\n0\r\n")],
    ),
    "trailer-bad": (
        CHUNKED + b"00\r\nHTTP/1.1 200 OK\r\n\r\nx",
        [CHUNKED_HEAD, Broken("bad trailer line"), Rest(b"00\r\nHTTP/1.1 200 OK\r\n\r\nx")],
    ),
    "trailer-bare-lf": (CHUNKED + b"0\r\n\n", [CHUNKED_HEAD, Broken("bad trailer line"), Rest(b"0\r\n\n")]),
    # cut connections
    "cut-at-once": (b"", [Truncated()]),
    "cut-head": (OK + b"A: b\r\n", [Rest(OK + b"A: b\r\n"), Truncated()]),
    "cut-after-interim": (b"HTTP/1.1 100 Continue\r\n\r\n", [Interim(100), Truncated()]),
    "cut-length": (OK + b"Content-Length: 5\r\n\r\nhel", [length_head(b"5", length=5), Data(b"hel"), Truncated()]),
    "cut-length-at-head": (OK + b"Content-Length: 5\r\n\r\n", [length_head(b"5", length=5), Truncated()]),
    "cut-chunked-at-head": (CHUNKED, [CHUNKED_HEAD, Truncated()]),
    "cut-chunk-size": (CHUNKED + b"1f", [CHUNKED_HEAD, Rest(b"1f"), Truncated()]),
    "cut-chunk-size-cr": (CHUNKED + b"1f\r", [CHUNKED_HEAD, Rest(b"1f\r"), Truncated()]),
    "cut-chunk": (CHUNKED + b"1f\r\nabc", [CHUNKED_HEAD, Chunk(31), Data(b"abc"), Truncated()]),
    "cut-chunk-at-size": (CHUNKED + b"1f\r\n", [CHUNKED_HEAD, Chunk(31), Truncated()]),
    "cut-chunk-end": (CHUNKED + b"1\r\nx", [CHUNKED_HEAD, Chunk(1), Data(b"x"), Truncated()]),
    "cut-chunk-end-cr": (CHUNKED + b"1\r\nx\r", [CHUNKED_HEAD, Chunk(1), Data(b"x"), Rest(b"\r"), Truncated()]),
    "cut-between-chunks": (CHUNKED + b"1\r\nx\r\n", [CHUNKED_HEAD, Chunk(1), Data(b"x"), ChunkEnd(), Truncated()]),
    "cut-last-chunk": (CHUNKED + b"0\r\n", [CHUNKED_HEAD, Rest(b"0\r\n"), Truncated()]),
    "cut-trailers": (CHUNKED + b"0\r\nA: b\r\n\r", [CHUNKED_HEAD, Rest(b"0\r\nA: b\r\n\r"), Truncated()]),
}
