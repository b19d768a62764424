"""The examples are run as their READMEs say: the script in sh, the suite in Node, and what the compose file would run.

Node's packages are for `npm install` in examples/node; where they are missing its suite is skipped, saying so, unless
MOCKSSE_REQUIRE_EXAMPLES is set.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from served import ServeProcess

from mocksse.server.environment import BASES, KEYS, PLACEHOLDER

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
NODE = Path(os.environ.get("MOCKSSE_EXAMPLE_NODE", EXAMPLES / "node"))
"""Where examples/node is installed."""
COMPOSE: dict[str, Any] = yaml.safe_load((EXAMPLES / "compose" / "compose.yaml").read_text())["services"]


def line_of(example: str) -> str:
    """The command of its README."""
    (found,) = re.findall(r"^mocksse run .*$", (EXAMPLES / example / "README.md").read_text(), re.MULTILINE)
    return str(found)


def run_line(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", *shlex.split(line)]
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    return subprocess.run(words, cwd=folder, env=environ, capture_output=True, text=True, check=False, timeout=55)


def test_curl() -> None:
    done = run_line(line_of("curl"), EXAMPLES / "curl")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("ok: ") == 3


def test_node() -> None:
    if not (NODE / "node_modules").is_dir():
        assert not os.environ.get("MOCKSSE_REQUIRE_EXAMPLES"), "npm install in examples/node"
        pytest.skip("no node_modules: npm install in examples/node")
    line = line_of("node").replace("../../cassettes", str(ROOT / "cassettes"))
    done = run_line(line, NODE)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"Tests +7 passed", done.stdout)
    assert re.search(r"^mocksse \d+ requests · [^·]*$", done.stderr, re.MULTILINE)


def test_node_has_exact_versions() -> None:
    import json

    package = json.loads((EXAMPLES / "node" / "package.json").read_text())
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in package["devDependencies"].values())


def test_compose_starts_a_server_that_plays_to_its_tests(tmp_path: Path) -> None:
    server, tests = COMPOSE["mocksse"], COMPOSE["tests"]
    host = server["environment"]["MOCKSSE_ALLOW_HOST"]
    assert host in COMPOSE
    assert tests["depends_on"] == {host: {"condition": "service_healthy"}}
    (mount,) = server["volumes"]
    source, inside, _ = mount.split(":")
    words = [word.replace(inside, str((EXAMPLES / "compose" / source).resolve())) for word in server["command"].split()]
    (mount,) = tests["volumes"]
    script = (EXAMPLES / "compose" / mount.split(":")[0]).resolve()
    assert tests["command"] == f"sh {mount.split(':')[1]}"
    with ServeProcess(*words[1:]) as serving:
        url = f"http://{host}:8080"
        for name, value in tests["environment"].items():
            assert value == (PLACEHOLDER if name in KEYS else f"{url}{BASES[name]}")
        here = {name: value.replace(url, serving.url) for name, value in tests["environment"].items()}
        done = subprocess.run(
            ["sh", script], env={**os.environ, **here}, capture_output=True, text=True, check=False, timeout=30
        )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_image_and_compose_agree() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert "HEALTHCHECK" in dockerfile
    assert 'ENTRYPOINT ["mocksse"]' in dockerfile
    assert COMPOSE["mocksse"]["command"].startswith("serve /cassettes --host 0.0.0.0")
