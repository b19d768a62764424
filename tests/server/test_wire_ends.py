"""How connections end, on the wire: as recorded, by clients that leave, and by clients that have no more to say."""

from __future__ import annotations

import socket
import struct
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from served import Client, Serving, serving
from wire_tapes import BODY, EVENTS, STALL_US, stalling, tape

from mocksse.cassette.pacing import Fixed, Pacing

if TYPE_CHECKING:
    from collections.abc import Iterator

RECORDED_PACE = Pacing(speed=1.0)


@pytest.fixture(scope="module")
def server() -> Iterator[Serving]:
    tapes = (
        tape("/a"),
        tape("/length", framing="length"),
        tape("/close", framing="close"),
        tape("/cut", how="cut"),
        tape("/reset", how="reset"),
        tape("/reset-close", framing="close", how="reset"),
        tape("/idle", how="idle"),
    )
    with serving(*tapes) as running:
        yield running


def test_a_recording_that_was_cut_is_cut_with_fin(client: Client) -> None:
    client.ask("/cut")
    answer = client.answer()
    assert (answer.chunks, answer.end) == (EVENTS, "cut")


@pytest.mark.parametrize("path", ["/reset", "/reset-close"])
def test_a_recording_that_was_reset_is_reset(client: Client, path: str) -> None:
    client.ask(path)
    answer = client.answer()
    assert (answer.body, answer.end) == (BODY, "reset")


def test_a_recording_that_fell_silent_is_held_until_the_client_leaves() -> None:
    with serving(tape("/idle", how="idle")) as server:
        with server.client() as client:
            client.ask("/idle")
            while EVENTS[-1] not in client.unread:
                client.unread += client.sock.recv(65536)
            assert client.is_silent()
            assert server.app.active == 1
        assert server.next_played().broken_off == "the client left"
        assert server.app.active == 0


# --- Clients that leave


@pytest.mark.parametrize("leave", ["fin", "reset"])
def test_a_client_that_is_gone_frees_its_handler(leave: str) -> None:
    with serving(stalling(), pacing=RECORDED_PACE) as server:
        with server.client() as client:
            client.ask("/stall")
            client.read(10)
            if leave == "reset":
                client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        played = server.next_played()  # ten minutes early
        assert (played.broken_off, played.run.sent) == ("the client left", 1)
        assert server.app.active == 0
        assert len(server.app._clock) == 0


def test_a_client_that_leaves_before_the_head_frees_its_handler() -> None:
    with serving(stalling(head_after_us=STALL_US), pacing=RECORDED_PACE) as server:
        with server.client() as client:
            client.ask("/stall")
            assert client.is_silent()
        assert server.next_played().run.sent == 0


def test_a_client_that_leaves_amid_its_request_frees_its_handler() -> None:
    with serving(tape()) as server:
        with server.client() as client:
            client.ask("/a", "POST", "Content-Length: 100")
            client.send(b"half")
        with server.client() as client:
            client.ask("/a", "POST", "Content-Length: 100")
            client.send(b"half")
            client.half_close()
            assert client.read_to_end() == b""
        with server.client() as client:
            client.ask("/a")
            assert client.answer().status == 200


def test_clients_that_leave_one_by_one_take_nothing_from_those_that_stay() -> None:
    paced = tape("/a", *EVENTS * 10)
    with serving(paced, pacing=Pacing(gap=Fixed(2))) as server:
        clients = [server.client() for _ in range(20)]
        for client in clients:
            client.ask("/a")
        for client in clients[::2]:
            client.read(20)
            client.sock.close()
        for client in clients[1::2]:
            with client:
                assert client.answer().body == BODY * 10


# --- Clients that close only their sending side


@pytest.mark.parametrize("path", ["/a", "/length", "/close", "/nowhere"])
def test_an_answer_reaches_a_client_that_has_no_more_to_say(client: Client, path: str) -> None:
    client.ask(path)
    client.half_close()
    answer = client.answer()
    assert answer.end == "complete"
    assert answer.body == BODY or answer.status == 404
    assert client.read_to_end() == b""


