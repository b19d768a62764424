"""Clients as processes: asked for one answer, read up to their line, ended with all their children.

A client may hang, crash, print garbage or without end: each is a `Ran`, and never takes longer than it is given.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol, Self

from mocksse import limits
from mocksse.errors import UsageError
from mocksse.torture.told import GarbageError, Ran, read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_TAIL = 4096
"""Bytes kept of what a client says on stderr."""
_POLL_S = 0.05
_LAST_WORDS_S = 0.2
"""For what a client still has to say once its line is there, or once it has ended."""


class Runner(Protocol):
    """What gives answers of one client, one at a time."""

    @property
    def cold(self) -> bool:
        """Whether the next answer has something to load first, which is not its own time."""

    def answer(self, words: Mapping[str, str], seconds: float) -> Ran:
        """One answer. `words`: url, api and timeout."""

    def stop(self) -> None:
        """End the answer that is under way, from another thread."""

    def close(self) -> None:
        """End what is still running."""


def filled(argv: Sequence[str], words: Mapping[str, str]) -> list[str]:
    """A command with its `{url}`, `{api}` and `{timeout}` put in; no shell sees it."""
    found = list(argv)
    for word, value in words.items():
        found = [part.replace(f"{{{word}}}", value) for part in found]
    return found


class Once:
    """A process for each answer."""

    def __init__(self, argv: Sequence[str]) -> None:
        self._argv = tuple(argv)
        self._process: _Process | None = None

    cold = False
    """Its start is a part of each answer."""

    def answer(self, words: Mapping[str, str], seconds: float) -> Ran:
        """Its answer is its last line, or how it ended."""
        began = time.monotonic()
        with _Process(filled(self._argv, words)) as process:
            self._process = process
            how = process.read(began + seconds, to_line=False)
            code = process.code()
        took = time.monotonic() - began
        line = process.line()
        if how == "flooded":
            return Ran("flooded", None, f"more than {limits.MAX_CLIENT_LINE_BYTES:,} bytes", took)
        ran = Ran("silent", None, "", took)
        if line and (how == "ended" or line.endswith(b"\n")):
            ran = _told(line, took)
        if ran.how == "told":
            return ran
        if how == "timeout":
            return Ran("timeout", None, "", took)
        if code:
            return Ran("crashed", None, _crash(code, process.tail or line), took)
        return ran

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.kill()

    def close(self) -> None:
        """Nothing runs between two answers."""


class Kept:
    """One process for many answers, by `--serve`; a new one where it has ended or was ended. `more`: arguments for
    each answer."""

    def __init__(self, argv: Sequence[str], more: Sequence[str] = ()) -> None:
        self._argv = tuple(argv)
        self._more = tuple(more)
        self._process: _Process | None = None

    @property
    def cold(self) -> bool:
        """No process is running: an SDK or a browser has to start."""
        return self._process is None

    def answer(self, words: Mapping[str, str], seconds: float) -> Ran:
        """Its next line."""
        began = time.monotonic()
        process = self._process or _Process([*self._argv, "--serve"], serve=True)
        self._process = process
        process.tell([words["url"], "--api", words["api"], "--timeout", words["timeout"], *self._more])
        how = process.read(began + seconds, to_line=True)
        took = time.monotonic() - began
        line = process.take_line()
        if how == "line":
            return _told(line, took)
        code = process.code() if how == "ended" else 0
        self.close()
        if how == "flooded":
            return Ran("flooded", None, f"more than {limits.MAX_CLIENT_LINE_BYTES:,} bytes", took)
        if how == "timeout":
            return Ran("timeout", None, "", took)
        return Ran("crashed", None, _crash(code, process.tail), took)

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.kill()

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.end()
            self._process = None


def _told(line: bytes, took: float) -> Ran:
    try:
        return Ran("told", read(line), "", took)
    except GarbageError as error:
        if line.startswith(b"{") and not line.endswith(b"\n"):  # as a program that ends before its pipe has taken all
            return Ran("silent", None, f"its line breaks off behind {len(line):,} bytes", took)
        shown = line[:60].decode("utf-8", "backslashreplace").strip()
        return Ran("garbage", None, f"{error}: {shown}", took)


def _crash(code: int, tail: bytes) -> str:
    lines = [line.strip() for line in tail.decode("utf-8", "replace").splitlines() if line.strip()]
    how = f"exit code {code}" if code >= 0 else f"signal {_signal(-code)}"
    return f"{how}{f': {lines[-1][:200]}' if lines else ''}"


def _signal(number: int) -> str:
    with suppress(ValueError):
        return signal.Signals(number).name
    return str(number)


class _Process:
    """A running command, in a group of its own; what it says on both ends, no more than is of use."""

    def __init__(self, argv: Sequence[str], *, serve: bool = False) -> None:
        """Raises UsageError for a command that can't be run."""
        proxies = {"NO_PROXY": "127.0.0.1,localhost,::1", "no_proxy": "127.0.0.1,localhost,::1"}
        try:
            self._popen = subprocess.Popen(  # noqa: S603 - the user's own command
                argv,
                stdin=subprocess.PIPE if serve else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
                env={**os.environ, **proxies},
            )
        except OSError as error:
            raise UsageError(f"{argv[0]}: {error.strerror}", "--exec names a program and its arguments") from None
        self._out = bytearray()
        self._scanned = 0
        self.tail = b""
        self._selector = selectors.DefaultSelector()
        for pipe in filter(None, (self._popen.stdout, self._popen.stderr)):
            os.set_blocking(pipe.fileno(), False)
            self._selector.register(pipe, selectors.EVENT_READ)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def tell(self, words: Sequence[str]) -> None:
        """Ask a process that serves for one answer more."""
        if self._popen.stdin is None:
            return
        with suppress(BrokenPipeError):
            self._popen.stdin.write(json.dumps(list(words)).encode() + b"\n")
            self._popen.stdin.flush()

    def read(self, deadline: float, *, to_line: bool) -> str:
        """Read until a line is there (`to_line`), it ended, said too much, or time is up; which of them it was."""
        while True:
            if to_line and b"\n" in memoryview(self._out)[self._scanned :].tobytes():
                return "line"
            self._scanned = len(self._out)
            if len(self._out) > limits.MAX_CLIENT_LINE_BYTES:
                return "flooded"
            left = deadline - time.monotonic()
            if left <= 0:
                return "timeout"
            if self._pump(min(left, _POLL_S)):
                continue
            if self._popen.poll() is not None or (not self._selector.get_map() and self.line()):
                # What it wrote last may still be in the pipe, and a child may hold that open for ever.
                self._pump(_LAST_WORDS_S)
                return "ended"

    def _pump(self, seconds: float) -> bool:
        """Take what there is within so many seconds; whether anything was."""
        if not self._selector.get_map():  # it has closed both, and may still run
            self._ends_within(seconds)
            return False
        found = False
        for key, _ in self._selector.select(seconds):
            try:
                data = os.read(key.fd, 1 << 18)
            except BlockingIOError:
                continue
            if not data:
                self._selector.unregister(key.fileobj)
            elif key.fileobj is self._popen.stdout:
                self._out += data
            else:
                self.tail = (self.tail + data)[-_TAIL:]
            found = True
        return found

    def line(self) -> bytes:
        """The last line that has anything in it."""
        lines = [line for line in bytes(self._out).splitlines(keepends=True) if line.strip()]
        return lines[-1] if lines else b""

    def take_line(self) -> bytes:
        """The next line, which is then no longer there."""
        line, mark, rest = bytes(self._out).partition(b"\n")
        self._out, self._scanned = bytearray(rest), 0
        return line + mark

    def code(self) -> int:
        """Its exit code; below 0 for a signal, 0 where it still runs."""
        return self._popen.returncode if self._ends_within(_LAST_WORDS_S) else 0

    def _ends_within(self, seconds: float) -> bool:
        with suppress(subprocess.TimeoutExpired):
            self._popen.wait(seconds)
        return self._popen.returncode is not None

    def kill(self) -> None:
        """End it, and all that it has started; who reads it is told so."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._popen.pid, signal.SIGKILL)

    def end(self) -> None:
        """End it, and let go of it."""
        self.kill()
        self._selector.close()
        for pipe in (self._popen.stdin, self._popen.stdout, self._popen.stderr):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        self._popen.wait()
