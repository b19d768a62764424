"""One interaction ready to be played many times: what does not depend on the request is worked out once.

A plan that asked for nothing of its moment (no draw, no time of day) is the same for all requests of one kind and kept
as it goes to the socket. Where something was asked the layout is kept, and with it all work on the body; only what was
drawn is new. Either is as large as the recording, so few are kept.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING

from mocksse.cassette import match
from mocksse.cassette.units import api_of, text_counts
from mocksse.replay.compile import Play
from mocksse.replay.compile import compile as compile_plan
from mocksse.replay.draft import PLAIN, Context
from mocksse.replay.layout import lay_out
from mocksse.replay.plan import join

if TYPE_CHECKING:
    from mocksse.cassette.model import Interaction
    from mocksse.cassette.pacing import Pacing
    from mocksse.providers.api import Api
    from mocksse.replay.draft import Layout
    from mocksse.replay.faults.grammar import Spec
    from mocksse.replay.plan import Sends

_KEPT = 8
"""How many kinds of request, the last ones, are kept of each interaction; a browser's Origin makes a kind."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What of a request decides how a tape is played for it; equal kinds get equal plans, but for what is drawn."""

    context: Context = PLAIN
    faults: tuple[Spec, ...] = ()
    pacing: Pacing | None = None
    """Goes before the tape's own."""
    last: str | None = None
    """The Last-Event-ID that the client came back with."""


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
        self._layout = lru_cache(_KEPT)(partial(lay_out, interaction))
        self._kept: OrderedDict[Kind, Ready] = OrderedDict()

    def play(self, kind: Kind, target: str = "/") -> Ready:
        """The next play, counted. What it draws starts from the seed, the interaction and the count."""
        self.plays += 1
        ready = self._kept.get(kind)
        if ready is None:
            ready = self._make(kind, target)
        return ready

    def _make(self, kind: Kind, target: str) -> Ready:
        pacing = kind.pacing.over(self.pacing) if kind.pacing is not None else self.pacing
        play = Play(pacing.seed or 0, self.key, self.plays, target, time.time)
        plan = compile_plan(
            self.interaction,
            pacing,
            play,
            text=self.text_events if pacing.tps is not None else (),
            faults=kind.faults,
            layout=self._layout(kind.context),
            last=kind.last,
        )
        faults = tuple(f"{m.fault} at byte {m.offset:,}" if m.offset >= 0 else m.fault for m in plan.marks)
        ready = Ready(plan.status, join(plan), faults, plan.notes)
        if not play.asked:
            if len(self._kept) >= _KEPT:
                self._kept.popitem(last=False)
            self._kept[kind] = ready
        return ready

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
