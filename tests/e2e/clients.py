"""Real clients for tests: each is a process that lives as long as the tests and streams one answer after another.

To import an SDK takes a second or more, and a browser as long to start: a process for each answer would cost minutes.
Node's packages are those of node/package.json, installed in the folder that MOCKSSE_NODE names, or in `.node` of the
checkout, by `bash .ci/node`. Where they are missing, tests of them are skipped; with MOCKSSE_REQUIRE_NODE=1 they fail.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import shutil
import subprocess
import tempfile
import threading
import time
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn

import pytest

from mocksse.torture.clients import chromium_eventsource
from mocksse.torture.clients.described import NODE
from mocksse.torture.clients.registry import client as client_of

PATIENCE = 30.0
"""Seconds after which a client that says nothing is ended, and the test fails."""
ROOT = Path(__file__).parents[2]
FOLDER = Path(os.environ.get("MOCKSSE_NODE") or ROOT / ".node")
"""Where Node's packages are."""
WANTED: dict[str, str] = json.loads((NODE / "package.json").read_text())["dependencies"]


def missing(reason: str, variable: str) -> NoReturn:
    """Skip, or fail where the variable is 1."""
    if os.environ.get(variable) == "1":
        pytest.fail(f"{variable}=1, and {reason}")
    pytest.skip(reason)


@cache
def node_trouble() -> str:
    """Why no client of Node can be run; empty where all can."""
    if shutil.which("node") is None:
        return "there is no node on the PATH"
    installed = {name: FOLDER / "node_modules" / name / "package.json" for name in WANTED}
    for name, path in installed.items():
        if not path.is_file():
            return f"{name} is not installed in {FOLDER}: bash .ci/node"
        if (version := json.loads(path.read_text())["version"]) != WANTED[name]:
            return f"{FOLDER} has {name} {version}, and not {WANTED[name]}: bash .ci/node"
    return ""


@cache
def chromium_trouble() -> str:
    """Why no browser can be run; empty where one can."""
    if find_spec("playwright") is None:
        return "playwright is not installed"
    if chromium_eventsource.executable() is None:
        return f"none of {', '.join(chromium_eventsource.NAMES)} is on the PATH"
    return ""


def needs(name: str) -> None:
    """Skip, or fail, where this client of the registry can't be run."""
    match client_of(name).language:
        case "Node" if trouble := node_trouble():
            missing(trouble, "MOCKSSE_REQUIRE_NODE")
        case "browser" if trouble := chromium_trouble():
            missing(trouble, "MOCKSSE_REQUIRE_CHROMIUM")


class ClientProcess:
    """A client of the registry with `--serve`."""

    def __init__(self, name: str) -> None:
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - closed in `end`
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [*client_of(name).argv(), "--serve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            env={**os.environ, "PYTHONPATH": str(ROOT), "MOCKSSE_NODE": str(FOLDER)},
        )

    def ask(self, arguments: list[str], patience: float) -> dict[str, Any]:
        """Its line for these arguments. AssertionError where none comes."""
        assert self._process.stdin is not None
        with self._lock:
            with suppress(BrokenPipeError):
                self._process.stdin.write(json.dumps(arguments).encode() + b"\n")
                self._process.stdin.flush()
            line = self._line(time.monotonic() + patience)
        if not line.endswith(b"\n"):
            raise AssertionError(f"no line for {arguments}: {self.end()}")
        found: dict[str, Any] = json.loads(line)
        return found

    def _line(self, deadline: float) -> bytes:
        """The next line; what there is of it when time is up or the process has ended."""
        assert self._process.stdout is not None
        pipe, line = self._process.stdout.fileno(), b""
        while not line.endswith(b"\n"):
            if not select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))[0]:
                break
            data = os.read(pipe, 1 << 16)
            if not data:
                break
            line += data
        return line

    def end(self) -> str:
        """End it; what it said on stderr."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        with self._stderr:
            self._stderr.seek(0)
            return self._stderr.read().decode(errors="replace")


_RUNNING: dict[str, ClientProcess] = {}
_STARTING = threading.Lock()


def run_client(name: str, base_url: str, *args: str, patience: float = PATIENCE) -> dict[str, Any]:
    """One answer from `base_url`, as the client's caller had it: `mocksse.torture.clients` says what is in it.

    Any thread may ask; the answers of one client come one after another.
    """
    needs(name)
    with _STARTING:
        client = _RUNNING.get(name)
        if client is None:
            if not _RUNNING:
                atexit.register(end_clients)
            client = _RUNNING[name] = ClientProcess(name)
    try:
        return client.ask([base_url, *args], patience)
    except AssertionError:
        _RUNNING.pop(name, None)  # the next test gets a new one
        raise


def end_clients() -> None:
    """End all of them."""
    while _RUNNING:
        _RUNNING.popitem()[1].end()
