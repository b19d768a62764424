"""Text that types itself into a terminal, with one line below it that changes all the time.

What has been typed is never taken back: it scrolls away like any output, and stays when all is over. Only the last line
of the text and the line below are drawn anew. Control characters of a stranger's text never reach the terminal.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from mocksse.figures import printable
from mocksse.view.columns import clip, columns

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Style = Mapping[str, Any]

_PLAIN: Style = {}
_LEAST = 20
_SLICE = 256
_STYLED = re.compile("\x1b\\[[0-9;]*m")
_FROM_HERE = "\r\x1b[J"
"""To the start of the line, and nothing on it or below it any more."""


class Screen:
    """`write` takes text for the terminal, escapes and all; `width` is its columns, of which the last stays free.

    Without `colors` lines are still drawn anew, but nothing has a style.
    """

    def __init__(self, write: Callable[[str], None], width: int, *, colors: bool = True) -> None:
        self._write = write
        self._colors = colors
        self._widest = max(width - 1, _LEAST)
        self.width = self._widest
        self._done: list[str] = []  # lines that are over and not written yet
        self._line: list[tuple[str, Style]] = []
        self._lead = ("", _PLAIN)
        self._tail = ("", _PLAIN)
        self._status = ""

    def border(self, lead: str = "", tail: str = "", **style: Any) -> None:
        """What stands left and right of every line of text from here on."""
        self._lead, self._tail = (lead, style), (tail, style)

    def narrow(self, width: int | None) -> None:
        """Lines of no more columns than that from here on; None: of all there are."""
        self.width = self._widest if width is None else min(width, self._widest)

    @property
    def room(self) -> int:
        """Columns of text in a line."""
        return self.width - columns(self._lead[0]) - columns(self._tail[0])

    @property
    def at_start(self) -> bool:
        """Whether the line is still empty."""
        return not self._line

    def type(self, text: str, **style: Any) -> None:
        """More of the text, broken into lines between words."""
        for index, part in enumerate(text.expandtabs(4).replace("\r\n", "\n").split("\n")):
            if index:
                self.end_line()
            # In slices: a fragment may be a whole book.
            for start in range(0, len(part), _SLICE):
                self._line.append((printable(part[start : start + _SLICE]), style))
                self._wrap()

    def line(self, text: str = "", **style: Any) -> None:
        """A line of its own, cut off where it is too long; without a border."""
        if self._line:
            self.end_line()
        self._done.append(click.style(clip(printable(text), self.width), **style))

    def styled(self, text: str) -> None:
        """A line of ours with its own styles, as it is."""
        if self._line:
            self.end_line()
        self._done.append(text)

    def end_line(self) -> None:
        """The line is over."""
        self._done.append(self._drawn(self._line))
        self._line = []

    def status(self, text: str) -> None:
        """The line below, styled; it has to fit. Empty: none."""
        self._status = text

    def aside(self, text: str) -> None:
        """Lines of somebody else, above the line that is being typed."""
        self._write(f"{_FROM_HERE}{text}")
        self.draw()

    def draw(self) -> None:
        """Bring the terminal up to date."""
        done, self._done = self._done, []
        parts = [_FROM_HERE, *(f"{line}\n" for line in done)]
        line = self._drawn(self._line) if self._line else ""
        parts.append(line)
        if self._status:
            at = columns(click.unstyle(line)) if not self._tail[0] else columns(self._lead[0]) + self._columns()
            parts.append(f"\n{self._status}\x1b[1A\r" + (f"\x1b[{at}C" if at else ""))
        self._write("".join(parts) if self._colors else _STYLED.sub("", "".join(parts)))

    def close(self) -> None:
        """The text stays, the line below goes."""
        self._status = ""
        if self._line:
            self.end_line()
        self.draw()

    def _columns(self) -> int:
        return sum(columns(text) for text, _ in self._line)

    def _drawn(self, line: list[tuple[str, Style]]) -> str:
        text = "".join(click.style(part, **style) for part, style in line)
        lead, tail = click.style(self._lead[0], **self._lead[1]), self._tail[0]
        if not tail:
            return f"{lead}{text}"
        blank = " " * max(self.room - sum(columns(part) for part, _ in line), 0)
        return f"{lead}{text}{blank}{click.style(tail, **self._tail[1])}"

    def _wrap(self) -> None:
        """Move what is too long into lines of its own."""
        while self._columns() > self.room:
            text = "".join(part for part, _ in self._line)
            fits = _fitting(text, self.room)
            space = text.rfind(" ", 0, fits + 1)
            cut = space if space > 0 else fits
            first, rest = _split(self._line, cut)
            self._done.append(self._drawn(first))
            self._line = _lstrip(rest) if space > 0 else rest


def _fitting(text: str, room: int) -> int:
    """How many characters fit."""
    used = 0
    for index, char in enumerate(text):
        used += columns(char)
        if used > room:
            return max(index, 1)
    return len(text)


def _split(line: list[tuple[str, Style]], at: int) -> tuple[list[tuple[str, Style]], list[tuple[str, Style]]]:
    first: list[tuple[str, Style]] = []
    rest: list[tuple[str, Style]] = []
    for text, style in line:
        if text[:at]:
            first.append((text[:at], style))
        if text[at:]:
            rest.append((text[at:], style))
        at = max(at - len(text), 0)
    return first, rest


def _lstrip(line: list[tuple[str, Style]]) -> list[tuple[str, Style]]:
    """Without the space at which it was broken."""
    (text, style), *rest = line
    return [(text[1:], style), *rest] if text[1:] else rest
