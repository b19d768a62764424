"""Whose turn it is where several recordings answer a request: counted for each group of them. Pure but for its counts.

A group is known by the names of its recordings, so that its count goes on where a cassette is read anew.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mocksse.cassette.match import Rules

_REMEMBERED = 10_000
"""Groups that are counted; the one asked for longest ago is forgotten first."""

Group = tuple[str, ...]


class Turns:
    """The counts of one session."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._counts: dict[Group, int] = {}
        self._last: dict[Group, int] = {}
        self._played: set[str] = set()

    def unplayed(self, keys: Sequence[str]) -> list[int]:
        """Which of them have not been played yet, of those that `pick: sequence` plays once. Where all have been and
        they begin again, all."""
        left = [i for i, key in enumerate(keys) if key not in self._played]
        if not left and self._rules.on_exhausted == "restart":
            self._played.difference_update(keys)
            left = list(range(len(keys)))
        return left

    def next(self, group: Group, seed: int, *, only_look: bool = False) -> int | None:
        """The recording of the group whose turn it is; None where they are exhausted and that is an error.

        `only_look`: it is not played by this, as by a look at the head.
        """
        count = self._counts.get(group, 0)
        index = self._index(group, count, seed)
        if index is not None and not only_look:
            self._count(group, count + 1, index)
        return index

    def last(self, group: Group) -> int:
        """The recording of the group that was played last; the first where none was."""
        return self._last.get(group, 0)

    def _index(self, group: Group, count: int, seed: int) -> int | None:
        size = len(group)
        if size == 1 and self._rules.on_exhausted != "error":
            return 0
        match self._rules.pick:
            case "round-robin":
                return count % size
            case "random":
                return int(Random(f"{seed}:{':'.join(group)}:{count}").random() * size)
        if count < size:
            return count
        match self._rules.on_exhausted:
            case "restart":
                return count % size
            case "error":
                return None
        return size - 1

    def _count(self, group: Group, count: int, index: int) -> None:
        self._counts.pop(group, None)
        self._counts[group] = count
        self._last[group] = index
        if self._rules.pick == "sequence":
            self._played.add(group[index])
        if len(self._counts) > _REMEMBERED:
            oldest = next(iter(self._counts))
            del self._counts[oldest], self._last[oldest]
