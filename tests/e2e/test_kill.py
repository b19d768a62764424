"""A recorder killed at any moment: never an unreadable cassette, and what it had shown is recovered.

pytestmark = pytest.mark.long

MOCKSSE_LONG=1 kills more often, and holds a figure as well: whatever was sent 100 ms before is recovered.
"""

from __future__ import annotations

import os
import re
import shlex
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest
from upstreams import END, HEAD, PATIENCE, Upstream, chunk, started

from mocksse import cli
from mocksse.cassette.load import load

if TYPE_CHECKING:
    import socket
    from concurrent.futures import Future
    from subprocess import Popen

LONG = os.environ.get("MOCKSSE_LONG") == "1"
KILLS = 50 if LONG else 12
TOGETHER = 4
"""So many recorders run at a time: most of what they do is to start."""
SURE_S = 0.1
"""What was sent so long before is recovered, if nothing else has the processor."""
SHOWN = re.compile(rb" (\d+) x+(?:\xe2\x80\xa6)?\n")
"""The end of a line that the recorder prints for an event."""
STREAM_S = 0.4
"""How long a stream lasts; it is killed at any moment of it, and of saving it."""


class Clocked:
    """A server that notes what it sent when, an event every few milliseconds. Some chunks come in two parts."""

    def __init__(self) -> None:
        self.sent: dict[str, list[tuple[float, bytes]]] = {}
        self.began: dict[str, threading.Event] = {}

    def expect(self, name: str) -> None:
        self.sent[name] = []
        self.began[name] = threading.Event()

    def __call__(self, sock: socket.socket, request: bytes) -> None:
        name = request.split(b" ", 2)[1].decode().strip("/")
        random = Random(f"stream:{name}")
        sock.sendall(HEAD)
        self.began[name].set()
        until = time.monotonic() + STREAM_S
        number = 0
        while time.monotonic() < until:
            data = f"data: {number} {'x' * random.choice([1, 100, 5000])}\n\n".encode()
            wire = chunk(data)
            cut = random.choice([0, 0, len(wire) // 2])
            self.sent[name].append((time.monotonic(), data))
            sock.sendall(wire[:cut])
            sock.sendall(wire[cut:])
            number += 1
            time.sleep(random.uniform(0, 0.01))
        sock.sendall(END)


def recover(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Look at the folder, and run what is offered there."""
    capsys.readouterr()
    code = cli.run(["check", str(folder)])
    _, err = capsys.readouterr()
    (offer,) = [line.partition("keep it with  ")[2] for line in err.splitlines() if "interrupted recording" in line]
    assert code in {0, 2}, "2: there is no cassette yet"
    assert "Traceback" not in err
    word, *args = shlex.split(offer)
    assert word == "mocksse"
    assert cli.run(args) == 0
    capsys.readouterr()


def killed(process: Popen[bytes], name: str, server: Clocked, after_s: float) -> tuple[float, list[int]]:
    """Kill it so long after its answer began; when that was, and the numbers of the events it had shown."""
    assert process.stderr is not None
    assert server.began[name].wait(PATIENCE)
    time.sleep(after_s)
    at = time.monotonic()
    process.kill()
    process.wait(PATIENCE)
    return at, [int(number) for number in SHOWN.findall(process.stderr.read())]


def test_killed_at_any_moment(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    random = Random(7)
    server = Clocked()
    partly = whole = seen = 0

    def run(name: str, after_s: float) -> tuple[float, list[int]]:
        folder = tmp_path / name
        folder.mkdir()
        with started("record", f"{upstream.url}/{name}", "-o", folder / "x.yaml", cwd=folder) as process:
            return killed(process, name, server, after_s)

    with Upstream(server) as upstream, ThreadPoolExecutor(TOGETHER) as pool:
        runs: dict[str, Future[tuple[float, list[int]]]] = {}
        for number in range(KILLS):
            server.expect(f"s{number}")
            runs[f"s{number}"] = pool.submit(run, f"s{number}", random.uniform(0, STREAM_S * 1.3))
        ends = {name: future.result() for name, future in runs.items()}

    for name, (killed_at, shown) in ends.items():
        folder = tmp_path / name
        there = sorted(path.name for path in folder.iterdir())
        # Between the moment that the cassette is in its place and the end of the journal both are there.
        assert set(there) <= {"x.yaml", "x.yaml.partial", *(f for f in there if f.endswith(".tmp"))}, there
        if "x.yaml" in there:
            load(folder / "x.yaml")
        if "x.yaml.partial" in there:
            recover(folder, capsys)
            partly += 1
        sent = server.sent[name]
        assert shown == list(range(len(shown)))
        sure_events = max(len(shown), sum(at < killed_at - SURE_S for at, _ in sent) if LONG else 0)
        sure = b"".join(data for _, data in sent[:sure_events])
        seen += len(shown)
        if not (folder / "x.yaml").exists():
            assert sure == b""
            continue
        response = load(folder / "x.yaml").interactions[0].response
        body = b"".join(data for _, data in sent)
        assert body.startswith(response.body), "nothing else than what was sent"
        assert response.body.startswith(sure), f"{name}: {len(response.body)} of {len(sure)} bytes"
        whole += response.end.how == "complete"
        assert response.end.how in {"complete", "stopped"}
    assert seen > 0
    assert partly > KILLS // 2
    assert partly + whole >= KILLS


def test_what_was_shown_was_written_down_before(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No clock: whatever the killed recorder had shown is recovered."""

    def endless(sock: socket.socket, _: bytes) -> None:
        sock.sendall(HEAD)
        for number in range(100_000):
            sock.sendall(chunk(b"data: number %d\n\n" % number))

    with Upstream(endless) as upstream, started("record", upstream.url, "-o", "x.yaml", cwd=tmp_path) as process:
        assert process.stderr is not None
        shown = [process.stderr.readline() for _ in range(20)]
        process.kill()
        shown += process.stderr.read().split(b"\n")[:-1]
    recover(tmp_path, capsys)
    response = load(tmp_path / "x.yaml").interactions[0].response
    numbers = [int(line.split()[-1]) for line in shown if b" number " in line]
    assert len(numbers) >= 19
    assert numbers == list(range(len(numbers)))
    assert response.body.startswith(b"".join(b"data: number %d\n\n" % number for number in numbers))


@pytest.mark.parametrize("command", ["show", "serve", "check", "record"])
def test_the_next_command_offers_the_remains(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def first(sock: socket.socket, _: bytes) -> None:
        sock.sendall(HEAD + chunk(b"data: 1\n\n"))
        sock.recv(1)

    monkeypatch.chdir(tmp_path)
    with Upstream(first) as upstream, started("record", f"{upstream.url}/x", cwd=tmp_path) as process:
        assert process.stderr is not None
        while not process.stderr.readline().endswith(b"1\n"):
            pass
        assert cli.run(["check", "cassettes"]) == 2
        assert "interrupted" not in capsys.readouterr().err, "it is still running"
        process.kill()
        process.wait(PATIENCE)
    where = {"record": ["http://127.0.0.1:1/"]}.get(command, ["cassettes"])
    cli.run([command, *where])
    line = capsys.readouterr().err.splitlines()[0]
    partial = "cassettes/x.yaml.partial"
    assert line == f"an interrupted recording lies in {partial}: keep it with  mocksse recover {partial}"
    assert cli.run(shlex.split(line.partition("keep it with  ")[2])[1:]) == 0
    assert capsys.readouterr().out == "cassettes/x.yaml\n"
    assert [path.name for path in Path("cassettes").iterdir()] == ["x.yaml"]
    assert load(Path("cassettes/x.yaml")).interactions[0].response.body == b"data: 1\n\n"
