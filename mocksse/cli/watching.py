"""How a stream under way is shown: live on a terminal, else a line for each event."""

from __future__ import annotations

import asyncio
import os
import time
from contextlib import asynccontextmanager, suppress
from shutil import get_terminal_size
from typing import TYPE_CHECKING, TextIO

import click

from mocksse.cli.options import color
from mocksse.view.typing import Typing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from mocksse.view.live import Live

TICK_S = 0.1


def is_live(stream: TextIO) -> bool:
    """Whether it is a terminal that can draw a line anew."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def view_of(path: str, stream: TextIO) -> Live | Typing:
    """A view of an answer to a request for this path."""
    columns = get_terminal_size((100, 24)).columns

    def write(text: str) -> None:
        with suppress(OSError):  # nobody may be looking any longer
            stream.write(text)
            stream.flush()

    def say(line: str) -> None:
        with suppress(OSError):
            click.echo(line, file=stream, color=color())

    if not is_live(stream):
        return Typing(path, say, columns)
    from mocksse.view.live import Live
    from mocksse.view.screen import Screen

    return Live(path, Screen(write, columns, colors=color() is not False), _now_us)


@asynccontextmanager
async def watching(path: str, stream: TextIO) -> AsyncIterator[Live | Typing]:
    """The view of one answer for as long as it takes. Its clock ticks while nothing comes."""
    view = view_of(path, stream)
    ticking = asyncio.create_task(_tick(view))
    try:
        yield view
    finally:
        ticking.cancel()
        view.close()


async def _tick(view: Live | Typing) -> None:
    while True:
        await asyncio.sleep(TICK_S)
        view.tick()


def _now_us() -> int:
    return time.monotonic_ns() // 1000
