"""From a recording to the plan of one play: `compile` is a pure function of all that a play depends on.

The steps, each in its own file: `layout` makes the first draft, `pacing` its times, `resume` cuts off what the client
has seen, `faults` break it, `lower` makes the bytes. No clock, no socket, no global random: what a play takes from
chance, the time of day or the request's target it takes from its Moments.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from mocksse.replay.draft import PLAIN
from mocksse.replay.faults.inject import inject
from mocksse.replay.layout import begin, lay_out
from mocksse.replay.lower import lower
from mocksse.replay.pacing import schedule
from mocksse.replay.resume import ordered

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mocksse.cassette.model import Interaction
    from mocksse.cassette.pacing import Pacing
    from mocksse.replay.draft import Context, Layout
    from mocksse.replay.faults.grammar import Spec
    from mocksse.replay.plan import Plan
    from mocksse.replay.resume import Last


@dataclass(slots=True)
class Play:
    """One play of an interaction: what it may ask of its moment. `asked`: it did, so its plan is no other's.

    Draws start from the seed, the interaction, which play of it this is, and what draws: a fault by its spec, so that
    another fault more or less changes nothing for it.
    """

    seed: int = 0
    interaction: str = ""
    number: int = 1
    target: str = "/"
    now: Callable[[], float] = field(default=lambda: 0.0)
    asked: bool = False

    def moment(self, who: str) -> PlayMoment:
        """The moment of one fault, or of the pacing."""
        return PlayMoment(self, who)


class PlayMoment:
    """A `Moment`. Nothing is set up until it is asked for."""

    __slots__ = ("_play", "_random", "_who", "asked")

    def __init__(self, play: Play, who: str) -> None:
        self._play = play
        self._who = who
        self._random: Random | None = None
        self.asked = False

    def random(self) -> float:
        """The next draw."""
        self._play.asked = self.asked = True
        if self._random is None:
            play = self._play
            self._random = Random(f"{play.seed}:{play.interaction}:{play.number}:{self._who}")
        return self._random.random()

    def now(self) -> float:
        """Seconds since 1970."""
        self._play.asked = self.asked = True
        return self._play.now()

    def target(self) -> str:
        """What the client asked for."""
        self._play.asked = self.asked = True
        return self._play.target


def compile(  # noqa: A001 - the design's verb for it
    interaction: Interaction,
    pacing: Pacing,
    play: Play | None = None,
    *,
    context: Context = PLAIN,
    text: Sequence[int] = (),
    faults: Sequence[Spec] = (),
    layout: Layout | None = None,
    last: Last | str | None = None,
    strict: bool = False,
    compress: bool = True,
) -> Plan:
    """The plan of one play.

    `text`: how many text events each piece carries; needed for `tps` only. `layout`: what `lay_out` makes of the
    interaction and the context, whatever its origin, where that was kept. `last`: the Last-Event-ID that the client
    came back with.
    `strict`: raise Refused where a fault cannot apply. `compress`: False leaves a gzip body as it was before, the same
    for every version of zlib.
    """
    play = play or Play()
    layout = layout or lay_out(interaction, context)
    times = schedule(interaction.response, pacing, play.moment("pacing").random, text)
    draft = begin(interaction.response, layout, times)
    specs = ordered(faults, last, strict=strict)
    if specs:
        draft = inject(draft, specs, play.moment, strict=strict)
    return lower(draft, origin=context.origin, compress=compress)
