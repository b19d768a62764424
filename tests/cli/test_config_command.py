"""`mocksse config`: each word that was said, its value and its place; and `serve` obeys the same words."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING

import pytest
from served import ServeProcess

from mocksse.cli import run
from mocksse.settings.words import WORDS

if TYPE_CHECKING:
    from pathlib import Path

FILE = """\
cassettes: cassettes/
pacing:
  ttft: normal:350,50
token: SECRET
upstream: {/openai: https://api.example}
sessions:
  cut: {faults: reset at=event:5}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_what_was_said_and_where(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "mocksse.yaml").write_text(FILE)
    monkeypatch.setenv("MOCKSSE_PORT", "9000")
    assert run(["config", "--speed", "2", "--no-control", "x.yaml"]) == 0
    assert capsys.readouterr() == (
        """\
cassettes            x.yaml                       PATHS
port                 9000                         MOCKSSE_PORT
pacing.speed         2                            --speed
upstream             /openai=https://api.example  mocksse.yaml:5
token                (set)                        mocksse.yaml:4
control              false                        --no-control
sessions.cut.faults  reset at=event:5             mocksse.yaml:7
""",
        "",
    )


def test_all_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["config", "--all"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [word.name for word in WORDS if word.name != "match.strict"]
    assert {line.split()[-1] for line in lines} == {"default"}
    assert len({line.rindex("default") for line in lines}) == 1


def test_nothing_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["config"]) == 0
    assert capsys.readouterr() == ("", "all is as it is by default (--all shows it)\n")


def test_as_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "own.yaml").write_text(FILE)
    assert run(["config", "--config", "own.yaml", "--json"]) == 0
    out = capsys.readouterr().out
    told = json.loads(out)
    assert told["port"] == {"value": 8080, "origin": "default"}
    assert told["token"] == {"value": "(set)", "origin": "own.yaml:4"}
    assert told["upstream"] == {"value": {"/openai": "https://api.example"}, "origin": "own.yaml:5"}
    assert told["sessions.cut.faults"] == {"value": ["reset at=event:5"], "origin": "own.yaml:7"}
    assert told["tls_cert"]["value"] is None
    assert "SECRET" not in out


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("prot: 1", "mocksse: mocksse.yaml:1: a settings file has no 'prot' (did you mean port?)\n"),
        ("token: 5", "mocksse: mocksse.yaml:1: token: expected text (put it in quotes)\n"),
        ("port: [", "mocksse: mocksse.yaml:1: not YAML: "),
    ],
)
def test_a_wrong_file(text: str, line: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "mocksse.yaml").write_text(text)
    assert run(["config"]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith(line)


def test_what_a_terminal_would_obey_is_not_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "mocksse.yaml").write_text('host: "\\e[2J\\nport 1"')
    assert run(["config"]) == 0
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert "\x1b" not in out


def test_serve_obeys_the_file_and_the_environment_and_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "chat.yaml").write_text("path: /a\nstream: [{data: one}]\n")
    (folder / "mocksse.yaml").write_text("cassettes: chat.yaml\nroutes: {/b: '1'}\n")
    monkeypatch.setenv("MOCKSSE_FAULT", "status 503 times=1")
    with ServeProcess(cwd=folder) as server:
        with server.client() as client:
            client.ask("/b")
            assert client.answer().status == 503
            client.ask("/b")
            assert client.answer().body == b"data: one\n\n"
        assert server.end(signal.SIGINT) == 0
        assert server.err.startswith("settings of mocksse.yaml hold (mocksse config shows them)\n")
    with ServeProcess("--quiet", cwd=folder) as server:
        assert server.end(signal.SIGINT) == 0
        assert server.err == ""
