"""A plan as its client meets it: what each write brings of head, events and end. Derived from the plan's bytes alone.

The bytes are read as a client reads them: framing off, gzip off, body taken apart. Behind broken framing nothing is an
event any more, though the plan has bytes of one.
"""

from __future__ import annotations

import zlib
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from mocksse import limits
from mocksse.errors import LimitError
from mocksse.providers.framing import frames
from mocksse.wire import http1

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mocksse.providers.framing import Frame
    from mocksse.replay.plan import Plan, Write

StepKind = Literal["head", "body", "end", "outside"]
EVENTS = ("event", "pending")
"""Units that are counted: what a client gets, and behind the last one what was never finished."""


@dataclass(frozen=True, slots=True)
class Step:
    """One write. `kind`: a piece of the head, bytes of the body, what ends it, or bytes outside any framing.

    `start` and `end` are offsets in `Steps.body`; `events` are indices of the events that some of its bytes are of.
    """

    write: Write
    kind: StepKind
    start: int
    end: int
    events: range


@dataclass(frozen=True)
class Steps:
    """All writes, and what is in them."""

    steps: tuple[Step, ...]
    body: bytes
    """As the client has it: without framing, decoded."""
    frames: tuple[Frame, ...]
    """All units of the body, comments too, with their spans in it."""
    head: http1.Head | None
    whole: bool
    """The answer has its proper end."""
    broken: tuple[int, str] | None
    """The step at which the framing breaks, and why."""

    @cached_property
    def events(self) -> Sequence[Frame]:
        """The units that are counted."""
        return [frame for frame in self.frames if frame.kind in EVENTS]

    @cached_property
    def _others(self) -> Sequence[Frame]:
        return [frame for frame in self.frames if frame.kind not in EVENTS]

    def within(self, step: Step) -> Sequence[Frame]:
        """The units that some of the step's bytes are of, in the order in which they begin."""
        # A comment may stand inside an event: only events among themselves, and all others, are one behind the other.
        of_both = (
            frames[i] for frames in (self.events, self._others) for i in _overlapping(frames, step.start, step.end)
        )
        return sorted(of_both, key=lambda frame: (frame.start, frame.end))


def take_apart(plan: Plan) -> Steps:
    """The plan's writes as a client gets them."""
    parser = http1.ResponseParser()
    inflate: _Inflate | None = None
    body = bytearray()
    kinds: list[StepKind] = []
    spans: list[tuple[int, int]] = []
    whole, broken = False, None
    for number, write in enumerate(plan.writes):
        parts = parser.feed(write.data)
        start = len(body)
        kind: StepKind = "head" if write.upto < 0 else "body"
        for part in parts:
            match part:
                case http1.Head():
                    inflate = _Inflate() if _coding(part) == b"gzip" else None
                case http1.Data(data):
                    body += inflate(data) if inflate else data
                    kind = "body"
                case http1.End() if kind != "head":
                    whole, kind = True, "body" if len(body) > start else "end"
                case http1.End():
                    whole = True
                case http1.Broken(reason):
                    broken, kind = (number, reason), "outside"
                case http1.Rest():
                    kind = "outside" if len(body) == start else kind
        kinds.append(kind)
        spans.append((start, len(body)))
    whole = whole or any(isinstance(part, http1.End) for part in parser.close())
    kept = bytes(body)
    units = _units(parser.head, kept)
    events = [frame for frame in units if frame.kind in EVENTS]
    steps = [
        Step(write, kind, start, end, _overlapping(events, start, end))
        for write, kind, (start, end) in zip(plan.writes, kinds, spans, strict=True)
    ]
    return Steps(tuple(steps), kept, tuple(units), parser.head, whole, broken)


def _overlapping(frames: Sequence[Frame], start: int, end: int) -> range:
    """Which of the frames, that stand one behind the other, have a byte in the span."""
    if end == start:
        return range(0)
    first = bisect_right(frames, start, key=lambda frame: frame.end)
    return range(first, bisect_right(frames, end - 1, key=lambda frame: frame.start))


def _units(head: http1.Head | None, body: bytes) -> list[Frame]:
    kind = next((v for n, v in head.headers if n.lower() == b"content-type"), b"") if head else b""
    try:
        return frames(kind.decode("latin-1"), body)
    except LimitError:
        return []


def _coding(head: http1.Head) -> bytes:
    return next((v.strip().lower() for n, v in head.headers if n.lower() == b"content-encoding"), b"")


class _Inflate:
    """What has come of a gzip body, as far as it can be read, and no more than a body may have."""

    def __init__(self) -> None:
        self._stream: Any = zlib.decompressobj(31)
        self._left = limits.MAX_DECODED_BYTES

    def __call__(self, data: bytes) -> bytes:
        if self._left <= 0:
            return b""
        try:
            found: bytes = self._stream.decompress(data, self._left)
        except zlib.error:
            self._left = 0
            return b""
        self._left -= len(found)
        return found
