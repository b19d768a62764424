"""Plans in a terminal: every fault's can be shown, in any width; and what the lines say of odd ones."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from breaking import broken, recording

from mocksse.cassette.load import load
from mocksse.cassette.units import api_of
from mocksse.replay.faults.registry import FAULTS
from mocksse.view.faults_doc import SAMPLES, sample_of
from mocksse.view.plan_view import Planned, describe, plan_lines

if TYPE_CHECKING:
    from mocksse.cassette.model import Interaction
    from mocksse.replay.plan import Plan

ROOT = Path(__file__).parent.parent.parent


@cache
def samples() -> tuple[Interaction, ...]:
    return load(ROOT / SAMPLES).interactions


def plain(plan: Plan, width: int = 100, tape: Interaction | None = None) -> list[str]:
    planned = Planned("chat#a", "a", "POST /v1/chat/completions", plan, api_of(tape or recording()))
    return [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in plan_lines(planned, width)]


def said(faults: str, width: int = 100) -> list[str]:
    """The lines of a plan behind title and figures, without times and sizes."""
    return [re.sub(r"^ +[0-9.]+ s +\+[0-9.]+ m?s +", "", line) for line in plain(broken(faults), width)[2:-1]]


def columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_is_shown_where_it_took_hold(name: str) -> None:
    found = sample_of(FAULTS[name], samples())
    assert found is not None
    for width in (80, 120):
        lines = plain(found.broken, width, found.interaction)
        assert any(line.strip().startswith("▶") and name in line for line in lines)
        assert [line for line in lines[1:] if columns(line) > width] == []
    planned = Planned("a#b", "b", "POST /x", found.broken)
    shown = json.loads(json.dumps(describe(planned)))
    assert len(shown["steps"]) == len(found.broken.writes)
    assert sum(step["bytes"] for step in shown["steps"]) == len(found.broken.wire)
    assert [mark["fault"] for mark in shown["faults"]] == [mark.fault for mark in found.broken.marks]


@pytest.mark.parametrize(
    ("faults", "end"),
    [
        ("truncate at=event:1", "complete"),
        ("reset at=event:1", "reset (RST)"),
        ("missing-final-chunk", "closed (FIN), the answer not whole"),
        ("close-delimited", "closed (FIN), the answer whole"),
        ("hang at=event:1", "held open, and silent"),
        ("stale-keepalive", "complete; closed at the next request"),
    ],
)
def test_how_it_ends(faults: str, end: str) -> None:
    assert said(faults)[-1] == end


def test_a_cut_is_shown_by_the_bytes_at_it() -> None:
    first, second = said("split in=utf8", 90)[2:5:2]
    assert first == '68 B!       1…  data: {"id":"c1","choic…elta":{"content":"Gr\\xc3'
    assert second == '16 B        …1  \\xbcße"}}]}⏎⏎'


def test_a_note_and_a_silence_have_lines_of_their_own() -> None:
    plan = broken("stall at=event:2 for=2s; reset at=tool-args", strict=False)
    lines = plain(plan)
    assert lines[2] == "  cannot be: reset at=tool-args: tool-args: no tool arguments in this stream"
    assert "          ┊ 2.01 s of silence" in lines


def test_behind_broken_framing_all_is_outside() -> None:
    lines = said("bad-chunk-size at=event:3")
    outside = [line for line in lines if "data: " in line or "last" in line]
    assert "bad chunk-size line: ZZ" in outside[0]
    assert "bad chunk-size" not in outside[1]
    shown = describe(Planned("a#b", "b", "", broken("bad-chunk-size at=event:3")))
    assert [step["kind"] for step in shown["steps"]] == ["head"] + ["body"] * 3 + ["outside"] * 3
    assert not shown["end"]["whole"]
