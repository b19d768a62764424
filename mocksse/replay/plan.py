"""A replay is a plan, and a plan is data: timed writes of wire bytes, and one way to end.

`compile` is a pure function of an interaction, its pacing and the moment's Context: no clock, no socket, no global
random. It works in two steps so that a server can keep the first: `frame` makes the wire bytes (head, chunk framing,
body), `schedule` (in `pacing`) says when each is due. `join` makes of a plan what the executor sends. HTTP-chunk
boundaries are the recording's; TCP segments are best effort.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mocksse.replay import cors
from mocksse.replay.pacing import schedule
from mocksse.wire import http1_encode as http1
from mocksse.wire.http1_fields import body_framing, header

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from mocksse.cassette.model import Headers, Interaction, Piece, Response
    from mocksse.cassette.pacing import Pacing
    from mocksse.replay.pacing import Times

Finish = Literal["complete", "fin", "reset", "hold"]
"""complete: the connection may serve another request. fin, reset: closed so. hold: silence until the client leaves."""

FLUSH_GAP_US = 1000
"""After a flushed write: without it a client that reads the socket in one go never sees the cut."""
SEND_BYTES = 256 * 1024
"""Writes due together are joined up to about this size."""

RESET_GRACE_US = 20_000
"""Before an RST, so that the peer can read what came before it: bytes it has not read are lost with the connection."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a plan needs to know of the request: nothing else of it has any influence."""

    method: Literal["GET", "HEAD"] = "GET"
    """GET stands for every method whose answer has a body."""
    http: Literal["1.0", "1.1"] = "1.1"
    close: bool = False
    """The client asked for the connection to be closed."""
    origin: str = ""
    """The Origin header of a browser's request; an empty string: no CORS."""


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes due at a moment. `flush`: on the wire by themselves, not joined with what is due together with them."""

    at_us: int
    data: bytes
    flush: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """Writes in order, and how it ends. Times are microseconds since the request was there."""

    writes: tuple[Write, ...]
    end_us: int
    finish: Finish

    @property
    def wire(self) -> bytes:
        """All bytes in one piece."""
        return b"".join(write.data for write in self.writes)


@dataclass(frozen=True, slots=True)
class Framed:
    """The wire bytes of a response, not yet timed. One part for each piece of the tape; a part may be empty."""

    head: bytes
    parts: tuple[bytes, ...]
    tail: bytes
    """What the framing ends with."""
    rest: tuple[bytes, ...]
    finish: Finish
    bodiless: bool = False
    """The head is all there is: nothing of what the recording went on with is waited for."""


def compile(  # noqa: A001 - the design's verb for it
    interaction: Interaction,
    pacing: Pacing,
    context: Context,
    random: Random,
    text: Sequence[int] = (),
    framed: Framed | None = None,
) -> Plan:
    """The plan of one play.

    `text`: how many text events each piece carries; needed for `tps` only. `framed`: what `frame` makes of the
    interaction and the context, where that was kept.
    """
    framed = framed or frame(interaction, context)
    return _assemble(framed, schedule(interaction.response, pacing, random.random, text))


def _assemble(framed: Framed, times: Times) -> Plan:
    """Wire bytes and their times as one plan."""
    if framed.bodiless:
        return Plan((Write(times.head_us, framed.head),), times.head_us, framed.finish)
    writes = [Write(times.head_us, framed.head)]
    writes += [Write(at, data) for at, data in zip(times.pieces_us, framed.parts, strict=False) if data]
    if framed.tail:
        writes.append(Write(times.end_us, framed.tail))
    writes += [Write(at, data) for at, data in zip(times.rest_us, framed.rest, strict=False) if data]
    end_us = max(times.end_us, *times.rest_us) if times.rest_us else times.end_us
    if framed.finish == "reset":
        end_us = max(end_us, writes[-1].at_us + RESET_GRACE_US)
    return Plan(tuple(writes), end_us, framed.finish)


def frame(interaction: Interaction, context: Context) -> Framed:
    """The recorded answer as wire bytes for this request."""
    response = interaction.response
    never = response.status in {204, 304}
    bodiless = never or context.method == "HEAD"
    # What a HEAD was told of a length can't be checked against a body; all else can.
    counted = not never and (interaction.request.method != "HEAD" or context.method != "HEAD")
    closes = context.close or context.http == "1.0" or response.http == "1.0"
    chunked = response.framing == "chunked" and context.http == "1.1" and not never
    whole = response.end.how == "complete" or (response.end.how == "stopped" and _can_complete(response))
    head = _head(response, context, chunked=chunked, counted=counted and whole)
    if bodiless:
        finish: Finish = "fin" if closes or _says_close(response.headers) else "complete"
        return Framed(head, (), b"", (), finish, bodiless=True)
    pieces = response.pieces
    parts = chunk_parts(pieces) if chunked else tuple(piece.data for piece in pieces)
    tail = http1.encode_last_chunk(response.trailers) if chunked and whole else b""
    rest = tuple(piece.data for piece in response.end.rest)
    return Framed(head, parts, tail, rest, _finish(response, whole=whole, chunked=chunked, closes=closes))


def chunk_parts(pieces: Sequence[Piece]) -> tuple[bytes, ...]:
    """The pieces in HTTP chunk framing, a part for each: the size stands before a chunk's first, CRLF behind its last.

    A piece without a byte is a pause, not a chunk: a chunk of size 0 would end the body. `more` on the last piece, of
    which `verify` complains, means nothing: the chunk ends there.
    """
    parts: list[bytes] = []
    first = 0
    for index, piece in enumerate(pieces):
        if piece.more and index + 1 < len(pieces):
            continue
        if index == first and piece.of is None:
            parts.append(http1.encode_chunk(piece.data))
        else:
            parts += _shared_chunk(pieces[first : index + 1])
        first = index + 1
    return tuple(parts)


def _shared_chunk(pieces: Sequence[Piece]) -> list[bytes]:
    """The parts of one chunk, which is cut short where its last piece says so."""
    parts = [piece.data for piece in pieces]
    announced = pieces[-1].of
    size = sum(map(len, parts)) if announced is None else announced
    if size:
        parts[0] = http1.encode_chunk_head(size) + parts[0]
        if announced is None:
            parts[-1] += http1.CHUNK_END
    return parts


def _finish(response: Response, *, whole: bool, chunked: bool, closes: bool) -> Finish:
    how = response.end.how
    if how == "reset":
        return "reset"
    if how == "idle":
        return "hold"
    delimited = chunked or response.framing == "length"
    if not whole or closes or not delimited or response.end.rest or _says_close(response.headers):
        return "fin"
    return "complete"


def _can_complete(response: Response) -> bool:
    """A recording that was stopped can be ended cleanly where its framing allows that."""
    if response.end.rest:
        return False  # part of a size line, or of the last chunk: no end can be put before it
    if response.framing == "length":
        return response.header("content-length") == str(response.size)
    return response.framing == "close" or not response.pieces or response.pieces[-1].of is None


def _head(response: Response, context: Context, *, chunked: bool, counted: bool) -> bytes:
    headers = response.headers
    if response.framing == "chunked":
        coded = header(headers, b"transfer-encoding") is not None
        if context.http == "1.0":
            headers = without(headers, b"transfer-encoding", b"trailer")
        elif chunked and not coded:
            headers = (*headers, (b"Transfer-Encoding", b"chunked"))
    elif response.framing == "length" and counted:
        # A cassette is edited by hand: the length follows the body, where the recording was whole.
        headers = _with_length(headers, response.size)
    closes = context.close or context.http == "1.0"
    if closes and not _says_close(headers):
        headers = (*without(headers, b"connection", b"keep-alive"), (b"Connection", b"close"))
    if context.origin:
        headers = cors.answer(headers, context.origin)
    version = "1.0" if context.http == "1.0" else response.http
    return http1.encode_head(response.status, response.reason, headers, version)


def _with_length(headers: Headers, length: int) -> Headers:
    if header(headers, b"content-length") is None:
        return (*headers, (b"Content-Length", str(length).encode()))
    if body_framing("GET", 200, headers) == ("length", length):
        return headers
    return tuple((n, str(length).encode() if n.lower() == b"content-length" else v) for n, v in headers)


def _says_close(headers: Headers) -> bool:
    return any(n.lower() == b"connection" and b"close" in v.lower() for n, v in headers)


def without(headers: Headers, *names: bytes) -> Headers:
    """The headers but those of the names (lower case)."""
    return tuple((name, value) for name, value in headers if name.lower() not in names)


# --- What the executor runs


@dataclass(frozen=True, slots=True)
class Sends:
    """A plan's writes as they go to the socket: those due together are joined, except around a flush."""

    at_us: tuple[int, ...]
    data: tuple[bytes, ...]
    alone: tuple[bool, ...]
    end_us: int
    finish: Finish


def join(plan: Plan) -> Sends:
    """The plan's writes, one for each moment. Behind a flushed one there are FLUSH_GAP_US at least.

    A long answer at one moment stays in several: a client that is slow to read must not make us hold all of it.
    """
    at: list[int] = []
    data: list[list[bytes]] = []
    alone: list[bool] = []
    size = 0
    for write in plan.writes:
        earliest_us = at[-1] + (FLUSH_GAP_US if alone[-1] else 0) if at else 0
        if at and not write.flush and not alone[-1] and write.at_us <= earliest_us and size < SEND_BYTES:
            data[-1].append(write.data)
            size += len(write.data)
        else:
            at.append(max(write.at_us, earliest_us))
            data.append([write.data])
            alone.append(write.flush)
            size = len(write.data)
    last_us = at[-1] + (RESET_GRACE_US if plan.finish == "reset" else 0) if at else 0
    return Sends(tuple(at), tuple(b"".join(d) for d in data), tuple(alone), max(plan.end_us, last_us), plan.finish)
