"""The feed of what happens: taken up again where a listener left it, for many listeners, to a clean end."""

from __future__ import annotations

import asyncio
import json
import signal
import tracemalloc
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from served import ServeProcess, serving
from wire_tapes import BODY, tape

from mocksse.server.control import events as events_module
from mocksse.server.feed import KEPT, Feed
from mocksse.settings.model import SessionSettings
from mocksse.wire import sse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from served import Client, Serving

# --- The ring


def ids(feed: Feed, seen: int) -> list[tuple[str, int]]:
    return [(event.type, event.id) for event in feed.after(seen)]


@pytest.mark.parametrize(
    ("since", "said", "seen", "expected"),
    [
        (0, 0, 0, []),
        (0, 3, 0, [("x", 1), ("x", 2), ("x", 3)]),
        (0, 3, 2, [("x", 3)]),
        (0, 3, 3, []),
        (0, 3, 4, [("gap", 0), ("x", 1), ("x", 2), ("x", 3)]),  # of another server
        (100, 2, 0, [("x", 101), ("x", 102)]),
        (100, 2, 100, [("x", 101), ("x", 102)]),
        (100, 2, 99, [("gap", 100), ("x", 101), ("x", 102)]),  # of an earlier server
        (100, 0, 99, [("gap", 100)]),
        (100, 0, 101, [("gap", 100)]),
        (100, 0, 100, []),
    ],
)
def test_what_a_listener_has_missed(since: int, said: int, seen: int, expected: list[tuple[str, int]]) -> None:
    feed = Feed(since)
    for _ in range(said):
        feed.say("x", {})
    assert ids(feed, seen) == expected


def test_what_is_too_long_ago_is_told_as_a_gap() -> None:
    feed = Feed()
    for _ in range(KEPT + 10):
        feed.say("x", {})
    assert len(feed.after(10)) == KEPT
    for seen in (0, 9):
        gap, first, *rest = feed.after(seen)
        assert (gap.type, gap.id, gap.told) == ("gap", 10, {"after": seen, "next": 11})
        assert (first.id, len(rest)) == (11, KEPT - 1)


def test_whoever_waits_is_woken_by_what_is_said_and_by_the_end() -> None:
    async def heard() -> list[int]:
        feed, counts = Feed(), []

        async def listen() -> None:
            while not feed.closed:
                await feed.wait(5)
                counts.append(feed.last)

        both = asyncio.gather(listen(), listen())
        for act in (lambda: feed.say("x", {}), lambda: feed.say("x", {}), feed.close):
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            act()
        await asyncio.wait_for(both, 4)
        return counts

    assert asyncio.run(heard()) == [1, 1, 2, 2, 2, 2]


# --- Over sockets


@pytest.fixture
def server() -> Iterator[Serving]:
    with serving(tape("/a"), named=[SessionSettings(name="x"), SessionSettings(name="y")]) as running:
        yield running


@dataclass(frozen=True, slots=True)
class Told:
    type: str
    id: int
    data: dict[str, Any]


class Listener:
    """A connection that listens."""

    def __init__(self, client: Client, query: str = "", *headers: str) -> None:
        self.client = client
        self.parser = sse.Parser()
        self.told: list[Told] = []
        self.comments: list[bytes] = []
        self.retry = 0
        client.ask(f"/__mocksse/events{query}", "GET", *headers)
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += client.read(1)
        self.head = head.decode().lower()
        assert head.startswith(b"HTTP/1.1 200 ")
        assert self.chunk(), "a first word, so that whoever connects knows it is heard"

    def chunk(self) -> bytes:
        """The next chunk's bytes; empty at the end."""
        line = b""
        while not line.endswith(b"\r\n"):
            line += self.client.read(1)
        data = self.client.read(int(line, 16) + 2)[:-2]
        for item in self.parser.feed(data):
            if isinstance(item, sse.Event):
                self.told.append(Told(item.type.decode(), int(item.id), json.loads(item.data)))
            elif isinstance(item, sse.Comment):
                self.comments.append(item.text)
            elif isinstance(item, sse.Retry):
                self.retry = item.ms
        return data

    def next(self, count: int) -> list[Told]:
        """So many more events."""
        while len(self.told) < count:
            assert self.chunk(), "the feed has ended"
        told, self.told = self.told[:count], self.told[count:]
        return told

    def to_the_end(self) -> list[Told]:
        while self.chunk():
            pass
        return self.told


def play(server: Serving, *targets: str) -> None:
    with server.client() as client:
        for target in targets:
            client.ask(target)
            assert client.answer().body == BODY


