"""`serve --watch`: cassettes edited while they are served, as editors do it, and streams that run meanwhile."""

from __future__ import annotations

import json
import os
import queue
import signal
import threading
from typing import TYPE_CHECKING

import pytest
from served import PATIENCE, ServeProcess
from through import Paths, ask, recordings
from upstreams import END, chunk, events

from mocksse.server.stock import Stock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from served import Client

STREAMS = 100


def tape(word: str, path: str = "/x", gap_ms: int = 0) -> str:
    """A cassette whose answer begins and ends with the word."""
    stream = f"[{{data: {word}}}, {{after_ms: {gap_ms}, data: {word}}}]"
    return f"interactions:\n  - path: {path}\n    stream: {stream}\n"


class Watched(ServeProcess):
    """A server that watches; `said` has what it says of cassettes."""

    def __init__(self, *args: str | Path, cwd: Path | None = None) -> None:
        super().__init__(*args, "--watch", cwd=cwd)
        self.said: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if line.startswith((b"reloaded ", b"kept ", b"recorded ", b"cassettes are ")):
                self.said.put(line.decode().rstrip())

    def hears(self, start: str) -> str:
        """The next line that begins so."""
        while True:
            line = self.said.get(timeout=PATIENCE)
            if line.startswith(start):
                return line

    def end(self, number: signal.Signals = signal.SIGKILL) -> int:
        if not self._ended:
            self._ended = True
            self.process.send_signal(number)
            self.process.wait(PATIENCE)
            self._reader.join(PATIENCE)
            for pipe in (self.process.stdout, self.process.stderr):
                assert pipe is not None
                pipe.close()
        return self.process.returncode


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tapes")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Watched]:
    (folder / "keep.yaml").write_text(tape("keep", "/keep"))
    with Watched(folder) as server:
        yield server


def body(server: ServeProcess, path: str) -> bytes:
    return ask(server.port, path).body


def twice(word: str) -> bytes:
    return f"data: {word}\n\n".encode() * 2


# --- Edits


def in_place(path: Path, text: str) -> None:
    path.write_text(text)


