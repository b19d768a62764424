"""A recorder that fails: the client gets all its bytes, one line says why, and nothing is left by halves."""

from __future__ import annotations

import errno
import gzip
import os
import resource
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from relaying import NAME, Noting, asking, names, other_process, relayed
from upstreams import HEAD, PATIENCE, Upstream, answer, chunk, events

from mocksse.cassette import save
from mocksse.cassette.load import load
from mocksse.cassette.model import Cassette, Interaction, Response
from mocksse.cassette.model import Request as Asked
from mocksse.errors import CheckError, MocksseError, UpstreamError
from mocksse.record import aside, journal, recorder
from mocksse.record.journal import read
from mocksse.record.turn_in import turn_in

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator
    from pathlib import Path

    from mocksse.record.relay import Relayed

WIRE = events("1", "2", "3")
OLD = Cassette((Interaction("old", Asked("/old"), Response(200, (), "length", ())),))


@pytest.fixture(autouse=True)
def old(tmp_path: Path) -> Path:
    """A cassette that was there before, with the name that the recording would have."""
    path = tmp_path / f"{NAME}.yaml"
    save.write(path, OLD)
    return path


def assert_unharmed(client: Noting, old: Path, trouble: MocksseError | None) -> None:
    assert HEAD + client.body == WIRE
    assert client.ends == ["complete"]
    assert load(old) == OLD
    assert trouble is not None
    assert "\n" not in str(trouble)


@contextmanager
def failing_write(monkeypatch: pytest.MonkeyPatch, number: int) -> Iterator[list[int]]:
    """The journal's write of this number fails, as all behind it do."""
    real = os.write
    calls = [0]

    def write(file: int, data: bytes) -> int:
        calls[0] += 1
        if calls[0] >= number:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(file, data)

    with monkeypatch.context() as patch:
        patch.setattr(journal.os, "write", write)
        yield calls


