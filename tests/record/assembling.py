"""Answers put together from reads, and taken apart again, for the tests of assembly."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from mocksse.cassette.model import Interaction, Request, Response
from mocksse.cassette.pacing import Pacing
from mocksse.cassette.redact import Secrets
from mocksse.cassette.seen import Seen, build
from mocksse.record.assemble import Assembly, How
from mocksse.replay.compile import compile as compile_plan
from mocksse.replay.draft import Context
from mocksse.replay.layout import lay_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


Read = tuple[int, bytes]

CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
CLOSE = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
CUTS = st.lists(st.integers(0, 10_000), max_size=12)
"""Where `cut_at` cuts an answer."""


def length(size: int) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size


def assembled(
    reads: Iterable[Read],
    how: How = "fin",
    end_us: int | None = None,
    *,
    method: str = "GET",
    secrets: Secrets | None = None,
    allow_secrets: bool = False,
) -> list[Seen]:
    """All items; the connection ends at `end_us`, or with the last read."""
    assembly = Assembly(method, secrets or Secrets(), allow_secrets=allow_secrets)
    items: list[Seen] = []
    at_us = 0
    for at_us, data in reads:
        items += assembly.feed(at_us, data)
    items += assembly.close(at_us if end_us is None else end_us, how)
    return items


def answer(items: Iterable[Seen]) -> Response:
    response = build(items)
    assert response is not None
    return response


def wire(response: Response, how: How = "fin") -> bytes:
    """What a replay sends. A recording that was stopped is completed by a replay; here it is not."""
    interaction = Interaction("i", Request("/", "GET"), response)
    layout = lay_out(interaction, Context())
    if how == "stopped" == response.end.how:
        layout = replace(layout, whole=False)
    return compile_plan(interaction, Pacing(), layout=layout).wire


def clocked(pieces: Iterable[bytes]) -> Iterator[Read]:
    """Reads a millisecond apart."""
    for number, piece in enumerate(pieces, start=1):
        if piece:
            yield number * 1000, piece


def sizes(response: Response) -> list[tuple[int, int | None]]:
    """Of each HTTP chunk what came and, if it was cut, what was announced."""
    if response.framing != "chunked":
        return [(len(response.body), None)]
    found = []
    size = 0
    for piece in response.pieces:
        size += len(piece.data)
        if not piece.more:
            found.append((size, piece.of))
            size = 0
    return found


def cut_at(sent: bytes, cuts: Sequence[int]) -> list[bytes]:
    places = sorted(cut % (len(sent) + 1) for cut in cuts)
    return [sent[low:high] for low, high in zip([0, *places], [*places, len(sent)], strict=True)]
