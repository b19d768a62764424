"""Which faults fire for which play: `times`, `after`, `every`, `p` and `on`, counted per (interaction, spec).

A spec that stands twice in a list is counted twice. Chance is drawn from the seed, the interaction, the spec and its
count, so that a list with one fault more draws the same for the others.
"""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import TYPE_CHECKING

from mocksse.replay.faults.reconnect import RESUME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mocksse.replay.faults.grammar import Spec

_REMEMBERED = 10_000
"""Counters. Specs come in headers too, and a client can make them up without end."""


class Firing:
    """The counters of one session."""

    def __init__(self) -> None:
        self._asked: dict[tuple[str, str, int], int] = {}
        self._fired: Counter[tuple[str, str, int]] = Counter()

    def __call__(
        self, interaction: str, specs: Sequence[Spec], seed: int, *, resumed: bool = False
    ) -> tuple[Spec, ...]:
        """The specs that fire for the next play of the interaction, which is counted."""
        if not specs:
            return ()
        occurrence: Counter[str] = Counter()
        fired = []
        for spec in specs:
            occurrence[spec.text] += 1
            if self._fires(spec, (interaction, spec.text, occurrence[spec.text]), seed, resumed):
                fired.append(spec)
        return tuple(fired)

    def forget(self, prefix: str) -> None:
        """Count from the start for all interactions whose names begin so."""
        for key in [key for key in self._asked if key[0].removeprefix("HEAD ").startswith(prefix)]:
            del self._asked[key], self._fired[key]

    def _fires(self, spec: Spec, key: tuple[str, str, int], seed: int, resumed: bool) -> bool:
        when = spec.when
        if spec.fault.name == RESUME and not resumed:
            return False
        if when.is_always:
            return True
        if when.on and (when.on == "resume") != resumed:
            return False
        count = self._asked.pop(key, 0) + 1
        self._asked[key] = count  # the one asked for last is forgotten last
        if len(self._asked) > _REMEMBERED:
            oldest = next(iter(self._asked))
            del self._asked[oldest], self._fired[oldest]
        if count <= when.after or (count - when.after) % when.every:
            return False
        if when.p < 1 and Random(f"{seed}:{':'.join(map(str, key))}:{count}:p").random() >= when.p:
            return False
        if when.times is not None and self._fired[key] >= when.times:
            return False
        self._fired[key] += 1
        return True
