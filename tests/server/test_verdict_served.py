"""The verdict over real sockets: what a client did is found, by what really went out; and a good one passes."""

from __future__ import annotations

import json
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING

from breaking import recording
from served import Serving, serving
from wire_tapes import tape

from mocksse.server.clock import wall
from mocksse.server.session import Session
from mocksse.server.verdict import findings

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pytest

    from mocksse.server.asked import Asked
    from mocksse.server.session import Playing

CHAT_PATH = "/v1/chat/completions"
ASKED = json.dumps({"messages": [{"role": "user", "content": "Greet!"}], "stream": True}).encode()
FEED = "Accept: text/event-stream"
WITH_IDS = tape("/feed", *(b"id: %d\ndata: %d\n\n" % (n, n) for n in range(1, 6)))


def post(server: Serving, body: bytes = ASKED) -> None:
    """Ask, and wait until the answer is over on both sides."""
    with server.client() as client:
        client.ask(CHAT_PATH, "POST", body=body)
        client.answer()
    server.next_played()


def get(server: Serving, *headers: str) -> None:
    with server.client() as client:
        client.ask("/feed", "GET", FEED, *headers)
        client.answer()
    server.next_played()


def verdict(server: Serving, query: str = "") -> tuple[str, list[tuple[str, list[int]]]]:
    status, value = server.call("GET", f"/sessions/default/verdict{query}")
    assert status == 200
    server.next_played()
    return value["verdict"], [(one["check"], one["requests"]) for one in value["findings"]]


def test_a_post_is_replayed_behind_what_was_said() -> None:
    with serving(recording(), faults="reset at=event:2 times=1") as server:
        post(server)
        post(server)
        assert verdict(server) == ("fail", [("post-replayed", [1, 2])])
        (found,) = findings(server.session.journal)
    assert found.message.startswith("was reset after 2 events, and asked again after ")


def test_a_post_is_retried_before_anything_was_said() -> None:
    for fault in ("reset at=event:1 times=1", "empty-reply times=1", "status 503 times=1", "error at=event:0 times=1"):
        with serving(recording(), faults=fault) as server:
            post(server) if "empty" not in fault else _unanswered(server)
            post(server)
            assert verdict(server) == ("pass", []), fault