def test_each_write_of_the_journal_fails(tmp_path: Path, old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    partial = tmp_path / f"{NAME}-2.yaml.partial"
    kept = 0
    for number in range(1, 1000):
        client = Noting()
        got = threading.Semaphore(0)
        client.on_write = got.release

        def in_many_reads(sock: socket.socket, _: bytes, got: threading.Semaphore = got) -> None:
            sock.sendall(WIRE[: len(HEAD) + 7])
            for at in range(len(HEAD) + 7, len(WIRE), 7):
                assert got.acquire(timeout=PATIENCE)
                sock.sendall(WIRE[at : at + 7])

        with Upstream(in_many_reads) as upstream, failing_write(monkeypatch, number) as calls:
            done = relayed(upstream, client, tmp_path)
        if calls[0] < number:
            assert done.trouble is None
            assert names(tmp_path) == sorted([old.name, f"{NAME}-2.yaml"])
            break
        assert_unharmed(client, old, done.trouble)
        assert str(done.trouble).startswith(f"{partial}: can't write: No space left on device")
        assert done.recording is None
        if partial.exists():
            kept += 1
            assert f"mocksse recover {partial}" in str(done.trouble)
            remains = read(partial)
            assert remains is not None
            assert remains.interaction is not None
            partial.unlink()
        assert names(tmp_path) == [old.name]
    assert number > 4
    assert kept > 1


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_cassette_that_can_not_be_saved(
    step: str, tmp_path: Path, old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def here(partial: Path, *, new: bool, replace: bool) -> tuple[Path, str]:
        found = turn_in(partial, new=new, replace=replace)
        assert found is not None
        return found[0], found[1].name

    def failing(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    client = Noting()
    with Upstream(WIRE) as upstream, monkeypatch.context() as patch:
        patch.setattr(recorder, "turn_in_aside", here)
        patch.setattr(*((save.os, "fsync", failing) if step == "fsync" else (type(old), "replace", failing)))
        done = relayed(upstream, client, tmp_path)
    assert_unharmed(client, old, done.trouble)
    partial = tmp_path / f"{NAME}-2.yaml.partial"
    assert done.trouble is not None
    assert done.trouble.hint == f"the recording is kept: mocksse recover {partial}"
    assert names(tmp_path) == sorted([old.name, partial.name])
    remains = read(partial)
    assert remains is not None
    assert remains.interaction is not None
    assert remains.interaction.response.end.how == "complete"


@contextmanager
def file_size(limit: int) -> Iterator[None]:
    """No file may grow beyond that: the nearest thing to a disk that is full, and a process inherits it."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_that_is_full_at_any_size(tmp_path: Path, old: Path) -> None:
    found: list[Relayed] = []
    troubles = 0
    partial = tmp_path / f"{NAME}-2.yaml.partial"
    for limit in (0, 100, 500, 700, 800, 900, 1000, 1200, 1 << 20):
        client = Noting()
        with Upstream(WIRE) as upstream, other_process(), file_size(limit):
            found.append(relayed(upstream, client, tmp_path))
        trouble = found[-1].trouble
        if trouble is None:
            assert names(tmp_path) == sorted([old.name, f"{NAME}-2.yaml"])
            (tmp_path / f"{NAME}-2.yaml").unlink()
            continue
        troubles += 1
        assert_unharmed(client, old, trouble)
        assert "File too large" in str(trouble)
        assert ("mocksse recover" in str(trouble)) >= partial.exists()
        if partial.exists():
            kept = turn_in(partial)
            assert kept is not None
            assert WIRE.count(b"data: ") >= kept[1].response.chunks
            kept[0].unlink()
            partial.unlink()
        assert names(tmp_path) == [old.name]
    assert 3 < troubles < len(found)


def test_a_folder_that_can_not_be(tmp_path: Path, old: Path) -> None:
    client = Noting()
    with Upstream(WIRE) as upstream:
        done = relayed(upstream, client, old)
    assert_unharmed(client, old, done.trouble)
    assert str(done.trouble) == f"{old} is not a folder (choose another place with -o)"
    assert names(tmp_path) == [old.name]


def test_a_folder_that_goes_away(tmp_path: Path, old: Path) -> None:
    client = Noting()
    folder = tmp_path / "new"

    def vanish() -> None:
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()

    client.on_write = vanish
    with Upstream(WIRE) as upstream:
        done = relayed(upstream, client, folder)
    assert_unharmed(client, old, done.trouble)


def test_a_credential_in_a_compressed_answer(tmp_path: Path, old: Path) -> None:
    key = "sk-5ecre7-0123456789abcdef"
    data = gzip.compress(key.encode())
    client = Noting()
    with Upstream(answer("200 OK", "text/plain", data, "Content-Encoding: gzip")) as upstream:
        request = asking(upstream, "POST", ("Authorization", f"Bearer {key}"))
        done = relayed(upstream, client, tmp_path, request=request)
    assert (client.body, client.ends) == (data, ["complete"])
    assert isinstance(done.trouble, CheckError)
    assert key not in str(done.trouble)
    assert names(tmp_path) == [old.name]


def test_a_bug_is_told_without_its_text(tmp_path: Path, old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError("secret")

    client = Noting()
    with Upstream(WIRE) as upstream, monkeypatch.context() as patch:
        patch.setattr(recorder.Assembly, "feed", broken)
        done = relayed(upstream, client, tmp_path)
    assert_unharmed(client, old, done.trouble)
    assert str(done.trouble) == "the recording failed: ValueError (this is a bug of mocksse)"
    assert names(tmp_path) == [old.name]


def test_a_process_that_dies_is_started_again(tmp_path: Path, old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Noting()
    partial = tmp_path / f"{NAME}-2.yaml.partial"
    with Upstream(WIRE) as upstream, other_process(), monkeypatch.context() as patch:
        patch.setattr(aside.sys, "executable", "/bin/true")
        done = relayed(upstream, client, tmp_path)
    assert_unharmed(client, old, done.trouble)
    assert isinstance(done.trouble, UpstreamError)
    assert done.trouble.hint == f"the recording is kept: mocksse recover {partial}"
    assert partial.exists()
    with Upstream(WIRE) as upstream, other_process():
        done = relayed(upstream, Noting(), tmp_path)
        process = aside._clerk._process
        assert process is not None
        process.kill()
        process.wait()
        failed = relayed(upstream, Noting(), tmp_path)
        again = relayed(upstream, Noting(), tmp_path)
    assert (done.trouble, failed.trouble is None, again.trouble) == (None, False, None)


def test_what_came_of_an_answer_without_an_end_is_recovered(tmp_path: Path, old: Path) -> None:
    """A write that fails in the middle leaves what `recover` turns in."""
    client = Noting()
    more = events(*["x" * 500] * 40)
    with Upstream(more) as upstream, file_size(5000):
        done = relayed(upstream, client, tmp_path)
    assert HEAD + client.body == more
    assert done.trouble is not None
    kept = turn_in(tmp_path / f"{NAME}-2.yaml.partial")
    assert kept is not None
    path, interaction = kept
    assert path == tmp_path / f"{NAME}-2.yaml"
    assert interaction.response.end.how == "stopped"
    assert chunk(b"data: " + b"x" * 500 + b"\n\n").find(interaction.response.body[:500]) > 0
    assert load(old) == OLD
