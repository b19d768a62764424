"""Plans by their hashes: the same on every run, every machine and every Python, for each fault over each cassette.

`MOCKSSE_WRITE_GOLDEN=1 pytest tests/faults/test_golden.py` writes the file anew, where a change was meant.
"""

from __future__ import annotations

import json
import os
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tapes_of_apis import TAPES

from mocksse.cassette.library import find
from mocksse.cassette.load import load
from mocksse.cassette.pacing import Normal, Pacing
from mocksse.replay.compile import Play
from mocksse.replay.compile import compile as compile_plan
from mocksse.replay.faults.fault import Refused
from mocksse.replay.faults.grammar import parse
from mocksse.replay.faults.registry import FAULTS

if TYPE_CHECKING:
    from mocksse.cassette.model import Interaction

GOLDEN = Path(__file__).with_name("golden.json")
CASSETTES = Path(__file__).parents[2] / "cassettes"
SEEDS = (0, 1)
PACING = Pacing(gap=Normal(20, 5), jitter=10)


@cache
def interactions() -> dict[str, Interaction]:
    """The shipped recordings, by `file#name`, and for each API one by hand."""
    return {f"{name}#{i.name}": i for name, path in find([CASSETTES]) for i in load(path)} | TAPES


def hashed(name: str, key: str, interaction: Interaction) -> str:
    """One hash over the plans of all seeds, or that the fault can't be played over it."""
    digest = sha256()
    for seed in SEEDS:
        play = Play(seed, key, 1, "/v1/x", lambda: 1_800_000_000.0)
        try:
            plan = compile_plan(
                interaction, PACING, play, faults=parse(FAULTS[name].example), strict=True, compress=False
            )
        except Refused:
            return "refused"
        digest.update(plan.digest.encode())
    return digest.hexdigest()[:12]


def made(name: str) -> dict[str, str]:
    return {key: hashed(name, key, interaction) for key, interaction in interactions().items()}


@pytest.fixture(scope="module")
def golden() -> dict[str, dict[str, str]]:
    if os.environ.get("MOCKSSE_WRITE_GOLDEN"):
        GOLDEN.write_text(json.dumps({name: made(name) for name in FAULTS}, indent=1, sort_keys=True) + "\n")
    found: dict[str, dict[str, str]] = json.loads(GOLDEN.read_text())
    return found


def test_the_file_has_every_fault_and_no_other(golden: dict[str, dict[str, str]]) -> None:
    assert sorted(golden) == sorted(FAULTS)


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_a_plan_is_what_it_was(name: str, golden: dict[str, dict[str, str]]) -> None:
    assert made(name) == golden[name]
    assert set(golden[name].values()) != {"refused"}, "no cassette to play it over"
