"""`mocksse recover` as its users see it: what an interrupted recording left becomes a cassette, and the remains go."""

from __future__ import annotations

import errno
import fcntl
import os
from typing import TYPE_CHECKING

import pytest

from mocksse.cassette.load import load
from mocksse.cassette.model import Interaction, Piece, Recorded, Request
from mocksse.cassette.seen import ChunkDone, ChunkSeen, DataSeen, HeadSeen, Seen
from mocksse.cli import run
from mocksse.record.journal import Journal, Opening
from mocksse.record.keep import keep

if TYPE_CHECKING:
    from pathlib import Path

OPENING = Opening("rivers", Request("/v1/chat/completions", "POST", body=b"{}"), Recorded("now", "http://a", "me"))
HEAD = HeadSeen(12_000, 200, b"OK", "1.1", ((b"Content-Type", b"text/event-stream"),), "chunked")
CAME: list[Seen] = [
    HEAD,
    ChunkSeen(9),
    DataSeen(42_000, b"data: a\n\n"),
    ChunkDone(),
    ChunkSeen(9),
    DataSeen(50_000, b"da"),
]


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def interrupted(target: Path, items: list[Seen] = CAME) -> Path:
    journal = Journal(target, OPENING)
    journal.write(items)
    journal.close(remove=False)
    return journal.path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    interrupted(place / "a.yaml")
    assert run(["recover", "a.yaml.partial"]) == 0
    assert capsys.readouterr() == ("a.yaml\n", "a.yaml.partial: recovered 11 B of 50 ms, stopped\n")
    assert names(place) == ["a.yaml"]
    (interaction,) = load(place / "a.yaml")
    assert (interaction.name, interaction.request, interaction.recorded) == (
        "rivers",
        OPENING.request,
        OPENING.recorded,
    )
    assert interaction.response.pieces == (Piece(30_000, b"data: a\n\n"), Piece(8_000, b"da", of=9))
    assert interaction.response.end.how == "stopped"
    assert run(["check", "a.yaml", "--off", "broken-json"]) == 0


def test_a_folder(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "sub").mkdir()
    for name in ("a.yaml", "b.yaml", "sub/c.yaml", "a.yaml"):
        interrupted(place / name)
    assert names(place) == ["a.yaml.2.partial", "a.yaml.partial", "b.yaml.partial", "sub"]
    assert run(["recover", "."]) == 0
    out, err = capsys.readouterr()
    assert sorted(out.split()) == ["a.yaml", "a.yaml", "b.yaml", "sub/c.yaml"]
    assert len(err.splitlines()) == 4
    assert names(place) == ["a.yaml", "b.yaml", "sub"]
    assert [i.name for i in load(place / "a.yaml")] == ["rivers", "rivers-2"]


def test_what_is_there_gets_one_more(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "a.yaml").write_text("# mine\ninteractions:\n  - {path: /x, name: rivers}\n")
    interrupted(place / "a.yaml")
    assert run(["recover", "a.yaml.partial"]) == 0
    assert (place / "a.yaml").read_text().startswith("# mine\ninteractions:\n  - {path: /x, name: rivers}\n")
    assert [i.name for i in load(place / "a.yaml")] == ["rivers", "rivers-2"]
    capsys.readouterr()


@pytest.mark.parametrize("items", [[], [DataSeen(1, b"x")]])
def test_where_nothing_had_arrived(items: list[Seen], place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    interrupted(place / "a.yaml", items)
    assert run(["recover", "a.yaml.partial"]) == 0
    assert capsys.readouterr() == ("", "a.yaml.partial: nothing had arrived; removed\n")
    assert names(place) == []


@pytest.mark.parametrize("torn", [b"", b'{"mocksse_partial":1,"na'])
def test_where_not_even_the_request_was_written(torn: bytes, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "a.yaml.partial").write_bytes(torn)
    assert run(["recover", "."]) == 0
    assert capsys.readouterr() == ("", "a.yaml.partial: nothing had arrived; removed\n")
    assert names(place) == []


def test_nothing_to_recover(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["recover", "."]) == 0
    assert capsys.readouterr() == ("", ".: nothing to recover\n")


def test_a_recording_that_runs_is_left_alone(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    journal = Journal(place / "a.yaml", OPENING)
    journal.write(CAME)
    try:
        assert run(["recover", "a.yaml.partial"]) == 2
        assert capsys.readouterr() == (
            "",
            "mocksse: a.yaml.partial: the recording is still running (stop it with ^C, and it is saved)\n",
        )
        assert run(["recover", "."]) == 0
        assert capsys.readouterr().err == ".: nothing to recover\n"
        assert names(place) == ["a.yaml.partial"]
    finally:
        journal.close(remove=True)


def test_two_at_once_keep_it_once(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupted(place / "a.yaml")
    meanwhile: list[int] = []

    def keep_slowly(path: Path, interaction: Interaction, **how: bool) -> Interaction:
        monkeypatch.undo()
        monkeypatch.chdir(place)
        meanwhile.append(run(["recover", "a.yaml.partial"]))
        return keep(path, interaction, **how)

    monkeypatch.setattr("mocksse.record.turn_in.keep", keep_slowly)
    assert run(["recover", "a.yaml.partial"]) == 0
    assert meanwhile == [2]
    assert [i.name for i in load(place / "a.yaml")] == ["rivers"]
    assert names(place) == ["a.yaml"]


def test_what_another_has_turned_in_meanwhile(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = interrupted(place / "a.yaml")
    monkeypatch.setattr(fcntl, "flock", lambda *_: path.unlink())
    assert run(["recover", "a.yaml.partial"]) == 0
    assert capsys.readouterr() == ("", "a.yaml.partial: another recover has it already\n")
    assert names(place) == []


@pytest.mark.parametrize(
    ("args", "err"),
    [
        (["none"], "no such file or folder: none"),
        (["note.txt"], "note.txt: not what an interrupted recording leaves (it ends in .partial)"),
        (["junk.partial"], "junk.partial:1: not an interrupted recording"),
        ([], "Missing argument 'PATHS...'. (mocksse recover --help)"),
    ],
)
def test_what_is_no_recording(args: list[str], err: str, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "note.txt").write_text("hello\n")
    (place / "junk.partial").write_text("hello\n")
    assert run(["recover", *args]) == 2
    assert capsys.readouterr() == ("", f"mocksse: {err}\n")
    assert names(place) == ["junk.partial", "note.txt"]


def test_a_broken_cassette_beside_it_keeps_both(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "a.yaml").write_text("pth: /x\n")
    interrupted(place / "a.yaml")
    assert run(["recover", "a.yaml.partial"]) == 2
    assert capsys.readouterr().err == "mocksse: a.yaml:1: a cassette has no 'pth' (did you mean path?)\n"
    assert names(place) == ["a.yaml", "a.yaml.partial"]


def test_a_full_disk_keeps_the_remains(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    interrupted(place / "a.yaml")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        assert run(["recover", "a.yaml.partial"]) == 3
    err = capsys.readouterr().err
    assert err == "mocksse: a.yaml: can't write: No space left on device (nothing is lost: a.yaml.partial stays)\n"
    assert names(place) == ["a.yaml.partial"]
    assert run(["recover", "a.yaml.partial"]) == 0


def test_one_that_can_not_be_read_does_not_keep_the_others(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "aa.yaml.partial").write_text('{"mocksse_partial": 2}\n')
    interrupted(place / "zz.yaml")
    assert run(["recover", "."]) == 2
    out, err = capsys.readouterr()
    assert out == "zz.yaml\n"
    assert "aa.yaml.partial:1: not an interrupted recording: left as it is" in err
