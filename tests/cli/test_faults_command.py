"""`mocksse faults` as its users see it: a table by family, one fault, what plays a case, JSON."""

from __future__ import annotations

import json
import re

import pytest

from mocksse.cli import run
from mocksse.replay.faults.cases import CASES
from mocksse.replay.faults.registry import FAULTS
from mocksse.view.faults_table import entry_lines, link, table_lines


def printed(capsys: pytest.CaptureFixture[str], *args: str) -> str:
    assert run(["faults", *args]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return out


def test_all_in_a_table_by_family(capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys)
    rows = re.findall(r"^  ([a-z0-9-]+) +([A-Z]+) +(\S.*?)(?:  ([\d, ]+))?$", out, re.MULTILINE)
    assert {name: (law, summary.strip()) for name, law, summary, _ in rows} == {
        fault.name: (fault.law, fault.summary) for fault in FAULTS.values()
    }
    assert {name: numbers.strip() for name, _, _, numbers in rows}["reset"] == "1, 6, 100"
    families = re.findall(r"^([a-z]+)  (\d+) faults?$", out, re.MULTILINE)
    assert sum(int(count) for _, count in families) == len(FAULTS)
    assert families[0][0] == "transport"


def test_one_fault(capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys, "reset")
    assert out.startswith("reset  LOSSY  transport\n  the connection is reset (RST)\n\n  LOSSY leaves a prefix")
    assert re.search(r"^  at=PLACE +[A-Z].*\n? .*\[percent:50\]$", out, re.MULTILINE)
    assert re.search(r"^  every=N +each N-th play$", out, re.MULTILINE)
    assert "\n  mocksse serve cassettes/ --fault 'reset at=event:5 times=1'\n" in out
    assert re.search(r"^    6  reset-mid-stream +FAIL +report the broken stream", out, re.MULTILINE)
    assert "\n  https://github.com/anthropics/claude-code/issues/51076\n" in out


@pytest.mark.parametrize("name", ["6", "reset-mid-stream"])
def test_what_plays_a_case(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys, name)
    assert out.startswith("6 reset-mid-stream  FAIL\n  a client should report the broken stream")
    assert "\ntransport  1 fault\n  reset  LOSSY  the connection is reset (RST)  1, 6, 100\n" in out


def test_the_case_that_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, "26") == (
        "26 h2-stream-reset  FAIL\n  a client should report a stream of HTTP/2 that is reset\n"
        "  no fault plays it: it needs HTTP/2, and this server speaks HTTP/1.1\n"
    )


@pytest.mark.parametrize(("name", "wanted"), [("http", "http"), ("gating", "GATING"), ("GATING", "GATING")])
def test_a_family_and_a_law(name: str, wanted: str, capsys: pytest.CaptureFixture[str]) -> None:
    listed = json.loads(printed(capsys, name, "--json"))["faults"]
    assert [fault["name"] for fault in listed] == [f.name for f in FAULTS.values() if wanted in {f.family, f.law}]


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    faults = json.loads(printed(capsys, "--json"))["faults"]
    assert [fault["name"] for fault in faults] == list(FAULTS)
    assert {number for fault in faults for number in fault["cases"]} == set(CASES) - {26}
    keys = {"name", "family", "law", "summary", "cases", "parameters", "example", "source", "details"}
    assert all(set(fault) == keys for fault in faults)
    (reset,) = json.loads(printed(capsys, "reset", "--json"))["faults"]
    (at,) = reset["parameters"]
    assert at == {
        "name": "at",
        "unit": "place",
        "default": "percent:50",
        "words": ["event:N", "byte:N", "percent:N", "ms:N", "head", "first-text", "reasoning", "tool-args", "finish",
                  "done", "end"],
        "bare": False,
        "help": FAULTS["reset"].params[0].help,
    }  # fmt: skip
    assert (reset["law"], reset["cases"], reset["example"]) == ("LOSSY", [1, 6, 100], "reset at=event:5 times=1")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("trunkate", "no fault is called trunkate (did you mean truncate?)"),
        ("EMPTY_RESPONSE", "no fault is called EMPTY_RESPONSE (here it is empty-reply)"),
        ("101", "no fault is called 101 (mocksse faults lists them all)"),
        ("qqqqqq", "no fault is called qqqqqq (mocksse faults lists them all)"),
    ],
)
def test_a_name_that_is_none(name: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["faults", name]) == 2
    assert capsys.readouterr() == ("", f"mocksse: {message}\n")


@pytest.mark.parametrize("width", [80, 100, 120])
def test_nothing_is_wider_than_the_terminal(width: int) -> None:
    plain = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in table_lines(list(FAULTS.values()), width)]
    for fault in FAULTS.values():
        entry = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in entry_lines(fault, width)]
        plain += entry[: entry.index("example")]  # commands and links are not cut
    assert [line for line in plain if len(line) > width] == []


@pytest.mark.parametrize(
    ("source", "address"),
    [
        ("aio-libs/aiohttp#3026", "https://github.com/aio-libs/aiohttp/issues/3026"),
        ("launchdarkly/sse-contract-tests", "https://github.com/launchdarkly/sse-contract-tests"),
        ("RFC 9112 7.1", "https://www.rfc-editor.org/rfc/rfc9112#section-7.1"),
        ("RFC 9110, 15.4", "https://www.rfc-editor.org/rfc/rfc9110#section-15.4"),
        ("RFC 9112", "https://www.rfc-editor.org/rfc/rfc9112"),
        ("WHATWG HTML 9.2.6", "https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation"),
        ("web-platform-tests format-bom", ""),
    ],
)  # fmt: skip
def test_sources_are_links(source: str, address: str) -> None:
    assert link(source) == address
