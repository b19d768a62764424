"""Columns of a terminal: how many a text takes, and the text in no more than so many."""

from __future__ import annotations

import unicodedata


def columns(text: str) -> int:
    """How many columns the text takes; wide characters count two."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def clip(text: str, width: int) -> str:
    """The text in at most `width` columns; wide characters count two."""
    if len(text) * 2 <= width:
        return text
    used = 0
    for index, char in enumerate(text):
        used += 2 if unicodedata.east_asian_width(char) in "WF" else 1
        if used > width - 1:
            rest = text[index:]
            return text if used <= width and len(rest) == 1 else text[:index] + "…"
    return text
