"""The judgement, in tables: what a client said, what the server saw, and the verdict that is right."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from told_by import CALL, ERROR, WANT, WHOLE, asked, play, told, tries

from mocksse.providers.framing import Frame
from mocksse.server.verdict import Finding
from mocksse.torture.case import (
    COME_BACK,
    EVENTS,
    FAIL,
    FAIL_EARLY,
    GIVE_UP,
    POLICY,
    POLICY_FAIL,
    POLICY_SAME,
    RETRY,
    SAME,
    SAME_OR_FAIL,
    Expect,
)
from mocksse.torture.judge import judge
from mocksse.torture.outcome import Tells, Want
from mocksse.torture.told import Heard, Ran, Told
from mocksse.torture.verdict import Verdict, worst

if TYPE_CHECKING:
    from mocksse.torture.exchange import Exchange

PART = replace(WHOLE, text="Grüße")
CRASHED = Ran("crashed", None, "exit code 1: TypeError")
TIMEOUT = Ran("timeout", None, "", 20.0)
GARBAGE = Ran("garbage", None, "it is no JSON: hello")
SILENT = Ran("silent")


def verdict(expect: Expect, ran: Ran, exchanges: tuple[Exchange, ...] = (asked(),), **more: object) -> Verdict:
    level = "POLICY" if expect.kind == "POLICY" else "MUST"
    return judge(play(expect, level), WANT, Tells(), ran, exchanges, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("expect", "ran", "status", "wrong"),
    [
        (SAME, told(WHOLE), "PASS", ""),
        (SAME, told(PART), "FAIL", "silent"),
        (SAME, told(replace(WHOLE, reasoning="H")), "FAIL", "silent"),
        (SAME, told(replace(WHOLE, tool_calls=(replace(CALL, arguments='{"city":"Rom"}'),))), "FAIL", "silent"),
        (SAME, told(replace(WHOLE, tool_calls=(CALL, CALL))), "FAIL", "silent"),
        (SAME, told(replace(WHOLE, tool_calls=(replace(CALL, id="other"),))), "PASS", ""),
        (SAME, told(ERROR), "FAIL", "loud"),
        (SAME, CRASHED, "FAIL", "crash"),
        (SAME, TIMEOUT, "TIMEOUT", "hang"),
        (SAME, GARBAGE, "FAIL", "crash"),
        (FAIL, GARBAGE, "FAIL", "crash"),
        (SAME, Ran("flooded", None, "more than 64 bytes"), "FAIL", "crash"),
        (POLICY_FAIL, GARBAGE, "NON-STRICT", "crash"),
        (SAME, SILENT, "NOT JUDGED", ""),
        (SAME, told(Told("ok")), "NOT JUDGED", ""),
        (SAME_OR_FAIL, told(WHOLE), "PASS", ""),
        (SAME_OR_FAIL, told(ERROR), "PASS", ""),
        (SAME_OR_FAIL, told(PART), "FAIL", "silent"),
        (FAIL, told(ERROR), "PASS", ""),
        (FAIL, told(WHOLE), "FAIL", "silent"),
        (FAIL, told(PART), "FAIL", "silent"),
        (FAIL, told(Told("ok")), "FAIL", "silent"),
        (FAIL, CRASHED, "FAIL", "crash"),
        (FAIL, TIMEOUT, "TIMEOUT", "hang"),
        (FAIL, SILENT, "NOT JUDGED", ""),
        (replace(FAIL, says="broke"), told(ERROR), "PASS", ""),
        (replace(FAIL, says="overloaded"), told(ERROR), "FAIL", "unclear"),
        (replace(FAIL, brief=True), told(replace(ERROR, error_message="<HTML>")), "FAIL", "unclear"),
        (replace(SAME, coding="gzip"), told(ERROR), "PASS", ""),
        (POLICY, told(WHOLE), "INFO", ""),
        (POLICY, told(PART), "INFO", ""),
        (POLICY, told(ERROR), "INFO", ""),
        (POLICY_FAIL, told(WHOLE), "NON-STRICT", "silent"),
        (POLICY_FAIL, told(ERROR), "PASS", ""),
        (POLICY_FAIL, TIMEOUT, "NON-STRICT", "hang"),
        (POLICY_SAME, told(ERROR), "NON-STRICT", "loud"),
        (RETRY, SILENT, "PASS", ""),
        (RETRY, told(ERROR), "PASS", ""),
        (RETRY, told(PART), "FAIL", "silent"),
        (COME_BACK, told(ERROR), "FAIL", "loud"),
        (replace(FAIL, seen_only=True), told(WHOLE), "PASS", ""),
        (replace(FAIL, seen_only=True), TIMEOUT, "PASS", ""),
    ],
)
def test_what_reached_the_caller(expect: Expect, ran: Ran, status: str, wrong: str) -> None:
    found = verdict(expect, ran)
    assert (found.status, found.wrong) == (status, wrong), found.why
    assert found.why
    assert found.expected
    assert found.got


@pytest.mark.parametrize(
    ("expect", "waits", "status", "wrong"),
    [
        (SAME, (0.5,), "FAIL", "money"),
        (FAIL, (0.5,), "FAIL", "money"),
        (FAIL_EARLY, (0.5, 1.0), "PASS", ""),
        (FAIL_EARLY, (0.5,) * 10, "FAIL", "money"),
        (GIVE_UP, (0.5, 1.0), "PASS", ""),
        (GIVE_UP, (0.5, 0.5), "FAIL", "rude"),
        (GIVE_UP, (0.51, 0.5), "FAIL", "rude"),
        (GIVE_UP, (0.5, 0.51), "FAIL", "rude"),
        (GIVE_UP, (0.001, 0.002), "FAIL", "rude"),
        (GIVE_UP, (1.2, 0.7), "PASS", ""),
        (GIVE_UP, (0.5,), "PASS", ""),
        (replace(RETRY, apart_s=0.7), (0.8,), "PASS", ""),
        (replace(RETRY, apart_s=0.7), (0.2,), "FAIL", "rude"),
        (replace(RETRY, unhurried=True), (0.01,), "FAIL", "rude"),
        (replace(RETRY, unhurried=True), (0.001, 0.002), "FAIL", "rude"),
        (replace(RETRY, unhurried=True), (0.01, 0.7), "PASS", ""),
        (replace(RETRY, unhurried=True), (), "PASS", ""),
        (replace(RETRY, least=2), (), "FAIL", "rude"),
        (replace(FAIL, within_s=0.05), (), "FAIL", "late"),
    ],
)
def test_what_the_server_saw(expect: Expect, waits: tuple[float, ...], status: str, wrong: str) -> None:
    found = verdict(expect, told(ERROR if "error" in expect.outcomes else WHOLE), tries(*waits))
    assert (found.status, found.wrong) == (status, wrong), found.why


def test_a_wait_begins_when_the_client_could_know_of_the_end() -> None:
    before, after = tries(0.6)
    expect = replace(RETRY, apart_s=0.65)
    assert verdict(expect, told(WHOLE), (before, after)).wrong == "rude"
    assert verdict(expect, told(WHOLE), (replace(before, over_s=0.04), after)).status == "PASS"


def test_findings_count_where_the_case_is_about_them() -> None:
    finding = Finding("retry-after-ignored", (1, 2), "asked to wait 1 s, came back after 0.10 s")
    expect = replace(RETRY, checks=frozenset({"retry-after-ignored"}))
    assert verdict(expect, told(WHOLE), findings=[finding]).wrong == "rude"
    assert verdict(RETRY, told(WHOLE), findings=[finding]).status == "PASS"
    assert verdict(expect, SILENT, findings=[finding]).status == "FAIL"


def test_strict_makes_a_policy_fail() -> None:
    assert verdict(POLICY_FAIL, told(WHOLE), strict=True).status == "FAIL"
    assert verdict(POLICY_FAIL, TIMEOUT, strict=True).status == "TIMEOUT"
    assert verdict(POLICY, told(PART), strict=True).status == "INFO"


def test_who_never_asked_is_not_judged() -> None:
    assert verdict(FAIL, told(ERROR), ()).status == "NOT JUDGED"
    assert verdict(SAME, CRASHED, ()).status == "NOT JUDGED"


def test_of_two_wrongs_the_worse_one_is_told() -> None:
    assert verdict(FAIL, told(WHOLE), tries(0.5)).wrong == "silent"
    assert verdict(SAME, told(ERROR), tries(0.5)).wrong == "money"


def test_what_a_client_does_not_tell_is_not_held_against_it() -> None:
    found = judge(play(), WANT, Tells(reasoning=False, tools=False), told(Told("ok", WANT.text, "", ())), (asked(),))
    assert found.status == "PASS"


def test_who_asked_for_a_coding_has_to_read_it() -> None:
    asking = asked(headers=(("Accept-Encoding", "gzip, br"),))
    assert verdict(replace(SAME, coding="gzip"), told(ERROR), (asking,)).wrong == "loud"


def stream(*data: str, **more: object) -> Exchange:
    frames = tuple(Frame(0, 0, "message", one.encode()) for one in data)
    return replace(asked(), is_stream=True, frames=frames, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sent", "heard", "status"),
    [
        ([("a", "b", "[DONE]")], ("a", "b", "[DONE]"), "PASS"),
        ([("a", "b", "[DONE]", "c")], ("a", "b", "[DONE]"), "PASS"),
        ([("a",), ("b", "[DONE]")], ("a", "b", "[DONE]"), "PASS"),
        ([("a", "b", "[DONE]")], ("a", "[DONE]"), "FAIL"),
        ([("a", "b", "[DONE]")], ("a", "a", "b", "[DONE]"), "FAIL"),
        ([("a\n", "[DONE]")], ("a", "[DONE]"), "FAIL"),
        ([("x" * 70_000, "[DONE]")], ("x" * 65_536, "[DONE]"), "PASS"),
    ],
)
def test_of_events_the_standard_decides(sent: list[tuple[str, ...]], heard: tuple[str, ...], status: str) -> None:
    result = Told("ok", events=tuple(Heard("message", data) for data in heard))
    found = judge(play(SAME, api=EVENTS), Want(), Tells(events=True), told(result), [stream(*one) for one in sent])
    assert found.status == status


def test_the_worst_answer_speaks_for_a_case() -> None:
    late = verdict(replace(FAIL, within_s=0.05), told(ERROR))
    silent, passed = verdict(FAIL, told(WHOLE)), verdict(FAIL, told(ERROR))
    assert worst([passed, late, silent]) is silent
    assert worst([verdict(POLICY, told(WHOLE)), passed]) is passed
