"""A body that was saved, imported, served and read again is that body, in the chunks that were asked for."""

from __future__ import annotations

import gc
import json
import re
from typing import TYPE_CHECKING

import pytest
from served import Client, ServeProcess, run_mocksse, serving

from mocksse.cassette.dump import dumps
from mocksse.cassette.importers import ImportOptions, parse
from mocksse.cassette.load import loads
from mocksse.cassette.model import Cassette, Interaction

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mocksse.cassette.importers.chunks import Chunk

pytestmark = pytest.mark.long

KINDS = (".sse", ".ndjson", ".json", ".eventstream")


@pytest.fixture(scope="module")
def bodies(streams: Path) -> list[Path]:
    """Every recorded body."""
    found = [path for folder in sorted(streams.iterdir()) if folder.is_dir() for path in sorted(folder.iterdir())]
    return [
        path
        for path in found
        if path.suffix in KINDS and not path.name.endswith(".meta.json") and path.parent.name != "errors"
    ]


@pytest.fixture
def _no_collector() -> Iterator[None]:
    """It would look at two million values again and again; none of them is garbage."""
    gc.disable()
    yield
    gc.enable()


def imported(path: Path, chunk: Chunk, target: str) -> Interaction:
    return parse(path.read_bytes(), path.name, ImportOptions(path=target, method="GET", chunk=chunk)).interaction


def reread(interaction: Interaction) -> Interaction:
    """As it comes out of its file."""
    (found,) = loads(dumps(Cassette((interaction,))).encode()).interactions
    return found


def pieces(body: bytes, size: int) -> list[bytes]:
    return [body[at : at + size] for at in range(0, len(body), size)]


def framed(chunks: list[bytes]) -> bytes:
    """In HTTP chunks, spelled independently of what is tested."""
    return b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"


def read_wire(client: Client, target: str, size: int) -> bytes:
    """What answers the request: its body as it is framed, `size` bytes of it."""
    client.ask(target)
    data = bytearray()
    while b"\r\n\r\n" not in data:
        data += client.sock.recv(1 << 20)
    body = data.index(b"\r\n\r\n") + 4
    assert b"\r\nTransfer-Encoding: chunked\r\n" in data[:body]
    while len(data) < body + size:
        received = client.sock.recv(1 << 20)
        assert received
        data += received
    return bytes(data[body:])


@pytest.mark.usefixtures("_no_collector")
@pytest.mark.parametrize("chunk", ["whole", 1000, 7, 1])
def test_every_recorded_body_is_replayed_in_the_chunks_asked_for(bodies: list[Path], chunk: Chunk) -> None:
    assert len(bodies) > 100
    for group in (bodies[at : at + 20] for at in range(0, len(bodies), 20)):
        tapes = [imported(path, chunk, f"/{i}") for i, path in enumerate(group)]
        if chunk not in {1, 7}:
            # A file of two million entries is no test of anything.
            tapes = [reread(tape) for tape in tapes]
        with serving(*tapes) as server, server.client() as client:
            for i, path in enumerate(group):
                body = path.read_bytes()
                expected = framed([body] if chunk == "whole" else pieces(body, int(chunk)))
                assert read_wire(client, f"/{i}", len(expected)) == expected, path


def test_every_recorded_body_is_replayed_in_its_events(bodies: list[Path]) -> None:
    tapes = [reread(imported(path, "event", f"/{i}")) for i, path in enumerate(bodies)]
    with serving(*tapes) as server, server.client() as client:
        for i, path in enumerate(bodies):
            client.ask(f"/{i}")
            answer = client.answer()
            assert answer.body == path.read_bytes(), path
            assert list(answer.chunks) == events(answer.body, path.suffix), path


def events(body: bytes, suffix: str) -> list[bytes]:
    """The events of a body, found by other means than those of the importer."""
    match suffix:
        case ".sse":
            return re.findall(rb".+?(?:(?:\r\n){2,}|\n{2,}|\r{2,}|\Z)", body, re.DOTALL)
        case ".ndjson":
            return body.splitlines(keepends=True)
        case ".eventstream":
            found, at = [], 0
            while at < len(body):
                size = int.from_bytes(body[at : at + 4], "big")
                found.append(body[at : at + size])
                at += size
            return found
    text, decoder, found, at = body.decode(), json.JSONDecoder(), [], 0
    while at < len(text) and (start := re.compile(r"[\[,\s]*(?=\{)").match(text, at)):
        _, end = decoder.raw_decode(text, start.end())
        found.append(text[at:end])
        at = end
    return [part.encode() for part in (*found, text[at:]) if part]


@pytest.mark.parametrize(("kind", "chunk"), [(".sse", "event"), (".eventstream", "7"), (".json", "whole")])
def test_the_same_through_the_command_line(bodies: list[Path], kind: str, chunk: str, tmp_path: Path) -> None:
    path = next(path for path in bodies if path.suffix == kind)
    body = path.read_bytes()
    done = run_mocksse("import", path, "-o", tmp_path / "c.yaml", "--chunk", chunk, "--path", "/x")
    assert (done.returncode, done.stdout) == (0, f"{tmp_path / 'c.yaml'}\n")
    with ServeProcess(tmp_path / "c.yaml", "--speed", "instant") as server, server.client() as client:
        client.ask("/x", "POST")
        answer = client.answer()
    chunks = {"event": events(body, kind), "7": pieces(body, 7), "whole": [body]}[chunk]
    assert (answer.body, list(answer.chunks)) == (body, chunks)
