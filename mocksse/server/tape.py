"""One interaction ready to be played many times: what does not depend on the request is worked out once.

A plan that asked for nothing of its moment (no draw, no time of day) is the same for all requests of one kind and kept
as it goes to the socket. Where something was asked the layout is kept, and with it all work on the body; only what was
drawn is new. Either is as large as the recording, so few are kept; and what a request alone makes larger, by a header
of its own, only while it is small.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING

from mocksse import limits
from mocksse.cassette import match
from mocksse.cassette.units import api_of, text_counts
from mocksse.replay.compile import Play
from mocksse.replay.compile import compile as compile_plan
from mocksse.replay.draft import PLAIN, Context, Shelf
from mocksse.replay.layout import lay_out
from mocksse.replay.plan import join

if TYPE_CHECKING:
    from mocksse.cassette.model import Interaction
    from mocksse.cassette.pacing import Pacing
    from mocksse.providers.api import Api
    from mocksse.replay.draft import Layout
    from mocksse.replay.faults.grammar import Spec
    from mocksse.replay.plan import Plan, Sends
    from mocksse.replay.resume import Last

_KEPT = 8
"""How many kinds of request, the last ones, are kept of each interaction; a browser's Origin makes a kind."""
_SMALL = 4 * limits.MIB
"""Bytes up to which a play is kept that is not ordinary: one with faults, or for an Origin, a pace or an id."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What of a request decides how a tape is played for it; equal kinds get equal plans, but for what is drawn."""

    context: Context = PLAIN
    faults: tuple[Spec, ...] = ()
    pacing: Pacing | None = None
    """Goes before the tape's own."""
    last: Last | None = None
    """What the client came back with."""

    @property
    def is_ordinary(self) -> bool:
        """Whether only the tape decides; of such kinds there is a handful."""
        return not (self.faults or self.pacing or self.last or self.context.origin)


@dataclass(frozen=True, slots=True)
class Ready:
    """A play as it goes out. `status` 0: without a head. `faults`: those that took hold, and where."""

    status: int
    sends: Sends
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Tape:
    """An interaction, its name in the server (`file#interaction`), its pacing, and the faults its file has for it."""

    def __init__(self, file: str, interaction: Interaction, pacing: Pacing, faults: tuple[Spec, ...] = ()) -> None:
        self.file = file
        self.key = f"{file}#{interaction.name}"
        self.interaction = interaction
        self.pacing = pacing
        self.faults = faults
        self.asked = match.recorded(interaction.request)
        self.plays = 0
        self._heads = 0
        self._layout = lru_cache(_KEPT)(partial(lay_out, interaction, shelf=Shelf()))
        self._kept: OrderedDict[Kind, Ready] = OrderedDict()

    def play(self, kind: Kind, target: str = "/") -> Ready:
        """The next play, counted: a look at the head by itself."""
        if kind.context.method == "HEAD":
            self._heads += 1
            number = self._heads
        else:
            self.plays += 1
            number = self.plays
        ready = self._kept.get(kind)
        if ready is not None:
            self._kept.move_to_end(kind)
            return ready
        plan, is_its_own = self.plan(kind, number, target)
        faults = tuple(f"{m.fault} at byte {m.offset:,}" if m.offset >= 0 else m.fault for m in plan.marks)
        ready = Ready(plan.status, join(plan), faults, plan.notes)
        if not is_its_own and (kind.is_ordinary or sum(map(len, ready.sends.data)) <= _SMALL):
            if len(self._kept) >= _KEPT:
                self._kept.popitem(last=False)
            self._kept[kind] = ready
        return ready

    def plan(self, kind: Kind, number: int, target: str = "/") -> tuple[Plan, bool]:
        """The plan of that play, and whether it is no other's: its draws start from seed, interaction and number."""
        pacing = self.paced(kind.pacing)
        play = Play(pacing.seed or 0, self.key, number, target, time.time)
        plan = compile_plan(
            self.interaction,
            pacing,
            play,
            context=kind.context,
            text=self.text_events if pacing.tps is not None else (),
            faults=kind.faults,
            layout=self._layout(replace(kind.context, origin="")),
            last=kind.last,
        )
        return plan, play.asked

    def paced(self, asked: Pacing | None) -> Pacing:
        """Its pacing, behind what a request asks for."""
        return self.pacing if asked is None else asked.over(self.pacing)

    def is_rest(self, last: Last) -> bool:
        """Whether this was recorded as the answer to that very Last-Event-ID."""
        return not last.is_number and self.resumes == last.value

    @cached_property
    def resumes(self) -> str | None:
        """The Last-Event-ID that the recorded request itself came back with: the tape is the rest of a stream."""
        headers = self.interaction.request.headers
        return next((value for name, value in headers if name.lower() == "last-event-id"), None)

    @property
    def layout(self) -> Layout:
        """As an ordinary request gets it."""
        return self._layout(PLAIN)

    @cached_property
    def api(self) -> Api | None:
        """The API that this is an answer of."""
        return api_of(self.interaction)

    @cached_property
    def text_events(self) -> tuple[int, ...]:
        """How many events with text end in each piece."""
        return text_counts(self.api, self.interaction.response)
