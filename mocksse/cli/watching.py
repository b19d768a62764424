"""How a stream under way is shown on stderr: live on a terminal, else a line for each event."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from contextlib import asynccontextmanager, suppress
from shutil import get_terminal_size
from typing import TYPE_CHECKING

from mocksse.cli.options import color, note

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from mocksse.view.live import Live
    from mocksse.view.typing import Typing

TICK_S = 0.1


def is_live() -> bool:
    """Whether stderr is a terminal that can draw a line anew."""
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def live(path: str) -> Live:
    """A live view of an answer to a request for this path."""
    from mocksse.view.live import Live
    from mocksse.view.screen import Screen

    return Live(path, Screen(_write, get_terminal_size((100, 24)).columns, colors=color() is not False), _now_us)


def typing(path: str) -> Typing:
    """The same line by line."""
    from mocksse.view.typing import Typing

    return Typing(path, note, get_terminal_size((100, 24)).columns)


@asynccontextmanager
async def watching(path: str) -> AsyncIterator[Live | Typing]:
    """The view of one answer for as long as it takes. Its clock ticks while nothing comes."""
    if not is_live():
        yield typing(path)
        return
    view = live(path)
    ticking = asyncio.create_task(_tick(view))
    try:
        yield view
    finally:
        ticking.cancel()
        view.close()


async def _tick(view: Live) -> None:
    while True:
        await asyncio.sleep(TICK_S)
        view.tick()


def _write(text: str) -> None:
    """Nobody may be looking any longer."""
    with suppress(OSError):
        sys.stderr.write(text)
        sys.stderr.flush()


def _now_us() -> int:
    return time.monotonic_ns() // 1000
