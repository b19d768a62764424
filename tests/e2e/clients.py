"""Real clients for tests: each is a process that lives as long as the tests and streams one answer after another.

To import an SDK takes a second or more, and a browser as long to start: a process for each answer would cost minutes.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from mocksse.torture.clients import registry

PATIENCE = 30.0
"""Seconds after which a client that says nothing is ended, and the test fails."""


class ClientProcess:
    """A client of the registry with `--serve`."""

    def __init__(self, name: str) -> None:
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - closed in `end`
        self._process = subprocess.Popen(
            [*registry.client(name).argv(), "--serve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )

    def ask(self, arguments: list[str], patience: float) -> dict[str, Any]:
        """Its line for these arguments. AssertionError where none comes."""
        assert self._process.stdin is not None
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


def run_client(name: str, base_url: str, *args: str, patience: float = PATIENCE) -> dict[str, Any]:
    """One answer from `base_url`, as the client's caller had it: `mocksse.torture.clients` says what is in it."""
    client = _RUNNING.get(name)
    if client is None:
        if not _RUNNING:
            atexit.register(end_clients)
        client = _RUNNING[name] = ClientProcess(name)
    try:
        return client.ask([base_url, *args], patience)
    except AssertionError:
        del _RUNNING[name]  # the next test gets a new one
        raise


def end_clients() -> None:
    """End all of them."""
    while _RUNNING:
        _RUNNING.popitem()[1].end()
