"""Drafts to wire bytes: head, compression, chunk framing, the body's end, and all that a broken end leaves out.

What a Layout becomes is kept with it; only times are new for each play. HTTP-chunk boundaries are the layout's, TCP
segments are best effort. Pure.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING

from mocksse.figures import printable
from mocksse.replay import cors
from mocksse.replay.plan import CUT_GRACE_US, FLUSH_GAP_US, RESET_GRACE_US, Plan, Write
from mocksse.wire import http1_encode as http1
from mocksse.wire.http1_fields import body_framing, header, without

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mocksse.cassette.model import Headers
    from mocksse.replay.draft import Coding, Cut, Draft, Finish, Layout

NOTE = b"x-mocksse-note"
_NOTE_SIZE = 1024
"""Characters of that header; clients have limits."""


@dataclass(frozen=True, slots=True)
class Wired:
    """A layout's bytes: one part for each cut (a compressor may leave some empty), and what the framing ends with."""

    parts: tuple[bytes, ...]
    tail: bytes
    finish: Finish
    size: int
    """Bytes of the parts, without any framing."""


def lower(draft: Draft, *, origin: str = "", compress: bool = True) -> Plan:
    """The plan. `origin`: of the browser that is to be let in.

    `compress` False leaves a gzip body as it was before: what zlib makes of it depends on its version.
    """
    layout = draft.layout
    status = 0 if layout.headless else layout.head.status
    wired: Wired = layout.once(("wired", compress), lambda: _wire(layout, compress))
    head = b"" if layout.headless else _head(layout, wired.size, draft.notes, origin)
    first, late_us = _head_writes(draft, head)
    broken = _breaks_off(layout, wired.finish)
    if layout.bodiless:
        return Plan(first, draft.head_us + late_us, wired.finish, draft.marks, draft.notes, status, broken)
    writes = list(first)
    for at, data, cut in zip(draft.at_us, wired.parts, layout.cuts, strict=True):
        if data:
            writes.append(Write(at + late_us, data, cut.flush, cut.end))
    size = len(layout.body)
    if wired.tail:
        writes.append(Write(draft.end_us + late_us, wired.tail, False, size))
    behind = zip(draft.rest_us, layout.rest, strict=True)
    writes += [Write(at + late_us, data, False, size) for at, data in behind if data]
    end_us = max(draft.end_us, *draft.rest_us, draft.last_us) + late_us
    if any(write.flush for write in writes):
        writes = _spaced(writes)
    if writes:
        end_us = max(end_us, writes[-1].at_us + _grace_us(layout, wired.finish))
    return Plan(tuple(writes), end_us, wired.finish, draft.marks, draft.notes, status, broken)


def _spaced(writes: Sequence[Write]) -> list[Write]:
    """The writes with FLUSH_GAP_US at least behind each that is flushed."""
    spaced: list[Write] = []
    earliest_us = 0
    for write in writes:
        at_us = max(write.at_us, earliest_us)
        spaced.append(write if at_us == write.at_us else replace(write, at_us=at_us))
        earliest_us = at_us + (FLUSH_GAP_US if write.flush else 0)
    return spaced


def _grace_us(layout: Layout, finish: Finish) -> int:
    """How long what was written last is given to be read."""
    if finish == "reset":
        return RESET_GRACE_US
    is_cut = finish == "fin" and (not layout.whole or layout.missing > 0)
    return CUT_GRACE_US if is_cut and layout.framing != "close" else 0


def _head_writes(draft: Draft, head: bytes) -> tuple[tuple[Write, ...], int]:
    """The head, whole or in drips, and how much later all else comes for that."""
    if not head:
        return (), 0
    if draft.drip is None:
        return (Write(draft.head_us, head, False, -1),), 0
    size, gap_us = draft.drip
    pieces = [head[i : i + size] for i in range(0, len(head), size)]
    # What is due at different moments is apart; what is due at once is kept so.
    writes = tuple(Write(draft.head_us + i * gap_us, piece, not gap_us, -1) for i, piece in enumerate(pieces))
    return writes, (len(pieces) - 1) * gap_us


