"""Cassettes from files and folders: which, in what order, and what they are called."""

from __future__ import annotations

from pathlib import Path

import pytest

from mocksse.cassette.library import find, shelve
from mocksse.errors import CassetteError, UsageError


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


def test_no_two_are_called_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("x.yaml", "a/x.yaml", "b/x.yaml", "b/x.yml", "b/a/x.yaml", "b/y.yaml", "a/y.yaml"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text("path: /x\n")

    def names(*given: str) -> list[str]:
        return [name for name, _ in find(given)]

    assert names("a/x.yaml", "b/y.yaml") == ["x", "y"]
    assert names("a/x.yaml", "b/x.yaml") == ["a/x", "b/x"]
    assert names("x.yaml", "a/x.yaml") == ["x", "a/x"]
    assert names("a/x.yaml", "b/a/x.yaml", "a/y.yaml") == ["a/x", "b/a/x", "y"]
    assert names("a", "b") == ["x", "a/y", "a/x", "x.yaml", "x.yml", "b/y"]
    assert names("b/x.yaml", "b/x.yml") == ["x.yaml", "x.yml"]


def test_an_empty_folder_has_none(tmp_path: Path) -> None:
    for read in (find, shelve):
        with pytest.raises(UsageError, match=r"no cassettes in .* \(mocksse record URL makes one\)"):
            read([str(tmp_path)])


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
