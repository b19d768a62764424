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


class Building:
    """A Response in the making: each item costs the same, however many came before it."""

    def __init__(self) -> None:
        self._head: HeadSeen | None = None
        self._end = EndSeen(0, "stopped")
        self._pieces: list[Piece] = []
        self._rest: list[Piece] = []
        self._size: int | None = None  # of the open chunk
        self._begun = 0  # index of its first piece
        self._at_us = 0
        self._rest_us = 0
        self._first_rest_us = 0

    def take(self, item: Seen) -> None:
        """The next item, in order."""
        match item:
            case HeadSeen():
                self._head, self._at_us = item, item.at_us
            case ChunkSeen():
                self._size, self._begun = item.size, len(self._pieces)
            case DataSeen(rest=True):
                if not self._rest:
                    self._first_rest_us = self._rest_us = item.at_us
                self._rest.append(Piece(item.at_us - self._rest_us, item.data))
                self._rest_us = item.at_us
            case DataSeen():
                self._pieces.append(Piece(item.at_us - self._at_us, item.data, more=self._size is not None))
                self._at_us = item.at_us
            case ChunkDone():
                if len(self._pieces) > self._begun:
                    self._pieces[-1] = _last(self._pieces[-1], None)
                self._size = None
            case EndSeen():
                self._end = item

    def response(self) -> Response | None:
        """What was seen so far; None before the head. Without an end it was stopped."""
        head, end = self._head, self._end
        if head is None:
            return None
        pieces, rest = self._pieces, self._rest
        if self._size is not None:
            pieces = pieces[:] if len(pieces) > self._begun else [*pieces, Piece(0, b"")]
            pieces[-1] = _last(pieces[-1], self._size)
        end_us = max(end.at_us, self._at_us)
        if rest:
            rest = [Piece(max(0, self._first_rest_us - end_us), rest[0].data), *rest[1:]]
        reason = None if head.reason == standard_reason(head.status) else head.reason
        return Response(
            head.status,
            head.headers,
            head.framing,
            tuple(pieces),
            End(end_us - self._at_us, end.how, tuple(rest)),
            head.at_us,
            reason,
            head.http,
            end.trailers,
        )


def build(seen: Iterable[Seen]) -> Response | None:
    """The Response that was seen; None before its head. Without an end it was stopped."""
    building = Building()
    for item in seen:
        building.take(item)
    return building.response()


def _last(piece: Piece, of: int | None) -> Piece:
    """The last piece of a chunk; `of`: the size that was announced, where it did not come to its end."""
    return Piece(piece.after_us, piece.data, more=False, of=of)
