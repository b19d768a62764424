"""Cassettes from files and folders: which, in what order, and what they are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mocksse.cassette.library import find, shelve
from mocksse.errors import CassetteError, UsageError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    for name in (
        "b.yaml",
        "a.yml",
        "sub/deep/c.yaml",
        "sub/a.yaml",
        ".hidden.yaml",
        ".git/x.yaml",
        "notes.txt",
        "d.yaml.partial",
        "cassette.schema.json",
        "folder.yaml/inner.yaml",
        "my.chat.yaml",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("path: /x\n")
    (tmp_path / "gone.yaml").symlink_to("nowhere")
    return tmp_path


def test_a_folder_is_searched_whole(shelf: Path) -> None:
    assert [name for name, _ in find([shelf])] == ["a", "b", "folder.yaml/inner", "my.chat", "sub/a", "sub/deep/c"]


def test_files_are_taken_as_they_are_named(shelf: Path) -> None:
    (shelf / "v1.2").write_text("path: /x\n")
    given = [shelf / "b.yaml", shelf / "my.chat.yaml", shelf / ".hidden.yaml", shelf / "notes.txt", shelf / "v1.2"]
    assert find(given) == list(zip(["b", "my.chat", ".hidden", "notes.txt", "v1.2"], given, strict=True))


def test_each_file_counts_once(shelf: Path) -> None:
    (shelf / "z.yaml").symlink_to("b.yaml")
    found = [path.name for _, path in find([shelf / "b.yaml", shelf, shelf / "sub" / ".." / "b.yaml"])]
    assert len(found) == 6
    assert sorted(found) == ["a.yaml", "a.yml", "b.yaml", "c.yaml", "inner.yaml", "my.chat.yaml"]


def test_an_empty_folder_has_none(tmp_path: Path) -> None:
    assert find([tmp_path]) == []
    assert shelve([str(tmp_path)]) == []


@pytest.mark.parametrize("name", ["none.yaml", "gone.yaml", "nul\0.yaml"])
def test_what_is_not_there(name: str, shelf: Path) -> None:
    with pytest.raises(UsageError) as caught:
        find([shelf / name])
    assert caught.value.message == f"no such file or folder: {shelf / name}"


def test_shelve(shelf: Path) -> None:
    first = shelve([str(shelf)])[0]
    assert (first.name, first.path) == ("a", shelf / "a.yml")
    assert first.cassette.interactions[0].request.path == "/x"
    (shelf / "sub" / "a.yaml").write_text("path: /x\nsteam: 1\n")
    with pytest.raises(CassetteError, match=r"sub/a\.yaml:2: a cassette has no 'steam'"):
        shelve([shelf])
