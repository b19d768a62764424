"""Transport: an answer whose framing is another than it was, or a lie: a wrong length, no length, a size that is none.

RFC 9112, 6.3 has the order in which a client finds out where a body ends: by its last chunk, by its Content-Length, and
where there is neither, by the end of the connection, which cannot be told from a connection that broke.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING

from mocksse import limits
from mocksse.errors import UsageError
from mocksse.figures import plural
from mocksse.replay.faults.fault import Fault, Param, Refused, at
from mocksse.replay.reshape import end_with, framed, lacking, split
from mocksse.wire.http1_fields import without

if TYPE_CHECKING:
    from mocksse.replay.draft import Draft, Layout
    from mocksse.replay.faults.fault import Args, Moment, Spot

_SIZE = re.compile(r"\s*([0-9A-Fa-f]+)\s*(;.*)?", re.DOTALL)
"""A chunk size, as the most lenient of clients read one."""


def chunked(draft: Draft) -> Draft:
    """The draft in chunks, as it is or with what was in one part in one chunk."""
    layout = draft.layout
    if layout.framing == "chunked":
        return draft
    if layout.context.http == "1.0":
        raise Refused("this client speaks HTTP/1.0, which has no chunks")
    return framed(draft, "chunked")


def _is_mismatch(args: Args) -> None:
    if not args["by"]:
        raise UsageError("by=0 is no mismatch", "such as by=10 or by=-10")


def _content_length_mismatch(draft: Draft, _spot: Spot, args: Args, _moment: Moment) -> Draft:
    by, size = int(args["by"]), len(draft.body)
    if size + by < 0:
        raise Refused(f"the body has only {plural(size, 'byte')}")
    # All of the body comes, whatever was said of it.
    return end_with(framed(draft, "length"), missing=by, whole=True)


def _close_delimited(draft: Draft, _spot: Spot, args: Args, _moment: Moment) -> Draft:
    before = draft.layout
    kept = without(before.head.headers, b"connection", b"keep-alive", b"transfer-encoding", b"trailer")
    kept = without(kept, b"content-length")
    headers = (*kept, (b"Connection", b"close"))
    head = replace(before.head, headers=headers, http="1.0" if args.text("http") == "1.0" else "1.1")
    if before.framing == "close" and before.head == head:
        raise Refused("the answer is framed like that already")
    return end_with(framed(draft, "close"), head=head)


def _is_no_size(args: Args) -> None:
    text = args.text("text")
    number = _SIZE.fullmatch(text)
    if number is not None and int(number[1], 16) <= limits.MAX_ANNOUNCED_BYTES:
        raise UsageError(f"{text!r} can be read as a size", "fin-mid-chunk has chunks that are too large")
    bad = args.bytes("text")
    if not bad or b"\r" in bad or b"\n" in bad:
        raise UsageError("what stands for a size is one line, and not an empty one", 'text=" " is as good as nothing')


def _bad_chunk_size(draft: Draft, spot: Spot, args: Args, _moment: Moment) -> Draft:
    bad = args.bytes("text")
    draft = chunked(draft)
    if spot.offset < len(draft.body):
        draft = split(draft, [spot.offset])
        layout = draft.layout
        return replace(draft, layout=layout.once(("bad size", spot.offset, bad), lambda: _spoilt(layout, spot, bad)))
    if lacking(draft.layout, spot.offset) is not None or draft.layout.rest:
        raise Refused("no size is due behind the body: its last chunk is not finished")
    return replace(end_with(draft, whole=False, trailers=(), rest=(bad + b"\r\n",)), rest_us=(draft.end_us,))


def _spoilt(layout: Layout, spot: Spot, bad: bytes) -> Layout:
    """The chunk that begins at the spot is given out with another size."""
    first = bisect_right(layout.cuts, spot.offset, key=lambda c: c.end)
    while first and not layout.cuts[first - 1].chunk:
        first -= 1
    cuts = list(layout.cuts)
    cuts[first] = replace(cuts[first], size=bad)
    return replace(layout, cuts=tuple(cuts))


FAULTS = (
    Fault(
        name="content-length-mismatch",
        law="ENDING",
        family="transport",
        summary="the Content-Length is another than the body's",
        cases=(11,),
        example="content-length-mismatch by=-10",
        sources=("aio-libs/aiohttp#3026", "antiwork/gumroad#7468", "RFC 9112 8"),
        params=(Param("by", "integer", "+10", "How many bytes more are announced; less than 0: fewer."),),
        inject=_content_length_mismatch,
        check=_is_mismatch,
        details="Too long: the connection is closed (FIN) before all came. Too short: the rest follows behind what was "
        "announced. An answer that was recorded without a length is sent with one.",
    ),
    Fault(
        name="close-delimited",
        law="SHAPING",
        family="transport",
        summary="neither length nor chunks: the body ends with the connection",
        cases=(12, 13),
        example="close-delimited; truncate at=percent:50",
        sources=("Oaklight/zerodep#100", "antiwork/gumroad#7468", "getodk/central#1736", "RFC 9112 6.3"),
        params=(Param("http", "word", "1.1", "The version in the status line.", ("1.1", "1.0")),),
        inject=_close_delimited,
        details="Legal, and what a hop that speaks HTTP/1.0 makes of a stream. A body that was cut off cannot be told "
        "from a whole one by its framing: followed by `truncate` it is case 13.",
    ),
    Fault(
        name="bad-chunk-size",
        law="LOSSY",
        family="transport",
        summary="where the size of a chunk belongs stands what is none",
        cases=(14,),
        example="bad-chunk-size at=event:2 text=ZZ",
        sources=("Oaklight/zerodep#100", "RFC 9112 7.1"),
        params=(
            at("percent:50", "A chunk begins here, and its size is bad; end: the last chunk's is."),
            Param("text", "text", "ZZ", "What stands there."),
        ),
        inject=_bad_chunk_size,
        check=_is_no_size,
        details="The server does not notice: all else is sent as it was, and a client that reads on regardless gets "
        "it. An answer that was not recorded in chunks is sent in chunks; HTTP/1.0 has none, and there the fault "
        "cannot apply.",
    ),
)
