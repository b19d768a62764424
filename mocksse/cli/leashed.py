"""A command on a leash, seen from `mocksse run`: start it, pass on the signals that are for it, hear how it ended.

Standard streams, other open files, the process group and the working directory are the command's as they were ours.
"""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mocksse.cli import leash

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NOT_FOUND = 127
NOT_EXECUTABLE = 126
_BY_SIGNAL = 128


@dataclass(frozen=True, slots=True)
class Ended:
    """`code` is the exit code as a shell would have it; `failure` says why the command could not be started."""

    code: int
    failure: str = ""
    interrupted: bool = False
    """There was a ^C."""


async def leashed(words: Sequence[str], environ: Mapping[str, str]) -> Ended:
    """Run the command to its end; nothing of it is left then, whatever it started."""
    loop = asyncio.get_running_loop()
    ours, theirs = socket.socketpair()
    with ours:
        heard: set[int] = set()

        def pass_on(number: int) -> None:
            heard.add(number)
            with suppress(OSError):
                ours.send(bytes([number]))

        passed_on = [number for number in leash.PASSED_ON if signal.getsignal(number) is not signal.SIG_IGN]
        for number in passed_on:
            loop.add_signal_handler(number, pass_on, number)
        try:
            with theirs:
                process = _start(theirs, words, environ)
            said = await _all_of(ours)
            process.wait()
        finally:
            for number in passed_on:
                loop.remove_signal_handler(number)
        if not said:
            leash.end_family()  # the leash itself was killed, and what it held came to us
        leash.adopt(False)
        return _ended(said, words[0], interrupted=signal.SIGINT in heard)


def _start(theirs: socket.socket, words: Sequence[str], environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    leash.adopt()
    theirs.set_inheritable(True)
    # Held back until the leash can hear them.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, leash.PASSED_ON)
    try:
        # Isolated and without `site`: that is quick, and no PYTHON* variable is for it.
        own = [sys.executable, "-I", "-S", leash.__file__, str(theirs.fileno())]
        return subprocess.Popen([*own, *words], env=environ, close_fds=False)  # noqa: S603 - what we are told
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


async def _all_of(sock: socket.socket) -> str:
    sock.setblocking(False)
    parts = []
    with suppress(ConnectionError):
        while data := await asyncio.get_running_loop().sock_recv(sock, 4096):
            parts.append(data)
    return b"".join(parts).decode()


def _ended(said: str, name: str, *, interrupted: bool) -> Ended:
    how, _, number = said.partition(" ")
    if how == "errno":
        missing = int(number) == errno.ENOENT
        why = "command not found" if missing else os.strerror(int(number))
        return Ended(NOT_FOUND if missing else NOT_EXECUTABLE, f"{name}: {why}")
    if how == "exit":
        return Ended(int(number), interrupted=interrupted)
    return Ended(_BY_SIGNAL + (int(number) if how == "signal" else signal.SIGKILL), interrupted=interrupted)
