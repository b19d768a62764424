"""Interactions for tests on the wire: a few events, there at once, framed and ended as a test says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mocksse.cassette.model import End, Interaction, Piece, Request, Response

if TYPE_CHECKING:
    from mocksse.cassette.model import Ending, Framing, Headers

EVENTS = tuple(b"data: %d\n\n" % i for i in range(5))
BODY = b"".join(EVENTS)
CHUNKED: Headers = ((b"content-TYPE", b"text/event-stream"), (b"Transfer-Encoding", b"chunked"), (b"X-B", b"1"))
STALL_US = 600_000_000


def tape(
    path: str = "/a",
    *data: bytes,
    framing: Framing = "chunked",
    how: Ending = "complete",
    headers: Headers | None = None,
    name: str = "",
    method: str | None = None,
    body: bytes | None = None,
    http: str = "1.1",
) -> Interaction:
    if headers is None:
        headers = CHUNKED if framing == "chunked" else CHUNKED[:1]
    stream = tuple(Piece(0, part) for part in data or EVENTS)
    response = Response(200, headers, framing, stream, End(0, how), http=http)  # type: ignore[arg-type]
    return Interaction(name or path, Request(path, method, (), body), response)


def stalling(path: str = "/stall", head_after_us: int = 0) -> Interaction:
    """One event, and then ten minutes of nothing."""
    made = tape(path)
    pieces = (Piece(0, EVENTS[0]), Piece(STALL_US, EVENTS[1]), Piece(0, EVENTS[2]))
    return replace(made, response=replace(made.response, pieces=pieces, head_after_us=head_after_us))
