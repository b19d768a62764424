"""Start-up is quick because a command imports what it needs when it needs it."""

import subprocess
import sys

import pytest

from mocksse.cli import COMMANDS, run
from mocksse.cli.options import color

HEAVY = {"aiohttp", "yaml", "msgspec", "faker", "asyncio", "hypothesis"}


def imported(*words: str) -> set[str]:
    command = [sys.executable, "-X", "importtime", "-m", "mocksse", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    names = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if "import time:" in line}
    assert "click" in names
    return {name.split(".")[0] for name in names}


@pytest.mark.parametrize("words", [["--version"], ["--help"]])
def test_asking_who_it_is_imports_nothing_heavy(words: list[str]) -> None:
    assert imported(*words) & HEAVY == set()


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_needs_no_server_and_no_yaml(command: str) -> None:
    assert imported(command, "--help") & {"aiohttp", "yaml", "faker"} == set()


def test_no_words_show_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 2
    assert "\n\nCommands:\n  record " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "value", "wanted"), [("NO_COLOR", "1", False), ("FORCE_COLOR", "1", True), ("X", "", None)]
)
def test_colours_are_the_users_choice(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, wanted: bool | None
) -> None:
    for variable in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv(name, value)
    assert color() is wanted
