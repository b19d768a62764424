"""What a cassette may say and can't mean: valid by its types, but no server could have sent it so."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mocksse.cassette.model import Cassette, Response

Fault = tuple[str, str, str]
"""The interaction's name, what is wrong, what to do."""


def faults(cassette: Cassette) -> Iterator[Fault]:
    """The contradictions in a cassette's interactions."""
    for interaction in cassette:
        for message, hint in _of_response(interaction.response):
            yield interaction.name, message, hint


def _of_response(response: Response) -> Iterator[tuple[str, str]]:
    last = response.pieces[-1] if response.pieces else None
    if last is not None and last.more:
        yield "more: on the last entry of the stream", "nothing follows that could go on: leave it out"
    for piece in response.pieces[:-1]:
        if piece.of is not None:
            yield "of: on an entry that is not the last", "only the last chunk can have been cut"
            break
    if last is not None and last.of is not None and response.end.how == "complete":
        yield "a chunk that was cut in a stream that ended complete", "end: {how: cut}, or leave out of:"
    if response.framing != "chunked" and any(p.more or p.of is not None for p in response.pieces):
        yield f"more: or of: in a stream with framing {response.framing}", "only HTTP chunks have them"
    if response.status in {204, 304} and response.body:
        yield f"a body in an answer with status {response.status}", "it is never sent: leave it out"
    if response.trailers and response.framing != "chunked":
        yield f"trailers in a stream with framing {response.framing}", "only chunked bodies have trailers"
