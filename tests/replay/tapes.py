"""Interactions for tests of replay, in a line each, and a strategy for all of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from mocksse.cassette.model import End, Ending, Framing, Interaction, Piece, Request, Response

if TYPE_CHECKING:
    from mocksse.cassette.model import Headers

CHUNKED: Headers = ((b"Content-Type", b"text/event-stream"), (b"Transfer-Encoding", b"chunked"))
PLAIN: Headers = ((b"Content-Type", b"text/event-stream"),)


def pieces(*data: bytes, after_us: int = 1000) -> tuple[Piece, ...]:
    return tuple(Piece(after_us, part) for part in data)


def tape(
    *data: bytes,
    framing: Framing = "chunked",
    how: Ending = "complete",
    headers: Headers | None = None,
    method: str = "POST",
    **more: Any,
) -> Interaction:
    """One piece for each of `data`, a millisecond apart, behind a head after 10 ms and with an end after 5."""
    if headers is None:
        headers = CHUNKED if framing == "chunked" else PLAIN
    end = End(5000, how, more.pop("rest", ()))
    given = {"status": 200, "head_after_us": 10_000, "pieces": pieces(*data)} | more
    response = Response(headers=headers, framing=framing, end=end, **given)
    return Interaction("a", Request("/a", method), response)


def with_pieces(interaction: Interaction, *given: Piece) -> Interaction:
    return replace(interaction, response=replace(interaction.response, pieces=given))


# --- Any answer that can have come over a wire

_TOKEN = st.text("abcXYZ-09", min_size=1, max_size=8).map(str.encode)
_VALUE = st.binary(max_size=12).map(lambda v: v.translate(None, b"\r\n\x00").strip())
_FIELD = st.tuples(_TOKEN.map(b"X-".__add__), _VALUE)
_WAIT = st.integers(0, 10_000_000)


@st.composite
def responses(draw: st.DrawFn) -> Response:
    framing = draw(st.sampled_from(["chunked", "length", "close"]))
    how: Ending = draw(st.sampled_from(["complete", "cut", "reset", "idle", "stopped"]))
    bodies = draw(st.lists(st.binary(max_size=20), max_size=8))
    more = [framing == "chunked" and draw(st.booleans()) for _ in bodies]
    stream = [Piece(draw(_WAIT), data, m) for data, m in zip(bodies, more, strict=True)]
    if stream:
        stream[-1] = replace(stream[-1], more=False)
        if framing == "chunked" and how != "complete" and draw(st.booleans()):
            open_chunk = len(chunk_list(tuple(stream))[-1])
            stream[-1] = replace(stream[-1], of=open_chunk + draw(st.integers(1, 50)))
    fields = draw(st.lists(_FIELD, max_size=4))
    if framing == "chunked":
        name = draw(st.sampled_from([b"Transfer-Encoding", b"transfer-encoding"]))
        fields.insert(draw(st.integers(0, len(fields))), (name, b"chunked"))
    if framing == "length":
        missing = draw(st.integers(1, 9)) if how != "complete" else 0
        length = sum(map(len, bodies)) + missing
        fields.insert(draw(st.integers(0, len(fields))), (b"content-length", b"%d" % length))
    rest = draw(st.lists(st.binary(min_size=1, max_size=9), max_size=2)) if how == "complete" != framing else []
    whole_chunked = framing == "chunked" and how == "complete"
    return Response(
        status=draw(st.sampled_from([200, 201, 299, 400, 429, 500, 529])),
        headers=tuple(fields),
        framing=framing,
        pieces=tuple(stream),
        end=End(draw(_WAIT), how, tuple(Piece(draw(_WAIT), r) for r in rest) if framing != "close" else ()),
        head_after_us=draw(_WAIT),
        reason=draw(st.sampled_from([None, b"", b"Fine", b"OK then"])),
        http=draw(st.sampled_from(["1.1", "1.1", "1.0"])),
        trailers=tuple(draw(st.lists(_FIELD, max_size=2))) if whole_chunked else (),
    )


def chunk_list(stream: tuple[Piece, ...]) -> list[bytes]:
    """What each HTTP chunk holds, by the meaning of `more`."""
    chunks: list[bytes] = []
    goes_on = False
    for piece in stream:
        if goes_on:
            chunks[-1] += piece.data
        else:
            chunks.append(piece.data)
        goes_on = piece.more
    return chunks
