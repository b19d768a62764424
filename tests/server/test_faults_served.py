"""Faults as a client meets them: from the command line and its own headers, counted, explained, never in silence."""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from breaking import CHAT, recording
from served import serving

from mocksse.cassette.pacing import INSTANT, Pacing
from mocksse.errors import CassetteError, LimitError, UpstreamError, UsageError
from mocksse.server import session

if TYPE_CHECKING:
    from collections.abc import Callable

    from served import Answer, Serving

    from mocksse.cassette.model import Interaction

PATH = "/v1/chat/completions"
WHOLE = b"".join(CHAT)


def ask(server: Serving, *headers: str, method: str = "POST", target: str = PATH) -> Answer:
    with server.client() as client:
        client.ask(target, method, *headers)
        return client.answer(method)


def test_a_fault_of_the_command_line_is_for_all_and_counted() -> None:
    with serving(recording(), faults="truncate at=event:2 times=1") as server:
        assert ask(server).body == b"".join(CHAT[:2])
        assert ask(server).body == WHOLE
        first = server.next_played().answer
        assert first.faults == ("truncate at=event:2 times=1 at byte 158",)
        assert server.next_played().answer.faults == ()


def test_a_request_breaks_its_own_answer() -> None:
    with serving(recording()) as server:
        assert ask(server, "x-mocksse-fault: truncate at=event:1").body == CHAT[0]
        assert ask(server, 'X-Mocksse-Fault: truncate at=event:3 ; truncate at="event:2"').body == b"".join(CHAT[:2])
        assert ask(server, "x-mocksse-fault: truncate at=event:1 times=1").body == CHAT[0]
        assert ask(server, "x-mocksse-fault: truncate times=1 at=event:1").body == WHOLE
        assert ask(server).body == WHOLE


def test_faults_of_the_file_the_options_and_the_request_come_in_this_order() -> None:
    with serving(recording(), faults="truncate at=event:4") as server:
        answer = ask(server, "x-mocksse-fault: truncate at=end; truncate at=event:5")
        assert answer.body == b"".join(CHAT[:4])
        assert "event:5 is beyond the stream" in answer.header("x-mocksse-note")


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("x-mocksse-fault: resett", "no fault is called resett (did you mean reset?)"),
        ("x-mocksse-fault: reset at=evnt:5", "column 10: at=evnt:5: no place is called 'evnt:5' (did you mean event?)"),
        ("x-mocksse-fault: reset at=event:5 times=0", "is not a whole number of 1 or more"),
        ("x-mocksse-fault: ;", "an empty fault"),
        ("x-mocksse-fault: " + "reset;" * 65, "65 faults; 64 is the most"),
        ("x-mocksse-pacing: fast", "'fast' is no word=value"),
        ("x-mocksse-pacing: speed=fast", "x-mocksse-pacing: speed:"),
        ("x-mocksse-pacing: gap=5 tps=5", "keep one of them"),
        ("x-mocksse-pacing: gap=from:/etc/passwd", "a header reads no files"),
    ],
)
def test_a_bad_header_is_a_400_that_says_why(header: str, said: str) -> None:
    with serving(recording()) as server:
        answer = ask(server, header)
        assert answer.status == 400
        assert said in json.loads(answer.body)["error"]["message"]


def test_what_cannot_apply_is_said_to_the_client_and_to_the_user() -> None:
    with serving(recording()) as server:
        answer = ask(server, "x-mocksse-fault: truncate at=tool-args; reset at=event:99", "Origin: http://page")
        note = (
            "truncate at=tool-args: tool-args: no tool arguments in this stream; reset at=event:99: event:99 is beyond"
        )
        assert answer.header("x-mocksse-note").startswith(note)
        assert "x-mocksse-note" in answer.header("access-control-expose-headers")
        assert answer.body == WHOLE
        assert len(server.next_played().answer.notes) == 2


def test_what_can_apply_to_no_recording_is_an_error_at_the_start() -> None:
    with (
        pytest.raises(UsageError, match="tool-args: no tool arguments in this stream"),
        serving(recording(), faults="reset at=tool-args"),
    ):
        pass


def test_a_request_sets_its_own_pace() -> None:
    with serving(recording(), pacing=Pacing()) as server:
        ask(server, "x-mocksse-pacing: speed=instant")
        assert set(server.next_played().answer.sends.at_us) == {0}
        ask(server, "x-mocksse-pacing: ttft=5; gap=1")
        assert server.next_played().answer.sends.at_us[:5] == (5000, 6000, 7000, 8000, 9000)


