"""Bugs planted in a small client of the chat: each is caught by the case meant for it, for the right reason."""

from __future__ import annotations

import pytest
from planted.meant import Planted, Played, is_caught, named, played

pytestmark = pytest.mark.long

BUGS = (
    Planted(
        "swallowed-error",
        "payload/error-object-midstream:and on it goes",
        "silent",
        "ended as a success, where only an error is right",
        beside=("payload/finish-reason-error",),
        fine=("framing/error-spliced-mid-event",),
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
        fine=("framing/coalesced-events",),
    ),
    Planted(
        "cr-at-the-end",
        "framing/split-crlf:amid event 2",
        "loud",
        "JSONDecodeError",
        fine=("framing/crlf", "framing/cr-and-mixed", "framing/multiline-data"),
    ),
    Planted(
        "ping-after-id",
        "framing/ping-after-id",
        "loud",
        "the JSON object must be str, bytes or bytearray, not NoneType",
        beside=("framing/control-only-block",),
        fine=("framing/empty-event",),
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
        beside=("transport/missing-final-chunk",),
        fine=("http/client-error", "transport/clean-eof-truncation"),
    ),
    Planted("quadratic-buffer", "framing/large-event-tiny-chunks", "hang", "no end within ", more=("--timeout", "6")),
    Planted(
        "endless-wait",
        "transport/idle-stall:half",
        "hang",
        "no end within ",
        beside=("transport/first-token-stall",),
        fine=("transport/inter-token-gap:once",),
        more=("--timeout", "6"),
    ),
)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Played]]:
    return played(BUGS, "openai-chat", "chat_bugs.py", tmp_path_factory.mktemp("chat"))


@pytest.mark.parametrize("planted", BUGS, ids=lambda planted: planted.bug)
def test_a_bug_is_caught_by_the_case_meant_for_it(planted: Planted, found: dict[str, list[Played]]) -> None:
    is_caught(planted, *found[planted.bug])


def test_every_bug_is_met() -> None:
    assert named("chat_bugs.py") == {planted.bug for planted in BUGS}