def test_what_is_worked_out_for_an_answer_is_no_part_of_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy server takes its time before it writes; who waits as long as it was told is not early for that."""
    worked_out_at: list[float] = []

    def play(session: Session, asked: Asked) -> Playing | None:
        worked_out_at.append(wall())
        return plays(session, asked)

    plays = Session.play
    monkeypatch.setattr(Session, "play", play)
    with serving(recording()) as server:
        post(server)
        (record,) = server.session.journal
    assert record.at <= worked_out_at[0]


def _unanswered(server: Serving) -> None:
    with server.client() as client:
        client.ask(CHAT_PATH, "POST", body=ASKED)
        assert client.read_to_end() == b""
    server.next_played()


def test_a_cut_answer_is_taken_for_whole() -> None:
    said = {"role": "assistant", "content": "Grüße"}
    goes_on = {"messages": [*json.loads(ASKED)["messages"], said, {"role": "user", "content": "Thanks!"}]}
    for fault in ("truncate at=event:2 times=1", "reset at=event:2 times=1", "gzip; truncate at=event:2 times=1"):
        with serving(recording(), faults=fault) as server:
            post(server)
            post(server, json.dumps(goes_on).encode())
            assert verdict(server) == ("fail", [("truncated-stream-accepted", [1, 2])]), fault
    with serving(recording()) as server:
        post(server)
        post(server, json.dumps(goes_on).encode())
        assert verdict(server) == ("pass", []), "its whole answer was another, and it was told"


def test_a_wait_that_was_asked_for_in_milliseconds() -> None:
    with serving(recording(), faults="status 429 retry-after-ms=60000 times=1") as server:
        post(server)
        post(server)
        assert verdict(server) == ("warn", [("retry-after-ignored", [1, 2])])
    with serving(recording(), faults="status 429 retry-after=date:60s retry-after-ms=60000 times=1") as server:
        post(server)
        post(server)
        assert verdict(server) == ("fail", [("retry-after-ignored", [1, 2])])


def test_a_storm_of_retries() -> None:
    with serving(recording(), faults="status 503") as server:
        for _ in range(12):
            post(server)
        assert verdict(server) == ("fail", [("retry-storm", list(range(1, 13)))])


def test_a_load_test_is_no_storm() -> None:
    """Answers at once: none of them overlaps another."""
    with serving(recording(), faults="status 429 retry-after=9") as server:
        with ExitStack() as stack:
            for client in [stack.enter_context(server.client()) for _ in range(4)] * 10:
                client.ask(CHAT_PATH, "POST", body=ASKED)
                client.answer()
                server.next_played()
        assert verdict(server) == ("pass", [])
    with serving(recording(), faults="reset at=event:2 p=0.5; status 503 p=0.5") as server:
        _side_by_side(threading.Thread(target=_ten, args=(server,)) for _ in range(4))
        assert verdict(server)[0] == "pass"


def _ten(server: Serving) -> None:
    with ExitStack() as stack:
        for client in [stack.enter_context(server.client()) for _ in range(10)]:
            client.ask(CHAT_PATH, "POST", body=ASKED)
            client.answer()


def _side_by_side(threads: Iterable[threading.Thread]) -> None:
    running = list(threads)
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()


def test_the_id_that_a_client_comes_back_with() -> None:
    with serving(WITH_IDS, faults="fin-mid-chunk at=event:2 on=first") as server:
        get(server)
        get(server, "Last-Event-ID: 2")
        assert verdict(server) == ("pass", [])
    with serving(WITH_IDS, faults="fin-mid-chunk at=event:2 on=first") as server:
        get(server)
        get(server)
        get(server, "Last-Event-ID: 9")
        assert verdict(server) == ("fail", [("last-event-id-missing", [1, 2]), ("last-event-id-stale", [2, 3])])


def test_a_nul_and_an_empty_id_count_as_the_standard_has_it() -> None:
    odd = tape("/feed", b"id: 1\ndata: a\n\n", b"id: 2\0\ndata: b\n\n", b"id: 3\ndata: c")
    with serving(odd) as server:
        get(server)
        get(server, "Last-Event-ID: 1")
        assert verdict(server) == ("pass", []), "neither a NUL nor an event that never ended"
    with serving(tape("/feed", b"id: 1\ndata: a\n\n", b"id\n\n")) as server:
        get(server)
        get(server, "Last-Event-ID: 1")
        assert verdict(server) == ("fail", [("last-event-id-stale", [1, 2])]), "cleared"


def test_how_soon_a_client_comes_back() -> None:
    with serving(WITH_IDS, faults="retry wait=60s; fin-mid-chunk at=event:2 on=first") as server:
        get(server)
        get(server, "Last-Event-ID: 2")
        assert verdict(server) == ("fail", [("reconnect-storm", [1, 2])])
    with serving(WITH_IDS, faults="status 204") as server:
        get(server)
        get(server)
        assert verdict(server) == ("fail", [("reconnect-storm", [1, 2])])


def test_a_second_stream_beside_the_one_that_came_back() -> None:
    with serving(tape("/feed"), faults="fin-mid-chunk at=event:2 times=1; hang at=event:1 after=1") as server:
        get(server)
        with server.client() as first, server.client() as second:
            for client in (first, second):
                client.ask("/feed", "GET", FEED)
                client.read(1)
            (found,) = findings(server.session.journal, now=wall() + 1)
    assert (found.check, found.requests, found.severity) == ("parallel-sockets", (2, 3), "fail")


def test_a_client_that_waits_for_ever() -> None:
    with serving(recording(), faults="hang at=event:2") as server, server.client() as client:
        client.ask(CHAT_PATH, "POST", body=ASKED)
        client.read(1)
        assert verdict(server) == ("pass", []), "it is not over yet"
        assert verdict(server, "?patience=0") == ("warn", [("no-idle-timeout", [1])])
        (found,) = findings(server.session.journal, now=wall() + 300)
    assert found.message.startswith("nothing came behind 1 write: stayed for 5 min 0 s, and is still there")


def test_a_relayed_or_changed_recording_is_held_against_nobody() -> None:
    with serving(recording(), faults="reset at=event:2 times=1") as server:
        post(server)
        post(server)
        for record in server.session.journal:
            record.replay = None
        assert verdict(server) == ("pass", [])


def test_half_of_a_long_body_makes_no_two_questions_one() -> None:
    with serving(recording(), faults="status 400") as server:
        for end in (b'a"}', b'b"}'):
            post(server, b'{"messages": "' + b"x" * 70_000 + end)
        assert verdict(server) == ("pass", [])