def test_a_seed_of_a_request_is_a_seed_even_where_it_is_0() -> None:
    def fired(*headers: str, seed: int | None = None) -> list[bool]:
        with serving(
            recording(), faults="truncate at=event:1 p=0.5", pacing=Pacing(speed=INSTANT, seed=seed)
        ) as server:
            return [ask(server, *headers).body != WHOLE for _ in range(16)]

    drawn = {seed: fired(seed=seed) for seed in (0, 5)}
    assert drawn[0] != drawn[5]
    assert fired("x-mocksse-pacing: seed=0", seed=5) == drawn[0]
    assert fired("x-mocksse-pacing: seed=5", seed=0) == fired("x-mocksse-pacing: seed=5") == drawn[5]


def test_a_header_may_stand_on_several_lines() -> None:
    with serving(recording(), pacing=Pacing()) as server:
        faults = ("x-mocksse-fault: drop at=event:0", "X-Mocksse-Fault:", "x-mocksse-fault: truncate at=event:1")
        answer = ask(server, *faults, "x-mocksse-pacing: ttft=5", "x-mocksse-pacing: gap=1")
        assert answer.body == CHAT[1]
        assert server.next_played().answer.sends.at_us[0] == 5000
        assert ask(server, "x-mocksse-fault: reset", "x-mocksse-fault: resett").status == 400
        assert ask(server, "x-mocksse-fault:", "x-mocksse-fault: ", "x-mocksse-pacing: speed=instant").body == WHOLE


def test_the_faults_of_one_play_are_counted_together() -> None:
    many = "; ".join(["drop at=event:0 after=9"] * 60)
    with serving(recording(), replace(recording(), name="b"), faults=many) as server:
        for _ in range(3):
            answer = ask(server, "x-mocksse-fault: truncate; truncate; truncate; truncate; truncate")
            assert answer.status == 400
            said = "5 faults on top of the 60 there are for tape#a; 64 is the most for one play"
            assert json.loads(answer.body)["error"]["message"] == said
            server.next_played()
        assert ask(server, "x-mocksse-fault: truncate; drop at=event:0; drop at=event:0").status == 200
        played = server.next_played().answer.tape
        assert played is not None
        assert played.key == "tape#a", "what was refused was no play"
    with (
        pytest.raises(UsageError, match="60 faults on top of the 5 there are for tape#a; 64 is the most for one play"),
        serving(replace(recording(), faults=("drop at=event:1 after=9",) * 5), faults=many),
    ):
        pass


@pytest.mark.parametrize(
    "header",
    ["x-mocksse-fault: reset at=byte:%s", "x-mocksse-fault: %s", "x-mocksse-pacing: %s", "x-mocksse-pacing: gap=%s"],
)
def test_a_long_word_is_not_sent_back(header: str) -> None:
    with serving(recording()) as server:
        message = json.loads(ask(server, header % ("x" + "5" * 5000)).body)["error"]["message"]
        assert "5" * 101 not in message
        assert len(message) <= 400


