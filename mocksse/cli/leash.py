"""What holds a command on a leash: a small process of its own between `mocksse run` and the command.

Whatever happens, nothing that the command started outlives the run: not when the command ends or crashes, not when
`mocksse run` is killed with -9, which closes the channel that this process reads. The command stays in the process
group of whoever called, so that ^C, ^Z, `fg` and pipes at a terminal are what they are without us.

Run as a file, by `leashed`: it imports the standard library only, little of it, and none of mocksse.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import sys
import time
from typing import NamedTuple

PASSED_ON = (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP)
"""What is for the command to obey: we end when it has ended."""
GRACE_S = 1.0
"""From SIGTERM to SIGKILL, for what is left when the command has ended."""
_GIVE_UP_S = 1.0
"""Behind SIGKILL: what is still there is another user's, or hangs in the kernel."""
_TOGETHER_S = 1.0
"""How late `mocksse run` may be, on a busy machine, to tell of a signal that we got at the same moment."""
_WAIT_S = 0.05
"""How late ours may be."""
_PR_SET_CHILD_SUBREAPER = 36
_POLL_S = 0.01


class Process(NamedTuple):
    """A row of the process table. No dataclass: to import that takes longer than all else here."""

    parent: int
    group: int
    is_dead: bool = False
    """It waits to be reaped."""


Table = dict[int, Process]


def adopt(on: bool = True) -> bool:
    """Become the parent of every descendant that loses its own, or no longer; False where the system can't do that
    (macOS)."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        import ctypes

        return not ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, int(on), 0, 0, 0)
    except (ImportError, OSError, AttributeError):
        return False


def table() -> Table:
    """All processes there are, those that wait to be reaped too."""
    return _of_proc() if os.path.exists("/proc/self/stat") else _of_ps()  # noqa: PTH110 - pathlib is slow to import


def _of_proc() -> Table:
    found: Table = {}
    for name in os.listdir("/proc"):  # noqa: PTH208
        if name.isdecimal():
            with contextlib.suppress(OSError, ValueError), open(f"/proc/{name}/stat", "rb") as file:  # noqa: PTH123
                # Behind the name, which may hold anything: state, parent, group.
                state, parent, group = file.read().rpartition(b")")[2].split()[:3]
                found[int(name)] = Process(int(parent), int(group), state in {b"Z", b"X"})
    return found


def _of_ps() -> Table:
    import subprocess

    words = ["ps", "-A", "-o", "pid=", "-o", "ppid=", "-o", "pgid=", "-o", "stat="]
    try:
        asked = subprocess.Popen(words, stdout=subprocess.PIPE)  # noqa: S603 - our own words
    except OSError:
        return {}
    rows = [line.split() for line in asked.communicate()[0].splitlines()]
    found = {int(row[0]): Process(int(row[1]), int(row[2]), row[3].startswith(b"Z")) for row in rows if len(row) > 3}
    found.pop(asked.pid, None)
    return found


def family(rows: Table, root: int, before: frozenset[int] | None = None) -> set[int]:
    """The living descendants of a process. Pure.

    `before`: the processes that there were at first, where nobody adopts orphans: one of the root's group that is new
    and has lost its parent can only be of the family.
    """
    children: dict[int, list[int]] = {}
    for pid, row in rows.items():
        children.setdefault(row.parent, []).append(pid)
    found: set[int] = set()
    group = rows[root].group if root in rows else None
    orphans = [] if before is None else [p for p in children.get(1, ()) if rows[p].group == group and p not in before]
    new = [*children.get(root, ()), *orphans]
    while new:
        pid = new.pop()
        if pid not in found and pid != root:
            found.add(pid)
            new += children.get(pid, ())
    return {pid for pid in found if not rows[pid].is_dead}


def end_family(before: frozenset[int] | None = None) -> None:
    """Let no descendant of ours live on: SIGTERM, and SIGKILL for what is still there after GRACE_S."""
    start = time.monotonic()
    told: set[int] = set()
    while True:
        childless = _reaped_all()
        if childless and before is None:
            return
        alive = family(table(), os.getpid(), before)
        seconds = time.monotonic() - start
        if (childless and not alive) or seconds > GRACE_S + _GIVE_UP_S:
            return
        for pid in alive:
            if seconds > GRACE_S:
                _signal(pid, signal.SIGKILL)
            elif pid not in told:
                _signal(pid, signal.SIGTERM)
        told |= alive
        time.sleep(_POLL_S)


def _reaped_all() -> bool:
    """Reap who has ended; whether no child is left."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return True
    return False


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(OSError):  # gone, or another user's
        os.kill(pid, number)


