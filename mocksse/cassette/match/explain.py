"""Why no recording answers a request: those that come nearest, and every field in which each differs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mocksse.cassette.match.body import LOOKED_AT, similarity, trigrams
from mocksse.cassette.match.predicate import body_differences, head_differences
from mocksse.cassette.match.ranking import likeness, nearness

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mocksse.cassette.match.difference import Difference
    from mocksse.cassette.match.request import Asked
    from mocksse.cassette.match.rules import Rules


@dataclass(frozen=True, slots=True)
class Miss:
    """One recording that does not answer, and what differs."""

    index: int
    differs: tuple[Difference, ...]


def differences(want: Asked, have: Asked, rules: Rules) -> tuple[Difference, ...]:
    """Why a recording does not answer a request; empty if it satisfies the predicate."""
    return (*head_differences(want, have, rules), *body_differences(want, have, rules))


def nearest(want: Asked, recordings: Sequence[Asked], rules: Rules, count: int = 3) -> tuple[Miss, ...]:
    """The recordings that come nearest to a request that none answers, and how each differs; the nearest first.

    Fewest differences before the body; then the most alike path; then the place in a conversation and the most alike
    body.
    """
    path = trigrams(want.path[:LOOKED_AT])

    def distance(index: int) -> tuple[float, ...]:
        have = recordings[index]
        apart = len(head_differences(want, have, rules))
        alike = 1.0 if have.serves(want) else similarity(path, trigrams(have.path[:LOOKED_AT]))
        return apart, -alike, *(-step for step in nearness(want, have)), -likeness(want, have)

    order = sorted(range(len(recordings)), key=distance)[:count]
    return tuple(Miss(index, differences(want, recordings[index], rules)) for index in order)
