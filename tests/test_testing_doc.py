"""docs/testing.md is true: what stands at a prompt prints what is shown, every snippet is run here or in an example."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from served import ServeProcess

from mocksse.server.environment import BASES, KEYS, LOCAL, SECRETS, environment

pytestmark = pytest.mark.long

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "testing.md").read_text()
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
DIALOGUE = re.compile(r"^\$ (mocksse run .*)\n((?:(?!\$ |```).*\n)*)", re.MULTILINE)
URL = "http://127.0.0.1:PORT"


def section(heading: str) -> str:
    (found,) = re.findall(rf"^##+ {heading}\n(.*?)(?=^##+ |\Z)", PAGE, re.DOTALL | re.MULTILINE)
    return str(found)


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def rows(text: str) -> dict[str, str]:
    return dict(re.findall(r"^\| `([^`|]+)` \| (.*) \|$", text, re.MULTILINE))


def sh(script: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run it in the checkout, where `mocksse` is this one."""
    (folder / "mocksse").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m mocksse "$@"\n')
    (folder / "mocksse").chmod(0o755)
    path = {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    words = ["bash", "-eo", "pipefail", "-c", script.replace("answer.json", str(folder / "answer.json"))]
    told = {**os.environ, **path, "NO_COLOR": "1", **more}
    return subprocess.run(words, cwd=ROOT, env=told, capture_output=True, text=True, check=False, timeout=30)


@pytest.mark.parametrize(("line", "shown"), DIALOGUE.findall(section("Any language")))
def test_what_is_run_at_a_prompt_says_what_is_shown(line: str, shown: str, tmp_path: Path) -> None:
    done = sh(f"{line} 2>&1", tmp_path)
    pattern = ".*?".join(map(re.escape, shown.strip().split("…")))
    assert re.fullmatch(pattern, done.stdout.strip(), re.DOTALL), done.stdout


def test_every_line_at_a_prompt_is_one_of_them() -> None:
    assert len(DIALOGUE.findall(section("Any language"))) == PAGE.count("\n$ ")


def test_the_table_of_variables_is_what_is_set() -> None:
    found = environment(URL, given={})
    listed = {name: value.strip("`") for name, value in rows(section("What the command is told")).items()}
    assert listed == {name: found[name] for name in BASES}


def test_the_keys_are_those_that_are_replaced() -> None:
    told = section("What the command is told")
    assert set(re.findall(r"`(\w+_(?:KEY|BEDROCK))`", told.partition("are always")[0])) == set(KEYS)
    examples = set(re.findall(r"`(\w+)`", told.partition("credentials that a client could send")[2].partition(")")[0]))
    assert examples - {"OPENAI_CUSTOM_HEADERS"} <= set(SECRETS)
    assert all(f"`{host}`" in told for host in LOCAL)


def test_every_snippet_of_node_is_in_the_example_that_is_run() -> None:
    example = "\n".join(path.read_text() for path in (ROOT / "examples" / "node").glob("*.js"))
    snippets = blocks(PAGE, "js")
    assert len(snippets) == 4
    for snippet in snippets:
        assert snippet in example


def test_the_line_that_runs_it_is_that_of_its_readme() -> None:
    (script,) = blocks(section("Node"), "sh")
    assert script.splitlines()[1] in (ROOT / "examples" / "node" / "README.md").read_text()


def test_the_snippet_of_compose_is_in_the_example() -> None:
    (snippet,) = blocks(section("docker compose"), "yaml")
    assert snippet in (ROOT / "examples" / "compose" / "compose.yaml").read_text()


def test_the_table_of_inputs_is_that_of_the_action() -> None:
    assert set(rows(section("GitHub Actions"))) == set(ACTION["inputs"])
    for name, value in ACTION["inputs"].items():
        assert f"`{value['default']}`" in rows(section("GitHub Actions"))[name] or not value["default"]


def test_the_steps_of_the_action_run(tmp_path: Path) -> None:
    script, serve = (yaml.safe_load(text) for text in blocks(section("GitHub Actions"), "yaml"))
    (step,) = script
    assert set(step["with"]) <= set(ACTION["inputs"])
    words = f'mocksse run {step["with"]["cassettes"]} {step["with"]["options"]} -- bash -eo pipefail -c "$SCRIPT"'
    done = sh(words, tmp_path, SCRIPT=step["with"]["run"].replace("answer.json", str(tmp_path / "answer.json")))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "data: [DONE]" in done.stdout
    first, second = serve
    assert set(first["with"]) <= set(ACTION["inputs"])
    with ServeProcess(ROOT / first["with"]["cassettes"], "--speed", "instant") as server:
        done = sh(second["run"], tmp_path, **environment(server.url, given={}))
    assert "data: [DONE]" in done.stdout