def _wire(layout: Layout, compress: bool) -> Wired:
    coding = layout.coding if compress else None
    ends = [cut.end for cut in layout.cuts]
    parts = [layout.body[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    if coding is not None:
        parts = _gzip(parts, coding, whole=layout.whole)
    size = sum(map(len, parts))
    if layout.bodiless:
        return Wired((), b"", finish(layout), size)
    tail = b""
    if layout.framing == "chunked":
        parts = _chunked(parts, layout.cuts, layout.missing if layout.torn else None)
        if layout.whole:
            tail = http1.encode_last_chunk(layout.trailers)
    return Wired(tuple(parts), tail, finish(layout), size)


def finish(layout: Layout) -> Finish:
    """What becomes of the connection: a clean end keeps it, unless the request, the answer or a fault will not."""
    if layout.finish is not None:
        return layout.finish
    context, head = layout.context, layout.head
    closes = context.close or "1.0" in {context.http, head.http} or _says_close(head.headers)
    clean = layout.bodiless or (layout.whole and layout.framing != "close" and not _lies(layout))
    return "complete" if clean and not closes else "fin"


def _breaks_off(layout: Layout, finish: Finish) -> bool:
    """Whether a client never gets to the end of the answer."""
    if layout.headless or finish in {"reset", "hold"}:
        return True
    return not layout.bodiless and (not layout.whole or bool(layout.missing) or _is_missized(layout))


def _lies(layout: Layout) -> bool:
    """Whether a client that believes the framing is left with too few bytes or too many."""
    return bool(layout.missing or layout.rest) or _is_missized(layout)


def _is_missized(layout: Layout) -> bool:
    """Whether a chunk says another size than it has."""
    return any(cut.size for cut in layout.cuts)


def _chunked(parts: Sequence[bytes], cuts: Sequence[Cut], missing: int | None) -> list[bytes]:
    """The parts in HTTP chunk framing: the size stands before a chunk's first part, CRLF behind its last.

    A chunk without a byte is left out: one of size 0 would end the body. With `missing`, the last chunk announces that
    many bytes more than it has, and has no end.
    """
    framed: list[bytes] = []
    first = 0
    last = len(parts) - 1
    for index, cut in enumerate(cuts):
        if not cut.chunk and index != last:
            continue
        torn = missing if index == last else None
        chunk = list(parts[first : index + 1])
        size = sum(map(len, chunk)) + (torn or 0)
        said = cuts[first].size
        if size or said:
            chunk[0] = (said + http1.CHUNK_END if said else http1.encode_chunk_head(size)) + chunk[0]
            if torn is None:
                chunk[-1] += http1.CHUNK_END
        framed += chunk
        first = index + 1
    return framed


def _gzip(parts: Sequence[bytes], coding: Coding, *, whole: bool) -> list[bytes]:
    """The parts compressed as one gzip stream, which is finished only where the body is."""
    # mtime is 0 and the level fixed: the same bytes for the same zlib.
    stream = zlib.compressobj(6, zlib.DEFLATED, 31)
    coded = [stream.compress(part) + (stream.flush(zlib.Z_SYNC_FLUSH) if coding.flush else b"") for part in parts]
    if not coded:
        return coded
    # What came of a body that was cut off can be read, flushed or not: places count bytes before compression.
    coded[-1] += stream.flush(zlib.Z_FINISH if whole else zlib.Z_SYNC_FLUSH)
    return coded if not coding.broken else _broken(coded, coding.broken)


def _broken(coded: Sequence[bytes], how: str) -> list[bytes]:
    """The parts of a gzip stream with another byte in its middle, or without all that is behind that."""
    # Behind gzip's own head of ten bytes, and before the checksum by which a decoder knows that it has all.
    middle = max(sum(map(len, coded)) // 2, 10)
    stream = b"".join(coded)
    after = bytes([stream[middle] ^ 0xFF]) + stream[middle + 1 :] if how == "corrupt" else b""
    stream = stream[:middle] + after
    ends = list(accumulate(map(len, coded)))
    return [stream[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def _head(layout: Layout, size: int, notes: Sequence[str], origin: str) -> bytes:
    context, head = layout.context, layout.head
    headers = head.headers
    if layout.coding is not None:
        headers = without(headers, b"content-encoding")
        if layout.coding.labelled:
            headers = (*headers, (b"Content-Encoding", b"gzip"))
    if layout.framing == "length" and layout.counted:
        # A cassette is edited by hand, a fault edits too: the length follows the body, where that is whole.
        headers = _with_length(headers, max(0, size + layout.missing))
    closes = context.close or context.http == "1.0"
    if closes and not _says_close(headers):
        headers = (*without(headers, b"connection", b"keep-alive"), (b"Connection", b"close"))
    if notes:
        headers = (*headers, (NOTE, encode_note(notes)))
    if origin:
        headers = cors.answer(headers, origin)
    version = "1.0" if context.http == "1.0" else head.http
    return http1.encode_head(head.status, head.reason, headers, version)


def encode_note(notes: Sequence[str]) -> bytes:
    """The value of `x-mocksse-note`: one line of ASCII, of 1,024 characters at most."""
    text = printable("; ".join(notes))
    return (text if len(text) <= _NOTE_SIZE else f"{text[: _NOTE_SIZE - 3]}...").encode("ascii", "replace")


def _with_length(headers: Headers, length: int) -> Headers:
    if header(headers, b"content-length") is None:
        return (*headers, (b"Content-Length", b"%d" % length))
    if body_framing("GET", 200, headers) == ("length", length):
        return headers
    return tuple((n, b"%d" % length if n.lower() == b"content-length" else v) for n, v in headers)


def _says_close(headers: Headers) -> bool:
    return any(n.lower() == b"connection" and b"close" in v.lower() for n, v in headers)
