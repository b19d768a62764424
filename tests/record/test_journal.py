"""The journal: whatever moment it is cut at, it is readable and tells what had come by then."""

from __future__ import annotations

import errno
import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mocksse.cassette.load import load
from mocksse.cassette.model import Interaction, Recorded, Request
from mocksse.cassette.seen import ChunkDone, ChunkSeen, DataSeen, EndSeen, HeadSeen, Seen, build
from mocksse.errors import CassetteError, UpstreamError
from mocksse.record import journal
from mocksse.record.journal import Journal, Opening, Remains, claim, is_partial, is_running, read
from mocksse.record.keep import keep

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OPENING = Opening(
    "rivers",
    Request("/v1/x?y=\u00fc", "POST", (("accept", "*/*"), ("content-type", "a/b")), b"\xff\0 body"),
    Recorded("2026-11-22T09:43:18.120Z", "http://127.0.0.1:8091", "mocksse 0.1.0"),
)
ITEMS: list[Seen] = [
    HeadSeen(10, 200, b"\xfcber", "1.0", ((b"X", b"\x80\xff"), (b"x", b"y")), "chunked"),
    ChunkSeen(2**60),
    DataSeen(20, b"data: \xf0\x9f\x98\x80 \xe2\x80\xa8\xc2\x85\0\r\n\n"),
    DataSeen(30, b"\xf0\x9f"),
    ChunkDone(),
    ChunkSeen(1),
    DataSeen(40, b"\n"),
    ChunkDone(),
    EndSeen(50, "malformed", ((b"T", b"\xfe"),)),
    DataSeen(60, b"rest \xc3", rest=True),
]


def written(path: Path, items: list[Seen], opening: Opening = OPENING) -> bytes:
    """The bytes of a journal that its recorder did not come to remove."""
    file = Journal(path, opening)
    file.write(items)
    file.close(remove=False)
    return file.path.read_bytes()


def remains_of(path: Path) -> Remains:
    remains = read(path)
    assert remains is not None
    return remains


def test_what_is_written_is_read(tmp_path: Path) -> None:
    written(tmp_path / "x.yaml", ITEMS)
    remains = remains_of(tmp_path / "x.yaml.partial")
    assert (remains.opening, remains.seen) == (OPENING, tuple(ITEMS))
    response = build(ITEMS)
    assert response is not None
    assert remains.interaction == Interaction("rivers", OPENING.request, response, OPENING.recorded)


def test_cut_at_every_byte_it_gives_a_prefix(tmp_path: Path) -> None:
    raw = written(tmp_path / "x.yaml", ITEMS)
    path = tmp_path / "y.yaml.partial"
    lines = raw.count(b"\n")
    assert lines == len(ITEMS) + 1
    for size in range(len(raw) + 1):
        path.write_bytes(raw[:size])
        whole = raw[:size].count(b"\n")
        remains = read(path)
        if whole == 0:
            assert remains is None
            continue
        assert remains is not None
        assert remains.seen == tuple(ITEMS[: whole - 1])
        interaction = remains.interaction
        assert (interaction is None) == (whole == 1)
        if interaction is not None and whole < lines - 1:
            assert interaction.response.end.how == "stopped"


def test_every_prefix_becomes_a_cassette_that_loads(tmp_path: Path) -> None:
    for count in range(1, len(ITEMS) + 1):
        target = tmp_path / f"{count}.yaml"
        written(target, ITEMS[:count])
        interaction = remains_of(target.with_name(f"{count}.yaml.partial")).interaction
        assert interaction is not None
        keep(target, interaction)
        assert load(target).interactions == (interaction,)


