"""A recording as the first draft of its replay: what the tape says, for the request at hand.

The head stays as it was recorded but for what this client could not read otherwise: no chunked framing towards
HTTP/1.0, no body towards HEAD. Pure.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mocksse.cassette.units import api_of
from mocksse.replay.draft import Context, Cut, Draft, Finish, Head, Layout, Shelf
from mocksse.wire.http1_fields import body_framing, header, without

if TYPE_CHECKING:
    from mocksse.cassette.model import Headers, Interaction, Piece, Response
    from mocksse.replay.pacing import Times


def lay_out(interaction: Interaction, context: Context, *, shelf: Shelf | None = None) -> Layout:
    """The recorded answer, not yet timed. It is the same for all origins: `lower` lets them in.

    `shelf`: where to keep what is worked out of it; several layouts may share one.
    """
    response = interaction.response
    never = response.status in {204, 304}
    bodiless = never or context.method == "HEAD"
    whole = response.end.how == "complete" or (response.end.how == "stopped" and _can_complete(response))
    framing = response.framing
    if framing == "chunked" and (context.http == "1.0" or never):
        framing = "close"
    # What a HEAD was told of a length can't be checked against a body; all else can.
    counted = not never and (interaction.request.method != "HEAD" or context.method != "HEAD")
    pieces = () if never else tuple(response.pieces[i] for i in _on_wire(response.pieces))
    body = b"".join(piece.data for piece in pieces)
    announced = pieces[-1].of if pieces and framing == "chunked" else None
    missing = 0 if announced is None else announced - _last_chunk_size(pieces)
    if counted and not whole and framing == "length":
        # A cut answer keeps the length it announced, if that is one at all.
        match body_framing("GET", response.status, response.headers):
            case ("length", int(length)):
                missing = length - len(body)
            case _:
                counted = False
    return Layout(
        context=replace(context, origin=""),
        head=Head(response.status, _headers(response, context, never=never), response.reason, response.http),
        body=body,
        cuts=_cuts(pieces),
        framing=framing,
        whole=whole,
        missing=missing,
        torn=announced is not None,
        counted=counted,
        trailers=response.trailers if framing == "chunked" else (),
        rest=tuple(piece.data for piece in response.end.rest),
        finish=None if bodiless else _finish(response),
        bodiless=bodiless,
        api=api_of(interaction),
        path=interaction.request.path,
        host=_host(interaction.recorded.upstream) if interaction.recorded else "",
        shelf=Shelf() if shelf is None else shelf,
    )


def begin(response: Response, layout: Layout, times: Times) -> Draft:
    """The layout with the times of one play."""
    if layout.bodiless:
        return Draft(layout, times.head_us, (times.head_us,) * len(layout.cuts), times.head_us)
    on_wire = _on_wire(response.pieces)
    at_us = tuple(times.pieces_us[i] for i in on_wire) if len(on_wire) < len(times.pieces_us) else times.pieces_us
    return Draft(layout, times.head_us, at_us, times.end_us, times.rest_us)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # a file by hand may have anything there
        return ""


def _on_wire(pieces: tuple[Piece, ...]) -> list[int]:
    """The pieces that put something on the wire: bytes, the size of a chunk to come, its end. Others are pauses."""
    last = len(pieces) - 1
    return [
        i
        for i, piece in enumerate(pieces)
        if piece.data or (piece.more and i < last) or (piece.of and i == last) or (i and pieces[i - 1].more)
    ]


def _cuts(pieces: tuple[Piece, ...]) -> tuple[Cut, ...]:
    cuts: list[Cut] = []
    end = 0
    for piece in pieces:
        end += len(piece.data)
        cuts.append(Cut(end, not piece.more))
    if cuts and not cuts[-1].chunk:
        # `verify` complains of `more` on the last piece; it means nothing: the chunk ends there.
        cuts[-1] = Cut(end)
    return tuple(cuts)


def _last_chunk_size(pieces: tuple[Piece, ...]) -> int:
    size = len(pieces[-1].data)
    for piece in reversed(pieces[:-1]):
        if not piece.more:
            break
        size += len(piece.data)
    return size


def _headers(response: Response, context: Context, *, never: bool) -> Headers:
    headers = response.headers
    if response.framing == "chunked":
        if context.http == "1.0":
            return without(headers, b"transfer-encoding", b"trailer")
        if header(headers, b"transfer-encoding") is None and not never:
            return (*headers, (b"Transfer-Encoding", b"chunked"))
    return headers


def _finish(response: Response) -> Finish | None:
    match response.end.how:
        case "reset":
            return "reset"
        case "idle":
            return "hold"
        case _:
            return None


def _can_complete(response: Response) -> bool:
    """A recording that was stopped can be ended cleanly where its framing allows that."""
    if response.end.rest:
        return False  # part of a size line, or of the last chunk: no end can be put before it
    if response.framing == "length":
        return response.header("content-length") == str(response.size)
    return response.framing == "close" or not response.pieces or response.pieces[-1].of is None
