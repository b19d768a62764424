"""Faults as a client meets them: from the command line and its own headers, counted, explained, never in silence."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from breaking import CHAT, recording
from served import serving

from mocksse.cassette.pacing import Pacing
from mocksse.errors import UsageError

if TYPE_CHECKING:
    from served import Answer, Serving

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


def test_from_other_machines_headers_are_refused() -> None:
    with serving(recording()) as server:
        server.app._header_control = False
        assert ask(server, "x-mocksse-fault: reset").status == 403
        assert ask(server).body == WHOLE


def test_a_head_request_neither_counts_nor_breaks() -> None:
    with serving(recording(), faults="truncate at=event:1 times=1") as server:
        assert ask(server, method="HEAD").status in {200, 404}
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
    assert len(first) == 3


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
        assert len(server.app._session.faults) == 2
