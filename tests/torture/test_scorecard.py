"""The scorecard: made of a report's JSON alone, and the one in docs/ of all that there is to say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mocksse.torture.cases import CASES, FAMILIES
from mocksse.torture.clients.registry import CLIENTS
from mocksse.torture.scorecard import scorecard

DOCS = Path(__file__).parents[2] / "docs"


def case(name: str, status: str, wrong: str | None = None, **more: str) -> dict[str, Any]:
    answer = {
        "status": status,
        "wrong": wrong,
        "faults": "truncate at=event:3",
        "expected": "an error",
        "got": "ok; text: 'a|b'",
        "again": "mocksse torture --client x",
        **more,
    }
    return {"id": name, "title": "says that it was cut", "status": status, "wrong": wrong, "answers": [answer]}


def document(*cases: dict[str, Any], troubles: tuple[str, ...] = ()) -> dict[str, Any]:
    report = {"client": "small", "version": "1.2", "api": "openai-chat", "cases": list(cases)}
    return {"by": "mocksse 0", "options": {"idle_s": 2.0}, "reports": [report], "troubles": list(troubles)}


def test_a_cell_has_what_passed_and_in_bold_what_was_silent() -> None:
    text = scorecard(
        document(
            case("framing/crlf", "PASS"),
            case("framing/bom", "FAIL", "loud"),
            case("transport/clean-eof-truncation", "FAIL", "silent"),
            case("transport/idle-stall", "TIMEOUT", "hang"),
            case("transport/undecided", "INFO"),
            case("http/redirect", "SKIP"),
        ),
        "2026-11-28",
        "mocksse torture --client small",
    )
    (row,) = re.findall(r"^\| \[small 1\.2\].*$", text, re.MULTILINE)
    cells = dict(zip(FAMILIES, [cell.strip() for cell in row.split("|")[3:]], strict=False))
    assert cells["framing"] == "1/2"
    assert cells["transport"] == "0/2 **1**"
    assert cells["http"] == ""
    assert row.endswith("| **1** | 3 |")
    assert "| `transport/clean-eof-truncation` | says that it was cut | small (openai-chat) |" in text
    assert "mocksse torture --client small\n" in text


def test_each_failure_says_what_was_sent_and_what_came_out() -> None:
    told = case("framing/bom", "FAIL", "silent", got="ok; text: 'a|b'\n<x>", faults='error message="a `b`"')
    text = scorecard(document(told), "2026-11-28", "mocksse")
    assert "- `framing/bom` a wrong answer, without a word.\n" in text
    assert 'Sent: ``error message="a `b`"``. Expected: an error.\n' in text
    assert r"Got: ok; text: 'a\|b' \<x\>." in text
    assert "Again: `mocksse torture --client x`\n" in text


def test_a_client_that_passes_has_no_list_of_failures() -> None:
    text = scorecard(document(case("framing/crlf", "PASS"), troubles=("x: no clean answer",)), "2026-11-28", "mocksse")
    assert "### small" not in text
    assert "| small 1.2 | openai-chat |" in text
    assert "- x: no clean answer\n" in text


def test_the_one_in_docs_is_of_clients_and_cases_that_there_are() -> None:
    text = (DOCS / "scorecard.md").read_text()
    rows = re.findall(r"^\| \[?([\w-]+) [\w.]+(?:\]\(#[\w-]+\))? \| ([\w-]+) \| .*\d+/\d+", text, re.MULTILINE)
    assert {name for name, _ in rows} <= set(CLIENTS)
    assert len({name for name, _ in rows} - {"reference"}) >= 15
    assert {CLIENTS[name].language for name, _ in rows} >= {"Python", "Node"}
    named = set(re.findall(r"^(?:- |\| )`([a-z]+/[\w-]+)`", text, re.MULTILINE))
    assert named <= {case.id for case in CASES}
    # Of whoever is named in the table there is a list, and the other way round.
    assert set(re.findall(r"\(#([\w-]+)\)", text)) == {
        heading.lower().replace(" ", "-") for heading in re.findall(r"^### (.*)$", text, re.MULTILINE)
    }
