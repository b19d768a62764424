"""Every command that looks at a place says what an interrupted recording left there, and how to get it back."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mocksse import cli
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


@pytest.mark.parametrize("command", ["show", "check", "serve", "record"])
def test_every_command_that_looks_there_offers_it(command: str, mocksse: Callable[..., Run]) -> None:
    left("ok.yaml")
    mocksse("recover", ".")
    left("it's one.yaml")
    left("deep/er/two.yaml")
    Path("film.partial").write_text("not ours\n")
    running = Journal(Path("running.yaml"), OPENING)
    args = {
        "serve": [".", "--route", "/none=none"],  # goes no further
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