@pytest.mark.parametrize(
    "rubbish",
    [
        b"\0" * 64,
        b"{}",
        b"[]",
        b"null",
        b"7",
        b'{"data":5}',
        b'{"data":"5","text":"x"}',
        b'{"data":true,"text":"x"}',
        b'{"data":5,"text":7}',
        b'{"data":5,"base64":"!"}',
        b'{"chunk":"1"}',
        b'{"end":"cut"}',
        b'{"head":200}',
        b'{"end":"cut","at_us":1,"trailers":[["a"]]}',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
    ids=lambda rubbish: rubbish[:24].decode("latin-1"),
)
def test_rubbish_behind_the_last_good_line_is_the_end(rubbish: bytes, tmp_path: Path) -> None:
    raw = written(tmp_path / "x.yaml", ITEMS[:4])
    path = tmp_path / "x.yaml.partial"
    path.write_bytes(raw + rubbish + b"\n" + b'{"done":true}\n')
    remains = remains_of(path)
    assert remains.seen[:4] == tuple(ITEMS[:4])
    assert len(remains.seen) == 4
    assert remains.interaction is not None


@pytest.mark.parametrize(
    "text", ["hello\n", "{}\n", "[]\n", '{"mocksse_partial":2}\n', "\0\n", "null\n", "[" * 99_999 + "\n"]
)
def test_a_file_of_another_kind_is_told(text: str, tmp_path: Path) -> None:
    path = tmp_path / "x.yaml.partial"
    path.write_text(text)
    with pytest.raises(CassetteError, match=r"x\.yaml\.partial:1: not an interrupted recording"):
        read(path)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.binary(max_size=30) | st.text(max_size=20).map(str.encode), max_size=8),
    st.none() | st.binary(max_size=40),
    st.text(st.characters(codec="utf-8"), max_size=20),
)
def test_any_bytes_survive(tmp_path_factory: Any, datas: list[bytes], body: bytes | None, name: str) -> None:
    folder = tmp_path_factory.mktemp("journal")
    opening = Opening(name, Request("/x", None, (), body), Recorded())
    items: list[Seen] = [DataSeen(number, data) for number, data in enumerate(datas) if data]
    written(folder / "x.yaml", items, opening)
    remains = remains_of(folder / "x.yaml.partial")
    assert (remains.opening, remains.seen) == (opening, tuple(items))


# --- Its place


def test_it_lies_beside_its_target_and_keeps_off_other_remains(tmp_path: Path) -> None:
    target = tmp_path / "new" / "folder" / "chat.v2.yaml"
    files = [Journal(target, OPENING) for _ in range(3)]
    names = ["chat.v2.yaml.partial", "chat.v2.yaml.2.partial", "chat.v2.yaml.3.partial"]
    assert [file.path for file in files] == [target.with_name(name) for name in names]
    for file in files:
        file.close(remove=False)
        assert is_partial(file.path)
        assert remains_of(file.path).target == target
    files[0].path.unlink()
    again = Journal(target, OPENING)
    assert again.path.name == names[0]
    again.close(remove=True)
    assert not again.path.exists()


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("x.yaml.partial", "x.yaml"),
        ("x.yml.12.partial", "x.yml"),
        ("x.2.yaml.partial", "x.2.yaml"),
        ("x.yaml.2.yaml.3.partial", "x.yaml.2.yaml"),
        ("line\nbreak.yaml.partial", "line\nbreak.yaml"),
        (".yaml.yaml.partial", ".yaml.yaml"),
    ],
)
def test_the_cassette_that_it_was_to_become(name: str, target: str, tmp_path: Path) -> None:
    path = tmp_path / name
    assert is_partial(path)
    assert Remains(path, OPENING, ()).target == tmp_path / target


@pytest.mark.parametrize("name", ["film.mkv.partial", ".partial", "x.yaml", "x.yaml.partial.bak", "x.json.2.partial"])
def test_other_programs_leave_partial_files_too(name: str, tmp_path: Path) -> None:
    assert not is_partial(tmp_path / name)


def test_a_new_one_keeps_its_name_from_the_start(tmp_path: Path) -> None:
    target = tmp_path / "new" / "x.yaml"
    first, second = (Journal(target, OPENING, new=True) for _ in range(2))
    assert (first.target, first.path) == (target, target.with_name("x.yaml.partial"))
    assert (second.target, second.path) == (target.with_name("x-2.yaml"), target.with_name("x-2.yaml.partial"))
    assert is_running(second.path)
    assert remains_of(second.path).target == second.target
    first.target.touch()
    first.close(remove=True)
    third = Journal(target, OPENING, new=True)
    assert third.target == target.with_name("x-3.yaml")
    for file in (second, third):
        file.close(remove=True)
    assert list(target.parent.iterdir()) == [target]


