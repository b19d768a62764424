"""The cassettes of a server: which a name means, and what becomes of one that changes on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from mocksse.cassette.library import Shelved, shelve
from mocksse.cassette.load import load
from mocksse.cassette.model import Cassette
from mocksse.errors import UsageError
from mocksse.server.stock import Stock
from mocksse.server.tape import Kind

ONE = "path: /v1/x\nstream: [{data: one}]\n"
TWO = "interactions:\n  - {name: a, path: /a, stream: [{data: a}]}\n  - {name: b, path: /b, stream: [{data: b}]}\n"
BROKEN = "path: /v1/x\nsteam: []\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "c" / "openai").mkdir(parents=True)
    (tmp_path / "c" / "plain.yaml").write_text(ONE)
    (tmp_path / "c" / "openai" / "chat.yaml").write_text(TWO)
    (tmp_path / "c" / "openai" / "chat-2.yml").write_text(ONE)
    (tmp_path / "elsewhere.yaml").write_text(ONE)
    return tmp_path / "c"


@pytest.fixture
def stock(folder: Path) -> Stock:
    return Stock(shelve([folder]), (folder,))


# --- Names


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("plain", ["plain#1"]),
        ("plain.yaml", ["plain#1"]),
        ("./plain", ["plain#1"]),
        ("openai/chat", ["openai/chat#a", "openai/chat#b"]),
        ("openai/chat.yaml", ["openai/chat#a", "openai/chat#b"]),
        ("openai/chat#b", ["openai/chat#b"]),
        ("openai", ["openai/chat#a", "openai/chat#b", "openai/chat-2#1"]),
        ("openai/", ["openai/chat#a", "openai/chat#b", "openai/chat-2#1"]),
        ("openai/*#a", ["openai/chat#a"]),
        ("*lain", ["plain#1"]),
    ],
)
def test_a_name_means_a_file_a_folder_a_pattern_or_one_interaction(stock: Stock, name: str, keys: list[str]) -> None:
    assert [tape.key for tape in stock.select([name])] == keys


def test_a_path_means_the_file_that_lies_there(stock: Stock, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    for path in (folder / "plain.yaml", Path("plain.yaml"), folder / "openai" / ".." / "plain.yaml"):
        assert [tape.file for tape in stock.select([str(path)])] == ["plain"]
    assert len(stock.select([str(folder)])) == len(stock.select([])) == 4


def test_several_names_are_played_in_their_order_and_once(stock: Stock) -> None:
    assert [t.key for t in stock.select(["plain", "openai/chat", "*"])][:3] == [
        "plain#1",
        *stock_keys(stock, "a", "b"),
    ]
    assert len(stock.select(["plain", "*", "openai"])) == 4


def stock_keys(stock: Stock, *names: str) -> list[str]:
    return [tape.key for tape in stock.tapes if tape.interaction.name in names]


@pytest.mark.parametrize(
    "name", ["nope", "../elsewhere.yaml", "/etc/passwd", "plain#nope", "openai/cha", "", "..", "c", "#a", "plain\0"]
)
def test_any_other_name_is_that_of_none(stock: Stock, name: str, tmp_path: Path) -> None:
    for named in (name, str(tmp_path / "elsewhere.yaml")):
        with pytest.raises(UsageError, match="no cassette is called"):
            stock.select([named])


def test_a_folder_to_record_into_may_be_empty(tmp_path: Path) -> None:
    assert Stock((), (tmp_path,)).select([str(tmp_path)]) == ()


# --- Changes


def test_what_changed_is_read_again_and_what_plays_goes_on(stock: Stock, folder: Path) -> None:
    (old,) = stock.select(["plain"])
    before = old.play(Kind())
    path = folder / "plain.yaml"
    path.write_text(ONE.replace("one", "two"))
    assert stock.refresh([path]) == (["plain"], [])
    (new,) = stock.select(["plain"])
    assert b"data: two" in b"".join(new.play(Kind()).sends.data)
    assert old.play(Kind()) is before
    assert stock.refresh([path]) == ([], []), "the same again is no change"


def test_a_broken_one_stays_as_it_was(stock: Stock, folder: Path) -> None:
    path, generation = folder / "plain.yaml", stock.generation
    path.write_text(BROKEN)
    names, (error,) = stock.refresh([path])
    assert (names, stock.generation) == ([], generation)
    assert str(error).startswith(f"{path}:2: ")
    assert len(stock.select(["plain"])) == 1


def test_new_ones_come_and_old_ones_go(stock: Stock, folder: Path) -> None:
    fresh = folder / "openai" / "fresh.yaml"
    fresh.write_text(ONE)
    (folder / "plain.yaml").unlink()
    names, wrong = stock.refresh([fresh, folder / "plain.yaml"])
    assert (names, wrong) == (["openai/fresh", "plain"], [])
    assert [item.name for item in stock.shelved] == ["openai/chat", "openai/chat-2", "openai/fresh"]


@pytest.mark.parametrize("name", ["notes.txt", ".hidden.yaml", ".git/x.yaml", "chat.yaml.partial"])
def test_what_is_no_cassette_is_left_alone(stock: Stock, folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(BROKEN)
    assert stock.refresh([folder / name]) == ([], [])


def test_a_file_that_was_named_itself_brings_no_neighbours(folder: Path) -> None:
    stock = Stock(shelve([folder / "plain.yaml"]), (folder / "plain.yaml",))
    assert stock.refresh([folder / "openai" / "chat.yaml"]) == ([], [])
    assert stock.files() == [folder / "plain.yaml"]


def test_a_new_one_takes_no_other_s_name(stock: Stock, folder: Path) -> None:
    assert stock.called(folder / "openai" / "more.yaml") == "openai/more"
    other = folder.parent / "plain.yaml"
    assert stock.called(other) == "plain-2"
    stock.put(Shelved("plain-2", folder / "x.yaml", Cassette(load(folder / "plain.yaml").interactions)))
    assert stock.called(other) == "plain-3"
