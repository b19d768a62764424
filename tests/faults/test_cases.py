"""The hundred cases and the registry, tied together both ways; and every fault's example plays what it says."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest

from mocksse.cassette.load import load
from mocksse.replay.faults.cases import CASES, Expect, Group, by_name
from mocksse.replay.faults.fault import Family, Law
from mocksse.replay.faults.grammar import parse
from mocksse.replay.faults.registry import FAULTS
from mocksse.view.faults_doc import SAMPLES, sample_of
from mocksse.view.faults_table import LAWS

if TYPE_CHECKING:
    from mocksse.cassette.model import Interaction

ROOT = Path(__file__).parent.parent.parent
HTTP_2 = 26


@cache
def samples() -> tuple[Interaction, ...]:
    return load(ROOT / SAMPLES).interactions


def test_there_are_a_hundred() -> None:
    assert list(CASES) == list(range(1, 101))
    assert len({case.name for case in CASES.values()}) == 100
    assert {case.expect for case in CASES.values()} == set(get_args(Expect))
    assert {case.group for case in CASES.values()} == set(get_args(Group))
    assert all(case.should and case.should[0].islower() and case.should[-1] != "." for case in CASES.values())


def test_every_case_is_played_but_the_one_that_says_why_not() -> None:
    played = {number for fault in FAULTS.values() for number in fault.cases}
    assert [case.number for case in CASES.values() if case.left_out] == [HTTP_2]
    assert set(CASES) - played == {HTTP_2}
    assert played - set(CASES) == set()


def test_a_case_is_found_by_number_and_by_name() -> None:
    assert by_name("27") is by_name("split-utf8") is CASES[27]
    assert [by_name(name) for name in ("0", "101", "1e1", "٣", "split", "")] == [None] * 6


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_says_what_it_is(name: str) -> None:
    fault = FAULTS[name]
    assert fault.name == name
    assert fault.law in get_args(Law)
    assert fault.law in LAWS
    assert fault.family in get_args(Family)
    assert fault.summary
    assert not fault.summary.endswith(".")
    assert fault.sources
    assert (fault.inject is None) != (fault.edits is None)
    assert len(set(fault.cases)) == len(fault.cases)
    assert not {param.name for param in fault.params} & {"times", "after", "p", "on"}
    assert [param.name for param in fault.params if param.unit == "place"] in ([], ["at"])
    for param in fault.params:
        assert param.help, param.name
        assert param.unit != "word" or param.words, param.name


@pytest.mark.parametrize("name", FAULTS)
def test_its_example_plays_it_over_one_of_the_samples(name: str) -> None:
    specs = parse(FAULTS[name].example)
    assert name in {spec.fault.name for spec in specs}
    found = sample_of(FAULTS[name], samples())
    assert found is not None, "none of docs/faults.yaml is what this fault needs"
    assert found.broken.digest != found.whole.digest
    assert {mark.fault for mark in found.broken.marks} >= {spec.text for spec in specs}


def test_the_laws_are_in_one_order() -> None:
    assert tuple(LAWS) == get_args(Law)
