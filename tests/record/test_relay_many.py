"""Many relays at once, in one process and in two: every client its own bytes, every recording a file of its own."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from typing import TYPE_CHECKING

from relaying import CAPS, NAME, Noting, asking, names
from tap_ways import run, until
from upstreams import END, HEAD, PATIENCE, Upstream, chunk, ended, events, started

from mocksse.cassette.load import load
from mocksse.record.recorder import Recorder, Target
from mocksse.record.relay import Relayed, record, relay
from mocksse.record.request import Request

if TYPE_CHECKING:
    import socket
    from pathlib import Path

STREAMS = 20


def numbered(number: int) -> str:
    return f"{NAME}.yaml" if number == 1 else f"{NAME}-{number}.yaml"


def test_twenty_at_once(tmp_path: Path) -> None:
    """All of them run before any of them ends."""
    barrier = threading.Barrier(STREAMS)

    def script(sock: socket.socket, request: bytes) -> None:
        who = json.loads(request.partition(b"\r\n\r\n")[2])["who"]
        barrier.wait(PATIENCE)
        sock.sendall(HEAD)
        for at in range(30):
            sock.sendall(chunk(b"data: %d of %d\n\n" % (at, who)))
            time.sleep(0.001)
        sock.sendall(END)

    clients = [Noting() for _ in range(STREAMS)]
    found: list[Relayed] = []

    async def main() -> None:
        async def one(who: int) -> Relayed:
            body = json.dumps({"who": who, "messages": [{"role": "user", "content": "Tell me of rivers"}]}).encode()
            request = Request("POST", f"{upstream.url}/v1/chat/completions", (), body)
            return await relay(request, clients[who], Recorder(request, Target(tmp_path, new=True)), CAPS, stop)

        stop = asyncio.Event()
        found.extend(await asyncio.gather(*map(one, range(STREAMS))))

    with Upstream(script) as upstream:
        run(main())
    assert names(tmp_path) == sorted(numbered(number) for number in range(1, STREAMS + 1))
    for who, (client, done) in enumerate(zip(clients, found, strict=True)):
        expected = b"".join(chunk(b"data: %d of %d\n\n" % (at, who)) for at in range(30)) + END
        assert (client.body, client.ends, done.trouble) == (expected, ["complete"], None)
        assert done.path is not None
        (interaction,) = load(done.path)
        assert interaction == done.interaction
        assert interaction.response.chunks == 30
        assert interaction.request.body is not None
        assert json.loads(interaction.request.body)["who"] == who


PROGRAM = """
import asyncio, sys
sys.path[:0] = {path!r}
from pathlib import Path
from relaying import *
async def main():
    request = Request("POST", {url!r}, (("Content-Type", "application/json"),), ASKED)
    async def one():
        recorder = Recorder(request, Target(Path({folder!r}), new=True))
        return await relay(request, Noting(), recorder, CAPS, asyncio.Event())
    done = await asyncio.gather(*(one() for _ in range(5)))
    print(*sorted(d.path.name for d in done))
asyncio.run(main())
"""


def test_two_processes_do_not_mix(tmp_path: Path) -> None:
    barrier = threading.Barrier(10)

    def script(sock: socket.socket, _: bytes) -> None:
        barrier.wait(PATIENCE)
        sock.sendall(events("x"))

    with Upstream(script) as upstream:
        program = PROGRAM.format(path=sys.path, url=f"{upstream.url}/v1/chat/completions", folder=str(tmp_path))
        with started(cwd=tmp_path, program=program) as one, started(cwd=tmp_path, program=program) as two:
            outs = [ended(one), ended(two)]
    assert [(code, err) for code, _, err in outs] == [(0, ""), (0, "")]
    told = [name for _, out, _ in outs for name in out.split()]
    assert sorted(told) == names(tmp_path) == sorted(numbered(number) for number in range(1, 11))
    for name in told:
        assert [piece.data for i in load(tmp_path / name) for piece in i.response.pieces] == [b"data: x\n\n"]


def test_a_recording_that_has_its_file_and_one_that_wants_it(tmp_path: Path) -> None:
    """`record -o` was first; the name is taken although there is nothing there yet."""
    go = threading.Event()

    def script(sock: socket.socket, _: bytes) -> None:
        sock.sendall(HEAD)
        assert go.wait(PATIENCE)
        sock.sendall(chunk(b"data: x\n\n") + END)

    async def main() -> None:
        request = asking(upstream)
        first = asyncio.create_task(record(request, Target(tmp_path / f"{NAME}.yaml", "x"), CAPS, lambda _: None))
        await until(lambda: len(names(tmp_path)) == 1)
        keep = Recorder(request, Target(tmp_path, new=True))
        second = asyncio.create_task(relay(request, Noting(), keep, CAPS, asyncio.Event()))
        await until(lambda: len(names(tmp_path)) == 2)
        go.set()
        assert (await first).path.name == f"{NAME}.yaml"
        path = (await second).path
        assert path is not None
        assert path.name == f"{NAME}-2.yaml"

    with Upstream(script) as upstream:
        run(main())
    assert names(tmp_path) == [f"{NAME}-2.yaml", f"{NAME}.yaml"]
