"""What was captured and what the caller says of it, as one interaction ready to be saved.

What the caller says goes before what the input says, and that before what is guessed: the type of a bare body by its
file's ending or content, its path by the API that its first events are of. A bare body and `curl -i` output have no
times and no chunks, so one chunk an event is made of them, all there at once; a trace keeps its own unless told.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from mocksse import limits
from mocksse.cassette.importers import media
from mocksse.cassette.importers.answer import is_answer, read_answer
from mocksse.cassette.importers.chunks import Chunk, cut
from mocksse.cassette.importers.exchange import read_exchange
from mocksse.cassette.importers.foreign import refuse
from mocksse.cassette.importers.paths import path_of
from mocksse.cassette.importers.tape import Captured
from mocksse.cassette.importers.trace import is_trace
from mocksse.cassette.model import Interaction, Piece, Request, Response
from mocksse.errors import UsageError
from mocksse.providers import registry
from mocksse.providers.framing import frames

if TYPE_CHECKING:
    from mocksse.cassette.model import Headers

_OPENING = limits.MIB
"""Bytes of the body that are looked at for the API."""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the caller says. None: nothing said."""

    path: str | None = None
    method: str | None = None
    status: int | None = None
    content_type: str | None = None
    chunk: Chunk | None = None
    gap_us: int | None = None
    """Before each chunk, in place of the times that the input has."""


@dataclass(frozen=True, slots=True)
class Imported:
    """The interaction, its name still empty, and what is to be said about how it was come by."""

    interaction: Interaction
    notes: tuple[str, ...] = ()


def parse(data: bytes, source: str, options: ImportOptions) -> Imported:
    """The interaction in an input. `source` is its file's name: for errors, and for its ending.

    Raises MocksseError for what can't be imported; its message names the source.
    """
    if not data:
        raise UsageError(f"{source}: is empty", "save the answer with curl -N URL -o FILE")
    refuse(data, source)
    captured = _captured(data, source, options)
    response = captured.response
    if options.status is not None and options.status != response.status:
        response = replace(response, status=options.status, reason=None)
    if response.status in {204, 304} and response.size:
        raise UsageError(f"{source}: an answer with status {response.status} has no body", "leave --status out")
    if options.content_type is not None:
        response = replace(response, headers=_with_type(response.headers, options.content_type))
    response = _paced(response, options, as_received=captured.as_received)
    request = _request(response, captured.request, options)
    return Imported(Interaction("", request, response, captured.recorded), captured.notes)


def _captured(data: bytes, source: str, options: ImportOptions) -> Captured:
    if is_trace(data):
        return read_exchange(data, source)
    if is_answer(data):
        return read_answer(data, source)
    kind = options.content_type or media.media_type(data, PurePath(source).suffix)
    headers: Headers = ((b"Content-Type", kind.encode()),)
    if kind.partition(";")[0].strip().lower() in media.STREAMS:
        headers += ((b"Cache-Control", b"no-cache"),)
    return Captured(Response(200, headers, "chunked", (Piece(0, data),)))


def _with_type(headers: Headers, content_type: str) -> Headers:
    """The headers with this type: where the old one stood, else at the end."""
    value = content_type.encode()
    if any(name.lower() == b"content-type" for name, _ in headers):
        return tuple((n, value if n.lower() == b"content-type" else v) for n, v in headers)
    return (*headers, (b"Content-Type", value))


def _paced(response: Response, options: ImportOptions, *, as_received: bool) -> Response:
    pieces = response.pieces
    if options.chunk is not None or not as_received:
        # Events can't be seen in a compressed body.
        chunk = options.chunk or "event"
        chunk = "whole" if chunk == "event" and response.is_coded else chunk
        pieces = cut(pieces, response.content_type, chunk)
    if options.gap_us is None:
        return replace(response, pieces=pieces)
    goes_on = [False, *(piece.more for piece in pieces)]  # a gap is between chunks, not within one
    pieces = tuple(
        replace(piece, after_us=0 if more else options.gap_us) for piece, more in zip(pieces, goes_on, strict=False)
    )
    return replace(response, pieces=pieces, end=replace(response.end, after_us=0))


def _request(response: Response, captured: Request | None, options: ImportOptions) -> Request:
    if captured is None:
        opening = [] if response.is_coded else frames(response.content_type, response.body[:_OPENING])
        api = registry.detect(options.path or "", opening)
        # No API tells nothing of the method: any will do.
        captured = Request(path_of(api, response.content_type, opening), None if api is None else "POST")
    return replace(captured, path=options.path or captured.path, method=options.method or captured.method)
