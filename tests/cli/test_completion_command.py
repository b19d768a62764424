"""`mocksse completion`: the script is the shell's own, and what it calls answers; bash is run for real."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mocksse.cli import COMMANDS, run

HEAVY = ("aiohttp", "yaml", "msgspec", "mocksse.server")


@pytest.mark.parametrize(
    ("shell", "sign"), [("bash", "complete -o nosort -F"), ("zsh", "#compdef mocksse"), ("fish", "complete --no-files")]
)
def test_a_script_and_how_to_install_it(shell: str, sign: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["completion", shell]) == 0
    out = capsys.readouterr().out
    assert sign in out
    assert out.splitlines()[-1].startswith("# To have it in each new shell:  ")
    assert f"mocksse completion {shell}" in out.splitlines()[-1]


def test_another_shell(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["completion", "tcsh"]) == 2
    assert capsys.readouterr().err.startswith("mocksse: SHELL: 'tcsh' is not one of")


def environment(folder: Path) -> dict[str, str]:
    """A folder with `mocksse` in it comes first on the path."""
    script = folder / "mocksse"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m mocksse "$@"\n')
    script.chmod(0o755)
    root = str(Path(__file__).parents[2])
    return {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": root}


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("mocksse se", ["serve"]),
        ("mocksse ", list(COMMANDS)),
        ("mocksse serve --rec", ["--record", "--record-cap"]),
        ("mocksse serve --record o", ["once"]),
        ("mocksse completion z", ["zsh"]),
    ],
)
def test_bash_completes(typed: str, wanted: list[str], tmp_path: Path) -> None:
    words = [word or '""' for word in typed.split(" ")]
    program = (
        'eval "$(mocksse completion bash)"\n'
        f"COMP_WORDS=({' '.join(words)}); COMP_CWORD={len(words) - 1}\n"
        "_mocksse_completion mocksse\n"
        'printf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    done = subprocess.run(
        ["bash", "-c", program], env=environment(tmp_path), capture_output=True, text=True, check=True, timeout=30
    )
    assert done.stdout.split() == wanted


def test_completing_commands_imports_none_of_them(tmp_path: Path) -> None:
    asked = {"_MOCKSSE_COMPLETE": "bash_complete", "COMP_WORDS": "mocksse ", "COMP_CWORD": "1"}
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "mocksse"],
        env={**environment(tmp_path), **asked},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert "plain,serve" in done.stdout
    names = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert not names.intersection(HEAVY)
    assert not any(name.endswith("_command") for name in names)
