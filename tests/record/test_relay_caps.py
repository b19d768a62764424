"""A client that leaves or does not read, and caps: none of them ends what somebody else still waits for."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING

import pytest
from relaying import CAPS, Noting, asking, relayed
from tap_servers import PATIENCE
from tap_ways import run
from upstreams import END, HEAD, Upstream, chunk, events

from mocksse import limits
from mocksse.record import relay as relay_module
from mocksse.record.recorder import Recorder, Target
from mocksse.record.relay import Caps, Relayed, relay

if TYPE_CHECKING:
    import socket
    from pathlib import Path

THREE = [chunk(f"data: {number}\n\n".encode()) for number in range(1, 4)]
BODY = b"data: 1\n\ndata: 2\n\ndata: 3\n\n"


def test_a_client_that_leaves_does_not_end_the_recording(tmp_path: Path) -> None:
    client = Noting(leaves_after=len(b"".join(THREE)))
    left = threading.Event()
    client.on_write = lambda: left.set() if client.gone else None

    def script(sock: socket.socket, _: bytes) -> None:
        sock.sendall(HEAD + b"".join(THREE))
        assert left.wait(PATIENCE)
        sock.sendall(chunk(b"data: 4\n\n") + END)

    with Upstream(script) as upstream:
        done = relayed(upstream, client, tmp_path)
    assert (client.body, client.ends) == (b"".join(THREE), [])
    assert done.left_us is not None
    assert done.interaction is not None
    response = done.interaction.response
    assert (response.body, response.end.how, done.note) == (BODY + b"data: 4\n\n", "complete", "")


@pytest.mark.parametrize("endless", [False, True])
def test_but_not_for_ever(endless: bool, tmp_path: Path) -> None:
    client = Noting(leaves_after=1)

    def script(sock: socket.socket, _: bytes) -> None:
        sock.sendall(HEAD + THREE[0])
        while endless:
            sock.sendall(THREE[1])
            time.sleep(0.001)
        sock.recv(1)

    with Upstream(script) as upstream:
        done = relayed(upstream, client, tmp_path, Caps(PATIENCE, PATIENCE, after_client_s=0.05))
    assert done.interaction is not None
    response = done.interaction.response
    assert response.body.startswith(b"data: 1\n\n")
    assert (response.end.how, done.how) == ("stopped", "stopped")
    assert done.note == "stopped 0.05 s after its client had left (--record-cap)"


def test_one_that_leaves_while_the_upstream_is_silent_is_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_module, "_LOOK_S", 0.01)
    client = Noting()

    def script(sock: socket.socket, _: bytes) -> None:
        sock.sendall(HEAD + THREE[0])
        while not client.body:
            time.sleep(0.001)
        client.gone = True
        sock.recv(1)

    with Upstream(script) as upstream:
        done = relayed(upstream, client, tmp_path, Caps(PATIENCE, PATIENCE, after_client_s=0.05))
    assert done.left_us is not None
    assert (done.how, client.ends) == ("stopped", [])


def test_nobody_is_left_without_a_recorder() -> None:
    def script(sock: socket.socket, _: bytes) -> None:
        sock.sendall(HEAD + THREE[0])
        sock.recv(1)

    with Upstream(script) as upstream:
        assert relayed(upstream, Noting(leaves_after=1), None).how == "stopped"


def test_max_bytes_ends_the_recording_and_not_the_answer(tmp_path: Path) -> None:
    client = Noting()
    with Upstream(events("a" * 50, "b" * 50, "c" * 50)) as upstream:
        done = relayed(upstream, client, tmp_path, Caps(PATIENCE, PATIENCE, body_bytes=1))
    assert client.body.endswith(END)
    assert (client.ends, done.how) == (["complete"], "complete")
    assert done.note.startswith("stopped after ") or done.note == ""


def test_max_time_ends_the_recording_and_not_the_answer(tmp_path: Path) -> None:
    client = Noting()

    def script(sock: socket.socket, _: bytes) -> None:
        sock.sendall(HEAD + THREE[0])
        time.sleep(0.08)
        sock.sendall(THREE[1] + END)

    with Upstream(script) as upstream:
        done = relayed(upstream, client, tmp_path, Caps(PATIENCE, PATIENCE, total_s=0.05))
    assert (client.body, client.ends) == (THREE[0] + THREE[1] + END, ["complete"])
    assert done.interaction is not None
    response = done.interaction.response
    assert (response.body, response.end.how) == (b"data: 1\n\n", "stopped")
    assert done.note == "stopped after 0.05 s (--max-time)"


def test_a_full_cassette_ends_the_recording_and_not_the_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_CASSETTE_BYTES", 20_000)
    client = Noting()
    wire = events(*["x" * 1000] * 40)
    with Upstream(wire) as upstream:
        done = relayed(upstream, client, tmp_path)
    assert HEAD + client.body == wire
    assert done.note.startswith("cut: a cassette holds ")
    assert done.interaction is not None
    assert done.interaction.response.end.how == "stopped"


def test_a_slow_client_holds_the_upstream_and_no_time_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_UNREAD_BYTES", 100_000)
    sent = 0
    stuck = threading.Event()
    large = chunk(b"x" * 50_000)
    count = 160  # more than the kernel takes

    class Slow(Noting):
        go = asyncio.Event()

        async def drained(self) -> None:
            await self.go.wait()

    client = Slow()

    def script(sock: socket.socket, _: bytes) -> None:
        nonlocal sent
        sock.sendall(HEAD)
        for _ in range(count):
            sock.settimeout(None if sent else PATIENCE)
            sock.sendall(large)
            sent += 1
        sock.sendall(END)
        stuck.set()

    async def main() -> None:
        request = asking(upstream)
        keep = Recorder(request, Target(tmp_path, new=True))
        task = asyncio.create_task(relay(request, client, keep, CAPS, asyncio.Event()))
        before = -1
        while before != sent or not client.body:
            before = sent
            await asyncio.sleep(0.1)
        assert not stuck.is_set(), "the upstream waits"
        assert len(client.body) < 1_000_000
        waited_us = 100_000
        client.go.set()
        found.append(await task)
        assert found[0].written_us[-1] - found[0].written_us[0] >= waited_us

    found: list[Relayed] = []
    with Upstream(script) as upstream:
        run(main())
    assert client.body == large * count + END
    assert found[0].interaction is not None
    response = found[0].interaction.response
    assert (len(response.body), response.chunks, response.end.how) == (50_000 * count, count, "complete")
    # What had been read before the client took anything has the time when it came.
    assert response.piece_times_us[1] < 100_000
