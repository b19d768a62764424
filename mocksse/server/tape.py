"""One interaction ready to be played many times: what does not depend on the request is worked out once.

A plan that asked for nothing of its moment (no draw, no time of day) is the same for all requests of one kind and kept
as it goes to the socket. Where something was asked the layout is kept, and with it all work on the body; only what was
drawn is new. Either is as large as the recording, so few are kept; and what a request alone makes larger, by a header
of its own, only while it is small.

A tape is shared by all sessions that play it: it counts nothing, and knows of no session.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING, Any

from mocksse import limits
from mocksse.cassette import match
from mocksse.cassette.redact import NO_RULES
from mocksse.cassette.units import api_of, text_counts
from mocksse.replay.compile import Play
from mocksse.replay.compile import compile as compile_plan
from mocksse.replay.draft import PLAIN, Context, Shelf
from mocksse.replay.layout import lay_out
from mocksse.replay.plan import join
from mocksse.server.clock import wall
from mocksse.view.summary import describe

if TYPE_CHECKING:
    from weakref import ReferenceType

    from mocksse.cassette.match import Rules
    from mocksse.cassette.model import Interaction
    from mocksse.cassette.pacing import Pacing
    from mocksse.cassette.redact import Rules as Redaction
    from mocksse.providers.api import Api
    from mocksse.replay.draft import Layout
    from mocksse.replay.faults.grammar import Spec
    from mocksse.replay.plan import Plan, Sends
    from mocksse.replay.resume import Last

_LAYOUTS = 8
"""Layouts kept of each interaction: one for each method, version and Connection header."""
_KEPT = 64
"""Kinds of play, the last ones, that are kept of each interaction; a session, a fault, a browser's Origin makes one."""
_KEPT_BYTES = 16 * limits.MIB
"""What they may take, but for the ordinary one."""
_RULES = 4
"""Readings of the recorded request that are kept: sessions mostly match by the same rules."""
_PLAY_BYTES = 800
"""What a play takes in memory beyond its sends."""
_SEND_BYTES = 150
"""What a send takes beyond its bytes."""
_SMALL = 4 * limits.MIB
"""What a play may take that is kept and not ordinary: one with faults, or for an Origin, a pace or an id."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What of a request decides how a tape is played for it; equal kinds get equal plans, but for what is drawn."""

    context: Context = PLAIN
    faults: tuple[Spec, ...] = ()
    pacing: Pacing | None = None
    """Of the session and the request, without the seed: goes before the tape's own."""
    last: Last | None = None
    """What the client came back with."""
    is_paced: bool = False
    """The request itself has something to say of the pace."""
    seed: int | None = field(default=None, compare=False)
    """Goes before the tape's own. Where nothing is drawn, sessions with a seed each get one and the same plan."""

    @property
    def is_ordinary(self) -> bool:
        """Whether only the session and the tape decide; of such kinds there is a handful."""
        return not (self.faults or self.is_paced or self.last or self.context.origin)


@dataclass(frozen=True, slots=True)
class Ready:
    """A play as it goes out. `status` 0: without a head. `faults`: those that took hold, and where. `plan`: the first
    digits of the plan's digest."""

    status: int
    sends: Sends
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    plan: str = ""
    retry_after: str = ""
    """As its head says it."""
    retry_after_ms: str = ""
    is_stream: bool = False
    """Its head says that it is an event stream."""
    has_ids: bool = False
    """There are events with ids in it: a client can come back for the rest."""

    @property
    def weight(self) -> int:
        """About how many bytes of memory it takes."""
        return _PLAY_BYTES + sum(self.sends.sizes) + _SEND_BYTES * len(self.sends.sizes)


@dataclass(frozen=True, slots=True)
class Replay:
    """A play that can be planned again while its tape is there: what remembers it keeps no recording in memory."""

    tape: ReferenceType[Tape]
    kind: Kind
    number: int


