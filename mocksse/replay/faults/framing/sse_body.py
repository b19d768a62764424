"""An SSE body line by line and block by block, for faults that write the same events otherwise.

WHATWG HTML 9.2.5: a line ends in CRLF, LF or CR, and one byte order mark may lead. 9.2.6: a blank line ends a block,
which dispatches an event where it has a `data` field. Every byte behind the byte order mark is in exactly one line, and
what comes first of `dispatched` is the first of `layout.events`, and so on.

Where one line more goes into a body, its end is that of the line before it (`line_end`). An end of another kind could
make a CR and an LF meet that were two line ends, and are one when they touch.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mocksse import limits
from mocksse.replay.faults.fault import Refused
from mocksse.wire.sse import BOM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mocksse.providers.framing import Frame
    from mocksse.replay.draft import Layout
    from mocksse.replay.faults.fault import Args, Spot

FIELDS = (b"data", b"event", b"id", b"retry")
COMMENT = b":"
_LINE_END = re.compile(rb"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Line:
    """One line from `start` to `end`, and with its line end to `next`: the same where the body ends before that."""

    start: int
    end: int
    next: int
    name: bytes
    """Of its field; COMMENT for a comment, empty for a blank line."""
    value: int
    """Where the field's value begins, behind the colon and the one space that may follow it."""

    @property
    def spaced(self) -> bool:
        """Whether a space that is not the value's stands behind the colon."""
        return self.value - self.start - len(self.name) == 2


@dataclass(frozen=True, slots=True)
class Block:
    """Lines up to and including a blank one; `finished` is false where the body ends before that."""

    lines: tuple[Line, ...]
    finished: bool

    @property
    def start(self) -> int:
        """Its first byte."""
        return self.lines[0].start

    @property
    def end(self) -> int:
        """Behind its last byte."""
        return self.lines[-1].next

    @property
    def data(self) -> tuple[Line, ...]:
        """Its data lines."""
        return tuple(line for line in self.lines if line.name == b"data")


def blocks(layout: Layout) -> Sequence[Block]:
    """The whole body, but for its byte order mark. Refused where the body is compressed."""
    coding = layout.head.header("content-encoding")
    if coding.lower() not in {"", "identity"}:
        raise Refused(f"its body is {coding}, so that no line of it can be told")
    found: tuple[Block, ...] = layout.once("SSE blocks", lambda: tuple(_blocks(layout.body)))
    return found


def _blocks(body: bytes) -> list[Block]:
    found: list[Block] = []
    lines: list[Line] = []
    at = start_of(body)
    for raw in body[at:].splitlines(keepends=True):  # of bytes: at LF, CR and CRLF only
        text = raw.rstrip(b"\r\n")
        name, colon, value = text.partition(b":")
        if colon and not name:
            line = Line(at, at + len(text), at + len(raw), COMMENT, at + 1)
        else:
            begin = len(name) + len(colon) + value.startswith(b" ")
            line = Line(at, at + len(text), at + len(raw), name, at + begin)
        lines.append(line)
        at += len(raw)
        if not text:
            found.append(Block(tuple(lines), True))
            lines = []
    if lines:
        found.append(Block(tuple(lines), False))
    return found


def start_of(body: bytes) -> int:
    """Where the first line begins: behind the byte order mark."""
    return len(BOM) if body.startswith(BOM) else 0


def line_end(body: bytes, at: int) -> bytes:
    """CRLF, LF or CR: how the line ends that ends in front of `at`; at the body's start, how its first one does."""
    if body[max(0, at - 2) : at] == b"\r\n":
        return b"\r\n"
    if body[max(0, at - 1) : at] in (b"\r", b"\n"):
        return body[at - 1 : at]
    first = _LINE_END.search(body, at)
    return first[0] if first else b"\n"


def dispatched(layout: Layout) -> list[tuple[Frame, Block]]:
    """The events, each with how it is written."""
    found = [block for block in blocks(layout) if block.finished and block.data]
    if len(found) != len(layout.events):
        raise Refused(f"one of its events is larger than {limits.MAX_EVENT_BYTES // limits.MIB} MiB")
    return list(zip(layout.events, found, strict=True))


def chosen(layout: Layout, spot: Spot, args: Args) -> list[tuple[Frame, Block]]:
    """The event that a fault's place is in or in front of; without a place all events."""
    found = dispatched(layout)
    if args.at is None and found:
        return found
    return [found[one(layout, spot, args)]]


def one(layout: Layout, spot: Spot, args: Args) -> int:
    """The number of the event that a fault's place is in or in front of; without a place that of the middle one."""
    count = len(dispatched(layout))
    if not count:
        raise Refused("no events in this body")
    if args.at is None:
        return count // 2
    if spot.event is None:
        raise Refused("no event at this place or behind it")
    return spot.event


def gap(layout: Layout, index: int | None) -> int:
    """Between two blocks: in front of the event of that number, or with None behind the last block."""
    if index is not None:
        return dispatched(layout)[index][1].start
    finished = [block for block in blocks(layout) if block.finished]
    return finished[-1].end if finished else start_of(layout.body)


def gap_at(layout: Layout, spot: Spot, args: Args) -> int:
    """The gap at a fault's place; without a place the one in front of the middle event."""
    return gap(layout, one(layout, spot, args) if args.at is None else spot.event)


def gaps(layout: Layout, spot: Spot, args: Args) -> list[int]:
    """The gap at a fault's place; without a place the one in front of each event."""
    if args.at is not None:
        return [gap(layout, spot.event)]
    return [block.start for _, block in chosen(layout, spot, args)]


def id_behind(body: bytes, block: Block, known: bytes) -> bytes:
    """The last event id behind a block, if it was `known` before it. An id with a NUL in it does not count."""
    for line in block.lines:
        if line.name == b"id" and b"\0" not in body[line.value : line.end]:
            known = body[line.value : line.end]
    return known


def one_line(args: Args, name: str) -> bytes:
    """A text that is to stand on a line. Refused where it is longer than that."""
    value = args.bytes(name)
    if b"\r" in value or b"\n" in value:
        raise Refused(f"{name}= has a line break in it")
    return value
