"""Chromium's own EventSource comes back where a stream broke off: with the last id, after the time it was told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eventsource import hearing, listen
from served import serving

from mocksse.cassette.load import loads
from mocksse.cassette.pacing import Pacing

if TYPE_CHECKING:
    import pytest
    from playwright.sync_api import Browser

CONNECTING, OPEN, CLOSED = 0, 1, 2
BY_ITSELF = 3.0
"""Seconds that Chromium waits where no `retry` tells it how long."""
CUT = b"""
interactions:
  - path: /events
    response:
      stream:
        - {id: "1", retry: 100, data: one}
        - {id: "2", event: more, data: two}
        - {text: "id: 3\\ndata: thr"}
      end: {after_ms: 100, how: cut}
"""
"""The end waits: Chromium may drop what it has read of a body, and not yet handed to the page, once it is cut."""
AS_IT_WAS = Pacing(speed=1)
EVENTS = [("message", "one", "1"), ("more", "two", "2")]
GONE = b"""
interactions:
  - path: /events
    response: {stream: [{retry: 100, data: one}]}
  - path: /events
    response: {status: 204}
"""
NAMED = b"""
path: /events
stream:
  - {event: open, data: a}
  - {event: error, data: b}
  - {event: unheard, data: c}
  - {data: ' [DONE]'}
"""


def test_it_comes_back_with_the_last_id_after_the_time_it_was_told(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    with hearing(monkeypatch) as heard, serving(*loads(CUT).interactions, pacing=AS_IT_WAS) as server:
        url = f"http://127.0.0.1:{server.port}/events"
        found = listen(browser, url, types=["more"], errors=3, headers=[("x-any", "1")])
    assert found.events == EVENTS, "the rest has no whole event"
    assert found.states == [("open", OPEN), ("error", CONNECTING)] * 3
    # "3" never counted: its event was not finished.
    assert heard.last_event_ids() == [None, "2", "2"]
    assert {(request.method, request.headers["x-any"]) for request in heard.requests} == {("GET", "1")}
    assert (found.result.outcome, found.result.error_type, found.result.attempts) == ("error", "EventSource.Error", 3)
    lost = [entry["at_ms"] for entry in found.log if entry["kind"] == "error"]
    back = [entry["at_ms"] for entry in found.log if entry["kind"] == "open"]
    for left, came in zip(lost, back[1:], strict=False):
        assert came - left < BY_ITSELF * 1000
    for first, then in zip(heard.requests, heard.requests[1:], strict=False):
        assert then.at - first.at >= 0.1


def test_it_stops_at_204(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    with hearing(monkeypatch) as heard, serving(*loads(GONE).interactions) as server:
        found = listen(browser, f"http://127.0.0.1:{server.port}/events", until_closed=True)
    assert found.events == [("message", "one", "")]
    assert found.states == [("open", OPEN), ("error", CONNECTING), ("error", CLOSED)]
    assert (found.result.outcome, heard.last_event_ids()) == ("ok", [None, None])


def test_events_may_have_the_names_of_its_own(browser: Browser) -> None:
    with serving(*loads(NAMED).interactions) as server:
        found = listen(browser, f"http://127.0.0.1:{server.port}/events")
    assert found.events == [("open", "a", ""), ("error", "b", ""), ("message", " [DONE]", "")]
    assert (found.states, found.result.outcome) == ([("open", OPEN)], "ok")


def test_it_may_leave_or_wait_in_vain(browser: Browser) -> None:
    with serving(*loads(CUT).interactions, pacing=AS_IT_WAS) as server:
        url = f"http://127.0.0.1:{server.port}/events"
        left = listen(browser, url, events=1)
        vain = listen(browser, url, until_closed=True, timeout=0.05)
    assert (left.events, left.result.outcome) == (EVENTS[:1], "ok")
    assert (vain.result.outcome, vain.result.error_type) == ("error", "EventSource.TimedOut")
