"""`mocksse serve --help`: what an impatient person reads, whole and on one screen or little more."""

from __future__ import annotations

import re

import pytest

from mocksse.cli import run
from mocksse.settings.words import GROUPS, WORDS


@pytest.fixture(params=[80, 100])
def columns(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def lines(columns: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> list[str]:
    monkeypatch.setenv("COLUMNS", str(columns))
    assert run(["serve", "--help"]) == 0
    return capsys.readouterr().out.splitlines()


def test_it_is_short(columns: int, lines: list[str]) -> None:
    assert len(lines) <= 75
    assert max(map(len, lines)) <= columns
    assert sum(line.strip().startswith("mocksse serve ") for line in lines) == 3


def test_the_groups_are_in_order(lines: list[str]) -> None:
    assert [line.removesuffix(":") for line in lines if re.fullmatch(r"[A-Z]\w+:", line)] == [*GROUPS, "Others"]


@pytest.mark.parametrize("word", [word for word in WORDS if word.flag], ids=lambda word: word.name)
def test_each_option_is_one_line(word: object, lines: list[str]) -> None:
    flag, text = word.flag, word.help  # type: ignore[attr-defined]
    (line,) = [line for line in lines if re.match(rf"  (-\w, )?{flag}(?![\w-])", line)]
    assert text in line


def test_the_texts_stand_in_one_column(lines: list[str]) -> None:
    options = [line for line in lines if re.match(r"  -", line)]
    assert len({re.search(r" {2,}(?=\S)", line[2:]).end() for line in options}) == 1  # type: ignore[union-attr]
