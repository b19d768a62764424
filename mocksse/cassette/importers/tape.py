"""A response head and what was read behind it, as a Response: the framing taken apart, or the lack of it made good.

`from_wire` takes what came off the connection, HTTP framing and all, as a curl trace has it. `from_body` takes a body
whose framing is gone already, as after `curl -i` or over HTTP/2; the replay speaks HTTP/1.1 and has to frame it anew:

- Transfer-Encoding: chunked, or HTTP/2 and no length: chunked. The header stays as it was.
- A Content-Length that holds: that length. One that is too long: that length too, and the stream was cut.
  One that is too short: chunked, without the header, because no client would read on.
- Neither, over HTTP/1: the end of the connection is the end of the body.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from mocksse.cassette.model import End, Ending, Framing, Headers, Piece, Recorded, Request, Response
from mocksse.errors import MocksseError
from mocksse.figures import plural
from mocksse.wire import http1
from mocksse.wire.http1_encode import standard_reason

if TYPE_CHECKING:
    from collections.abc import Sequence

STATUS_LINE = re.compile(rb"HTTP/(?:1\.[01]|[23](?:\.0)?) ([1-9][0-9]{2})(?:[ \r][^\n]*)?\n")
"""How a head begins, as curl shows it: `HTTP/1.1 200 OK`, `HTTP/2 200 `."""
_MULTIPLEXED = re.compile(rb"HTTP/[23](?:\.0)? ([0-9]{3}) *")
_CHUNK_LINE = re.compile(rb"[0-9A-Fa-f]+[ \t]*(?:;[^\r\n]*)?\r\n")


@dataclass(frozen=True, slots=True)
class Read:
    """Bytes that came at once. `at_us`: since the request was sent."""

    at_us: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Ended:
    """How the exchange ended as far as its framing does not say, and when."""

    how: Ending = "complete"
    at_us: int = 0


@dataclass(frozen=True, slots=True)
class Captured:
    """What an input holds. `as_received`: its pieces are how it came, and not just all there is."""

    response: Response
    request: Request | None = None
    recorded: Recorded | None = None
    as_received: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """A response head. `multiplexed`: HTTP/2 or 3, which have no framing of their own for a body."""

    at_us: int
    raw: bytes
    multiplexed: bool
    parsed: http1.Head


def read_head(raw: bytes, method: str, source: str, at_us: int = 0) -> Head:
    """The head in these bytes, from its status line to its blank line. Raises MocksseError for one that is broken."""
    raw, multiplexed = _MULTIPLEXED.subn(rb"HTTP/1.1 \1 ", raw, count=1) if _MULTIPLEXED.match(raw) else (raw, 0)
    parts = http1.ResponseParser(method).feed(raw)
    for part in parts:
        match part:
            case http1.Head(status=101):
                raise MocksseError(f"{source}: status 101 is another protocol than HTTP", "WebSocket is not supported")
            case http1.Head():
                return Head(at_us, raw, bool(multiplexed), part)
            case http1.Broken(reason):
                raise MocksseError(f"{source}: not a response head: {reason}", "save it again with curl -i or --trace")
    raise MocksseError(f"{source}: ends before the response's head does", "it must be whole")


def is_framed(head: Head, reads: Sequence[Read]) -> bool:
    """Whether the reads still have their HTTP framing."""
    if head.multiplexed:
        return False
    start = b"".join(read.data for read in reads[:8])
    return head.parsed.framing != "chunked" or not start or _CHUNK_LINE.match(start) is not None


def from_wire(head: Head, reads: Sequence[Read], method: str, ended: Ended) -> Response:
    """The response whose framed body these reads are. `method` is the request's."""
    parser = http1.ResponseParser(method)
    tape = _Tape(head.at_us)
    for read in (Read(head.at_us, head.raw), *reads):
        for part in parser.feed(read.data):
            tape.take(read.at_us, part)
    how = tape.how
    for part in parser.close():
        if isinstance(part, http1.Rest):
            tape.take(ended.at_us, part)
    if how is None:
        delimited = head.parsed.framing in {"chunked", "length"}
        how = "cut" if delimited and ended.how == "complete" else ended.how
        tape.end_us = max(ended.at_us, tape.at_us)
    framing: Framing = "length" if head.parsed.framing == "none" else head.parsed.framing
    response = _response(head, framing, tape.closed(), End(tape.end_us - tape.at_us, how, tape.rest_after_end()))
    return replace(response, trailers=tape.trailers)


