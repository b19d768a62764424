"""Clients that come back over a real socket: Chromium's EventSource, and the requests of MCP and OpenAI's Responses."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from breaking import events, recording
from eventsource import hearing, listen
from served import serving

from mocksse.cassette.model import Request
from mocksse.cassette.pacing import Pacing

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from mocksse.cassette.model import Interaction

OPEN = ("open", 1)
LOST = ("error", 0)
CLOSED = ("error", 2)
WORDS = ("one", "two", "three", "four", "five")
CHUNKS = (*(b"data: %b\n\n" % word.encode() for word in WORDS), b"data: [DONE]\n\n")
IDS = tuple(b"id: s-%d\n" % n + chunk for n, chunk in enumerate(CHUNKS))
AS_IT_WAS = Pacing(speed=1)


def tape(*chunks: bytes, path: str = "/events", method: str = "GET") -> Interaction:
    return replace(recording(*chunks), request=Request(path, method))


def wanted(*ids: str) -> list[tuple[str, str, str]]:
    """All events, with these ids."""
    return [("message", data, id_) for data, id_ in zip((*WORDS, "[DONE]"), ids, strict=True)]


# --- Chromium


def test_a_browser_gets_every_event_once_over_many_drops(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    faults = "truncate at=event:2; ids format=e{n:02d}; retry 20ms"
    with hearing(monkeypatch) as heard, serving(tape(*CHUNKS), faults=faults) as server:
        found = listen(browser, f"http://127.0.0.1:{server.port}/events")
    assert found.events == wanted("e01", "e02", "e03", "e04", "e05", "e06")
    assert heard.last_event_ids() == [None, "e02", "e04"]
    assert found.states == [OPEN, LOST, OPEN, LOST, OPEN]


def test_a_browser_gets_every_event_once_where_it_was_reset(browser: Browser) -> None:
    faults = "ids; retry 20ms; reset at=event:3 on=first"
    with serving(tape(*CHUNKS), pacing=AS_IT_WAS, faults=faults) as server:
        found = listen(browser, f"http://127.0.0.1:{server.port}/events")
    assert found.events == wanted("1", "2", "3", "4", "5", "6")
    assert found.states == [OPEN, LOST, OPEN]


def test_a_browser_comes_back_within_the_time_it_was_told(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    faults = "ids; retry 150ms; truncate at=event:3"
    with hearing(monkeypatch) as heard, serving(tape(*CHUNKS), faults=faults) as server:
        found = listen(browser, f"http://127.0.0.1:{server.port}/events")
    assert found.events == wanted("1", "2", "3", "4", "5", "6")
    first, second = heard.requests
    assert 0.15 <= second.at - first.at < 3, "three seconds are Chromium's own"


@pytest.mark.parametrize(
    ("mode", "seen"),
    [
        ("exact", ["1 one", "2 two", "3 three", "4 four", "5 five", "6 [DONE]"]),
        ("replay", ["1 one", "2 two", "2 two", "3 three", "4 four", "5 five", "6 [DONE]"]),
        ("skip events=2", ["1 one", "2 two", "5 five", "6 [DONE]"]),
        ("ignore", ["1 one", "2 two", "1 one", "2 two", "3 three", "4 four", "5 five", "6 [DONE]"]),
        ("restart", ["1 one", "2 two", "3 one", "4 two", "5 three", "6 four", "7 five", "8 [DONE]"]),
    ],
)
def test_what_a_browser_makes_of_a_server_that_takes_the_id_in_its_own_way(
    browser: Browser, mode: str, seen: list[str]
) -> None:
    faults = f"resume {mode}; truncate at=event:2 on=first; ids; retry 20ms"
    with serving(tape(*CHUNKS), faults=faults) as server:
        found = listen(browser, f"http://127.0.0.1:{server.port}/events")
    assert [f"{id_} {data}" for _, data, id_ in found.events] == seen


def test_a_browser_stops_at_204(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    faults = "ids; retry 20ms; status 204 on=resume"
    with hearing(monkeypatch) as heard, serving(tape(*CHUNKS[:3]), faults=faults) as server:
        found = listen(browser, f"http://127.0.0.1:{server.port}/events", until_closed=True)
    assert [data for _, data, _ in found.events] == ["one", "two", "three"]
    assert found.states == [OPEN, LOST, CLOSED]
    assert heard.last_event_ids() == [None, "3"]


def test_a_browser_that_has_seen_all_comes_back_until_it_is_told_to_stop(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = "ids; retry 10ms; status 204 on=resume after=2"
    with hearing(monkeypatch) as heard, serving(tape(*CHUNKS[:3]), faults=faults) as server:
        found = listen(browser, f"http://127.0.0.1:{server.port}/events", until_closed=True)
    assert [data for _, data, _ in found.events] == ["one", "two", "three"]
    assert found.states == [OPEN, LOST, OPEN, LOST, OPEN, LOST, CLOSED]
    assert heard.last_event_ids() == [None, "3", "3", "3"]


# --- Any client


def test_each_drop_over_a_socket_leaves_a_rest_that_makes_it_whole() -> None:
    with serving(tape(*CHUNKS), faults="ids every=2") as server, server.client() as client:
        client.ask("/events")
        first = client.answer()
        for count in range(len(CHUNKS) + 1):
            last = f"Last-Event-ID: {count // 2 * 2}" if count >= 2 else "Last-Event-ID:"
            client.ask("/events", "GET", last)
            rest = client.answer()
            assert (rest.status, rest.end, rest.header("x-mocksse-note")) == (200, "complete", "")
            assert b"".join(first.chunks[: count // 2 * 2]) + rest.body == first.body


def test_the_rest_has_the_length_it_says_and_the_connection_lives_on() -> None:
    length = sum(map(len, IDS))
    recorded = tape(*IDS)
    headers = ((b"Content-Type", b"text/event-stream"), (b"Content-Length", b"%d" % length))
    recorded = replace(recorded, response=replace(recorded.response, framing="length", headers=headers))
    with serving(recorded) as server, server.client() as client:
        for last, rest in (("s-0", IDS[1:]), ("s-5", ()), ("s-4", IDS[5:])):
            client.ask("/events", "GET", f"Last-Event-ID: {last}")
            answer = client.answer()
            assert (answer.body, answer.end) == (b"".join(rest), "complete")
            assert answer.header("content-length") == str(len(answer.body))


def test_an_id_that_nobody_has_is_told_to_client_and_user() -> None:
    with serving(tape(*IDS)) as server, server.client() as client:
        client.ask("/events", "GET", "Last-Event-ID: nobody's")
        answer = client.answer()
        note = 'resume: no event has the id "nobody\'s": all of it again'
        assert (answer.body, answer.header("x-mocksse-note")) == (b"".join(IDS), note)
        assert list(server.next_played().answer.notes) == [note]


def test_mcp_comes_back_by_a_get_for_the_rest_of_a_post() -> None:
    other = replace(tape(b"id: t-1\ndata: x\n\n", path="/mcp", method="POST"), name="other")
    with serving(other, tape(*IDS, path="/mcp", method="POST")) as server, server.client() as client:
        client.ask("/mcp", "GET", "Accept: text/event-stream", "Last-Event-ID: s-3")
        assert client.answer().body == b"".join(IDS[4:])
        client.ask("/mcp", "GET", "Last-Event-ID: u-1")
        assert client.answer().status == 404


def test_a_response_goes_on_behind_a_sequence_number() -> None:
    created = b'data: {"type":"response.created","sequence_number":0,"response":{"id":"resp_7"}}\n\n'
    deltas = [
        b'data: {"type":"response.output_text.delta","sequence_number":%d,"delta":"x"}\n\n' % n for n in range(1, 4)
    ]
    recorded = tape(created, *deltas, path="/v1/responses", method="POST")
    with serving(recorded) as server, server.client() as client:
        client.ask("/v1/responses/resp_7?stream=true&starting_after=1")
        assert events(client.answer().body) == events(b"".join(deltas[1:]))
        client.ask("/v1/responses/resp_8?stream=true&starting_after=1")
        assert client.answer().status == 404


def test_a_server_may_take_the_id_otherwise_each_time() -> None:
    faults = "status 503 on=resume times=1; resume skip on=resume after=1 times=1; resume replay on=resume"
    with serving(tape(*IDS), faults=faults) as server, server.client() as client:
        for last, rest in ((None, IDS), ("s-1", None), ("s-1", IDS[3:]), ("s-1", IDS[1:]), (None, IDS)):
            client.ask("/events", "GET", *([f"Last-Event-ID: {last}"] if last else []))
            answer = client.answer()
            assert (answer.body if rest else answer.status) == (b"".join(rest) if rest else 503)


def test_each_rest_can_break_too() -> None:
    with serving(tape(*IDS), faults="reset at=event:1 on=resume") as server:
        for last, rest in (("s-0", IDS[1]), ("s-4", IDS[5])):
            with server.client() as client:
                client.ask("/events", "GET", f"Last-Event-ID: {last}")
                answer = client.answer()
                assert (answer.body, answer.end) == (rest, "reset")
        with server.client() as client:
            client.ask("/events")
            assert client.answer().end == "complete"
