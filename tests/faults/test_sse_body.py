"""An SSE body in lines and blocks: every byte in one line, every event in one block, the same as the parser's."""

from __future__ import annotations

import pytest
from breaking import recording
from hypothesis import given
from hypothesis import strategies as st

from mocksse.replay.draft import Context, Layout
from mocksse.replay.faults.fault import Refused
from mocksse.replay.faults.framing.sse_body import COMMENT, blocks, dispatched, line_end
from mocksse.replay.layout import lay_out

PIECES = st.sampled_from(
    [b"\n", b"\r", b"\r\n", b"data: a", b"data", b"data:b", b":c", b"id: 1", b"event: e", b"\xef\xbb\xbf", b" "]
)


def layout(body: bytes) -> Layout:
    return lay_out(recording(body or b"\n"), Context())


@given(st.lists(PIECES, max_size=20).map(b"".join))
def test_lines_tile_the_body_and_blocks_are_its_events(body: bytes) -> None:
    laid = layout(body)
    at = 3 if laid.body.startswith(b"\xef\xbb\xbf") else 0
    for line in (line for block in blocks(laid) for line in block.lines):
        assert line.start == at <= line.end <= line.next
        assert laid.body[line.end : line.next] in (b"", b"\n", b"\r", b"\r\n")
        at = line.next
    assert at == len(laid.body)
    for frame, block in dispatched(laid):
        assert (frame.start, frame.end) == (block.start, block.end)
        assert frame.data == b"\n".join(laid.body[line.value : line.end] for line in block.data)


@pytest.mark.parametrize(
    ("line", "name", "value", "spaced"),
    [
        (b"data: x", b"data", b"x", True),
        (b"data:x", b"data", b"x", False),
        (b"data:  x", b"data", b" x", True),
        (b"data", b"data", b"", False),
        (b"data: ", b"data", b"", True),
        (b" data: x", b" data", b"x", True),
        (b": x: y", COMMENT, b" x: y", False),
        (b"", b"", b"", False),
    ],
)
def test_a_line(line: bytes, name: bytes, value: bytes, spaced: bool) -> None:
    body = line + b"\r\n"
    found = blocks(layout(body))[0].lines[0]
    assert (found.name, body[found.value : found.end], found.spaced) == (name, value, spaced)


@pytest.mark.parametrize(
    ("body", "at", "eol"),
    [
        (b"a\r\nb\n", 0, b"\r\n"),
        (b"a\r\nb\n", 3, b"\r\n"),
        (b"a\r\nb\n", 5, b"\n"),
        (b"a\rb", 2, b"\r"),
        (b"\n", 1, b"\n"),
        (b"a", 0, b"\n"),
        (b"\xef\xbb\xbfa\r", 3, b"\r"),
    ],
)
def test_a_line_more_ends_as_the_one_before(body: bytes, at: int, eol: bytes) -> None:
    assert line_end(body, at) == eol


def test_a_compressed_body_has_no_lines() -> None:
    tape = recording(b"\x1f\x8b\n\n")
    headers = (*tape.response.headers, (b"Content-Encoding", b"gzip"))
    response = tape.response.__class__(200, headers, "chunked", tape.response.pieces, tape.response.end)
    with pytest.raises(Refused, match="its body is gzip"):
        blocks(lay_out(tape.__class__("a", tape.request, response), Context()))
