"""A body cut into the chunks it will be replayed in. Every byte lies in exactly one chunk, in its place.

`event` is how servers flush: an SSE event with its blank line (a comment by itself), an NDJSON line, an array element
with what leads up to it, an AWS frame; a body of anything else is one chunk. Blank lines belong to what is before them.
"""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Literal

from mocksse import limits
from mocksse.cassette.model import Piece
from mocksse.errors import UsageError
from mocksse.providers.framing import framing_of
from mocksse.wire import eventstream, jsonl, sse

if TYPE_CHECKING:
    from collections.abc import Sequence

Chunk = Literal["event", "whole"] | int
"""`event`, `whole`, or so many bytes each."""

_MAX_CHUNKS = limits.MAX_YAML_NODES // 4
"""So that what is written can be loaded again: an entry is two to four values."""
_BLANK = frozenset({b"\n", b"\r", b"\r\n"})


def cut(pieces: Sequence[Piece], content_type: str, chunk: Chunk) -> tuple[Piece, ...]:
    """The same bytes in other chunks, each there when its last byte was. `content_type`: empty where it says nothing.

    Raises UsageError for more chunks than a cassette holds, LimitError for an event beyond the caps.
    """
    body = b"".join(piece.data for piece in pieces)
    ends = _ends(body, content_type, chunk)
    _check(len(ends))
    arrivals = _arrivals(pieces, ends)
    return tuple(
        Piece(at - before, body[start:end])
        for (start, end), (before, at) in zip(pairwise([0, *ends]), pairwise([0, *arrivals]), strict=True)
    )


def _ends(body: bytes, content_type: str, chunk: Chunk) -> list[int]:
    """Where each chunk ends: rising, the last at the end of the body; none where that is empty."""
    size = len(body)
    if isinstance(chunk, int):
        _check(-(-size // chunk))
        return [*range(chunk, size, chunk), size] if size else []
    found = _event_ends(body, content_type) if chunk == "event" else []
    return [*(end for end in found if 0 < end < size), size] if size else []


def _check(count: int) -> None:
    if count > _MAX_CHUNKS:
        raise UsageError(
            f"{count:,} chunks are more than a cassette holds ({_MAX_CHUNKS:,})", "--chunk whole, or larger chunks"
        )


def _event_ends(body: bytes, content_type: str) -> list[int]:
    match framing_of(content_type, body):
        case "sse":
            return _block_ends(body)
        case "lines":
            return [line.start for line in jsonl.parse_lines(body)]
        case "array":
            return [item.end for item in jsonl.parse_array(body) if isinstance(item, jsonl.Element)]
        case "eventstream":
            return [item.end for item in eventstream.parse(body)]
        case "whole":
            return []


def _block_ends(body: bytes) -> list[int]:
    ends: list[int] = []
    for item in sse.parse(body):
        if isinstance(item, sse.Block) and body[item.start : item.end] in _BLANK and ends:
            ends[-1] = item.end
        elif isinstance(item, sse.Event | sse.Block | sse.Pending):
            ends.append(item.end)
    return ends


def _arrivals(pieces: Sequence[Piece], ends: Sequence[int]) -> list[int]:
    """When the last byte before each end came, in microseconds since the head."""
    times = list(accumulate(piece.after_us for piece in pieces))
    sizes = list(accumulate(len(piece.data) for piece in pieces))
    arrivals, index = [], 0
    for end in ends:
        while sizes[index] < end:
            index += 1
        arrivals.append(times[index])
    return arrivals