class Leash:
    """One command, from its start to its end. `channel`: a byte that comes is a signal that `mocksse run` got; its end
    is that of `mocksse run`."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._heard, wake = socket.socketpair()
        self._heard.setblocking(False)
        wake.setblocking(False)
        self._wake = wake
        self._own: dict[int, float] = {}
        """When we got a signal ourselves."""
        self._passing: dict[int, float] = {}
        """What may have to be passed on, and when it was asked for."""
        self._before = None if adopt() else frozenset(table())

    def run(self, words: list[str]) -> str:
        """What became of it: `exit CODE`, `signal NUMBER`, or `errno NUMBER` where it could not be started."""
        mask = self._listen()
        try:
            reset = [signal.SIGPIPE, signal.SIGXFSZ]  # which Python ignores, and would hand on so
            command = os.posix_spawnp(words[0], words, os.environ, setsigdef=reset, setsigmask=mask)
        except OSError as error:
            return f"errno {error.errno}"
        try:
            status = self._watch(command)
        finally:
            end_family(self._before)
        if status is None:
            return ""
        return f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else f"exit {os.WEXITSTATUS(status)}"

    def _listen(self) -> set[signal.Signals | int]:
        """Hear signals, and take those that came since `mocksse run` held them back; gives the mask that was meant."""
        signal.set_wakeup_fd(self._wake.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGCHLD, *PASSED_ON):
            # Ignored since before: the command is to ignore it as well. No handler lives on in what is started.
            if number == signal.SIGCHLD or signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, lambda *_: None)
        return signal.pthread_sigmask(signal.SIG_UNBLOCK, PASSED_ON) - set(PASSED_ON)

    def _watch(self, command: int) -> int | None:
        """The command's wait status; None where `mocksse run` has gone."""
        while True:
            ready, _, _ = select.select([self._channel, self._heard], [], [], _WAIT_S if self._passing else None)
            now = time.monotonic()
            if self._heard in ready:
                with contextlib.suppress(BlockingIOError):
                    self._own |= dict.fromkeys(self._heard.recv(4096), now)
            if self._channel in ready:
                with contextlib.suppress(ConnectionError):
                    asked = self._channel.recv(4096)
                    if not asked:
                        return None
                    self._passing |= dict.fromkeys(asked, now)
            self._pass_on(now)
            ended: int | None = None
            with contextlib.suppress(ChildProcessError):
                while (found := os.waitpid(-1, os.WNOHANG))[0]:
                    ended = found[1] if found[0] == command else ended
            if ended is not None:
                return ended

    def _pass_on(self, now: float) -> None:
        """Signal the command where `mocksse run` alone was signalled.

        From a terminal all of the group get it, the command and we too: a second ^C would mean something else.
        """
        for number, asked in list(self._passing.items()):
            if asked - self._own.get(number, -1.0) < _TOGETHER_S:
                del self._passing[number]
            elif now - asked >= _WAIT_S:
                del self._passing[number]
                rows, here = table(), os.getpgrp()
                for pid in family(rows, os.getpid(), self._before):
                    if rows[pid].group == here:
                        _signal(pid, number)


def main() -> None:
    """`leash.py CHANNEL COMMAND...`, where CHANNEL is the number of an open socket."""
    channel = socket.socket(fileno=int(sys.argv[1]))
    channel.set_inheritable(False)
    said = Leash(channel).run(sys.argv[2:])
    with contextlib.suppress(OSError):
        channel.sendall(said.encode())


if __name__ == "__main__":
    main()
