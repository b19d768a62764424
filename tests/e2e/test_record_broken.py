"""Recordings that do not go well: clients leave, upstreams break, disks fill up, servers are stopped."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from served import PATIENCE, ServeProcess, run_mocksse
from through import Paths, ask, files, recording, recordings, until
from upstreams import END, HEAD, chunk, events

from mocksse.record.journal import is_running

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    from served import Client

pytestmark = pytest.mark.long

OLD = "interactions: [{path: /old, stream: [{data: old}]}]\n"


class Held(Paths):
    """`/held`: three events, and two more once `go` is set. `/broken`: a reset behind the third."""

    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()
        self.on |= {"/held": self._held, "/broken": self._broken, "/endless": self._endless}

    def _held(self, sock: socket.socket, _: bytes) -> None:
        sock.sendall(HEAD + b"".join(chunk(b"data: %d\n\n" % number) for number in range(3)))
        assert self.go.wait(PATIENCE)
        sock.sendall(chunk(b"data: 3\n\n") + chunk(b"data: 4\n\n") + END)

    def _broken(self, sock: socket.socket, _: bytes) -> None:
        sock.sendall(HEAD + b"".join(chunk(b"data: %d\n\n" % number) for number in range(3)))
        time.sleep(0.05)  # or the reset would take what was not read yet with it
        reset(sock)

    def _endless(self, sock: socket.socket, _: bytes) -> None:
        sock.sendall(HEAD)
        while not self.release.is_set():
            sock.sendall(chunk(b"data: more\n\n"))
            time.sleep(0.01)


def reset(sock: socket.socket) -> None:
    """Close with an RST."""
    sock.setsockopt(1, 13, b"\1\0\0\0\0\0\0\0")  # SOL_SOCKET, SO_LINGER: on, 0 s
    sock.close()


@pytest.fixture
def upstream() -> Iterator[Held]:
    with Held() as held:
        try:
            yield held
        finally:
            held.go.set()


def three_chunks(client: Client, path: str) -> None:
    """Ask, and read up to the third chunk."""
    client.ask(path)
    data = b""
    while b"data: 2\n\n\r\n" not in data:
        data += client.read(1)


def bodies(folder: Path, path: str) -> tuple[bytes, str]:
    """Body and end of the one recording of that path."""
    response = recording(folder, path).response
    return response.body, response.end.how


WHOLE = b"".join(b"data: %d\n\n" % number for number in range(5))


# --- Clients and upstreams


def test_a_client_that_leaves_behind_the_third_chunk(upstream: Held, tmp_path: Path) -> None:
    with ServeProcess(tmp_path, "--upstream", upstream.url, "--record", "all", "--quiet") as server:
        with server.client() as client:
            three_chunks(client, "/held")
        time.sleep(0.05)
        assert ask(server.port, "/other").status == 200
        upstream.go.set()
        assert bodies(tmp_path, "/held") == (WHOLE, "complete")


def test_a_cap_on_what_nobody_waits_for(upstream: Held, tmp_path: Path) -> None:
    with ServeProcess(tmp_path, "--upstream", upstream.url, "--record", "all", "--record-cap", "0.3") as server:
        with server.client() as client:
            client.ask("/endless")
            client.read(300)
        body, how = bodies(tmp_path, "/endless")
        assert how == "stopped"
        assert len(body) > 100
        assert server.end(signal.SIGINT) == 0
        assert "stopped 0.3 s after its client had left (--record-cap)" in server.err


def test_an_upstream_that_resets_behind_the_third_chunk(upstream: Held, tmp_path: Path) -> None:
    with ServeProcess(tmp_path, "--upstream", upstream.url, "--record", "all", "--quiet") as server:
        live = ask(server.port, "/broken")
        assert bodies(tmp_path, "/broken") == (WHOLE[:27], "reset")
    with ServeProcess(tmp_path, "--quiet", "--speed", "10") as server:
        played = ask(server.port, "/broken")
    assert (live.end, live.body, live.chunks) == ("reset", WHOLE[:27], (b"data: 0\n\n", b"data: 1\n\n", b"data: 2\n\n"))
    assert played == live


# --- Disks


@contextmanager
def full_disk(folder: Path, size: int) -> Iterator[Path]:
    """A file system of that many bytes; skips where none may be mounted."""
    folder.mkdir()
    mounted = shutil.which("mount") and os.geteuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "mocksse-test", folder], check=False, capture_output=True
    ).returncode == 0  # fmt: skip
    if not mounted:
        pytest.skip("no file system can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def large(sock: socket.socket, _: bytes) -> None:
    """An answer of more bytes than the disk has."""
    sock.sendall(HEAD)
    for number in range(40):
        sock.sendall(chunk(b"data: %d %b\n\n" % (number, b"x" * 4000)))
        time.sleep(0.002)
    sock.sendall(END)


def test_a_disk_that_fills_up(upstream: Held, tmp_path: Path) -> None:
    upstream.on["/large"] = large
    with full_disk(tmp_path / "disk", 96 * 1024) as disk:
        (disk / "old.yaml").write_text(OLD)
        with ServeProcess(disk, "--upstream", upstream.url, "--record", "all") as server:
            got = ask(server.port, "/large")
            assert (got.end, len(got.chunks)) == ("complete", 40)
            until(lambda: not_running(disk), "the recorder gives up")
            assert server.end(signal.SIGTERM) == 3
        (line,) = [line for line in server.err.splitlines() if "not recorded" in line]
        partial = disk / "large.yaml.partial"
        assert line == (
            f"not recorded: {partial}: can't write: No space left on device "
            f"(what came before is kept: mocksse recover {partial})"
        )
        assert server.err.splitlines()[-1].startswith("1 request · ")
        assert (disk / "old.yaml").read_text() == OLD
        assert sorted(path.name for path in disk.iterdir()) == ["large.yaml.partial", "old.yaml"]


def not_running(folder: Path) -> bool:
    """Whether nobody writes in the folder any longer."""
    return not any(is_running(path) for path in folder.glob("*.partial"))


@pytest.mark.parametrize("limit", [0, 2000])
def test_files_that_may_not_grow(limit: int, upstream: Held, tmp_path: Path) -> None:
    """A journal that can't be begun, and one that can't go on."""
    upstream.on["/large"] = events(*(f"{number} {'x' * 40}" for number in range(18)))
    (tmp_path / "old.yaml").write_text(OLD)
    with ServeProcess(tmp_path, "--upstream", upstream.url, "--record", "all") as server:
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (limit, limit))
        assert [ask(server.port, "/large").end for _ in range(2)] == ["complete"] * 2
        assert ask(server.port, "/large").chunks[17] == b"data: 17 %b\n\n" % (b"x" * 40)
        assert server.end(signal.SIGTERM) == 3
    lines = [line for line in server.err.splitlines() if "not recorded" in line]
    assert len(lines) == 3
    assert all("File too large" in line for line in lines)
    assert "Traceback" not in server.err
    assert (tmp_path / "old.yaml").read_text() == OLD
    assert files(tmp_path) == [tmp_path / "old.yaml"]


# --- Signals


def children(pid: int) -> list[int]:
    """Processes that it started."""
    found = Path(f"/proc/{pid}/task/{pid}/children")
    if not found.exists():
        pytest.skip("this system does not tell what a process has started")
    tasks = [path.read_text().split() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    return [int(number) for numbers in tasks for number in numbers]


def gone(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state == "Z"


@contextmanager
def recorder(folder: Path, upstream: Held) -> Iterator[tuple[ServeProcess, Client, list[int]]]:
    """A server whose other process runs, and a client that has read three chunks of `/held`."""
    with ServeProcess(folder, "--upstream", upstream.url, "--record", "all") as server:
        ask(server.port, "/first")
        recordings(folder, 1)
        helpers = children(server.process.pid)
        assert helpers
        with server.client() as client:
            three_chunks(client, "/held")
            yield server, client, helpers
        server.end()
        until(lambda: all(map(gone, helpers)), "the other process ends")


def test_a_termination_lets_relays_finish(upstream: Held, tmp_path: Path) -> None:
    with recorder(tmp_path, upstream) as (server, client, _):
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        upstream.go.set()
        assert client.read_to_end().endswith(b"data: 4\n\n\r\n" + END)
        assert server.end(signal.SIGTERM) == 0
        assert bodies(tmp_path, "/held") == (WHOLE, "complete")
        assert not list(tmp_path.glob("*.partial"))


@pytest.mark.parametrize(
    "signals", [(signal.SIGINT,), (signal.SIGTERM, signal.SIGTERM), (signal.SIGTERM, signal.SIGINT)]
)
def test_relays_that_are_cut_are_recorded_as_stopped(
    signals: tuple[signal.Signals, ...], upstream: Held, tmp_path: Path
) -> None:
    with recorder(tmp_path, upstream) as (server, client, _):
        for number in signals[:-1]:
            server.process.send_signal(number)
            time.sleep(0.2)
        begun = time.monotonic()
        assert server.end(signals[-1]) == 0
        assert time.monotonic() - begun < 4, "nothing is waited for"
        assert END not in client.read_to_end()
        assert bodies(tmp_path, "/held") == (WHOLE[:27], "stopped")
        assert not list(tmp_path.glob("*.partial"))
        assert "the server was stopped" in server.err
        assert "recorded " in server.err


def test_a_relay_whose_client_is_gone_is_not_waited_for(upstream: Held, tmp_path: Path) -> None:
    with recorder(tmp_path, upstream) as (server, client, _):
        client.sock.close()
        time.sleep(0.1)
        begun = time.monotonic()
        assert server.end(signal.SIGTERM) == 0
        assert time.monotonic() - begun < 4
        assert bodies(tmp_path, "/held") == (WHOLE[:27], "stopped")


def test_a_kill_leaves_what_recover_turns_in(upstream: Held, tmp_path: Path) -> None:
    with recorder(tmp_path, upstream) as (server, _, _):
        partial = tmp_path / "held.yaml.partial"
        until(lambda: b"data: 2" in partial.read_bytes(), "it is written down")
        assert server.end(signal.SIGKILL) == -signal.SIGKILL
    done = run_mocksse("recover", tmp_path)
    assert (done.returncode, done.stdout) == (0, f"{tmp_path}/held.yaml\n")
    assert bodies(tmp_path, "/held") == (WHOLE[:27], "stopped")
    assert len(recordings(tmp_path, 2)) == 2
