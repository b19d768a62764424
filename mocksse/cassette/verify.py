"""What a cassette may say and can't mean: valid by its types, but no server could have sent it so.

Pure. A finding knows its place in the document, so that whoever has the text can say the line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mocksse.cassette.compose import Path
    from mocksse.cassette.load import Lines
    from mocksse.cassette.model import Cassette, Interaction


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, and what to do. `at` leads to it, from the response of the interaction of that index."""

    interaction: int
    at: Path
    message: str
    hint: str
    rule: str = "contradiction"

    def line(self, lines: Lines) -> int:
        """Where it stands in the cassette's text; what is written by hand may have left out the keys around it."""
        within: Path = ("interactions", self.interaction)
        return lines.line_of((*within, "response", *self.at), (*within, *self.at), self.at, within)


def findings(cassette: Cassette) -> Iterator[Finding]:
    """The contradictions in a cassette's interactions."""
    for index, interaction in enumerate(cassette):
        for at, message, hint in _of_interaction(interaction):
            yield Finding(index, at, message, hint)


def _of_interaction(interaction: Interaction) -> Iterator[tuple[Path, str, str]]:
    response = interaction.response
    pieces = response.pieces
    cut = [index for index, piece in enumerate(pieces) if piece.of is not None]
    if pieces and pieces[-1].more:
        yield (
            ("stream", len(pieces) - 1),
            "more: on the last entry of the stream",
            "nothing follows that could go on: leave it out",
        )
    if cut and cut[0] < len(pieces) - 1:
        yield ("stream", cut[0]), "of: on an entry that is not the last", "only the last chunk can have been cut"
    elif cut and response.end.how == "complete":
        message = "a chunk that was cut in a stream that ended complete"
        yield ("stream", cut[0]), message, "end: {how: cut}, or leave out of:"
    if response.framing != "chunked":
        parts = next((i for i, piece in enumerate(pieces) if piece.more or piece.of is not None), None)
        if parts is not None:
            message = f"more: or of: in a stream with framing {response.framing}"
            yield ("stream", parts), message, "only HTTP chunks have them"
        if response.trailers:
            message = f"trailers in a stream with framing {response.framing}"
            yield ("trailers",), message, "only chunked bodies have trailers"
    if response.size and response.status in {204, 304}:
        yield ("stream",), f"a body in an answer with status {response.status}", "it is never sent: leave it out"
    if response.size and interaction.request.method == "HEAD":
        yield ("stream",), "a body in an answer to HEAD", "it is never sent: leave it out"
