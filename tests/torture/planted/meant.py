"""What is to be caught: a planted bug, the play that is meant for it, the reason; and how a test sees that it is."""

from __future__ import annotations

import json
import re
import shlex
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mocksse.cli import run
from mocksse.torture.cases import CASES
from mocksse.torture.plays import chosen
from mocksse.torture.subject import Subject
from mocksse.torture.suite import Options, Report, Suite

if TYPE_CHECKING:
    from collections.abc import Sequence

FOLDER = Path(__file__).parent
_AT_ONCE = 3


@dataclass(frozen=True)
class Planted:
    """`why`: a phrase of the reason. `beside`: cases that it fails too, and may; `fine`: near ones that it passes."""

    bug: str
    meant: str
    wrong: str
    why: str
    beside: tuple[str, ...] = ()
    fine: tuple[str, ...] = ()
    more: tuple[str, ...] = ("--cuts", "2")
    """Words for the command."""


SECOND = Planted(
    "second-source",
    "reconnection/reconnect-storm:slow streams",
    "silent",
    "parallel-sockets: 2 connections at once behind a break; before there was 1",
    beside=("reconnection/stop-reconnect",),
    fine=("framing/large-event:large-event size=64KiB+1", "http/content-type-params"),
    more=("--can", "reconnect"),
)


def client(program: str, *words: str) -> str:
    """A command for --exec."""
    return shlex.join([sys.executable, str(FOLDER / program), *words, "{url}", "--timeout", "{timeout}"])


def named(program: str) -> set[str]:
    """The bugs that a program has."""
    _, _, table = (FOLDER / program).read_text().partition("\nBUGS = {")
    return set(re.findall(r'^    "([a-z0-9-]+)": [A-Z]', table, re.MULTILINE)) - {"none"}


@dataclass(frozen=True)
class Played:
    """An exit code, and the cases as --json has them."""

    code: int
    cases: list[dict[str, Any]]


def played(bugs: Sequence[Planted], api: str, program: str, folder: Path) -> dict[str, list[Played]]:
    """Of each bug two runs: of all its cases, and of what the first one prints to play the failure again.

    Most of the time they wait, so that some go on at once.
    """
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        runs = pool.map(lambda planted: _twice(planted, api, client(program, planted.bug), folder / planted.bug), bugs)
        return {planted.bug: found for planted, found in zip(bugs, runs, strict=True)}


def _twice(planted: Planted, api: str, command: str, folder: Path) -> list[Played]:
    folder.mkdir()
    plays = (planted.meant, *planted.beside, *planted.fine)
    words = ["torture", "--api", api, "--exec", command, *planted.more]
    first = _run(folder / "first.json", *words, *(word for play in plays for word in ("--run", play)))
    again = _meant(planted, first)["again"]
    return [first, _run(folder / "again.json", *shlex.split(again)[1:])]


def _run(file: Path, *words: str) -> Played:
    code = run([*words, "--json", str(file)])
    (report,) = json.loads(file.read_text())["reports"]
    return Played(code, report["cases"])


def _meant(planted: Planted, first: Played) -> dict[str, Any]:
    """The answer of the play that is meant for it."""
    meant, _, way = planted.meant.partition(":")
    (case,) = (case for case in first.cases if case["id"] == meant)
    answers: list[dict[str, Any]] = case["answers"]
    return next(one for one in answers if (one["name"] == way if way else one["wrong"]))


def is_caught(planted: Planted, first: Played, again: Played) -> None:
    """It fails as it has to, and no more than it may; and what is printed plays that one failure again."""
    meant = planted.meant.partition(":")[0]
    failed = {case["id"] for case in first.cases if case["status"] in {"FAIL", "TIMEOUT"}}
    assert (first.code, failed) == (1, {meant, *planted.beside})
    answer = _meant(planted, first)
    check(planted, answer)
    assert set(planted.more) <= set(shlex.split(answer["again"]))
    (case,) = again.cases
    assert (again.code, case["id"]) == (1, meant)
    (answer,) = case["answers"]
    check(planted, answer)


def check(planted: Planted, answer: dict[str, Any]) -> None:
    """It has failed, and for that reason."""
    assert answer["status"] in {"FAIL", "TIMEOUT"}
    assert answer["wrong"] == planted.wrong
    assert planted.why in answer["why"]


def report(api: str, base: str, program: str, *words: str, only: tuple[str, ...] = ()) -> Report:
    """Of one process for all answers."""
    argv = (sys.executable, str(FOLDER / program), *words)
    subject = Subject(program, argv, api, base, kept=True, can=frozenset({"reconnect", "tools"}))
    cases = [case for case in chosen(CASES, only, ()) if case.ways_for(api) or case.left_out]
    return Suite(subject, cases, Options(run=only)).play()
