"""docs/torture.md is true: its tables are those of the code, each snippet is a client that is put to the test, what
stands at a prompt prints what is shown."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from mocksse.cli import root
from mocksse.torture.case import APIS, SEVERITIES, Case
from mocksse.torture.cases import CASES
from mocksse.torture.clients.described import CAN
from mocksse.torture.verdict import STATUSES, WRONG

pytestmark = pytest.mark.long

ROOT = Path(__file__).parent.parent
FILE = ROOT / "docs" / "torture.md"
PAGE = FILE.read_text() if FILE.exists() else ""
README = (ROOT / "README.md").read_text()
DIALOGUE = re.compile(r"^\$ (mocksse torture .*)\n((?:(?!\$ |```).*\n)*)", re.MULTILINE)
SNIPPETS = {"python": "client.py", "js": "client.mjs", "ruby": "client.rb", "bash": "client.sh"}
NEEDS = {"python": (), "js": ("node",), "ruby": ("ruby",), "bash": ("bash", "curl", "jq")}
"""Programs, which Debian has in nodejs, ruby, curl and jq."""
EVERYBODY_PASSES = ("27", "31", "59", "'90:status 404'")


def snippet(language: str) -> str:
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    return str(found)


def rows(heading: str) -> list[str]:
    """Those of the table whose head begins so."""
    (found,) = re.findall(rf"^\| {heading} \|.*\n\|[ |-]+\|\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    return str(found).splitlines()


def expected(case: Case) -> str:
    """All that is right in any of its ways."""
    kinds = [
        "SAME or FAIL" if way.expect.kind == "SAME" and "error" in way.expect.outcomes else way.expect.kind
        for way in case.ways
    ]
    return ", ".join(dict.fromkeys(kinds)) or "not played"


def case_table() -> str:
    lines = ["| | case | level | severity | expected | source |", "| ---: | --- | --- | --- | --- | --- |"]
    for case in CASES:
        source = case.source.replace("|", "\\|").replace("<", "&lt;")
        lines.append(
            f"| {case.number or ''} | `{case.id}` | {case.level} | {case.severity} | {expected(case)} | {source} |"
        )
    return "\n".join(lines)


def can_table() -> str:
    return "\n".join(f"| `{name}` | {text} |" for name, text in CAN.items())


def test_the_table_of_cases_is_all_of_them() -> None:
    assert case_table() in PAGE, f"it has to be:\n{case_table()}"


def test_the_tables_of_words_are_those_of_the_code() -> None:
    assert "\n".join(rows("`--can`")) == can_table()
    assert rows("wrong") == [f"| `{name}` | {text} |" for name, text in WRONG.items()]
    assert rows("severity") == [f"| `{name}` | {text} |" for name, text in SEVERITIES.items()]
    assert {row.split("`")[1] for row in rows("verdict")} == set(STATUSES)
    (named,) = re.findall(r"unless it is said: (.*?), a GET", PAGE, re.DOTALL)
    assert tuple(re.findall(r"`([\w-]+)`", named)) == APIS


def test_every_option_there_is_one_and_every_line_can_be_said() -> None:
    command = root.get_command(click.Context(root), "torture")
    assert command is not None
    known = {name for parameter in command.params for name in parameter.opts}
    said = set(re.findall(r"(?<![\w-])--?[a-z][\w-]*", " ".join(re.findall(r"`([^`\n]+)`", PAGE))))
    assert {word for word in said if word.startswith(("--", "-j"))} - {"--fault", "--retries", "--torture"} <= known
    for line in re.findall(r"^(?:\$ )?mocksse torture (.*)$", PAGE, re.MULTILINE):
        command.make_context("torture", shlex.split(line))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The clients of the page, with `mocksse` and `python` as they are here."""
    for language, name in SNIPPETS.items():
        (tmp_path / name).write_text(snippet(language))
    for name, words in (("mocksse", "-m mocksse "), ("python", "")):
        (tmp_path / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {words}"$@"\n')
        (tmp_path / name).chmod(0o755)
    return tmp_path


def said(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    path = {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    told = {**os.environ, **path}
    return subprocess.run(
        shlex.split(line), cwd=folder, env=told, capture_output=True, text=True, check=False, timeout=50
    )


@pytest.mark.parametrize("language", SNIPPETS)
def test_a_snippet_is_a_client(language: str, folder: Path) -> None:
    if missing := [name for name in NEEDS[language] if shutil.which(name) is None]:
        if os.environ.get("MOCKSSE_REQUIRE_LANGUAGES"):
            pytest.fail(f"{missing[0]} is not installed")
        pytest.skip(f"{missing[0]} is not installed")
    (line,) = re.findall(rf"`(mocksse torture --exec '\w+ {SNIPPETS[language]} [^`]*')`", PAGE)
    done = said(line + " --cuts 2" + "".join(f" --run {case}" for case in EVERYBODY_PASSES), folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.rstrip().endswith(f"{len(EVERYBODY_PASSES)} PASS  0 FAIL")


DIALOGUES = DIALOGUE.findall(PAGE + README)


@pytest.mark.parametrize("line", dict.fromkeys(line for line, _ in DIALOGUES))
def test_what_is_run_at_a_prompt_says_what_is_shown(line: str, folder: Path) -> None:
    done = said(line, folder)
    for shown in (shown for other, shown in DIALOGUES if other == line):
        pattern = ".*?".join(map(re.escape, shown.strip().split("…")))
        assert re.fullmatch(pattern, done.stdout.strip(), re.DOTALL), done.stdout + done.stderr


def test_the_line_for_ci_writes_what_it_says(folder: Path) -> None:
    (line,) = re.findall(r"^mocksse torture .*--junit.*$", PAGE, re.MULTILINE)
    done = said(f"{line} --run 31 --run 9", folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {path.name for path in folder.glob("torture.*")} == {"torture.xml", "torture.json", "torture.html"}


def test_a_report_that_can_not_be_written_is_the_disks_trouble(folder: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    done = said("mocksse torture --exec 'python client.py {url} {timeout}' --run 31 --json /dev/full", folder)
    assert done.returncode == 3, done.stderr
    assert done.stderr == "mocksse: /dev/full: can't be written: No space left on device\n"
