"""The places where a recorded answer can be cut, as data: each a fault at a place, `truncate at=byte:57`.

Pure. Of what is behind a cut a client knows nothing; what it can know by then is the cut's to say.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random
from typing import TYPE_CHECKING, Literal, get_args

from mocksse.cassette.pacing import Pacing
from mocksse.cassette.units import api_of, units
from mocksse.errors import UsageError, nearest
from mocksse.providers import registry
from mocksse.providers.places import NAMES, places
from mocksse.providers.turn import Turn, merge
from mocksse.replay.compile import compile as compile_plan
from mocksse.replay.faults.fault import Refused
from mocksse.replay.faults.grammar import parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mocksse.cassette.model import Interaction
    from mocksse.providers.api import Api
    from mocksse.providers.framing import Frame
    from mocksse.replay.draft import Layout

At = Literal["event", "byte", "anchor"]
_AROUND = 24
"""Bytes that are shown on each side of a cut."""


class Known:
    """What a client can know of an answer when so many of its units are there."""

    def __init__(self, api: Api | None, frames: Sequence[Frame]) -> None:
        self._api = api
        self._frames = frames
        self._ends = [frame.end for frame in frames]
        events = (i for i, frame in enumerate(frames) if frame.kind == "event" and registry.is_done(api, frame))
        self._done = next(events, len(frames))
        self.turn = lru_cache(maxsize=8)(self._turn)

    def count(self, offset: int) -> int:
        """How many units are whole in so many bytes."""
        return bisect_right(self._ends, offset)

    def events(self, count: int) -> tuple[str, ...]:
        """The data of the events among them."""
        return tuple(frame.data.decode("utf-8", "replace") for frame in self._frames[:count] if frame.kind == "event")

    def is_done(self, count: int) -> bool:
        """Whether the answer's terminal event is among them."""
        return count > self._done

    def _turn(self, count: int) -> Turn:
        return merge(self._api, self._frames[:count])


@dataclass(frozen=True, slots=True)
class Cut:
    """One cut of one answer. `offset`: bytes of the body before it."""

    fault: str
    offset: int
    body: bytes = field(repr=False)
    known: Known = field(repr=False)

    @property
    def turn(self) -> Turn:
        """What a client can know by then: only whole events are in it."""
        return self.known.turn(self.known.count(self.offset))

    @property
    def events(self) -> tuple[str, ...]:
        """The data of all events that a client that keeps to the standard has had by then."""
        return self.known.events(self.known.count(self.offset))

    @property
    def is_complete(self) -> bool:
        """The answer had said that it is over by then."""
        return self.known.is_done(self.known.count(self.offset))

    @property
    def around(self) -> str:
        """The bytes there, with a bar where they are cut."""
        before = self.body[max(0, self.offset - _AROUND) : self.offset]
        behind = self.body[self.offset : self.offset + _AROUND]
        return f"{str(before)[2:-1]}│{str(behind)[2:-1]}"


def cuts_of(interaction: Interaction, at: str, fault: str) -> tuple[Cut, ...]:
    """All cuts of a recording, in their order. `fault`: a name, or a whole spec but for its place.

    Raises UsageError for what is no cut, or for a recording that has none there.
    """
    if at not in get_args(At):
        raise UsageError(f"mocksse_cuts: at={at!r} is no kind of cut", nearest(at, get_args(At)))
    body = interaction.response.body
    api, frames = api_of(interaction), units(interaction.response)
    found: list[tuple[str, int]]
    match at:
        case "event":
            ends = [frame.end for frame in frames if frame.kind == "event"]
            found = [("event:0", 0), *((f"event:{n}", end) for n, end in enumerate(ends, 1))]
        case "byte":
            found = [(f"byte:{offset}", offset) for offset in range(1, len(body))]
        case _:
            named = places(api, frames, body) if api is not None else {}
            found = sorted(((name, named[name].offset) for name in NAMES if name in named), key=lambda one: one[1])
    if not found:
        raise UsageError(f"mocksse_cuts: the answer of {interaction.name} has no place to cut at={at}")
    known = Known(api, frames)
    return tuple(Cut(f"{fault} at={place}", offset, body, known) for place, offset in found)


def applies(interaction: Interaction, cut: Cut, layout: Layout) -> bool:
    """Whether the recording can be cut like that: one that ends there already can not."""
    try:
        compile_plan(interaction, Pacing(), faults=parse(cut.fault), layout=layout, strict=True)
    except Refused:
        return False
    return True


def sampled(cuts: Sequence[Cut], limit: int, seed: int) -> list[int]:
    """Which of them are tried first: all, or so many, drawn, the first and the last among them.

    Half of those that are drawn are where clients fail: inside a character, and about the end of a line.
    """
    if len(cuts) <= limit:
        return list(range(len(cuts)))
    draw = Random(f"{seed}:cuts")
    found = {0, len(cuts) - 1}
    for where, share in ((_is_inside, limit // 4), (_is_at_line_end, limit // 4), (lambda _: True, limit)):
        left = [index for index, cut in enumerate(cuts) if index not in found and where(cut)]
        found |= set(draw.sample(left, max(0, min(len(left), share, limit - len(found)))))
    return sorted(found)


def _is_inside(cut: Cut) -> bool:
    """The byte behind the cut goes on with a character of UTF-8."""
    return 0x80 <= cut.body[min(cut.offset, len(cut.body) - 1)] < 0xC0


def _is_at_line_end(cut: Cut) -> bool:
    around = cut.body[max(0, cut.offset - 1) : cut.offset + 1]
    return b"\n" in around or b"\r" in around
