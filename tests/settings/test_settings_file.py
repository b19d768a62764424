"""Which settings file is read, and the lines of what stands in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mocksse.errors import MocksseError
from mocksse.settings.file import Found, read_settings

TOML = """\
[project]
name = "a"

[tool.mocksse]
port = 8080
pacing = {speed = 2}

[tool.mocksse.sessions.cut]
"faults" = [
  "crlf",
]

[tool.other]
host = "x"
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(named: str | None = None) -> Found:
    read = read_settings(Path(), Path(named) if named else None)
    assert read is not None
    return read


def refused(named: str | None = None) -> str:
    with pytest.raises(MocksseError) as caught:
        read_settings(Path(), Path(named) if named else None)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_none() -> None:
    assert read_settings(Path(), None) is None


def test_yaml_with_lines() -> None:
    Path("mocksse.yaml").write_text("port: 1\n\npacing:\n  speed: 2\nfaults:\n- a\n- b\n")
    read = found()
    assert read.value == {"port": 1, "pacing": {"speed": 2}, "faults": ["a", "b"]}
    assert read.path == Path("mocksse.yaml")
    assert read.where.at(("port",)) == "mocksse.yaml:1"
    assert read.where.at(("pacing", "speed")) == "mocksse.yaml:4"
    assert read.where.at(("faults", 1)) == "mocksse.yaml:7"
    assert read.where.at(("faults", 9)) == "mocksse.yaml:6"


@pytest.mark.parametrize("key", ["headers", "json", "stream", "data", "text", "trailers"])
def test_no_key_of_a_cassette_means_anything_here(key: str) -> None:
    Path("mocksse.yaml").write_text(f"{key}: {{speed: 2, data: [1, true]}}\n")
    assert found().value == {key: {"speed": 2, "data": [1, True]}}


def test_the_project_file_with_lines() -> None:
    Path("pyproject.toml").write_text(TOML)
    read = found()
    assert read.value == {"port": 8080, "pacing": {"speed": 2}, "sessions": {"cut": {"faults": ["crlf"]}}}
    assert read.where.at(("port",)) == "pyproject.toml:5"
    assert read.where.at(("pacing", "speed")) == "pyproject.toml:6"
    assert read.where.at(("sessions", "cut", "faults", 0)) == "pyproject.toml:9"
    assert read.where.at(("host",)) == "pyproject.toml:4"


@pytest.mark.parametrize(
    "text",
    ['[project]\nname = "mocksse-user"\n', "[tool]\nx = 'mocksse'\n", "tool = 'mocksse'\n", "broken ["],
)
def test_a_project_without_a_table_of_ours_says_nothing(text: str) -> None:
    Path("pyproject.toml").write_text(text)
    assert read_settings(Path(), None) is None
    assert refused("pyproject.toml").startswith("pyproject.toml: no [tool.mocksse] in it")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[tool.mocksse]\nport = \n", "pyproject.toml:2: not TOML: Invalid value"),
        ("[tool.mocksse]\nport = [", "pyproject.toml:2: not TOML: Invalid value"),
        ("[tool.mocksse]\nport = 1\nport = 2\n", "pyproject.toml:3: not TOML: Cannot overwrite a value"),
        (f"[tool.mocksse]\nseed = {'9' * 5000}\n", "pyproject.toml:3: not TOML: "),
        (f"[tool.mocksse]\nseed = {'[' * 5000}\n", "pyproject.toml:3: not TOML: "),
    ],
)
def test_a_broken_project_file_says_where(text: str, line: str) -> None:
    Path("pyproject.toml").write_text(text)
    assert refused().startswith(line)


def test_both_files_are_one_too_many_and_a_named_one_is_the_only_one() -> None:
    Path("pyproject.toml").write_text(TOML)
    Path("mocksse.yaml").write_text("port: 1\n")
    line = "mocksse.yaml and [tool.mocksse] of pyproject.toml are both there (keep one, or name one by --config)"
    assert refused() == line
    assert found("mocksse.yaml").value == {"port": 1}
    assert found("pyproject.toml").where.at(("port",)) == "pyproject.toml:5"


def test_only_this_folder_counts(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("mocksse.yaml").write_text("port: 1\n")
    (folder / "below").mkdir()
    monkeypatch.chdir(folder / "below")
    assert read_settings(Path(), None) is None


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        (b"a: \xff", "mocksse.yaml:1: not UTF-8 (save the file as UTF-8)"),
        (b"\n\n\xff", "mocksse.yaml:3: not UTF-8 (save the file as UTF-8)"),
        (b"#" * (1 << 20) + b"#", "mocksse.yaml:1: larger than settings may be: 1 MiB"),
        (b"a: 1\n---\nb: 1\n", "mocksse.yaml:2: a second document (keep one to a file)"),
    ],
)
def test_what_is_no_settings_file(raw: bytes, line: str) -> None:
    Path("mocksse.yaml").write_bytes(raw)
    assert refused() == line


def test_another_ending_is_told_of() -> None:
    Path("mocksse.yml").write_text("port: 1\n")
    assert refused() == "mocksse.yml: settings are in mocksse.yaml (rename it, or say --config mocksse.yml)"
    assert found("mocksse.yml").value == {"port": 1}


def test_what_never_ends_is_not_read_to_the_end() -> None:
    assert refused("/dev/zero") == "/dev/zero:1: larger than settings may be: 1 MiB"
    assert found("/dev/null").value == {}
