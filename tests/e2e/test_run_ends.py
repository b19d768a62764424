"""`mocksse run` as a user starts it: the command's code, ^C, and that nothing is left, whatever was killed.

What is left is told by a pipe that everything the run starts inherits: it ends when the last of them has.
"""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Self

import pytest

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]
PATIENCE = 15.0
"""Seconds after which a test that hangs fails."""
FAMILY = "(sleep 600; true) & "
"""A grandchild with a child of its own."""
STUBBORN = "(trap '' TERM HUP INT; sleep 600; sleep 600) & setsid sleep 600 & "
"""One that obeys nothing, and one that has left session and group."""


class Run:
    """`mocksse run -- sh -c SCRIPT`. The script says `ready` on stdout when it may be killed; what it then becomes it
    does by `exec`, because a shell that is interrupted just before it starts a child may go on with it.
    """

    def __init__(self, script: str, *, stdin: int = subprocess.DEVNULL, **more: object) -> None:
        self.left, held = os.pipe()
        words = [sys.executable, "-m", "mocksse", "run", "cassettes", "--speed", "instant", "--", "sh", "-c", script]
        self.process = subprocess.Popen(
            words,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            pass_fds=[held],
            text=True,
            **more,  # type: ignore[call-overload]
        )
        os.close(held)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            self.process.kill()
        self.process.communicate()
        os.close(self.left)

    def ready(self) -> Self:
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"
        return self

    def end(self) -> int:
        return self.process.wait(PATIENCE)

    @property
    def nothing_is_left(self) -> bool:
        """Whether all that held the pipe end in time."""
        return bool(select.select([self.left], [], [], PATIENCE)[0]) and os.read(self.left, 1) == b""


def children(pid: int) -> list[int]:
    done = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)
    rows = [tuple(map(int, line.split())) for line in done.stdout.splitlines()]
    return [child for child, parent in rows if parent == pid]


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("exit 0", 0),
        ("exit 7", 7),
        ("curl -sN $OPENAI_BASE_URL/chat/completions -d '{\"stream\":true}' | grep -q DONE", 0),
        ("curl -s $MOCKSSE_URL/nothing >/dev/null", 1),
        ("curl -s $MOCKSSE_URL/nothing >/dev/null; exit 7", 7),
        (f"{STUBBORN} kill -9 $$", 137),
    ],
)
def test_the_code_is_the_commands_and_nothing_is_left(script: str, code: int) -> None:
    with Run(FAMILY + script) as run:
        assert run.end() == code
        assert run.nothing_is_left


def test_killed_with_9_the_run_takes_its_command_along() -> None:
    with Run(f"{FAMILY} {STUBBORN} echo ready; exec sleep 600").ready() as run:
        run.process.kill()
        assert run.nothing_is_left


def test_with_its_leash_killed_the_run_still_leaves_nothing() -> None:
    with Run(f"{FAMILY} echo ready; exec sleep 600").ready() as run:
        (leash,) = children(run.process.pid)
        os.kill(leash, signal.SIGKILL)
        assert run.end() == 137
        assert run.nothing_is_left


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_for_the_run_alone_is_passed_on(number: signal.Signals, code: int) -> None:
    with Run(f"{FAMILY} echo ready; exec sleep 600").ready() as run:
        run.process.send_signal(number)
        assert run.end() == code
        assert run.nothing_is_left


@pytest.mark.parametrize("whole", [True, False], ids=["the group", "the run alone"])
def test_a_signal_comes_to_the_command_once(whole: bool) -> None:
    script = "n=0; trap 'n=$((n+1)); echo $n' INT; trap 'exit 5' TERM; echo ready; while :; do sleep 0.05; done"
    with Run(script, start_new_session=True).ready() as run:
        for count in (1, 2):
            if whole:
                os.killpg(run.process.pid, signal.SIGINT)
            else:
                run.process.send_signal(signal.SIGINT)
            assert run.process.stdout is not None
            assert run.process.stdout.readline() == f"{count}\n"
            assert not select.select([run.process.stdout], [], [], 0.4)[0], "once"
        run.process.send_signal(signal.SIGTERM)
        assert run.end() == 130
        assert run.nothing_is_left


def test_the_server_outlives_a_ctrl_c_until_the_command_has_ended() -> None:
    ask = "curl -s -o /dev/null -w '%{http_code}' $MOCKSSE_URL/v1/models"
    with Run(f'trap "{ask}; exit 3" INT; echo ready; sleep 600 & wait', start_new_session=True).ready() as run:
        os.killpg(run.process.pid, signal.SIGINT)
        assert run.end() == 130
        assert run.process.stdout is not None
        assert run.process.stdout.read() == "200"
        assert run.nothing_is_left


def test_at_a_terminal_ctrl_c_ends_it_and_the_command_may_read() -> None:
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(ROOT)
        script = "read line; echo got $line; exec sleep 600"
        os.execv(sys.executable, [sys.executable, "-m", "mocksse", "run", "cassettes", "--", "sh", "-c", script])
    try:
        os.write(terminal, b"a line\n")
        seen = b""
        while b"got a line" not in seen:
            seen += os.read(terminal, 4096)
        os.write(terminal, b"\x03")
        with suppress(OSError):
            while data := os.read(terminal, 4096):
                seen += data
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 130
        assert b"Traceback" not in seen
        assert b"no requests" in seen
    finally:
        os.close(terminal)


def test_stopped_with_ctrl_z_and_continued_it_goes_on() -> None:
    with Run(
        "echo ready; read line; curl -s $MOCKSSE_URL/v1/models", start_new_session=True, stdin=subprocess.PIPE
    ) as run:
        run.ready()
        os.killpg(run.process.pid, signal.SIGSTOP)
        os.waitid(os.P_PID, run.process.pid, os.WSTOPPED)
        os.killpg(run.process.pid, signal.SIGCONT)
        out, _ = run.process.communicate("go\n", timeout=PATIENCE)
        assert '"list"' in out
        assert run.process.returncode == 0


def test_what_was_ignored_stays_ignored() -> None:
    script = "echo ready; read line; exit 4"
    with Run(
        script,
        start_new_session=True,
        stdin=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    ) as run:
        run.ready()
        os.killpg(run.process.pid, signal.SIGINT)
        run.process.communicate("go\n", timeout=PATIENCE)
        assert run.process.returncode == 4
