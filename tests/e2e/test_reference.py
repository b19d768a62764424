"""The reference client against a server: event streams that it comes back to, and answers that break off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from clients import run_client
from served import serving

from mocksse.cassette.load import loads
from mocksse.cassette.pacing import Fixed, Pacing
from mocksse.generate.made import Tool, Wanted, make
from mocksse.providers.encode.registry import ENCODERS
from mocksse.torture.clients.asking import SSE
from mocksse.torture.clients.registry import client

if TYPE_CHECKING:
    from mocksse.server.journal import Record

pytestmark = pytest.mark.long

EVENTS = b"""
interactions:
  - request: {method: GET, path: /stream}
    response:
      headers: {content-type: text/event-stream}
      stream: [{data: a}, {data: b}, {data: c}, {data: "[DONE]"}]
"""
ALL = [("a", "1"), ("b", "2"), ("c", "3"), ("[DONE]", "4")]
SOON = "ids; retry wait=20ms"


def listened(faults: str, *args: str) -> tuple[dict[str, Any], list[Record]]:
    with serving(*loads(EVENTS).interactions, faults=faults) as server:
        found = run_client("reference", f"http://127.0.0.1:{server.port}/stream", "--api", SSE, *args)
        return found, list(server.session.journal)


def ids(records: list[Record]) -> list[str]:
    """The Last-Event-ID of each request."""
    return [
        next((value.decode() for name, value in one.headers if name.lower() == b"last-event-id"), "") for one in records
    ]


@pytest.mark.parametrize(
    ("faults", "came_back_with"),
    [
        ("ids", []),
        (f"{SOON}; reset at=event:2 times=1", ["2"]),
        (f"{SOON}; truncate at=event:2 times=1", ["2"]),
        (f"{SOON}; reset at=event:1", ["1", "2", "3"]),
        # What it has already is told again, and counts once.
        (f"{SOON}; reset at=event:3 times=1; resume mode=replay events=2", ["3"]),
        (f"{SOON}; reset at=event:2 times=1; resume mode=ignore", ["2"]),
    ],
)
def test_a_stream_that_is_lost_is_come_back_to_and_no_event_counts_twice(
    faults: str, came_back_with: list[str]
) -> None:
    found, records = listened(faults)
    assert (found["outcome"], [(e["data"], e["lastEventId"]) for e in found["events"]]) == ("ok", ALL)
    assert ids(records) == ["", *came_back_with]
    assert found["attempts"] == len(records)


@pytest.mark.parametrize(
    ("faults", "error", "requests"),
    [
        ("status 204", "reference.Stopped", 1),
        ("status 503", "reference.Status", 1),
        ("content-type text/plain", "reference.ContentType", 1),
        (f"{SOON}; reset at=event:2 times=1; status 204 on=resume", "reference.Stopped", 2),
        (f"{SOON}; reset at=event:2 times=1; status 503 on=resume", "reference.Status", 2),
        ("retry wait=2h; reset at=event:1", "reference.Reset", 1),
    ],
)
def test_what_ends_it_is_not_asked_again(faults: str, error: str, requests: int) -> None:
    found, records = listened(faults)
    assert (found["outcome"], found["error_type"], len(records)) == ("error", error, requests)


def test_it_gives_up_where_nothing_comes_and_each_wait_is_longer() -> None:
    found, records = listened("reset at=head", "--retries", "2")
    assert (found["error_type"], found["attempts"]) == ("reference.Reset", 3)
    first, second, third = (one.at for one in records)
    assert second - first >= 1
    assert third - second >= 1.5


@pytest.mark.parametrize("api", ENCODERS)
@pytest.mark.parametrize(
    ("faults", "error"),
    [
        ("reset at=percent:50", "reference.Reset"),
        ("fin-mid-chunk", "reference.Truncated"),
        ("bad-chunk-size", "reference.BadFraming"),
        ("truncate at=percent:70", "reference.Truncated"),
        ("zero-events", "reference.NoAnswer"),
        ("error at=percent:50", "reference.ErrorEvent"),
        ("garbage-json", "reference.BrokenEvent"),
        ("status 400", "reference.Status"),
        ("content-type text/x-bogus", "reference.ContentType"),
        ("byte-at-a-time", None),
        ("gzip", None),
        ("open-after-done", None),
    ],
)
def test_only_a_whole_answer_is_a_success(api: str, faults: str, error: str | None) -> None:
    tools = (Tool("weather", {"city": "Köln 🌍"}), Tool("time", {}))
    made = make(Wanted(api, Pacing(ttft=Fixed(1)), words=12, reasoning=6, tools=tools), 5)
    with serving(made, faults=faults) as server:
        url = client("reference").speaking(api).url(f"http://127.0.0.1:{server.port}")
        found = run_client("reference", url, "--api", api, "--timeout", "2")
    if api == "gemini" and error == "reference.ErrorEvent":
        error = "reference.Truncated"  # Google puts its error into the stream as plain text, which is no event
    assert (found["error_type"], found["attempts"]) == (error, 1), found["error_message"]
    if error is None:
        assert len(found["text"].split()) == 12
        assert [call["name"] for call in found["tool_calls"]] == ["weather", "time"]


def test_nothing_but_heartbeats_is_no_answer() -> None:
    made = make(Wanted("openai-chat", Pacing(ttft=Fixed(1)), words=12), 5)
    with serving(made, faults="heartbeat-only at=event:3 gap=20ms for=9s") as server:
        found = run_client("reference", f"http://127.0.0.1:{server.port}/v1", "--timeout", "0.2")
    assert (found["error_type"], found["attempts"]) == ("reference.Timeout", 1)
    assert "heartbeats" in found["error_message"]
