"""Bugs planted in small clients: each is caught by the case that is meant for it, for the right reason; and can be played
again by the command that is printed. The clients without them are never blamed.
"""

from __future__ import annotations

import json
import os
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mocksse.cli import run
from mocksse.torture.cases import CASES
from mocksse.torture.clients.chromium_eventsource import executable
from mocksse.torture.subject import Subject
from mocksse.torture.suite import Options, Suite

FOLDER = Path(__file__).parent / "planted"
CHAT = "openai-chat"
EVENTS = "sse"
MEANT = {CHAT: "planted.py", EVENTS: "planted_source.py"}


@dataclass(frozen=True)
class Planted:
    """A bug, the play that is meant for it, what is wrong then and a phrase of why. `beside`: cases that it fails as well
    and may; of those played besides, no others. `more`: words for the command."""

    bug: str
    meant: str
    wrong: str
    why: str
    api: str = CHAT
    beside: tuple[str, ...] = ()
    fine: tuple[str, ...] = ()
    """Cases near by that it has to pass."""
    more: tuple[str, ...] = ("--cuts", "2")


BUGS = (
    Planted(
        "swallowed-error",
        "payload/error-object-midstream:and on it goes",
        "silent",
        "ended as a success, where only an error is right",
        beside=("payload/finish-reason-error",),
        fine=("payload/error-first-event:always", "framing/error-spliced-mid-event"),
    ),
    Planted(
        "truncation-accepted",
        "transport/clean-eof-truncation:half",
        "silent",
        "(all that follows)",
        beside=("transport/close-delimited-truncated", "payload/zero-events"),
        fine=("transport/fin-mid-chunk", "transport/missing-final-chunk"),
    ),
    Planted(
        "utf8-per-read",
        "framing/split-utf8",
        "silent",
        "bytes of one character were decoded apart",
        beside=("framing/byte-at-a-time",),
        fine=("framing/coalesced-events", "payload/invalid-utf8"),
    ),
    Planted(
        "cr-at-the-end",
        "framing/split-crlf:amid event 2",
        "loud",
        "JSONDecodeError",
        fine=("framing/crlf", "framing/cr-and-mixed", "framing/multiline-data"),
    ),
    Planted(
        "cr-at-the-end",
        "framing/split-crlf:amid event 2",
        "silent",
        "event 2 of 94: '{' for ",
        EVENTS,
        fine=("framing/crlf", "framing/cr-and-mixed", "framing/multiline-data"),
    ),
    Planted(
        "ping-after-id",
        "framing/ping-after-id",
        "loud",
        "the JSON object must be str, bytes or bytearray, not NoneType",
        beside=("framing/control-only-block",),
        fine=("framing/comment-keepalive", "framing/empty-event"),
    ),
    Planted(
        "ping-after-id",
        "framing/ping-after-id",
        "silent",
        "event 1 of 94: '' for ",
        EVENTS,
        beside=("framing/control-only-block",),
        fine=("framing/comment-keepalive", "framing/empty-event"),
    ),
    Planted(
        "cut-arguments",
        "payload/truncated-tool-args:and the finish is for tools",
        "silent",
        "the call weather(",
        fine=("payload/tool-args-fragmented", "payload/truncated-json"),
    ),
    Planted(
        "retry-after-ignored",
        "http/rate-limit-retry-after:seconds",
        "rude",
        "retry-after-ignored: asked to wait 1 s, came back after ",
        fine=("http/retry-after-malformed", "http/client-error"),
    ),
    Planted(
        "post-replayed",
        "reconnection/post-replay:reset",
        "money",
        "post-replayed: ",
        beside=("transport/reset-mid-stream",),
        fine=("http/client-error", "transport/clean-eof-truncation"),
    ),
    Planted(
        "quadratic-buffer",
        "framing/large-event-tiny-chunks",
        "hang",
        "no end within ",
        fine=("framing/large-event:large-event size=512KiB+1",),
        more=("--timeout", "5"),
    ),
    Planted(
        "endless-wait",
        "transport/idle-stall:half",
        "hang",
        "no end within ",
        beside=("transport/first-token-stall", "transport/header-timeout"),
        fine=("transport/inter-token-gap:once",),
        more=("--timeout", "4"),
    ),
    Planted(
        "second-source",
        "reconnection/reconnect-storm:slow streams",
        "silent",
        "parallel-sockets: 2 connections at once behind a break; before there was 1",
        EVENTS,
        beside=("reconnection/last-event-id", "reconnection/stop-reconnect"),
        fine=("framing/large-event:large-event size=64KiB+1", "http/content-type-params"),
        more=("--can", "reconnect"),
    ),
)