class Tape:
    """An interaction, its name in the server (`file#interaction`), its own pacing, and the faults that its file has."""

    def __init__(self, file: str, interaction: Interaction, pacing: Pacing, faults: tuple[Spec, ...] = ()) -> None:
        self.file = file
        self.key = f"{file}#{interaction.name}"
        self.interaction = interaction
        self.pacing = pacing
        self.faults = faults
        self._layout = lru_cache(_LAYOUTS)(partial(lay_out, interaction, shelf=Shelf()))
        self._kept: OrderedDict[Kind, Ready] = OrderedDict()
        self._kept_bytes = 0
        self._asked: dict[tuple[Rules, Redaction], match.Asked] = {}

    def play(self, kind: Kind, number: int = 1, target: str = "/") -> Ready:
        """That play of a session. `target`: what the client asked for."""
        ready = self._kept.get(kind)
        if ready is not None:
            self._kept.move_to_end(kind)
            return ready
        plan, is_its_own = self.plan(kind, number, target)
        faults = tuple(f"{m.fault} at byte {m.offset:,}" if m.offset >= 0 else m.fault for m in plan.marks)
        ready = _ready(plan, faults)
        if not is_its_own and (kind.is_ordinary or ready.weight <= _SMALL):
            self._keep(kind, ready)
        return ready

    def _keep(self, kind: Kind, ready: Ready) -> None:
        self._kept[kind] = ready
        self._kept_bytes += ready.weight
        while len(self._kept) > _KEPT or (self._kept_bytes > _KEPT_BYTES and len(self._kept) > 1):
            _, oldest = self._kept.popitem(last=False)
            self._kept_bytes -= oldest.weight

    def plan(self, kind: Kind, number: int, target: str = "/", *, apart: bool = False) -> tuple[Plan, bool]:
        """The plan of that play, and whether it is no other's: its draws start from seed, interaction and number.

        `apart`: nothing that is kept here is used, or added to, so that it may be another thread that asks.
        """
        context = replace(kind.context, origin="")
        pacing = self.paced(kind.pacing)
        seed = pacing.seed if kind.seed is None else kind.seed
        play = Play(seed or 0, self.key, number, target, wall)
        plan = compile_plan(
            self.interaction,
            pacing,
            play,
            context=kind.context,
            text=self.text_events if pacing.tps is not None else (),
            faults=kind.faults,
            layout=lay_out(self.interaction, context) if apart else self._layout(context),
            last=kind.last,
        )
        return plan, play.asked

    def paced(self, said: Pacing | None) -> Pacing:
        """Its pacing, behind what a session and a request say."""
        return self.pacing if said is None else said.over(self.pacing)

    def asked(self, rules: Rules, redaction: Redaction = NO_RULES) -> match.Asked:
        """The recorded request as these rules look at it."""
        found = self._asked.get((rules, redaction))
        if found is None:
            found = match.recorded(self.interaction.request, rules, redaction)
            if len(self._asked) >= _RULES:
                self._asked.clear()
            self._asked[rules, redaction] = found
        return found

    def is_rest(self, last: Last) -> bool:
        """Whether this was recorded as the answer to that very Last-Event-ID."""
        return not last.is_number and self.resumes == last.value

    @cached_property
    def resumes(self) -> str | None:
        """The Last-Event-ID that the recorded request itself came back with: the tape is the rest of a stream."""
        headers = self.interaction.request.headers
        return next((value for name, value in headers if name.lower() == "last-event-id"), None)

    @property
    def recorded_at(self) -> str:
        """When it was recorded, in a form that sorts; empty where that is not told."""
        return self.interaction.recorded.at if self.interaction.recorded else ""

    @property
    def layout(self) -> Layout:
        """As an ordinary request gets it."""
        return self._layout(PLAIN)

    @cached_property
    def api(self) -> Api | None:
        """The API that this is an answer of."""
        return api_of(self.interaction)

    @cached_property
    def summary(self) -> dict[str, Any]:
        """It in figures, as JSON has it."""
        return {"key": self.key, **describe(self.interaction)}

    @cached_property
    def text_events(self) -> tuple[int, ...]:
        """How many events with text end in each piece."""
        return text_counts(self.api, self.interaction.response)


_RETRY_AFTER = re.compile(rb"\r\nretry-after:[ \t]*([^\r]{0,64})", re.IGNORECASE)
_RETRY_AFTER_MS = re.compile(rb"\r\nretry-after-ms:[ \t]*([^\r]{0,64})", re.IGNORECASE)
_EVENT_STREAM = re.compile(rb"\r\ncontent-type:[ \t]*text/event-stream[ \t;\r]", re.IGNORECASE)
_ID = re.compile(rb"(?:^|[\r\n])id:")


def _ready(plan: Plan, faults: tuple[str, ...]) -> Ready:
    sends = join(plan)
    head = sends.data[0].partition(b"\r\n\r\n")[0] if sends.data else b""
    return Ready(
        plan.status,
        sends,
        faults,
        plan.notes,
        plan.digest[:12],
        _said(head, _RETRY_AFTER),
        _said(head, _RETRY_AFTER_MS),
        _EVENT_STREAM.search(head + b"\r") is not None,
        any(_ID.search(data) for data in sends.data),
    )


def _said(head: bytes, header: re.Pattern[bytes]) -> str:
    found = header.search(head)
    return found[1].decode("latin-1").strip() if found else ""