def test_a_paced_answer_reaches_it_too() -> None:
    recorded = tape("/a")
    recorded = replace(recorded, response=replace(recorded.response, head_after_us=60_000))
    with serving(recorded, pacing=Pacing(speed=1.0, gap=Fixed(3))) as server:
        with server.client() as client:
            client.ask("/a")
            client.half_close()
            assert client.answer().chunks == EVENTS
            assert client.read_to_end() == b""
        assert not server.next_played().broken_off


def test_so_do_the_answers_to_all_it_asked(client: Client) -> None:
    client.send(b"GET /a HTTP/1.1\r\nHost: t\r\n\r\n" * 3 + b"GET /length HTTP/1.1\r\nHost: t\r\n\r\n")
    client.half_close()
    assert [client.answer().body for _ in range(4)] == [BODY] * 4
    assert client.read_to_end() == b""


def test_a_fin_that_comes_late_is_a_client_that_is_gone() -> None:
    with serving(stalling(head_after_us=STALL_US), pacing=RECORDED_PACE) as server, server.client() as client:
        client.ask("/stall")
        assert client.is_silent()
        client.half_close()
        assert client.read_to_end() == b""
        assert server.next_played().broken_off == "the client left"


def test_a_silence_that_it_cannot_leave_has_an_end(client: Client) -> None:
    client.ask("/idle")
    client.half_close()
    assert client.answer().end == "cut"


@pytest.mark.parametrize("leave", ["close", "half-close"])
@pytest.mark.parametrize("after_s", [0, 0.01])
@pytest.mark.parametrize(
    ("head_after_us", "fault"), [(STALL_US, ""), (0, "no-reply"), (0, "hang at=head"), (0, "stall at=head for=10m")]
)
def test_a_client_that_leaves_at_once_frees_its_handler(
    head_after_us: int, fault: str, after_s: float, leave: str
) -> None:
    """Half closed or gone, it can't be told: nothing is soon to be written."""
    with serving(stalling(head_after_us=head_after_us), pacing=RECORDED_PACE, faults=fault) as server:
        with server.client() as client:
            client.ask("/stall")
            client.is_silent(after_s)
            if leave == "half-close":
                client.half_close()
                assert client.read_to_end() == b""
        assert server.next_played().run.sent == 0
        assert (server.app.active, len(server.app._clock)) == (0, 0)


def test_one_that_has_no_more_to_say_gets_what_there_is_before_a_long_silence() -> None:
    with serving(stalling(), pacing=RECORDED_PACE) as server, server.client() as client:
        client.ask("/stall")
        client.half_close()
        answer = client.answer()
        assert (answer.chunks, answer.end) == (EVENTS[:1], "cut")
        played = server.next_played()
        assert (played.run.sent, played.broken_off, len(server.app._clock)) == (1, "the client left", 0)


def test_a_client_that_asks_and_is_gone_is_found_out_by_writing_to_it() -> None:
    recorded = tape("/a", *EVENTS * 20)
    recorded = replace(recorded, response=replace(recorded.response, head_after_us=20_000))
    with serving(recorded, pacing=Pacing(speed=1.0, gap=Fixed(5))) as server:
        with server.client() as client:
            client.ask("/a")
        assert server.next_played().broken_off


# --- Back-pressure


def test_a_slow_reader_gets_all_of_a_large_body_and_the_server_keeps_little_of_it() -> None:
    chunk = b"x" * 65_536
    with serving(tape("/big", *[chunk] * 160), pacing=Pacing(gap=Fixed(0.001))) as server:
        with server.client() as client:
            client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
            client.ask("/big")
            begun = client.read(20)
            (connection,) = server.listener.connections
            assert connection.transport is not None
            assert connection.transport.get_write_buffer_size() < 200_000
            assert server.played.empty(), "done before anybody has read it"
            client.unread = begun + client.unread
            assert client.answer().chunks == (chunk,) * 160
        played = server.next_played()
        assert (played.broken_off, played.run.sent) == ("", len(played.answer.sends.at_us))
