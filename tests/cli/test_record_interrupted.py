"""`mocksse record` when it is interrupted, or left alone: what came is kept."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest
from upstreams import END, HEAD, PATIENCE, Upstream, chunk, ended, started
from written import files, only

if TYPE_CHECKING:
    from pathlib import Path

FIRST = b"data: first\n\n"


def one_and_wait(sock: socket.socket, _: bytes) -> None:
    """An event, and then nothing until the client hangs up."""
    sock.sendall(HEAD + chunk(FIRST))
    sock.recv(1)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_keeps_what_came(number: signal.Signals, tmp_path: Path) -> None:
    with Upstream(one_and_wait) as upstream, started("record", upstream.url, "-o", "x.yaml", cwd=tmp_path) as process:
        assert process.stderr is not None
        while b"first" not in process.stderr.readline():
            pass
        process.send_signal(number)
        code, out, err = ended(process)
    assert (code, out) == (130, "x.yaml\n")
    assert err.splitlines()[-2].endswith("· stopped · stopped by ^C")
    assert err.splitlines()[-1] == "serve it:  mocksse serve x.yaml"
    response = only(tmp_path / "x.yaml").response
    assert (response.body, response.end.how) == (FIRST, "stopped")
    assert files(tmp_path) == ["x.yaml"]


def test_interrupted_before_anything_came_there_is_nothing_to_keep(tmp_path: Path) -> None:
    """In the midst of a TLS handshake that nobody answers, and of a request that nobody answers."""
    asked = []

    def silent(sock: socket.socket, _: bytes) -> None:
        asked.append(sock)
        upstream.release.wait(PATIENCE)

    with socket.create_server(("127.0.0.1", 0)) as deaf, Upstream(silent) as upstream:
        url = f"https://127.0.0.1:{deaf.getsockname()[1]}/"
        with (
            started("record", url, "-o", "x.yaml", cwd=tmp_path) as shaking,
            started("record", upstream.url, "-o", "y.yaml", cwd=tmp_path) as waiting,
        ):
            shaken, _ = deaf.accept()
            shaken.recv(1)
            while not asked:
                time.sleep(0.001)
            for process, name in ((shaking, "x"), (waiting, "y")):
                process.send_signal(signal.SIGINT)
                code, out, err = ended(process)
                assert (code, out) == (130, ""), name
                assert err.startswith("mocksse: stopped before ")
                assert len(err.splitlines()) == 1
            shaken.close()
    assert files(tmp_path) == []


def test_the_second_time_it_ends_at_once_and_the_rest_is_recovered(tmp_path: Path) -> None:
    """While it saves: a folder that another process has locked makes that take long."""
    handle = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    with Upstream(one_and_wait) as upstream, started("record", upstream.url, "-o", "x.yaml", cwd=tmp_path) as process:
        assert process.stderr is not None
        while b"first" not in process.stderr.readline():
            pass
        process.send_signal(signal.SIGINT)
        while b'"end"' not in (tmp_path / "x.yaml.partial").read_bytes():
            time.sleep(0.001)
        process.send_signal(signal.SIGINT)
        code, out, err = ended(process)
    os.close(handle)
    assert (code, out) == (130, "")
    assert "Traceback" not in err
    assert files(tmp_path) == ["x.yaml.partial"]


def test_nobody_looks_on_any_longer(tmp_path: Path) -> None:
    """Its stderr is closed: the recording is not over for that."""

    def script(sock: socket.socket, _: bytes) -> None:
        sock.sendall(HEAD)
        assert gone.wait(PATIENCE)
        for number in range(5):
            sock.sendall(chunk(b"data: %d\n\n" % number))
        sock.sendall(END)

    gone = threading.Event()
    with Upstream(script) as upstream, started("record", upstream.url, "-o", "x.yaml", cwd=tmp_path) as process:
        assert process.stderr is not None
        assert process.stdout is not None
        process.stderr.readline()
        process.stderr.close()
        gone.set()
        assert process.stdout.read() == b"x.yaml\n"
        assert process.wait(PATIENCE) == 0
    assert only(tmp_path / "x.yaml").response.end.how == "complete"