def from_body(head: Head, reads: Sequence[Read], ended: Ended) -> tuple[Response, tuple[str, ...]]:
    """The response whose bare body these reads are, and what is to be said about it."""
    tape = _Tape(head.at_us)
    for read in reads:
        if read.data:
            tape.take(read.at_us, http1.Data(read.data))
    size = sum(len(read.data) for read in reads)
    framing: Framing = "close"
    how = ended.how
    notes: tuple[str, ...] = ()
    headers = head.parsed.headers
    match head.parsed.framing:
        case "none":
            framing = "length"
        case "chunked":
            framing = "chunked"
        case "length":
            announced = head.parsed.length or 0
            framing = "length"
            if size > announced:
                framing, headers = "chunked", without(headers, b"content-length")
                notes = (f"Content-Length said {announced:,}, {plural(size, 'byte')} came: the header is left out",)
            elif size < announced:
                how = "cut" if how == "complete" else how
                notes = (f"{plural(announced - size, 'byte')} of {announced:,} are missing: imported as a cut stream",)
        case "close" if head.multiplexed:
            framing = "chunked"
    end = End(max(0, ended.at_us - tape.at_us), how)
    return replace(_response(head, framing, tape.closed(), end), headers=headers), notes


def without(headers: Headers, *names: bytes) -> Headers:
    """The headers but those of the names (lower case)."""
    return tuple((name, value) for name, value in headers if name.lower() not in names)


def _response(head: Head, framing: Framing, pieces: tuple[Piece, ...], end: End) -> Response:
    parsed = head.parsed
    bare = head.multiplexed or parsed.reason == standard_reason(parsed.status)
    http: Literal["1.0", "1.1"] = "1.0" if parsed.version == "1.0" else "1.1"
    return Response(
        parsed.status, parsed.headers, framing, pieces, end, head.at_us, None if bare else parsed.reason, http
    )


class _Tape:
    """Pieces as the parts of a response come in."""

    def __init__(self, at_us: int) -> None:
        self.at_us = at_us
        """Of the last piece, or the head."""
        self.end_us = at_us
        self.how: Ending | None = None
        """None until the framing has told."""
        self.trailers: Headers = ()
        self._pieces: list[Piece] = []
        self._size: int | None = None  # of the open chunk
        self._begun = 0  # index of its first piece
        self._rest: list[Read] = []

    def take(self, at_us: int, part: http1.Part) -> None:
        match part:
            case http1.Chunk(size):
                self._size, self._begun = size, len(self._pieces)
            case http1.Data(data):
                self._pieces.append(Piece(at_us - self.at_us, data, more=self._size is not None))
                self.at_us = at_us
            case http1.ChunkEnd():
                self._close_chunk(None)
            case http1.End(trailers):
                self.how, self.end_us, self.trailers = "complete", at_us, trailers
            case http1.Broken():
                self.how, self.end_us = "malformed", at_us
            case http1.Rest(data):
                self._rest.append(Read(at_us, data))

    def closed(self) -> tuple[Piece, ...]:
        """All pieces; a chunk that is still open was cut."""
        if self._size is not None:
            if len(self._pieces) == self._begun:
                self._pieces.append(Piece(0, b""))
            self._close_chunk(self._size)
        return tuple(self._pieces)

    def rest_after_end(self) -> tuple[Piece, ...]:
        """The bytes outside the framing, their times since the end."""
        pieces, at_us = [], self.end_us
        for read in self._rest:
            pieces.append(Piece(max(0, read.at_us - at_us), read.data))
            at_us = max(at_us, read.at_us)
        return tuple(pieces)

    def _close_chunk(self, of: int | None) -> None:
        self._pieces[-1] = replace(self._pieces[-1], more=False, of=of)
        self._size = None
