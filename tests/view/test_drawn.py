"""What a page draws of an answer: the bytes as they are, units in their places, and nothing said twice or lost."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest
from breaking import broken, recording
from tapes_of_apis import TAPES

from mocksse import limits
from mocksse.cassette.pacing import Pacing
from mocksse.cassette.units import api_of
from mocksse.providers.framing import frames
from mocksse.providers.turn import Choice, ToolCall, merge
from mocksse.replay.compile import compile as compile_plan
from mocksse.view.drawn import timeline
from mocksse.view.plan_view import Planned

if TYPE_CHECKING:
    from mocksse.cassette.model import Interaction


def drawn(faults: str = "", tape: Interaction | None = None, **more: Any) -> dict[str, Any]:
    tape = tape or recording()
    plan = broken(faults, tape) if faults else compile_plan(tape, Pacing())
    return timeline(Planned("chat#a", "a", "", plan, api_of(tape)), tape.request, **more)


def typed(value: dict[str, Any]) -> tuple[Choice, ...]:
    """What a page makes of it: each strand is its pieces, joined."""
    choices: dict[int, dict[str, Any]] = {}
    for said in (said for frame in value["frames"] for said in frame["says"]):
        if said["kind"] in {"usage", "error"}:
            continue
        held = choices.setdefault(
            said["choice"], {"text": "", "reasoning": "", "refusal": "", "finish": "", "calls": {}}
        )
        if said["kind"] == "tool":
            call = held["calls"].setdefault(said["call"], ["", "", ""])
            held["calls"][said["call"]] = [call[0] or said["id"], call[1] or said["name"], call[2] + said["text"]]
        elif said["kind"] == "finish":
            held["finish"] = said["text"] or held["finish"]
        else:
            held[said["kind"]] += said["text"]
    return tuple(
        Choice(
            index,
            held["text"],
            held["reasoning"],
            held["refusal"],
            tuple(ToolCall(*held["calls"][number]) for number in sorted(held["calls"])),
            held["finish"],
        )
        for index, held in sorted(choices.items())
    )


@pytest.mark.parametrize("name", TAPES)
def test_what_is_typed_is_the_turn(name: str) -> None:
    tape = TAPES[name]
    body = tape.response.body
    turn = merge(api_of(tape), frames(tape.response.header("content-type"), body))
    assert typed(drawn(tape=tape)) == turn.choices


def test_calls_that_share_a_number_are_told_apart() -> None:
    """Gemini numbers none: a name begins another, also within one event."""
    part = '{"functionCall":{"name":"%s","args":{"n":%d}}}'
    body = ",".join(part % pair for pair in (("look", 1), ("look", 2), ("find", 3)))
    event = f'data: {{"candidates":[{{"content":{{"parts":[{body}]}},"index":0}}]}}\r\n\r\n'
    path = "/v1beta/models/g:streamGenerateContent?alt=sse"
    tape = recording(event.encode(), event.encode(), path=path)
    calls = [said["call"] for frame in drawn(tape=tape)["frames"] for said in frame["says"]]
    assert calls == [0, 1, 2, 3, 4, 5]


def test_every_byte_is_there() -> None:
    value = drawn("split in=utf8; comment-keepalive")
    wire = b"".join(
        step["text"].encode() if "text" in step else base64.b64decode(step["base64"]) for step in value["steps"]
    )
    assert wire == broken("split in=utf8; comment-keepalive").wire
    assert any("base64" in step for step in value["steps"]), "half of a character is no text"


def test_a_unit_stands_where_its_last_byte_comes() -> None:
    value = drawn("rechunk size=10")
    for frame in value["frames"]:
        step = value["steps"][frame["step"]]
        assert step["kind"] in {"body", "end"}
    steps = [frame["step"] for frame in value["frames"]]
    assert steps == sorted(steps)
    assert steps[0] > 5, "ten bytes of it come with each write"


@pytest.mark.parametrize(
    ("faults", "kinds"),
    [
        ("", ["event"] * 5),
        ("reset at=byte:100", ["event", "pending"]),
        ("comment-keepalive; truncate at=event:2", ["comment", "event", "comment", "event"]),
        ("gzip-broken how=truncated", ["event", "pending"]),
        ("status 429", ["other"]),
        ("empty-reply", []),
    ],
)
def test_units_of_whole_and_cut_answers(faults: str, kinds: list[str]) -> None:
    assert [frame["kind"] for frame in drawn(faults)["frames"]] == kinds


def test_a_fault_is_marked_at_the_write_it_is_before() -> None:
    value = drawn("stall at=event:2 for=2s; reset at=event:4")
    stall, reset = value["faults"]
    assert (stall["fault"], reset["fault"]) == ("stall at=event:2 for=2s", "reset at=event:4")
    before, behind = (value["steps"][stall["step"] + n]["at_ms"] for n in (-1, 0))
    assert behind - before >= 2000
    assert reset["step"] == len(value["steps"])
    assert value["end"]["how"] == "reset"


def test_times_that_were_not_written_are_none() -> None:
    value = drawn(clock="written", written_ms=[1.0, 2.5])
    assert [step["written_ms"] for step in value["steps"]][:3] == [1.0, 2.5, None]


def test_more_than_a_page_holds_is_left_out_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = drawn()
    monkeypatch.setattr(limits, "MAX_PAGE_BYTES", sum(step["bytes"] for step in whole["steps"][:3]))
    value = drawn()
    assert len(value["steps"]) == 3
    assert {frame["step"] for frame in value["frames"]} <= {0, 1, 2}
    assert "are shown" in value["notes"][-1]
