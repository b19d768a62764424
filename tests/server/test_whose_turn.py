"""Whose turn it is: by `pick` and `on_exhausted`, counted for each group of recordings."""

from __future__ import annotations

from collections import Counter

import pytest

from mocksse.cassette.match import Rules
from mocksse.server import turns as module
from mocksse.server.turns import Turns

ABC = ("f#a", "f#b", "f#c")


def order(rules: Rules, count: int, group: tuple[str, ...] = ABC, seed: int = 0) -> str:
    turns = Turns(rules)
    return "".join("-" if (i := turns.next(group, seed)) is None else "abc"[i] for _ in range(count))


@pytest.mark.parametrize(
    ("rules", "played"),
    [
        (Rules(), "abccc"),
        (Rules(on_exhausted="restart"), "abcab"),
        (Rules(on_exhausted="error"), "abc--"),
        (Rules(pick="round-robin"), "abcab"),
        (Rules(pick="round-robin", on_exhausted="error"), "abcab"),
    ],
)
def test_the_order(rules: Rules, played: str) -> None:
    assert order(rules, 5) == played


@pytest.mark.parametrize(
    ("rules", "played"),
    [(Rules(), "aaa"), (Rules(on_exhausted="restart"), "aaa"), (Rules(on_exhausted="error"), "a--")],
)
def test_of_a_single_one(rules: Rules, played: str) -> None:
    assert order(rules, 3, ABC[:1]) == played


def test_chance_is_seeded_and_reaches_all() -> None:
    rules = Rules(pick="random")
    assert order(rules, 300) == order(rules, 300)
    assert order(rules, 300) != order(rules, 300, seed=1)
    found = Counter(order(rules, 300))
    assert set(found) == set("abc")
    assert min(found.values()) > 60


def test_groups_count_for_themselves_and_a_look_counts_nothing() -> None:
    turns = Turns(Rules())
    assert [turns.next(ABC, 0), turns.next(ABC[:2], 0), turns.next(ABC, 0)] == [0, 0, 1]
    assert [turns.next(ABC, 0, only_look=True) for _ in range(3)] == [2, 2, 2]
    assert (turns.last(ABC), turns.last(ABC[:2]), turns.last(ABC[1:])) == (1, 0, 0)


def test_a_sequence_plays_each_once() -> None:
    turns = Turns(Rules(pick="sequence"))
    assert turns.unplayed(ABC) == [0, 1, 2]
    turns.next((ABC[1],), 0)
    assert turns.unplayed(ABC) == [0, 2]
    for key in (ABC[0], ABC[2]):
        turns.next((key,), 0)
    assert turns.unplayed(ABC) == []


def test_a_sequence_that_restarts_has_all_again() -> None:
    turns = Turns(Rules(pick="sequence", on_exhausted="restart"))
    for key in ABC:
        turns.next((key,), 0)
    assert turns.unplayed(ABC) == [0, 1, 2]


def test_no_number_of_groups_is_counted_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_REMEMBERED", 10)
    turns = Turns(Rules())
    for i in range(50):
        turns.next((f"f#{i}", "f#x"), 0)
    assert len(turns._counts) == len(turns._last) == 10
    assert turns.next(("f#49", "f#x"), 0) == 1
