"""What a recorder saw, in order: the items that a recording gives and an import of one, and the Response they make.

Values only. An item says when it was seen, in microseconds since the request was sent, and never more than one read
brought; all data in it is redacted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mocksse.cassette.model import End, Ending, Headers, Piece, Response
from mocksse.wire.http1_encode import standard_reason

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class HeadSeen:
    """The head is here. Times are microseconds since the request was sent."""

    at_us: int
    status: int
    reason: bytes
    http: Literal["1.0", "1.1"]
    headers: Headers
    framing: Literal["chunked", "length", "close"]


@dataclass(frozen=True, slots=True)
class ChunkSeen:
    """An HTTP chunk of this size begins."""

    size: int


@dataclass(frozen=True, slots=True)
class DataSeen:
    """One read's share of the body or of a chunk; `rest`: bytes outside the framing."""

    at_us: int
    data: bytes
    rest: bool = False


@dataclass(frozen=True, slots=True)
class ChunkDone:
    """The chunk ended as announced."""


@dataclass(frozen=True, slots=True)
class EndSeen:
    """How it ended."""

    at_us: int
    how: Ending
    trailers: Headers = ()


Seen = HeadSeen | ChunkSeen | DataSeen | ChunkDone | EndSeen


def build(seen: Iterable[Seen]) -> Response | None:
    """The Response that was seen; None before its head. Without an end it was stopped."""
    head: HeadSeen | None = None
    end = EndSeen(0, "stopped")
    pieces: list[Piece] = []
    rest: list[Piece] = []
    size: int | None = None  # of the open chunk
    begun = 0  # index of its first piece
    at_us = rest_us = 0
    for item in seen:
        match item:
            case HeadSeen():
                head, at_us = item, item.at_us
            case ChunkSeen():
                size, begun = item.size, len(pieces)
            case DataSeen(rest=True):
                rest.append(Piece(item.at_us - rest_us if rest else 0, item.data))
                rest_us = item.at_us
            case DataSeen():
                pieces.append(Piece(item.at_us - at_us, item.data, more=size is not None))
                at_us = item.at_us
            case ChunkDone():
                if len(pieces) > begun:
                    pieces[begun:] = _closed(pieces[begun:], None)
                size = None
            case EndSeen():
                end = item
    if head is None:
        return None
    if size is not None:
        pieces[begun:] = _closed(pieces[begun:] or [Piece(0, b"")], size)
    end_us = max(end.at_us, at_us)
    if rest:
        first_us = rest_us - sum(piece.after_us for piece in rest[1:])
        rest[0] = Piece(max(0, first_us - end_us), rest[0].data)
    reason = None if head.reason == standard_reason(head.status) else head.reason
    return Response(
        head.status,
        head.headers,
        head.framing,
        tuple(pieces),
        End(end_us - at_us, end.how, tuple(rest)),
        head.at_us,
        reason,
        head.http,
        end.trailers,
    )


def _closed(chunk: list[Piece], of: int | None) -> list[Piece]:
    last = chunk[-1]
    return [*chunk[:-1], Piece(last.after_us, last.data, more=False, of=of)]