def in_two_steps(path: Path, text: str) -> None:
    """As those who truncate and write on."""
    with path.open("w") as file:
        file.write(text[: len(text) // 2])
        file.flush()
        os.fsync(file.fileno())
        file.write(text[len(text) // 2 :])


def by_rename(path: Path, text: str) -> None:
    """As mocksse itself, and many editors."""
    beside = path.with_name(f".{path.name}.tmp")
    beside.write_text(text)
    beside.replace(path)


def with_a_backup(path: Path, text: str) -> None:
    """As vim: what was there is moved away first."""
    (path.parent / "4913").touch()
    (path.parent / "4913").unlink()
    path.rename(path.with_name(f"{path.name}~"))
    path.write_text(text)
    path.with_name(f"{path.name}~").unlink()


@pytest.mark.parametrize("edit", [in_place, in_two_steps, by_rename, with_a_backup])
def test_an_edit_changes_the_next_request(edit: Callable[[Path, str], None], server: Watched, folder: Path) -> None:
    name = edit.__name__
    path = folder / f"{name}.yaml"
    path.write_text(tape("before", f"/{name}"))
    assert server.hears("reloaded") == f"reloaded {name}"
    assert body(server, f"/{name}") == twice("before")
    edit(path, tape("after", f"/{name}"))
    assert server.hears("reloaded") == f"reloaded {name}"
    assert body(server, f"/{name}") == twice("after")
    path.unlink()
    assert server.hears("reloaded") == f"reloaded {name}"
    assert ask(server.port, f"/{name}").status == 404
    assert body(server, "/keep") == twice("keep")


def test_a_hundred_streams_that_run_go_on_with_what_they_began_with(server: Watched, folder: Path) -> None:
    path = folder / "running.yaml"
    path.write_text(tape("before", "/running", 3_600_000))
    server.hears("reloaded running")
    clients: list[Client] = []
    try:
        for _ in range(STREAMS):
            clients.append(server.client())
            clients[-1].ask("/running", "GET", "x-mocksse-pacing: max_gap=1000")
        firsts = [read_first(client) for client in clients]
        assert firsts == ["before"] * STREAMS
        path.write_text(tape("after", "/running"))
        server.hears("reloaded running")
        assert body(server, "/running") == twice("after")
        assert [rest_of(client) for client in clients] == [chunk(b"data: before\n\n") + END] * STREAMS
    finally:
        for client in clients:
            client.sock.close()


def read_first(client: Client) -> str:
    """The word of the first event."""
    data = b""
    while not data.endswith(b"\n\n\r\n"):
        data += client.read(1)
    return data.rpartition(b"data: ")[2].split(b"\n")[0].decode()


def rest_of(client: Client) -> bytes:
    data = b""
    while not data.endswith(END):
        data += client.read(1)
    return data


def test_a_broken_edit_keeps_the_old_one_and_says_where(server: Watched, folder: Path) -> None:
    path = folder / "broken.yaml"
    path.write_text(tape("good", "/broken"))
    server.hears("reloaded broken")
    for text, where in (
        ("interactions:\n  - path: /broken\n    strem: []\n", f"{path}:3: "),
        ("interactions:\n  - path: [\n", f"{path}:3: "),
        ("interactions: [{path: /broken, faults: [nope], stream: [{data: a}]}]\n", f"{path}:1: "),
        ("", f"{path}"),
    ):
        path.write_text(text)
        assert server.hears("kept as it was: ").startswith(f"kept as it was: {where}")
        assert body(server, "/broken") == twice("good")
    path.write_text(tape("mended", "/broken"))
    server.hears("reloaded broken")
    assert body(server, "/broken") == twice("mended")


def test_what_is_no_cassette_is_not_looked_at(server: Watched, folder: Path) -> None:
    for name in (".hidden.yaml", "notes.txt", "x.yaml.partial", "x.yaml~"):
        (folder / name).write_text("{")
    (folder / "sub").mkdir()
    (folder / "sub" / "new.yml").write_text(tape("new", "/sub"))
    assert server.said.get(timeout=PATIENCE) == "reloaded sub/new"
    assert body(server, "/sub") == twice("new")


def test_a_folder_that_comes_moves_and_goes(server: Watched, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "apart" / "deep").mkdir(parents=True)
    (tmp_path / "apart" / "deep" / "one.yaml").write_text(tape("one", "/apart"))
    (tmp_path / "apart").rename(folder / "came")
    assert server.hears("reloaded") == "reloaded came/deep/one"
    (folder / "came").rename(folder / "moved")
    assert {server.hears("reloaded") for _ in range(2)} == {"reloaded came/deep/one", "reloaded moved/deep/one"}
    listed = json.loads(body(server, "/__mocksse/cassettes"))["cassettes"]
    assert [one["name"] for one in listed if one["name"].endswith("/one")] == ["moved/deep/one"]
    (folder / "moved").rename(tmp_path / "gone")
    assert server.hears("reloaded") == "reloaded moved/deep/one"
    assert ask(server.port, "/apart").status == 404


def test_a_single_file(tmp_path: Path) -> None:
    path = tmp_path / "one.yaml"
    path.write_text(tape("one"))
    (tmp_path / "other").mkdir()
    with Watched("one.yaml", cwd=tmp_path) as server:
        (tmp_path / "two.yaml").write_text(tape("two", "/two"))
        (tmp_path / "other" / "three.yaml").write_text("{")
        by_rename(path, tape("again"))
        server.hears("reloaded one")
        assert body(server, "/x") == twice("again")
        assert ask(server.port, "/two").status == 404
        path.unlink()
        server.hears("reloaded one")
        assert ask(server.port, "/x").status == 404
        path.write_text(tape("back"))
        server.hears("reloaded one")
        assert body(server, "/x") == twice("back")


def test_what_is_recorded_meanwhile_is_there_once(tmp_path: Path) -> None:
    with Paths() as upstream:
        upstream.on |= {f"/{number}": events(str(number), "end") for number in range(30)}
        with Watched(tmp_path, "--record", "new", "--upstream", upstream.url) as server:
            for number in range(30):
                ask(server.port, f"/{number}")
            recordings(tmp_path, 30)
            (tmp_path / "mine.yaml").write_text(tape("mine", "/mine"))
            server.hears("reloaded mine")
            assert body(server, "/mine") == twice("mine")
            assert body(server, "/7") == b"data: 7\n\ndata: end\n\n"
            listed = json.loads(body(server, "/__mocksse/cassettes"))["cassettes"]
            assert sorted(one["name"] for one in listed) == sorted(path.stem for path in tmp_path.glob("*.yaml"))
            assert len(upstream.requests) == 30


def test_a_recording_that_was_seen_before_it_was_told_of(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(tape("a"))
    stock = Stock([], [tmp_path])
    assert stock.refresh([path]) == (["a"], [])
    assert stock.called(path) == "a"
    (tmp_path / "sub").mkdir()
    assert stock.called(tmp_path / "sub" / "a.yaml") == "sub/a"
    assert stock.called(tmp_path.parent / "a.yaml") == "a-2", "another of that name"
