"""Bugs planted in a small EventSource and in a page of a real browser; and clients without any are never blamed."""

from __future__ import annotations

import os
import sys

import pytest
from planted.meant import FOLDER, Planted, catch, check, client, named

from mocksse.torture.cases import CASES
from mocksse.torture.clients.chromium_eventsource import executable
from mocksse.torture.document import document
from mocksse.torture.plays import chosen
from mocksse.torture.subject import Subject
from mocksse.torture.suite import Options, Report, Suite

SECOND = Planted(
    "second-source",
    "reconnection/reconnect-storm:slow streams",
    "silent",
    "parallel-sockets: 2 connections at once behind a break; before there was 1",
    beside=("reconnection/stop-reconnect",),
    fine=("framing/large-event:large-event size=64KiB+1", "http/content-type-params"),
    more=("--can", "reconnect"),
)
BUGS = (
    Planted(
        "cr-at-the-end",
        "framing/split-crlf:amid event 2",
        "silent",
        "event 2 of 94: '{' for ",
        fine=("framing/crlf", "framing/cr-and-mixed", "framing/multiline-data"),
    ),
    Planted(
        "ping-after-id",
        "framing/ping-after-id",
        "silent",
        "event 1 of 94: '' for ",
        beside=("framing/control-only-block",),
        fine=("framing/comment-keepalive", "framing/empty-event"),
    ),
    SECOND,
)


@pytest.mark.parametrize("planted", BUGS, ids=lambda planted: planted.bug)
def test_a_bug_is_caught_by_the_case_meant_for_it(planted: Planted, capsys: pytest.CaptureFixture[str]) -> None:
    catch(capsys, planted, "sse", client("source_bugs.py", planted.bug))


def test_every_bug_is_met() -> None:
    assert named("source_bugs.py") == {planted.bug for planted in BUGS}


def report(api: str, base: str, program: str, *words: str, run: tuple[str, ...] = ()) -> Report:
    """Of one process for all answers."""
    argv = (sys.executable, str(FOLDER / program), *words)
    subject = Subject(program, argv, api, base, kept=True, can=frozenset({"reconnect", "tools"}))
    cases = [case for case in chosen(CASES, run, ()) if case.ways_for(api) or case.left_out]
    return Suite(subject, cases, Options(run=run)).play()


@pytest.mark.skipif(
    executable() is None and not os.environ.get("MOCKSSE_REQUIRE_CHROMIUM"), reason="no Chromium on the PATH"
)
def test_a_page_that_opens_a_second_source_is_caught() -> None:
    found = report("sse", "/stream", "page_bug.py", run=(SECOND.meant,))
    (case,) = document([found], Options(), [])["reports"][0]["cases"]
    check(SECOND, case["answers"][0])


@pytest.mark.parametrize(
    ("api", "base", "program"), [("openai-chat", "/v1", "chat_bugs.py"), ("sse", "/stream", "source_bugs.py")]
)
def test_a_client_without_a_bug_is_never_blamed(api: str, base: str, program: str) -> None:
    fine = {"PASS", "SKIP", "INFO", "NON-STRICT"}
    verdicts = report(api, base, program, "none").verdicts
    assert [(one.play.id, one.status, one.why) for one in verdicts if one.status not in fine] == []
