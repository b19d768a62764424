"""From a journal to a cassette, and a process that does it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from upstreams import PATIENCE, environment

from mocksse.cassette.load import load
from mocksse.cassette.model import Recorded, Request
from mocksse.cassette.seen import ChunkDone, ChunkSeen, DataSeen, EndSeen, HeadSeen, Seen
from mocksse.errors import CassetteError
from mocksse.record.journal import Journal, Opening
from mocksse.record.turn_in import turn_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ITEMS: list[Seen] = [
    HeadSeen(10, 200, b"OK", "1.1", (), "chunked"),
    ChunkSeen(9),
    DataSeen(20, b"data: \xff\n\n"),
    ChunkDone(),
    EndSeen(30, "complete"),
]


def partial(target: Path, items: list[Seen] = ITEMS) -> Path:
    journal = Journal(target, Opening("rivers", Request("/x", "GET"), Recorded()))
    journal.write(items)
    journal.close(remove=False)
    return journal.path


def test_behind_over_and_beside_what_is_there(tmp_path: Path) -> None:
    target = tmp_path / "x.yaml"
    path = partial(target)
    kept = [turn_in(path), turn_in(path), turn_in(path, new=True), turn_in(path, replace=True)]
    assert [found and (found[0].name, found[1].name) for found in kept] == [
        ("x.yaml", "rivers"),
        ("x.yaml", "rivers-2"),
        ("x-2.yaml", "rivers"),
        ("x.yaml", "rivers"),
    ]
    assert kept[3] is not None
    assert load(target).interactions == (kept[3][1],)
    assert path.exists()


@pytest.mark.parametrize("items", [[], ITEMS[1:2]])
def test_nothing_had_come(items: list[Seen], tmp_path: Path) -> None:
    assert turn_in(partial(tmp_path / "x.yaml", items)) is None
    assert [path.name for path in tmp_path.iterdir()] == ["x.yaml.partial"]


def test_no_journal(tmp_path: Path) -> None:
    (tmp_path / "x.yaml.partial").write_text("{}\n")
    with pytest.raises(CassetteError):
        turn_in(tmp_path / "x.yaml.partial")


# --- The process


@pytest.fixture
def clerk(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "mocksse.record.turn_in"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=environment(),
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def asked(clerk: subprocess.Popen[bytes], path: Path, **how: bool) -> dict[str, Any]:
    assert clerk.stdin is not None
    assert clerk.stdout is not None
    clerk.stdin.write(json.dumps({"partial": str(path), "new": True, "replace": False} | how).encode() + b"\n")
    clerk.stdin.flush()
    told: dict[str, Any] = json.loads(clerk.stdout.readline())
    return told


def test_a_line_asks_and_a_line_answers(clerk: subprocess.Popen[bytes], tmp_path: Path) -> None:
    path = partial(tmp_path / "a \u00fc\udcff\n.yaml")
    assert asked(clerk, path) == {"file": "a \u00fc\udcff\n.yaml", "name": "rivers"}
    assert asked(clerk, path) == {"file": "a \u00fc\udcff\n-2.yaml", "name": "rivers"}
    assert asked(clerk, path, new=False) == {"file": "a \u00fc\udcff\n.yaml", "name": "rivers-2"}
    assert asked(clerk, partial(tmp_path / "b.yaml", [])) == {
        "error": f"{tmp_path}/b.yaml.partial: nothing had arrived"
    }
    (tmp_path / "c.yaml.partial").write_text("secret\n")
    assert asked(clerk, tmp_path / "c.yaml.partial") == {
        "error": f"{tmp_path}/c.yaml.partial:1: not an interrupted recording"
    }
    assert asked(clerk, tmp_path / "none") == {"error": f"{tmp_path}/none: FileNotFoundError, a bug of mocksse"}


def test_it_ends_with_its_stdin_and_by_no_signal(clerk: subprocess.Popen[bytes], tmp_path: Path) -> None:
    path = partial(tmp_path / "x.yaml")
    assert "file" in asked(clerk, path)
    for number in (signal.SIGINT, signal.SIGTERM):
        clerk.send_signal(number)
    time.sleep(0.02)
    assert "file" in asked(clerk, path)
    assert clerk.communicate(timeout=PATIENCE) == (b"", b"")
    assert clerk.returncode == 0
