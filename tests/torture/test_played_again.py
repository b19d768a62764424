"""What hangs on a time counts where three plays show it: a busy machine makes any of them longer."""

from __future__ import annotations

import json
import shlex
import sys
from typing import TYPE_CHECKING

import pytest

from mocksse.cli import run

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.long

PLAY = "http/rate-limit-retry-after:seconds"
CLIENT = """
import json, pathlib, sys, time, urllib.error, urllib.request

url, log, hasty = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3])
for _ in range(2):
    body, headers = b'{"stream": true, "messages": []}', {"Content-Type": "application/json"}
    try:
        with urllib.request.urlopen(urllib.request.Request(url + "/chat/completions", body, headers)) as answer:
            chunks = [json.loads(line[6:]) for line in answer if line.startswith(b"data: {")]
        text = "".join(choice["delta"].get("content") or "" for chunk in chunks for choice in chunk["choices"])
        print(json.dumps({"outcome": "ok", "text": text}))
        break
    except urllib.error.HTTPError as error:
        with log.open("a") as file:
            file.write("x")
        if len(log.read_text()) > hasty:
            time.sleep(float(error.headers["Retry-After"]))
"""


@pytest.mark.parametrize(("hasty", "status", "plays"), [(0, "PASS", 1), (1, "PASS", 2), (2, "PASS", 3), (3, "FAIL", 3)])
def test_waits_are_held_against_a_client_that_shows_them_each_time(
    tmp_path: Path, hasty: int, status: str, plays: int
) -> None:
    program, log, file = tmp_path / "client.py", tmp_path / "log", tmp_path / "report.json"
    program.write_text(CLIENT)
    command = f"{shlex.join([sys.executable, str(program)])} {{url}} {shlex.quote(str(log))} {hasty}"
    code = run(["torture", "--exec", command, "--run", PLAY, "--json", str(file)])
    (report,) = json.loads(file.read_text())["reports"]
    (case,) = report["cases"]
    assert (case["status"], code, len(log.read_text())) == (status, int(status == "FAIL"), plays), case