def test_what_happens_is_told(server: Serving) -> None:
    with server.client() as client:
        listener = Listener(client)
        assert "content-type: text/event-stream\r\n" in listener.head
        assert listener.retry == 1000
        play(server, "/@x/a?key=sk-proj-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
        begun, done = listener.next(2)
        server.call("POST", "/sessions", {"name": "z"})
        (made,) = listener.next(1)
    assert [told.type for told in (begun, done, made)] == ["request", "done", "session"]
    assert [told.id for told in (begun, done, made)] == [1, 2, 3]
    assert (begun.data["session"], begun.data["number"], begun.data["kind"]) == ("x", 1, "played")
    assert done.data["bytes"] > len(BODY)
    assert made.data == {"session": "z", "what": "created"}
    assert "aaaaaaaa" not in str(begun.data), "a key in a query is told to nobody"


def test_a_listener_that_comes_back_misses_nothing(server: Serving) -> None:
    with server.client() as client:
        first = Listener(client)
        play(server, "/a")
        assert [told.id for told in first.next(2)] == [1, 2]
    play(server, "/a", "/a")
    for query, headers in (("?after=2", ()), ("", ("Last-Event-ID: 2",)), ("?after=1", ("Last-Event-ID: 2",))):
        with server.client() as client:
            assert [told.id for told in Listener(client, query, *headers).next(4)] == [3, 4, 5, 6]
    with server.client() as client:
        assert [told.id for told in Listener(client, "?after=0").next(6)] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("last", ["", "none", "-1", "1.5", "\u0661", "9" * 30])
def test_an_id_that_is_none_is_none(server: Serving, last: str) -> None:
    play(server, "/a")
    with server.client() as client:
        listener = Listener(client, "", f"Last-Event-ID: {last}")
        play(server, "/a")
        assert [told.id for told in listener.next(2)] == [3, 4]


def test_a_listener_of_another_server_is_told_of_the_gap(server: Serving) -> None:
    play(server, "/a")
    with server.client() as client:
        gap, *rest = Listener(client, "", "Last-Event-ID: 77").next(3)
    assert (gap.type, gap.data) == ("gap", {"after": 77, "next": 1})
    assert [told.id for told in rest] == [1, 2]


def test_two_listeners_and_one_of_a_single_session(server: Serving) -> None:
    with server.client() as one, server.client() as other, server.client() as third:
        all_of_it, again, only_x = Listener(one), Listener(other), Listener(third, "?session=x")
        play(server, "/a", "/@x/a", "/@y/a", "/@x/a")
        server.call("POST", "/cassettes/reload")  # everybody's: the file is not there any more
        expected = [("default", 1), ("default", 1), ("x", 1), ("x", 1), ("y", 1), ("y", 1), ("x", 2), ("x", 2)]
        for listener in (all_of_it, again):
            told = listener.next(9)
            assert [(one.data["session"], one.data["number"]) for one in told[:8]] == expected
            assert told[8].type == "cassettes"
        told = only_x.next(5)
        assert [(one.type, one.data.get("number")) for one in told] == [
            ("request", 1),
            ("done", 1),
            ("request", 2),
            ("done", 2),
            ("cassettes", None),
        ]


def test_silence_is_broken_by_comments(server: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events_module, "KEEPALIVE_S", 0.02)
    with server.client() as client:
        listener = Listener(client, "?session=x")
        while len(listener.comments) < 3:
            # What is not for it is silence too.
            play(server, "/a")
            listener.chunk()
        assert not listener.told


def test_a_look_at_the_head_ends(server: Serving) -> None:
    with server.client() as client:
        client.ask("/__mocksse/events", "HEAD")
        answer = client.answer("HEAD")
        assert (answer.status, answer.header("content-type")) == (200, "text/event-stream")
        client.ask("/a")
        assert client.answer().body == BODY


def test_http_1_0_has_no_chunks(server: Serving) -> None:
    with server.client() as client:
        client.ask("/__mocksse/events?after=0", version="1.0")
        assert client.read(20).startswith(b"HTTP/1.1 200 ")
        play(server, "/a")
        while b"event: done" not in client.unread:
            client.unread += client.sock.recv(65536)
        assert b"transfer-encoding" not in client.unread.lower()


def test_the_feed_ends_when_the_server_does() -> None:
    with serving(tape("/a")) as server:
        client = server.client()
        listener = Listener(client)
        play(server, "/a")
        server.loop.call_soon_threadsafe(server.world.feed.close)
        assert [told.type for told in listener.to_the_end()] == ["request", "done"]
    client.sock.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_listener_does_not_hold_up_a_server_that_is_stopped(tmp_path: Path, number: signal.Signals) -> None:
    (tmp_path / "a.yaml").write_text("mocksse: 1\ninteractions: [{path: /a, stream: [{data: 1}]}]\n")
    with ServeProcess(tmp_path) as server, server.client() as client:
        listener = Listener(client)
        assert server.end(number) == 0
        if number == signal.SIGTERM:
            assert listener.to_the_end() == []


# --- Listeners that do not listen


def test_a_listener_that_leaves_is_forgotten(server: Serving) -> None:
    for _ in range(20):
        with server.client() as client:
            Listener(client)
    play(server, "/a")
    for _ in range(20):
        server.next_played()
    while server.app.active:
        server.next_played()
    assert server.app.active == 0


def test_a_listener_that_does_not_read_holds_up_nobody_and_keeps_nothing(server: Serving) -> None:
    """Its connection fills up; what comes behind that stays in the ring, and falls out of it."""
    text = "x" * 20_000
    with server.client() as slow, server.client() as fast:
        lazy, listener = Listener(slow), Listener(fast)

        def say() -> None:
            for _ in range(100):
                server.world.feed.say("x", {"text": text})

        held = []
        tracemalloc.start()
        try:
            for n in range(1, 31):
                server.loop.call_soon_threadsafe(say)
                assert len(listener.next(100)) == 100
                if n in {10, 30}:  # 20 MB, then 60
                    held.append(tracemalloc.get_traced_memory()[0])
        finally:
            tracemalloc.stop()
        play(server, "/a")
        assert held[1] - held[0] < 2_000_000
        seen = 0
        while seen < 3000:
            told = lazy.next(1)[0]
            assert told.id > seen or told.type == "gap"
            seen = told.id
            if told.type == "gap":
                break
        assert told.type == "gap", "what it missed is told"
