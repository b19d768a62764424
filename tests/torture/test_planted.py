"""Clients with one bug each: the case that is meant for it finds it, and the client without it is not blamed."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest

from mocksse.cli import run

PROGRAM = Path(__file__).parent / "programs" / "planted.py"
BUGS = {
    "error-swallowed": (64, "openai-chat", "silent"),
    "truncation-accepted": (9, "openai-chat", "silent"),
    "utf8-split": (27, "openai-chat", "silent"),
    "cr-at-chunk-end": (33, "openai-chat", "loud"),
    "ping-after-id": (37, "openai-chat", "loud"),
    "cut-arguments-run": (79, "openai-chat", "silent"),
    "retry-after-ignored": (87, "openai-chat", "rude"),
    "post-replayed": (100, "openai-chat", "money"),
    "quadratic": (54, "openai-chat", ""),
    "endless-wait": (15, "openai-chat", "hang"),
    "second-eventsource": (96, "sse", ""),
}
"""By name: the case meant for it, its API, and what is wrong then; empty: that depends on the machine."""
PATIENCE = ("--timeout", "10", "--idle", "1")


def played(
    capsys: pytest.CaptureFixture[str], api: str, numbers: list[int], bug: str = ""
) -> tuple[int, dict[str, Any]]:
    words = [sys.executable, str(PROGRAM)]
    client = f"{shlex.join(words)} {{url}} {{api}} {{timeout}}{f' --bug {bug}' if bug else ''}"
    chosen = [word for number in numbers for word in ("--run", str(number))]
    code = run(
        ["torture", "--exec", client, "--api", api, "--can", "reconnect,tools", "--json", "-", *PATIENCE, *chosen]
    )
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, found["reports"][0]


@pytest.mark.parametrize("bug", BUGS)
def test_a_bug_is_found_by_the_case_that_is_meant_for_it(bug: str, capsys: pytest.CaptureFixture[str]) -> None:
    number, api, wrong = BUGS[bug]
    code, report = played(capsys, api, [number], bug)
    (case,) = report["cases"]
    assert code == 1, case
    assert case["status"] in {"FAIL", "TIMEOUT"}
    assert wrong in {"", case["wrong"]}


@pytest.mark.parametrize("api", ["openai-chat", "sse"])
def test_the_client_without_them_is_not_blamed(api: str, capsys: pytest.CaptureFixture[str]) -> None:
    numbers = sorted({number for number, spoken, _ in BUGS.values() if spoken == api})
    code, report = played(capsys, api, numbers)
    assert [(case["id"], case["status"]) for case in report["cases"] if case["status"] != "PASS"] == []
    assert code == 0
