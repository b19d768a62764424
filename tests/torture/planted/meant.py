"""What is to be caught: a planted bug, the play that is meant for it, the reason; and how a test sees that it is."""

from __future__ import annotations

import json
import re
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mocksse.cli import run

if TYPE_CHECKING:
    import pytest

FOLDER = Path(__file__).parent


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


def client(program: str, *words: str) -> str:
    """A command for --exec."""
    return shlex.join([sys.executable, str(FOLDER / program), *words, "{url}", "--timeout", "{timeout}"])


def named(program: str) -> set[str]:
    """The bugs that a program has."""
    _, _, table = (FOLDER / program).read_text().partition("\nBUGS = {")
    return set(re.findall(r'^    "([a-z0-9-]+)": [A-Z]', table, re.MULTILINE)) - {"none"}


def catch(capsys: pytest.CaptureFixture[str], planted: Planted, api: str, command: str) -> None:
    """It fails as it has to, and no more than it may; and what is printed plays that one failure again."""
    plays = (planted.meant, *planted.beside, *planted.fine)
    words = ["torture", "--api", api, "--exec", command, *planted.more]
    code, cases = _reported(capsys, *words, *(word for play in plays for word in ("--run", play)))
    failed = {case["id"]: case for case in cases if case["status"] in {"FAIL", "TIMEOUT"}}
    meant, _, way = planted.meant.partition(":")
    assert (code, set(failed)) == (1, {meant, *planted.beside})
    answer = next(one for one in failed[meant]["answers"] if not way or one["name"] == way)
    check(planted, answer)
    assert set(planted.more) <= set(shlex.split(answer["again"]))
    code, (again,) = _reported(capsys, *shlex.split(answer["again"])[1:])
    assert (code, again["id"]) == (1, meant)
    (answer,) = again["answers"]
    check(planted, answer)


def check(planted: Planted, answer: dict[str, Any]) -> None:
    """It has failed, and for that reason."""
    assert answer["status"] in {"FAIL", "TIMEOUT"}
    assert answer["wrong"] == planted.wrong
    assert planted.why in answer["why"]


def _reported(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, list[dict[str, Any]]]:
    """The exit code, and the cases as --json has them."""
    code = run([*words, "--json"])
    out, err = capsys.readouterr()
    assert out, err
    (report,) = json.loads(out)["reports"]
    return code, report["cases"]
