"""A terminal of a few orders: enough to see what a drawn screen leaves behind."""

from __future__ import annotations

import re
import unicodedata

_TOKEN = re.compile(r"\x1b\[(\d*)([A-Za-z])|\x1b\[[0-9;]*m|[\r\n]|[^\x1b\r\n]")


class Terminal:
    """`text` is what stands on it, line by line; `styles` counts style changes."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.lines: list[list[str]] = [[]]
        self.row = self.column = self.styles = 0
        self.drawings = 0

    def write(self, text: str) -> None:
        self.drawings += 1
        position = 0
        for found in _TOKEN.finditer(text):
            assert found.start() == position, f"not understood: {text[position : position + 9]!r}"
            position = found.end()
            self._take(found)
        assert position == len(text)

    def _take(self, found: re.Match[str]) -> None:
        token = found[0]
        if token == "\r":
            self.column = 0
        elif token == "\n":
            self.row += 1
            self.column = 0
            if self.row == len(self.lines):
                self.lines.append([])
        elif token.endswith("m") and token.startswith("\x1b"):
            self.styles += 1
        elif found[2]:
            self._order(found[2], int(found[1] or 0))
        else:
            wide = 2 if unicodedata.east_asian_width(token) in "WF" else 1
            assert self.column + wide <= self.width, "a line that the terminal would break"
            line = self.lines[self.row]
            line += [" "] * (self.column - len(line))
            line[self.column : self.column + wide] = [token, *[""] * (wide - 1)]
            self.column += wide

    def _order(self, order: str, count: int) -> None:
        match order:
            case "J":
                del self.lines[self.row][self.column :]
                del self.lines[self.row + 1 :]
            case "A":
                self.row -= count or 1
                assert self.row >= 0
            case "C":
                self.column += count or 1
            case _:
                raise AssertionError(order)

    @property
    def text(self) -> list[str]:
        return ["".join(line).rstrip() for line in self.lines]
