"""Bugs planted in a small EventSource: each is caught by its case; and clients without any are never blamed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from planted.meant import SECOND, Planted, Played, is_caught, named, played, report

from mocksse.torture.cases import CASES

pytestmark = pytest.mark.long

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


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Played]]:
    return played(BUGS, "sse", "source_bugs.py", tmp_path_factory.mktemp("sse"))


@pytest.mark.parametrize("planted", BUGS, ids=lambda planted: planted.bug)
def test_a_bug_is_caught_by_the_case_meant_for_it(planted: Planted, found: dict[str, list[Played]]) -> None:
    is_caught(planted, *found[planted.bug])


def test_every_bug_is_met() -> None:
    assert named("source_bugs.py") == {planted.bug for planted in BUGS}


def test_clients_without_a_bug_are_never_blamed() -> None:
    fine = {"PASS", "SKIP", "INFO", "NON-STRICT"}
    with ThreadPoolExecutor(2) as pool:  # each waits most of the time
        reports = [
            pool.submit(report, "openai-chat", "/v1", "chat_bugs.py", "none"),
            pool.submit(report, "sse", "/stream", "source_bugs.py", "none"),
        ]
        verdicts = [verdict for one in reports for verdict in one.result().verdicts]
    whose = {case for case in CASES if case.left_out or case.ways_for("openai-chat") or case.ways_for("sse")}
    assert {verdict.play.case for verdict in verdicts} == whose
    assert [(one.play.id, one.status, one.why) for one in verdicts if one.status not in fine] == []
