"""When each part of a recording is due: the recorded times under the pacing words.

`cassette.pacing` has the words; this is their arithmetic. Pure: the one source of chance is the `draw` it is given,
called in a fixed order, so that the same seed gives the same times.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import NormalDist
from typing import TYPE_CHECKING

from mocksse.cassette.pacing import Duration, Fixed, FromCassette, LogNormal, Normal, Pacing
from mocksse.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from mocksse.cassette.model import Interaction, Response

    Draw = Callable[[], float]

_P95 = NormalDist().inv_cdf(0.95)


@dataclass(frozen=True, slots=True)
class Times:
    """When the head, each piece, the end and each piece of the rest are due, in microseconds since the request."""

    head_us: int
    pieces_us: tuple[int, ...]
    end_us: int
    rest_us: tuple[int, ...]


def is_drawn(pacing: Pacing) -> bool:
    """Whether two plays can differ: a jitter or a distribution."""
    spread = [d for d in (pacing.ttft, pacing.gap) if d is not None and not isinstance(d, Fixed)]
    return bool(pacing.jitter or spread)


def schedule(response: Response, pacing: Pacing, draw: Draw, text: Sequence[int] = ()) -> Times:
    """The times of one play. `text`: how many text events each piece carries (for `tps`)."""
    speed = pacing.speed or 1.0

    def wait(us: float) -> int:
        if pacing.jitter and us:
            us *= 1 + pacing.jitter / 100 * (2 * draw() - 1)
        if pacing.max_gap is not None:
            us = min(us, pacing.max_gap * 1000)
        return max(0, round(us))

    def recorded(us: int) -> float:
        return us / speed

    first_us = response.pieces[0].after_us if response.pieces else 0
    if pacing.ttft is None:
        head_us = wait(recorded(response.head_after_us))
        now = head_us + wait(recorded(first_us))
    else:
        now = wait(_duration(pacing.ttft, draw))
        head_us = min(round(recorded(response.head_after_us)), now)
    pieces_us = [now] if response.pieces else []
    for index, (before, piece) in enumerate(pairwise(response.pieces), start=1):
        if before.more or (pacing.gap is None and pacing.tps is None):
            now += wait(recorded(piece.after_us))
        elif pacing.tps is not None:
            now += wait((text[index] if index < len(text) else 0) * 1e6 / pacing.tps)
        elif pacing.gap is not None:
            now += wait(_duration(pacing.gap, draw))
        pieces_us.append(now)
    end_us = now = max(now, head_us) + wait(recorded(response.end.after_us))
    rest_us = []
    for piece in response.end.rest:
        now += wait(recorded(piece.after_us))
        rest_us.append(now)
    return Times(head_us, tuple(pieces_us), end_us, tuple(rest_us))


def _duration(duration: Duration, draw: Draw) -> float:
    """One draw, in microseconds."""
    match duration:
        case Fixed(ms):
            return ms * 1000
        case Normal(mean, sd):
            return max(0.0, mean + sd * _deviate(draw)) * 1000
        case LogNormal(p50, p95):
            return p50 * math.exp(math.log(p95 / p50) / _P95 * _deviate(draw)) * 1000
        case FromCassette(_, sample_us):
            return sample_us[int(draw() * len(sample_us))]


def _deviate(draw: Draw) -> float:
    # Random.random() gives 0 at times, where the inverse of the distribution has no value.
    return NormalDist().inv_cdf(max(draw(), 1e-12))


def resolve(pacing: Pacing, read: Callable[[str], Iterable[Interaction]]) -> Pacing:
    """The pacing with every `from:CASSETTE` given its sample: for `gap` the recorded gaps, for `ttft` the first times.

    `read` gives a cassette's interactions by the name that stands behind `from:`. Raises UsageError where there is
    nothing to draw from.
    """
    if isinstance(pacing.gap, FromCassette):
        tapes = [i.response for i in read(pacing.gap.path)]
        gaps = tuple(piece.after_us for tape in tapes for before, piece in pairwise(tape.pieces) if not before.more)
        if not gaps:
            raise UsageError(f"from:{pacing.gap.path}: no gaps in it", "name a recording with two chunks or more")
        pacing = replace(pacing, gap=replace(pacing.gap, sample_us=gaps))
    if isinstance(pacing.ttft, FromCassette):
        firsts = tuple(i.response.piece_times_us[0] for i in read(pacing.ttft.path) if i.response.pieces)
        if not firsts:
            raise UsageError(f"from:{pacing.ttft.path}: no answer with a body in it", "name a recording of a stream")
        pacing = replace(pacing, ttft=replace(pacing.ttft, sample_us=firsts))
    return pacing
