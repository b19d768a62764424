"""Whose children processes are: the table as two systems tell it, and who of it is of the family."""

from __future__ import annotations

import os
import select
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from mocksse.cli.leash import Process, _of_proc, _of_ps, family

ROOT = Path(__file__).parents[2]
PATIENCE = 15.0
"""Seconds after which a test that hangs fails."""
ROWS = {
    1: Process(0, 1),
    50: Process(1, 50),  # who called
    51: Process(50, 50),  # another in the same pipe
    60: Process(50, 50),  # the leash
    61: Process(60, 50),
    62: Process(61, 62),  # in a group of its own
    63: Process(61, 50, is_dead=True),
    64: Process(63, 50),
    70: Process(1, 50),  # an orphan
    71: Process(70, 50),
    80: Process(1, 80),  # an orphan elsewhere
}


@pytest.mark.parametrize(
    ("before", "wanted"),
    [
        (None, {61, 62, 64}),
        (frozenset({1, 50, 51, 60}), {61, 62, 64, 70, 71}),
        (frozenset({1, 50, 51, 60, 70}), {61, 62, 64}),
    ],
    ids=["orphans are adopted", "an orphan of the group that is new", "one that was there"],
)
def test_the_family(before: frozenset[int] | None, wanted: set[int]) -> None:
    assert family(ROWS, 60, before) == wanted


def test_a_circle_ends_and_nobody_is_of_his_own_family() -> None:
    assert family({2: Process(3, 2), 3: Process(2, 2)}, 2) == {3}
    assert family({}, 2, frozenset()) == set()


@pytest.mark.skipif(shutil.which("ps") is None or not Path("/proc/self/stat").exists(), reason="no ps, or no /proc")
def test_both_tables_say_the_same_of_us() -> None:
    ours = Process(os.getppid(), os.getpgrp())
    assert _of_proc()[os.getpid()] == _of_ps()[os.getpid()] == ours


AS_WITHOUT_ADOPTION = """
import sys
sys.path.insert(0, sys.argv.pop(1))
from mocksse.cli import leash
leash.adopt = lambda: False
leash.table = leash._of_ps
leash.main()
"""


@pytest.mark.skipif(shutil.which("ps") is None, reason="no ps")
@pytest.mark.parametrize("script", ["(sleep 600; sleep 600) & exit 3", "trap '' TERM; sleep 600 & kill -9 $$"])
def test_where_nobody_adopts_orphans_they_are_found_by_their_group(script: str) -> None:
    ours, theirs = socket.socketpair()
    left, held = os.pipe()
    with ours, theirs:
        words = [sys.executable, "-c", AS_WITHOUT_ADOPTION, str(ROOT), str(theirs.fileno()), "sh", "-c", script]
        process = subprocess.Popen(words, pass_fds=[theirs.fileno(), held], start_new_session=True)
        theirs.close()
        os.close(held)
        ours.settimeout(PATIENCE)
        assert ours.recv(64).decode() == ("exit 3" if "exit" in script else "signal 9")
        assert process.wait(PATIENCE) == 0
        assert select.select([left], [], [], 0)[0], "nobody holds the pipe"
        os.close(left)
