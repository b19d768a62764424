"""`mocksse demo`: a real server and a real client in this process; line by line, and on a terminal."""

from __future__ import annotations

import io
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from mocksse.cassette.shipped import shipped
from mocksse.cli import demo_command, run

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def briefly(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """In any folder, and with a stall that is soon over."""
    monkeypatch.chdir(tmp_path)
    acts = [replace(act, fault=act.fault.replace("3s", "150ms")) for act in demo_command._ACTS]
    monkeypatch.setattr(demo_command, "_ACTS", tuple(acts))
    yield
    assert list(tmp_path.iterdir()) == []


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_line_by_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["demo", "--speed", "instant"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert "\x1b" not in out
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert [line for line in lines if line[:2] in {"1 ", "2 ", "3 "}] == [
        "1 As it was recorded the line below shows the gaps between chunks",
        "2 With a stall is your spinner still spinning? does a timeout strike?",
        "3 Cut, and back RST amid the answer; the client comes back",
    ]
    assert sum(line.endswith("finish stop") for line in lines) == 3
    (back,) = [index for index, line in enumerate(lines) if line.startswith("the client comes back Last-Event-ID: ")]
    assert any("reset: the connection was reset (RST)" in line for line in lines[:back])


def test_what_comes_back_is_the_rest_and_nothing_twice(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["demo", "--speed", "instant"]) == 0
    acts = capsys.readouterr().out.split("\n\n2 ")
    first, third = said(acts[0]), said(acts[1].split("\n3 ")[1])
    assert first
    assert third == first


def said(text: str) -> list[str]:
    """The fragments of text, in their order."""
    return [line.split("text  ", 1)[1].strip() for line in text.splitlines() if " B  text  " in line]


def test_on_a_terminal_the_text_stands_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", screen := Terminal())
    monkeypatch.setenv("TERM", "xterm")
    assert run(["demo", "--speed", "instant"]) == 0
    text = click.unstyle(screen.getvalue())
    assert "┆ " in text
    assert text.count("finish: stop") == 3
    assert "mocksse serve" in text[text.index("Next") :]


def test_a_wrong_speed_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["demo", "--speed", "fast"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_the_wheel_carries_what_the_demo_plays() -> None:
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["force-include"] == {"cassettes": "mocksse/cassettes"}
    assert (shipped() / demo_command._CASSETTE).is_file()
