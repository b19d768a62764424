"""What a stream under way is shown by: a live view on a terminal, lines anywhere else."""

from __future__ import annotations

import asyncio
import io

import pytest

from mocksse.cassette.seen import DataSeen, HeadSeen
from mocksse.cli.watching import is_live, view_of, watching
from mocksse.view.live import Live
from mocksse.view.typing import Typing

HEAD = HeadSeen(1, 200, b"OK", "1.1", ((b"content-type", b"text/event-stream"),), "chunked")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Gone(Terminal):
    def write(self, _: str) -> int:
        raise BrokenPipeError


@pytest.mark.parametrize(
    ("stream", "term", "live"),
    [(Terminal(), "xterm", True), (Terminal(), "dumb", False), (io.StringIO(), "xterm", False)],
)
def test_live_on_a_terminal_only(stream: io.StringIO, term: str, live: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", term)
    assert is_live(stream) is live
    assert isinstance(view_of("/x", stream), Live if live else Typing)


@pytest.mark.parametrize(("no_color", "styled"), [("", True), ("1", False)])
def test_no_color_holds_for_the_live_view(no_color: str, styled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    view = view_of("/x", stream)
    view(HEAD)
    view.close()
    assert ("\x1b[32m" in stream.getvalue()) is styled


def test_its_clock_ticks_and_what_is_left_is_cleared_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("mocksse.cli.watching.TICK_S", 0.001)

    async def main() -> str:
        stream, ticked = Terminal(), asyncio.Event()
        monkeypatch.setattr(Live, "tick", lambda _: ticked.set())
        async with watching("/x", stream) as view:
            view(HEAD)
            await ticked.wait()
        return stream.getvalue()

    assert asyncio.run(asyncio.wait_for(main(), 10)).endswith("\r\x1b[J")


@pytest.mark.parametrize("term", ["xterm", "dumb"])
def test_a_terminal_that_is_gone_is_no_trouble(term: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", term)
    view = view_of("/x", Gone())
    view(HEAD)
    view(DataSeen(2, b"data: a\n\n"))
    view.close("gone")
