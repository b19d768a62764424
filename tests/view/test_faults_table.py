"""What is said of a parameter: its help, its words, its default; and no word twice."""

from __future__ import annotations

import re

import pytest

from mocksse.replay.faults.fault import UNITS, Param
from mocksse.replay.faults.registry import FAULTS
from mocksse.view.faults_table import param_text

LONG = ("one-of-them", "another-one", "third")


@pytest.mark.parametrize(
    ("param", "text"),
    [
        (Param("a", "word", "third", "Which.", LONG), "Which: one-of-them, another-one, third [third]"),
        (Param("a", "word", None, "Which.", ("x", "y")), "Which"),
        (
            Param("a", "word", None, "one-of-them: 1; another-one: 2; third: 3.", LONG),
            "one-of-them: 1; another-one: 2; third: 3",
        ),
        (
            Param("a", "word", None, "one-of-them: 1; another-one: 2.", LONG),
            "one-of-them: 1; another-one: 2: one-of-them, another-one, third",
        ),
        (Param("a", "text", None, "As `length`, ..."), "As `length`, ..."),
    ],
)
def test_what_is_said_of_a_parameter(param: Param, text: str) -> None:
    assert param_text(param) == text


@pytest.mark.parametrize(
    ("fault", "name"),
    [("split", "in"), ("null-delta", "kind"), ("orphan-events", "kind"), ("truncated-tool-args", "finish")],
)
def test_each_word_is_said_once_with_what_it_means(fault: str, name: str) -> None:
    param = FAULTS[fault].param(name)
    assert param
    text = param_text(param)
    assert all(len(re.findall(rf"(?<![\w-]){word}: ", text)) == 1 for word in param.words)
    assert ", ".join(param.words) not in text


def test_all_a_fault_may_need_has_a_name_for_people() -> None:
    assert {unit for fault in FAULTS.values() for unit in fault.needs} <= UNITS.keys()
