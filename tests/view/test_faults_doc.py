"""docs/faults.md is what the catalogue says; its excerpts are of plans."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mocksse.cassette.load import load
from mocksse.replay.faults.cases import CASES
from mocksse.replay.faults.registry import FAULTS
from mocksse.replay.plan import Plan, Write
from mocksse.view.faults_doc import SAMPLES, document, excerpt, visible
from mocksse.view.faults_table import by_family
from mocksse.view.sdks import DATA, parse

ROOT = Path(__file__).parent.parent.parent
FILE = ROOT / "docs" / "faults.md"


def test_the_file_is_what_is_generated() -> None:
    wanted = document(load(ROOT / SAMPLES).interactions, parse((ROOT / DATA).read_text()))
    assert FILE.read_text() == wanted, "run: python -m mocksse.view.faults_doc > docs/faults.md"


def test_it_has_a_heading_for_every_fault_and_a_row_for_every_case() -> None:
    text = FILE.read_text()
    assert re.findall(r"^### ([a-z0-9-]+)$", text, re.MULTILINE) == [
        fault.name for members in by_family(FAULTS.values()).values() for fault in members
    ]
    assert [int(n) for n in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)] == list(CASES)
    anchors = set(re.findall(r"\]\(#([\w-]+)\)", text))
    assert anchors == set(FAULTS)
    assert "\n## HTTP\n" in text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"data: a\r\n\r\n", r"data: a\r\n\r\n"),
        ("ü🌍\t".encode(), r"ü🌍\t"),
        (b"\xf0\x9f", r"\xf0\x9f"),
        (b"\x00\x1b", r"\x00\x1b"),
        ("\u2028\ufeff".encode(), r"\u2028\ufeff"),
        (b'"\\ud83d"', '"\\ud83d"'),
    ],
)
def test_bytes_are_visible(data: bytes, text: str) -> None:
    assert visible(data) == text


def plan(*data: bytes, step_us: int = 10_000) -> Plan:
    writes = tuple(Write(step_us * i, part, upto=i) for i, part in enumerate(data))
    return Plan(writes, step_us * len(data), "complete")


def test_an_excerpt_begins_before_the_first_change() -> None:
    whole = plan(*(b"%d" % i for i in range(9)))
    broken = plan(*(b"%d" % i for i in range(5)), b"x", b"6", b"7", b"8", b"9")
    assert list(excerpt(whole, broken)) == [
        "       …",
        "     40 ms  4",
        "     50 ms  x",
        "     60 ms  6",
        "     70 ms  7",
        "       …",
        "    100 ms  the connection stays open",
    ]


def test_of_much_what_changed_is_shown() -> None:
    whole, changed = b"a" * 300 + b"b" * 300, b"a" * 300 + b"X" + b"b" * 300
    (line, _) = excerpt(plan(whole), plan(changed))
    assert re.fullmatch(r"    0\.0 ms  …a{20,}Xb{20,}…", line)
    (line, _) = excerpt(plan(whole), plan(b"y" * 300))
    assert re.fullmatch(r"    0\.0 ms  y+…y+", line)
    assert len(line) < 120
    (line, _) = excerpt(plan(whole), plan(b"a" * 10_000_000))
    assert len(line) < 120
    (line, _) = excerpt(plan(b"x"), plan(b"20\r\n\x1f\x8b\x08\x00"), compressed=True)
    assert line == "    0.0 ms  … gzip …"
