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
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

from mocksse.cassette.seen import ChunkDone, ChunkSeen, DataSeen, EndSeen, HeadSeen, Seen, build
from mocksse.errors import MocksseError
from mocksse.figures import plural
from mocksse.wire import http1
from mocksse.wire.http1_encode import standard_reason
from mocksse.wire.http1_fields import without

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mocksse.cassette.model import Ending, Framing, Headers, Recorded, Request, Response

STATUS_LINE = re.compile(rb"HTTP/(?:1\.[01]|[23](?:\.0)?) ([1-9][0-9]{2})(?:[ \r][^\n]*)?\n")
"""How a head begins, as curl shows it: `HTTP/1.1 200 OK`, `HTTP/2 200 `."""
_MULTIPLEXED = re.compile(rb"HTTP/[23](?:\.0)? ([0-9]{3}) *")
CHUNKED_HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
"""Fed to a parser first, it makes what follows be read as chunks."""


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
    """What an input holds. `as_received`: the pieces are those that came, at their times; else one piece has it all."""

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
    if head.parsed.framing != "chunked" or not start:
        return True
    _, *parts = http1.ResponseParser().feed(CHUNKED_HEAD + start)
    return b"\n" in start and not isinstance(next(iter(parts), None), http1.Broken)


def from_wire(head: Head, reads: Sequence[Read], method: str, ended: Ended) -> Response:
    """The response whose framed body these reads are. `method` is the request's."""
    framing = head.parsed.framing
    parser = http1.ResponseParser(method)
    seen: list[Seen] = []
    for read in (Read(head.at_us, head.raw), *reads):
        seen += _seen(read.at_us, parser.feed(read.data))
    told = any(isinstance(item, EndSeen) for item in seen)
    seen += _seen(ended.at_us, [part for part in parser.close() if isinstance(part, http1.Rest)])
    if not told:
        is_cut = ended.how == "complete" and framing in {"chunked", "length"}
        seen.append(EndSeen(ended.at_us, "cut" if is_cut else ended.how))
    return _built(head, head.parsed.headers, "length" if framing == "none" else framing, seen)


def from_body(head: Head, reads: Sequence[Read], ended: Ended) -> tuple[Response, tuple[str, ...]]:
    """The response whose bare body these reads are, and what is to be said about it."""
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
    seen = [DataSeen(read.at_us, read.data) for read in reads if read.data]
    return _built(head, headers, framing, [*seen, EndSeen(ended.at_us, how)]), notes


def _seen(at_us: int, parts: Iterable[http1.Part]) -> Iterator[Seen]:
    """What a recorder would have seen in these parts behind the head."""
    for part in parts:
        match part:
            case http1.Chunk(size):
                yield ChunkSeen(size)
            case http1.Data(data):
                yield DataSeen(at_us, data)
            case http1.ChunkEnd():
                yield ChunkDone()
            case http1.End(trailers):
                yield EndSeen(at_us, "complete", trailers)
            case http1.Broken():
                yield EndSeen(at_us, "malformed")
            case http1.Rest(data):
                yield DataSeen(at_us, data, rest=True)


def _built(head: Head, headers: Headers, framing: Framing, seen: Iterable[Seen]) -> Response:
    parsed = head.parsed
    reason = standard_reason(parsed.status) if head.multiplexed else parsed.reason
    http: Literal["1.0", "1.1"] = "1.0" if parsed.version == "1.0" else "1.1"
    begun = HeadSeen(head.at_us, parsed.status, reason, http, headers, framing)
    return cast("Response", build([begun, *seen]))  # never None: it begins with a head
