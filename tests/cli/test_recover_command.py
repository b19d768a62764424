"""What an interrupted recording left: how it is offered, and what becomes of it."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mocksse import cli
from mocksse.cassette.load import load
from mocksse.cassette.model import Recorded, Request
from mocksse.cassette.seen import ChunkDone, ChunkSeen, DataSeen, HeadSeen, Seen
from mocksse.record.journal import Journal, Opening

if TYPE_CHECKING:
    from collections.abc import Callable

OPENING = Opening("talk", Request("/v1/x", "POST"), Recorded("2026-11-22T09:43:18.120Z", "http://h", "mocksse"))
CAME: list[Seen] = [
    HeadSeen(500, 200, b"OK", "1.1", ((b"Content-Type", b"text/event-stream"),), "chunked"),
    ChunkSeen(9),
    DataSeen(1500, b"data: x\n\n"),
    ChunkDone(),
    ChunkSeen(100),
    DataSeen(2500, b"data: hal"),
]

Run = tuple[int, str, str]


@pytest.fixture
def mocksse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Run]:
    monkeypatch.chdir(tmp_path)

    def run(*args: str) -> Run:
        code = cli.run([*args])
        return code, *capsys.readouterr()

    return run


def left(target: str, items: list[Seen] = CAME) -> Path:
    """What a killed recorder leaves."""
    file = Journal(Path(target), OPENING)
    file.write(items)
    file.close(remove=False)
    return file.path


def test_it_becomes_the_cassette_it_was_to_be(mocksse: Callable[..., Run]) -> None:
    partial = left("talks/x.yaml")
    code, out, err = mocksse("recover", str(partial))
    assert (code, out) == (0, "talks/x.yaml\n")
    assert err == "talks/x.yaml.partial: recovered 18 B of 2.5 ms, stopped\n"
    (interaction,) = load(Path("talks/x.yaml"))
    assert (interaction.name, interaction.request, interaction.recorded) == ("talk", OPENING.request, OPENING.recorded)
    assert interaction.response.body == b"data: x\n\ndata: hal"
    assert interaction.response.pieces[-1].of == 100
    assert interaction.response.end.how == "stopped"
    assert not partial.exists()
    assert mocksse("check", "talks")[0] == 0


def test_a_folder_of_several_and_into_a_cassette_that_is_there(mocksse: Callable[..., Run]) -> None:
    left("x.yaml")
    mocksse("recover", ".")
    left("x.yaml")
    left("x.yaml")
    left("below/y.yaml")
    code, out, _ = mocksse("recover", ".")
    assert (code, out.splitlines()) == (0, ["below/y.yaml", "x.yaml", "x.yaml"])
    assert [interaction.name for interaction in load(Path("x.yaml"))] == ["talk", "talk-2", "talk-3"]
    assert [path.name for path in Path().rglob("*.partial")] == []


def test_where_nothing_had_come_nothing_is_kept(mocksse: Callable[..., Run]) -> None:
    left("x.yaml", [])
    Path("y.yaml.partial").write_bytes(b'{"mocksse_partial":1,"na')
    Path("z.yaml.partial").write_bytes(b"")
    code, out, err = mocksse("recover", ".")
    assert (code, out) == (0, "")
    assert [line.partition(": ")[2] for line in err.splitlines()] == ["nothing had arrived; removed"] * 3
    assert list(Path().iterdir()) == []
    assert mocksse("recover", ".")[2] == ".: nothing to recover\n"


def test_what_can_not_be_recovered_stays(mocksse: Callable[..., Run]) -> None:
    Path("film.partial").write_text("not ours\n")
    Path("x.yaml").write_text("broken: [")
    partial = left("x.yaml")
    running = Journal(Path("r.yaml"), OPENING)
    for args, says in (
        (["missing.yaml.partial"], "no such file or folder: missing.yaml.partial"),
        (["x.yaml"], "x.yaml: not what an interrupted recording leaves"),
        (["film.partial"], "film.partial:1: not an interrupted recording"),
        ([str(running.path)], "r.yaml.partial: the recording is still running"),
        ([str(partial)], "x.yaml:1: "),
    ):
        code, out, err = mocksse("recover", *args)
        assert (code, out) == (2, "")
        assert err.startswith(f"mocksse: {says}")
        assert len(err.splitlines()) == 1
    running.close(remove=True)
    assert sorted(path.name for path in Path().iterdir()) == ["film.partial", "x.yaml", "x.yaml.partial"]


@pytest.mark.parametrize("command", ["show", "check", "serve", "record"])
def test_every_command_that_looks_there_offers_it(command: str, mocksse: Callable[..., Run]) -> None:
    left("ok.yaml")
    mocksse("recover", ".")
    left("it's one.yaml")
    left("deep/er/two.yaml")
    Path("film.partial").write_text("not ours\n")
    running = Journal(Path("running.yaml"), OPENING)
    args = {
        "serve": [".", "--route", "none"],  # goes no further
        "record": ["http://127.0.0.1:1/", "-o", "./new.yaml"],
    }.get(command, ["."])
    code, _, err = mocksse(command, *args)
    assert code == {"show": 0, "check": 0, "serve": 2, "record": 3}[command]
    offers = [line for line in err.splitlines() if "interrupted recording" in line]
    commands = [shlex.split(line.partition("keep it with  ")[2]) for line in offers]
    deep = [["mocksse", "recover", "deep/er/two.yaml.partial"]] if command != "record" else []
    assert commands == [*deep, ["mocksse", "recover", "it's one.yaml.partial"]]
    for _, *words in commands:
        assert mocksse(*words)[0] == 0
    assert len(list(Path().rglob("*.yaml.partial"))) == 1 + (command == "record")
    running.close(remove=True)


def test_a_new_recording_offers_what_lies_in_the_usual_folder(mocksse: Callable[..., Run]) -> None:
    left("cassettes/x.yaml")
    _, _, err = mocksse("record", "http://127.0.0.1:1/")
    assert "keep it with  mocksse recover cassettes/x.yaml.partial\n" in err
