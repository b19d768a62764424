"""Which plays a fault is for: the counting words, one by one and together."""

from __future__ import annotations

import pytest

from mocksse.replay.faults.grammar import parse
from mocksse.server import firing
from mocksse.server.firing import Firing


def fired(spec: str, plays: int = 8, seed: int = 0) -> list[int]:
    """The plays, from 1, at which the spec fires."""
    counted = Firing()
    return [n for n in range(1, plays + 1) if counted("f#a", parse(spec), seed)]


@pytest.mark.parametrize(
    ("spec", "at"),
    [
        ("reset", [1, 2, 3, 4, 5, 6, 7, 8]),
        ("reset times=2", [1, 2]),
        ("reset after=3", [4, 5, 6, 7, 8]),
        ("reset after=0", [1, 2, 3, 4, 5, 6, 7, 8]),
        ("reset every=3", [3, 6]),
        ("reset after=1 every=2", [3, 5, 7]),
        ("reset after=1 every=2 times=2", [3, 5]),
        ("reset times=1 after=5", [6]),
        ("reset p=0", []),
        ("reset p=1", [1, 2, 3, 4, 5, 6, 7, 8]),
    ],
)
def test_the_counting_words(spec: str, at: list[int]) -> None:
    assert fired(spec) == at


def test_chance_is_seeded_and_times_counts_what_fired() -> None:
    assert fired("reset p=0.3", 500) == fired("reset p=0.3", 500)
    assert fired("reset p=0.3", 500) != fired("reset p=0.3", 500, seed=1)
    assert 100 < len(fired("reset p=0.3", 500)) < 200
    assert fired("reset p=0.3 times=5", 500) == [n for n in fired("reset p=0.3 times=5", 500) if n][:5]
    assert len(fired("reset p=0.3 times=5", 500)) == 5


def test_a_fault_more_changes_nothing_for_the_others() -> None:
    alone, among = Firing(), Firing()
    one = [alone("f#a", parse("reset p=0.5"), 7) for _ in range(50)]
    two = [among("f#a", parse("truncate p=0.5; reset p=0.5; reset p=0.5 times=3"), 7) for _ in range(50)]
    assert one == [tuple(spec for spec in specs if spec.text == "reset p=0.5") for specs in two]


def test_counts_are_of_the_interaction_and_the_canonical_spec() -> None:
    counted = Firing()
    assert counted("f#a", parse("reset at=event:05 times=1"), 0)
    assert not counted("f#a", parse("reset times=1 at=event:5"), 0)
    assert counted("f#b", parse("reset at=event:5 times=1"), 0)
    assert counted("f#a", parse("reset at=event:6 times=1"), 0)


def test_the_same_spec_twice_is_counted_twice() -> None:
    counted = Firing()
    twice = parse("truncate times=1; truncate times=1")
    assert [len(counted("f#a", twice, 0)) for _ in range(3)] == [2, 0, 0]


def test_on_is_for_clients_that_come_back_or_those_that_do_not() -> None:
    counted = Firing()
    specs = parse("reset on=resume times=1; truncate on=first")
    order = [(False, "truncate"), (False, "truncate"), (True, "reset"), (True, ""), (False, "truncate")]
    for resumed, name in order:
        assert " ".join(s.fault.name for s in counted("f#a", specs, 0, resumed=resumed)) == name


def test_made_up_specs_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(firing, "_REMEMBERED", 50)
    counted = Firing()
    kept = parse("reset times=3")
    for number in range(500):
        counted("f#a", parse(f"reset at=byte:{number} times=1"), 0)
        if number % 20 == 0:
            counted("f#a", kept, 0)
    assert len(counted._asked) <= 50
    assert len(counted._fired) <= 50
    assert not counted("f#a", kept, 0), "the counter in use is not forgotten"
