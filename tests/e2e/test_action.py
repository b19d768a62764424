"""action.yml: its inputs are used, and its steps do what they say, in bash, as a runner runs them.

The installing step needs a network and twenty seconds: it runs where MOCKSSE_REQUIRE_EXAMPLES is set. Elsewhere the
others find this checkout in its place.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import pytest
import yaml

from mocksse.server.environment import environment

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS: dict[str, dict[str, Any]] = {step["name"]: step for step in ACTION["runs"]["steps"]}
EXPRESSION = re.compile(r"\$\{\{ ([\w.]+) \}\}")
INSTALLS = bool(os.environ.get("MOCKSSE_REQUIRE_EXAMPLES"))
INSTALLING_S = 300
pytestmark = [pytest.mark.long, pytest.mark.timeout(INSTALLING_S if INSTALLS else 60)]
ASK = "curl -sN $OPENAI_BASE_URL/chat/completions -d '{\"stream\": true}'"


@dataclass
class Runner:
    """What a GitHub runner is for one job. `environ` grows as steps write to GITHUB_ENV."""

    folder: Path
    environ: dict[str, str] = field(default_factory=dict)

    def step(self, name: str, **inputs: str) -> subprocess.CompletedProcess[str]:
        """Run the step with these inputs, the others at their defaults."""
        step = STEPS[name]
        values = {f"inputs.{key}": inputs.get(key, value["default"]) for key, value in ACTION["inputs"].items()}
        values["github.action_path"] = str(ROOT)
        own = {key: EXPRESSION.sub(lambda found: values[found[1]], text) for key, text in step["env"].items()}
        script = self.folder / "step.sh"
        script.write_text(step["run"])
        files = {name: str(self.folder / name.lower()) for name in ("GITHUB_ENV", "GITHUB_OUTPUT")}
        told = {**os.environ, "RUNNER_TEMP": str(self.folder), **files, **self.environ, **own}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=ROOT,
            env=told,
            capture_output=True,
            text=True,
            check=False,
            timeout=INSTALLING_S if INSTALLS else 30,
        )
        with suppress(FileNotFoundError):
            written = (self.folder / "github_env").read_text()
            self.environ |= {key: value for key, _, value in re.findall(r"(?s)(\w+)<<(\w+)\n(.*?)\n\2\n", written)}
        return done

    @property
    def outputs(self) -> dict[str, str]:
        return dict(line.partition("=")[::2] for line in (self.folder / "github_output").read_text().splitlines())


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the first step makes, or a folder that does for it."""
    folder = tmp_path_factory.mktemp("runner")
    if INSTALLS:
        done = Runner(folder).step("Install mocksse", python=sys.executable)
        assert done.returncode == 0, done.stderr
        return folder / "mocksse"
    bin_folder = folder / "mocksse" / "bin"
    bin_folder.mkdir(parents=True)
    for name, words in (("python", ""), ("mocksse", " -m mocksse")):
        (bin_folder / name).write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}"{words} "$@"\n')
        (bin_folder / name).chmod(0o755)
    return folder / "mocksse"


@pytest.fixture
def runner(tmp_path: Path, installed: Path) -> Iterator[Runner]:
    """With mocksse installed, and nothing of it running afterwards."""
    (tmp_path / "mocksse").symlink_to(installed)
    yield Runner(tmp_path)
    with suppress(FileNotFoundError, ProcessLookupError):
        os.kill(int((tmp_path / "mocksse.pid").read_text()), signal.SIGTERM)


def test_every_input_is_used_and_no_other() -> None:
    used = {found for step in STEPS.values() for text in step["env"].values() for found in EXPRESSION.findall(text)}
    conditions = set(re.findall(r"inputs\.\w+", " ".join(step.get("if", "") for step in STEPS.values())))
    assert (used | conditions) - {"github.action_path"} == {f"inputs.{name}" for name in ACTION["inputs"]}
    for step in STEPS.values():
        # An expression in a script would be run as part of it.
        assert not EXPRESSION.search(step["run"])
        assert step["shell"] == "bash"


def test_a_server_for_the_steps_that_follow(runner: Runner, tmp_path: Path) -> None:
    cassettes = tmp_path / "with space"
    cassettes.mkdir()
    (cassettes / "one.yaml").write_text("path: /v1/x\nstream:\n  - data: hello\n")
    done = runner.step(
        "Serve the cassettes", cassettes=f"'{cassettes}'", options="--speed instant --fault 'status 429'"
    )
    assert done.returncode == 0, done.stderr
    url = runner.outputs["url"]
    assert runner.environ == environment(url, given=os.environ)
    told = subprocess.run(
        ["curl", "-s", "-w", "%{http_code}", f"{url}/v1/x"], capture_output=True, text=True, check=True
    )
    assert told.stdout.endswith("429")
    with urlopen(f"{url}/__mocksse/health") as answer:
        assert answer.status == 200


def test_a_server_that_does_not_start_fails_the_step(runner: Runner) -> None:
    done = runner.step("Serve the cassettes", cassettes="gone.yaml")
    assert done.returncode == 1
    assert "gone.yaml" in done.stdout
    assert not runner.environ


@pytest.mark.parametrize(
    ("script", "code"), [(ASK, 0), (f"{ASK} | false", 1), (f"{ASK}; exit 3", 3), ("curl -s $MOCKSSE_URL/nothing", 1)]
)
def test_a_script_runs_as_mocksse_run_does(runner: Runner, script: str, code: int) -> None:
    done = runner.step("Run the script", run=f"echo begun\n{script}", options="--speed 'instant'")
    assert done.returncode == code
    assert done.stdout.startswith("begun\n")
    assert "mocksse 1 request" in done.stderr


def test_words_that_are_none_fail_the_step(runner: Runner) -> None:
    done = runner.step("Run the script", run="true", options="--fault 'reset")
    assert done.returncode != 0
    assert "No closing quotation" in done.stderr