def client(program: str, *words: str) -> str:
    return shlex.join([sys.executable, str(FOLDER / program), *words, "{url}", "--timeout", "{timeout}"])


def reported(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, list[dict[str, Any]]]:
    """The exit code, and the cases as --json has them."""
    code = run([*words, "--json"])
    out, err = capsys.readouterr()
    assert out, err
    (report,) = json.loads(out)["reports"]
    return code, report["cases"]


def caught(capsys: pytest.CaptureFixture[str], planted: Planted, command: str) -> None:
    """It fails, as it has to and no more than it may, and what is printed plays that one failure again."""
    plays = (planted.meant, *planted.beside, *planted.fine)
    words = ["torture", "--api", planted.api, "--exec", command, *planted.more]
    code, cases = reported(capsys, *words, *(word for play in plays for word in ("--run", play)))
    failed = {case["id"]: case for case in cases if case["status"] in {"FAIL", "TIMEOUT"}}
    meant, _, way = planted.meant.partition(":")
    assert (code, set(failed)) == (1, {meant, *planted.beside})
    answer = next(one for one in failed[meant]["answers"] if not way or one["name"] == way)
    assert_is_it(planted, answer)
    code, (again,) = reported(capsys, *shlex.split(answer["again"])[1:])
    assert (code, again["id"]) == (1, meant)
    (answer,) = again["answers"]
    assert_is_it(planted, answer)


def assert_is_it(planted: Planted, answer: dict[str, Any]) -> None:
    assert answer["status"] in {"FAIL", "TIMEOUT"}
    assert answer["wrong"] == planted.wrong
    assert planted.why in answer["why"]


@pytest.mark.parametrize("planted", BUGS, ids=lambda planted: f"{planted.bug}, {planted.api}")
def test_a_bug_is_caught_by_the_case_meant_for_it(planted: Planted, capsys: pytest.CaptureFixture[str]) -> None:
    caught(capsys, planted, client(MEANT[planted.api], planted.bug))


@pytest.mark.skipif(
    executable() is None and not os.environ.get("MOCKSSE_REQUIRE_CHROMIUM"), reason="no Chromium on the PATH"
)
def test_a_page_that_opens_a_second_source_is_caught(capsys: pytest.CaptureFixture[str]) -> None:
    (planted,) = (one for one in BUGS if one.bug == "second-source")
    caught(capsys, planted, client("planted_page.py"))


@pytest.mark.parametrize(("api", "base", "can"), [(CHAT, "/v1", "tools"), (EVENTS, "/stream", "reconnect")])
def test_a_client_without_a_bug_is_never_blamed(api: str, base: str, can: str) -> None:
    argv = (sys.executable, str(FOLDER / MEANT[api]), "none")
    subject = Subject("none", argv, api, base, kept=True, can=frozenset({can}))
    cases = [case for case in CASES if case.ways_for(api) or case.left_out]
    verdicts = Suite(subject, cases, Options(timeout_s=30)).play().verdicts
    fine = {"PASS", "SKIP", "INFO", "NON-STRICT"}
    assert [(one.play.id, one.status, one.why) for one in verdicts if one.status not in fine] == []


def test_every_bug_is_met() -> None:
    sys.path.insert(0, str(FOLDER))
    try:
        import planted
        import planted_source
    finally:
        sys.path.remove(str(FOLDER))
    met = {(one.api, one.bug) for one in BUGS}
    assert met == {(api, bug) for api, of in ((CHAT, planted), (EVENTS, planted_source)) for bug in of.BUGS} - {
        (CHAT, "none"),
        (EVENTS, "none"),
    }
