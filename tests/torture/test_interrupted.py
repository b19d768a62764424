"""^C in the middle of a run: it ends at once, with 130, and nothing that it started is left."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.long
HANGS = """
import json, os, sys, time, urllib.request

body = json.dumps({"stream": True}).encode()
asked = urllib.request.Request(sys.argv[1] + "/chat/completions", body, {"Content-Type": "application/json"})
urllib.request.urlopen(asked).read()
if os.path.exists("clean"):
    open(f"{os.getpid()}.pid", "w").close()
    time.sleep(600)
open("clean" if os.path.exists("text") else "text", "w").close()
"""


def test_nothing_is_left(tmp_path: Path) -> None:
    client = f"{shlex.quote(sys.executable)} -c {shlex.quote(HANGS)} {{url}}"
    process = subprocess.Popen(
        [sys.executable, "-m", "mocksse", "torture", "--exec", client, "--run", "framing", "--timeout", "300"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    end = time.monotonic() + 60
    while len(list(tmp_path.glob("*.pid"))) < 3:
        assert time.monotonic() < end
        assert process.poll() is None, process.stderr and process.stderr.read()
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=20)
    assert process.returncode == 130
    assert out == b""
    for path in tmp_path.glob("*.pid"):
        assert not Path(f"/proc/{path.stem}").exists()
