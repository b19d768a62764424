"""What is worked out of a recording is kept for the next play; what one play alone can ask for is not."""

from __future__ import annotations

import gc
import sys
from dataclasses import replace
from functools import partial
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING

import pytest
from breaking import quick
from tapes_of_apis import TAPES

from mocksse.cassette.pacing import Pacing
from mocksse.replay.compile import Play
from mocksse.replay.compile import compile as compile_plan
from mocksse.replay.draft import PLAIN, Shelf
from mocksse.replay.faults.grammar import parse
from mocksse.replay.faults.registry import FAULTS
from mocksse.replay.layout import lay_out

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mocksse.cassette.model import Interaction

pytestmark = pytest.mark.long

DRAWN = ("rechunk size=1 upto=64", "fresh-ids", "status 429 retry-after=date:1s", "redirect to=self")
_NOT_OURS = (type, ModuleType, FunctionType, BuiltinFunctionType, CodeType, MethodType)


def kept(tape: Interaction, specs: str) -> list[int]:
    """How much is kept behind each of some plays, each of another moment."""
    shelf = Shelf()
    layout = lay_out(tape, PLAIN, shelf=shelf)
    counts = []
    for number in range(1, 5):
        play = Play(5, "f#a", number, f"/v1/x?n={number}", partial(float, 1_800_000_000 + number))
        compile_plan(tape, Pacing(), play, layout=layout, faults=parse(specs))
        counts.append(len(shelf))
    return counts


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_all_plays_leave_behind_what_the_first_one_does(name: str) -> None:
    for key, tape in TAPES.items():
        assert len(set(kept(tape, quick(name)))) == 1, key


@pytest.mark.parametrize("drawn", DRAWN)
@pytest.mark.parametrize("name", sorted(FAULTS))
def test_so_they_do_before_and_behind_what_is_drawn(name: str, drawn: str) -> None:
    for specs in (f"{quick(name)}; {drawn}", f"{drawn}; {quick(name)}"):
        assert len(set(kept(TAPES["chat-tools"], specs))) == 1, specs


def test_work_in_front_of_what_is_drawn_is_kept() -> None:
    for drawn in DRAWN[:2]:
        alone, behind = kept(TAPES["chat"], drawn), kept(TAPES["chat"], f"crlf; {drawn}")
        assert behind[0] > alone[0]


def held(shelf: Shelf, *others: object) -> int:
    """Bytes of memory that the shelf holds, without what is held by others."""
    found = 0
    known = {id(item) for item in reachable(others)}
    for item in reachable([shelf]):
        found += sys.getsizeof(item) if id(item) not in known else 0
    return found


def reachable(roots: Iterable[object]) -> list[object]:
    seen: dict[int, object] = {}
    left = list(roots)
    while left:
        item = left.pop()
        if id(item) not in seen and not isinstance(item, _NOT_OURS):
            seen[id(item)] = item
            left += gc.get_referents(item)
    return list(seen.values())


@pytest.mark.parametrize("name", sorted(FAULTS))
@pytest.mark.parametrize("key", ["chat-tools", "converse", "ids"])
def test_it_takes_no_more_memory_than_it_is_counted_for(name: str, key: str) -> None:
    tape = TAPES[key]
    long = replace(tape, response=replace(tape.response, pieces=tape.response.pieces * 20))
    for specs in (f"{quick(name)}; fresh-ids", f"{quick(name)}; crlf"):
        faults, shelf = parse(specs), Shelf()
        layout = lay_out(long, PLAIN, shelf=shelf)
        # Read already, as that of a tape is kept whatever the shelf has room for.
        before = [long, faults, FAULTS, replace(layout, shelf=Shelf()).__dict__, layout.frames, layout.places]
        compile_plan(long, Pacing(), layout=layout, faults=faults)
        assert held(shelf, *before) <= 2 * shelf.weight + 2000, specs
