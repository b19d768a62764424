"""Hostile files: exit code 2 and one line with file:line, whichever command reads them; never a crash, never slow.

What could crash the interpreter runs in a process of its own. Times are looked at only as far as a minute is not a
moment: each of these takes a tenth of a second, start of the program included.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hostile import HOSTILE, write_all

from mocksse import limits
from mocksse.cli import run

if TYPE_CHECKING:
    from pathlib import Path

MOMENT = 10.0
"""Seconds; on an idle machine 0.1 to 0.4."""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return write_all(tmp_path_factory.mktemp("hostile"))


def mocksse(*args: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mocksse", *args]
    return subprocess.run(command, capture_output=True, text=True, timeout=MOMENT, check=False, cwd=cwd)


CRASHERS = ["brackets", "brackets-in-data", "merge-bomb", "alias-bomb", "tag-that-runs", "huge"]
"""What could take the interpreter with it, the machine, or more."""


@pytest.mark.parametrize("name", [*CRASHERS, "braces", "dashes", "question-marks"])
def test_check(name: str, files: dict[str, str], tmp_path: Path) -> None:
    path, line = next(item for item in files.items() if item[0].endswith(f"/{name}.yaml"))
    done = mocksse("check", path, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (2, line + "\n", "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", [name.replace(" ", "-") for name in HOSTILE])
def test_check_of_one(
    name: str,
    files: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path, line = next(item for item in files.items() if item[0].endswith(f"/{name}.yaml"))
    monkeypatch.chdir(tmp_path)
    assert run(["check", path]) == 2
    assert capsys.readouterr() == (line + "\n", "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.long
@pytest.mark.parametrize("name", CRASHERS)
def test_serve(name: str, files: dict[str, str], tmp_path: Path) -> None:
    path, line = next(item for item in files.items() if item[0].endswith(f"/{name}.yaml"))
    done = mocksse("serve", path, "--port", "0", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"mocksse: {line}\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["serve", "show"])
def test_every_command_that_reads_says_the_same(
    command: str, files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    for path, line in files.items():
        assert run([command, path]) == 2
        assert capsys.readouterr() == ("", f"mocksse: {line}\n")


def test_all_at_once(files: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", *files]) == 2
    out, err = capsys.readouterr()
    assert out.splitlines() == list(files.values())
    assert err == f"{len(files)} cassettes, 0 interactions: {len(files)} findings\n"


def test_as_json(files: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--json", *files]) == 2
    found = json.loads(capsys.readouterr().out)
    assert found["files"] == len(files)
    said = [f"{f['where']}: {f['message']}" + (f" ({f['hint']})" if f["hint"] else "") for f in found["findings"]]
    assert said == list(files.values())


@pytest.mark.parametrize(
    ("text", "line"), [("[" + "1," * 5000 + "1]", 1), ("path: /x\nstream:\n" + "- data: a\n" * 5000, 503)]
)
def test_too_many_values(
    text: str, line: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(limits, "MAX_YAML_NODES", 1000)
    path = tmp_path / "a.yaml"
    path.write_text(text)
    assert run(["check", str(path)]) == 2
    assert capsys.readouterr() == (f"{path}:{line}: more than 1,000 values (split the file)\n", "")