@pytest.mark.parametrize("method", ["POST", "HEAD"])
def test_a_bug_of_ours_is_one_line_and_no_traceback(
    method: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret")

    with serving(recording()) as server, server.client() as client:
        monkeypatch.setattr(session.Session, "choose", fail)
        for _ in range(2):
            client.ask(PATH, method, "Origin: http://page")
            answer = client.answer(method)
            assert (answer.status, answer.header("access-control-allow-origin")) == (500, "http://page")
            played = server.next_played().answer
            assert played.bug
            assert re.fullmatch(r"a bug of mocksse: ZeroDivisionError at mocksse/server/session\.py:\d+", played.note)
            assert played.note.encode() in answer.body or method == "HEAD"
            assert b"secret" not in answer.body
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(("error", "status"), [(LimitError, 400), (CassetteError, 400), (UpstreamError, 500)])
def test_a_failure_that_has_a_cure_says_it(
    error: Callable[..., Exception], status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise (
            error("", "too much of it", "take less") if error is CassetteError else error("too much of it", "take less")
        )

    with serving(recording()) as server:
        monkeypatch.setattr(session.Session, "choose", fail)
        answer = ask(server)
        assert (answer.status, json.loads(answer.body)["error"]["message"]) == (status, "too much of it (take less)")
        assert not server.next_played().answer.bug


@pytest.mark.parametrize("pause", [False, True])
def test_a_stale_connection_closes_on_a_request_whenever_it_comes(pause: bool) -> None:
    with serving(recording(), faults="stale-keepalive") as server, server.client() as client:
        client.ask(PATH, "POST")
        if pause:
            assert client.answer().body == WHOLE
        client.ask(PATH, "POST")
        if not pause:
            assert client.answer().body == WHOLE
        assert client.read_to_end() == b""
        server.next_played()
        assert server.played.empty()


def test_two_asked_at_once_of_a_connection_that_goes_stale_get_one_answer() -> None:
    with serving(recording(), faults="stale-keepalive") as server, server.client() as client:
        client.send(f"POST {PATH} HTTP/1.1\r\nHost: t\r\nContent-Length: 0\r\n\r\n".encode() * 2)
        assert client.answer().body == WHOLE
        assert client.read_to_end() == b""
        server.next_played()
        assert server.played.empty()


# --- Coming back to one of several recordings


def numbered(name: str, *ids: str) -> Interaction:
    return replace(recording(*(f"id: {i}\ndata: {name}\n\n".encode() for i in ids)), name=name)


@pytest.mark.parametrize(
    ("last", "body", "note"),
    [
        ("a1", "id: a2\ndata: a\n\nid: s\ndata: a\n\n", ""),
        ("b1", "id: b2\ndata: b\n\nid: s\ndata: b\n\n", ""),
        ("s", "", "2 recordings have this id: this is the rest of tape#b"),
    ],
)
def test_the_rest_is_of_the_recording_that_has_the_id(last: str, body: str, note: str) -> None:
    with serving(numbered("a", "a1", "a2", "s"), numbered("b", "b1", "b2", "s"), numbered("c", "c1")) as server:
        ask(server)
        ask(server)
        answer = ask(server, f"Last-Event-ID: {last}")
        assert (answer.body.decode(), answer.header("x-mocksse-note")) == (body, note)


def test_a_sequence_number_is_no_id() -> None:
    created = b'data: {"type":"response.created","sequence_number":0,"response":{"id":"resp_7"}}\n\n'
    deltas = [
        b'data: {"type":"response.output_text.delta","sequence_number":%d,"delta":"x"}\n\n' % n for n in (1, 2, 3)
    ]
    with serving(recording(created, *deltas, path="/v1/responses"), faults="ids") as server:
        rests = {
            "/v1/responses/resp_7?starting_after=1": b"id: 3\n" + deltas[1] + b"id: 4\n" + deltas[2],
            "/v1/responses/resp_7?starting_after=3": b"",
        }
        for target, rest in rests.items():
            assert ask(server, method="GET", target=target).body == rest
        assert ask(server, "Last-Event-ID: 3", target="/v1/responses").body == b"id: 4\n" + deltas[2]


def test_from_other_machines_headers_are_refused() -> None:
    with serving(recording()) as server:
        server.world.header_control = False
        assert ask(server, "x-mocksse-fault: reset").status == 403
        assert ask(server).body == WHOLE


def test_a_head_request_neither_counts_nor_breaks() -> None:
    with serving(recording(), faults="truncate at=event:1 times=1") as server:
        head = ask(server, method="HEAD")
        assert (head.status, head.body) == (200, b"")
        assert head.header("x-mocksse-note").endswith("this answer has no body")
        assert ask(server).body == CHAT[0]


def test_fifty_at_once_in_any_order_get_the_same_plans() -> None:
    async def one(port: int) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        data = await reader.read()
        writer.close()
        return data

    async def fifty(port: int) -> list[bytes]:
        return await asyncio.gather(*(one(port) for _ in range(50)))

    def run() -> Counter[bytes]:
        with serving(recording(), faults="truncate at=event:2 p=0.3; truncate at=event:1 every=7 times=3") as server:
            return Counter(asyncio.run(fifty(server.port)))

    first = run()
    assert first == run()
    assert len({answer.partition(b"\r\n\r\n")[2] for answer in first}) == 3


@pytest.mark.parametrize(
    "faults",
    [
        "ids; ping-after-id",
        "crlf; split in=crlf",
        "status 429 times=1; reset at=event:5",
        "truncate at=event:1 p=0.5; drop at=done",
    ],
)
def test_faults_of_the_command_line_are_tried_behind_those_before_them(faults: str) -> None:
    with serving(recording(), faults=faults) as server:
        assert len(server.session.faults) == 2
