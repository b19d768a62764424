"""A journal turned in by another process, so that no stream of this one waits for it.

To write a cassette of 5,000 events, read it back and compare takes 0.1 s, all of it in Python: a thread would take the
interpreter from the event loop, 5 ms and more at a time. One process does it for all recorders, one journal after the
other; it begins with the first, and ends with this one, because its stdin does.
"""

from __future__ import annotations

import asyncio
import atexit
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import IO, cast

from mocksse.errors import UpstreamError

_PACKAGE = Path(__file__).parents[2]


async def turn_in_aside(partial: Path, *, new: bool = False, replace: bool = False) -> tuple[Path, str]:
    """`turn_in` by the other process: the cassette, and the interaction's name in it.

    Raises UpstreamError, also where there can't be such a process, or it died.
    """
    told = await asyncio.get_running_loop().run_in_executor(_clerk.thread, _clerk.ask, partial, new, replace)
    if "error" in told:
        raise UpstreamError(told["error"])
    return partial.with_name(told["file"]), told["name"]


class _Clerk:
    """The other process, seen from here. `ask` runs on `thread` alone, which so keeps the order."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self.thread = ThreadPoolExecutor(1, "mocksse-turn-in")

    def ask(self, partial: Path, new: bool, replace: bool) -> dict[str, str]:
        """What became of a journal. After a process that died comes another, for the next one."""
        asked = {"partial": str(partial.absolute()), "new": new, "replace": replace}
        try:
            self._process = self._process or _start()
            to, back = cast("IO[bytes]", self._process.stdin), cast("IO[bytes]", self._process.stdout)
            to.write(json.dumps(asked).encode() + b"\n")
            to.flush()
            told: dict[str, str] = json.loads(back.readline())
        except (OSError, ValueError) as error:
            self.close()
            why = getattr(error, "strerror", None) or "the process that does it died"
            return {"error": f"{partial}: can't be turned in: {why}"}
        return told

    def close(self) -> None:
        """End the process, as the end of this one does."""
        process, self._process = self._process, None
        if process is not None:
            with suppress(OSError):
                process.communicate()


def _start() -> subprocess.Popen[bytes]:
    # In a session of its own ^C does not get there. -P: nothing in the current folder is taken for a module.
    path = os.pathsep.join([str(_PACKAGE), *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "mocksse.record.turn_in"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": path},
    )


_clerk = _Clerk()
atexit.register(_clerk.close)
