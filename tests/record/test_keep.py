"""Into the cassette, one after the other."""

from __future__ import annotations

import errno
import fcntl
from threading import Barrier, Thread
from typing import TYPE_CHECKING

import pytest

from mocksse.cassette.load import load
from mocksse.cassette.model import Interaction, Piece, Request, Response
from mocksse.errors import UpstreamError
from mocksse.record.keep import keep, keep_new

if TYPE_CHECKING:
    from pathlib import Path

RESPONSE = Response(200, (), "length", (Piece(5, b"data: x\n\n"),))


def named(name: str) -> Interaction:
    return Interaction(name, Request("/x"), RESPONSE)


def test_those_that_end_together_all_get_in(tmp_path: Path) -> None:
    target = tmp_path / "new" / "x.yaml"
    barrier = Barrier(4)

    def add(number: int) -> None:
        barrier.wait()
        keep(target, named(f"i{number % 2}"))

    threads = [Thread(target=add, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(interaction.name for interaction in load(target)) == ["i0", "i0-2", "i1", "i1-2"]
    assert [path.name for path in target.parent.iterdir()] == ["x.yaml"]


def test_it_says_under_which_name(tmp_path: Path) -> None:
    target = tmp_path / "x.yaml"
    assert keep(target, named("a")) == named("a")
    assert keep(target, named("a")) == named("a-2")
    assert keep(target, named("a"), replace=True) == named("a")
    assert load(target).interactions == (named("a"),)


def test_where_there_are_no_locks_it_goes_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    keep(tmp_path / "x.yaml", named("a"))
    assert load(tmp_path / "x.yaml").interactions == (named("a"),)


def test_a_folder_that_can_not_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UpstreamError, match="can't write"):
        keep(tmp_path / "file" / "x.yaml", named("a"))


def test_a_file_of_its_own(tmp_path: Path) -> None:
    target = tmp_path / "new" / "x.yaml"
    assert keep_new(target, named("a")) == target
    assert keep_new(target, named("a")) == target.with_name("x-2.yaml")
    assert keep_new(target, named("b")) == target.with_name("x-3.yaml")
    assert [load(path).interactions for path in sorted(target.parent.iterdir())] == [
        (named("a"),),
        (named("b"),),
        (named("a"),),
    ]


def test_those_that_want_the_same_name_get_one_each(tmp_path: Path) -> None:
    barrier = Barrier(4)
    found: list[Path] = []

    def add() -> None:
        barrier.wait()
        found.append(keep_new(tmp_path / "x.yaml", named("a")))

    threads = [Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == sorted(tmp_path.iterdir())
    assert len(found) == 4