def test_a_name_that_somebody_is_just_done_with_is_not_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its cassette came into its place, and its journal went, between a look at the one and at the other."""
    target = tmp_path / "x.yaml"
    real = journal.free_file

    def late(folder: Path, name: str) -> Path:
        path = real(folder, name)
        target.touch()
        return path

    with monkeypatch.context() as patch:
        patch.setattr(journal, "free_file", late)
        file = Journal(target, OPENING, new=True)
    file.close(remove=False)
    assert file.target == tmp_path / "x-2.yaml"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x-2.yaml.partial", "x.yaml"]


def test_it_is_locked_as_long_as_somebody_writes_it(tmp_path: Path) -> None:
    file = Journal(tmp_path / "x.yaml", OPENING)
    assert is_running(file.path)
    assert is_running(file.path), "to ask leaves the lock as it is"
    file.close(remove=False)
    assert not is_running(file.path)
    assert not is_running(tmp_path / "not there")
    file.close(remove=True)  # a second time does nothing


def test_one_that_was_taken_for_remains_before_its_lock_is_begun_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = tmp_path / "x.yaml.partial"
    monkeypatch.setattr(fcntl, "flock", lambda *_: first.unlink(missing_ok=True))
    file = Journal(tmp_path / "x.yaml", OPENING)
    file.close(remove=False)
    assert remains_of(file.path).target == tmp_path / "x.yaml"


def test_one_alone_may_claim_it(tmp_path: Path) -> None:
    written(tmp_path / "x.yaml", ITEMS)
    path = tmp_path / "x.yaml.partial"
    with claim(path) as first, claim(path) as second:
        assert (first, second) == (True, False)
        path.unlink()
    with pytest.raises(FileNotFoundError), claim(path):
        pass


def test_where_files_have_no_locks_it_goes_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    written(tmp_path / "x.yaml", ITEMS)
    assert remains_of(tmp_path / "x.yaml.partial").seen == tuple(ITEMS)
    assert not is_running(tmp_path / "x.yaml.partial")


# --- A disk that fails


@pytest.mark.parametrize("target", ["/proc/mocksse/x.yaml", "/dev/null/below/x.yaml"])
def test_a_place_that_can_not_be_written(target: str, tmp_path: Path) -> None:
    with pytest.raises(UpstreamError, match=rf"{target}.*: can't write: .*-o"):
        Journal(tmp_path / target, OPENING)


def test_a_place_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UpstreamError, match="/file is not a folder"):
        Journal(tmp_path / "file" / "x.yaml", OPENING)
    with pytest.raises(UpstreamError, match="can't write: Not a directory"):
        Journal(tmp_path / "file" / "below" / "x.yaml", OPENING)
    with pytest.raises(UpstreamError, match="can't write: File name too long"):
        Journal(tmp_path / f"{'x' * 250}.yaml", OPENING)


@contextmanager
def room_for(monkeypatch: pytest.MonkeyPatch, room: int) -> Iterator[None]:
    """A disk with room for so many bytes."""
    real = os.write
    left = room

    def scarce(file: int, data: bytes) -> int:
        nonlocal left
        if left == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        size = real(file, data[:left])
        left -= size
        return size

    with monkeypatch.context() as patch:
        patch.setattr(journal.os, "write", scarce)
        yield


def test_a_disk_that_fills_up_at_any_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = written(tmp_path / "whole.yaml", ITEMS)
    first = raw.index(b"\n") + 1
    for room in (*range(first + 60), *range(first + 60, len(raw), 7)):
        target = tmp_path / f"{room}.yaml"
        path = target.with_name(f"{room}.yaml.partial")
        with room_for(monkeypatch, room), pytest.raises(UpstreamError, match="No space left on device") as caught:
            written(target, ITEMS)
        assert path.exists() == (room >= first), "nothing is left where nothing came"
        if room >= first:
            assert caught.value.hint == f"what came before is kept: mocksse recover {path}"
            assert remains_of(path).seen == tuple(ITEMS[: raw[:room].count(b"\n") - 1])
