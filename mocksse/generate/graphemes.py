"""What a reader sees as one character: the extended grapheme clusters of UAX #29, as far as `unicodedata` tells them.

Where the two differ, what belongs together for the standard stays together here; a border may be missing, never added.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_ZWNJ, _ZWJ = "\u200c", "\u200d"
_VIRAMA = 9
"""Canonical combining class of what joins two consonants of Indic scripts."""


def graphemes(text: str) -> Iterator[str]:
    """The text in its order; joined, they are the text."""
    start = flags = 0
    before = ""
    for at, char in enumerate(text):
        if before and not _joins(before, char, flags):
            yield text[start:at]
            start = at
        flags = flags + 1 if _is_flag(char) else 0
        before = char
    if text:
        yield text[start:]


def _joins(before: str, char: str, flags: int) -> bool:
    """Whether there is no border between the two. `flags`: regional indicators in a row up to `before`."""
    if before < "\u0300" and char < "\u0300":
        return before == "\r" and char == "\n"
    if unicodedata.category(before) in {"Cc", "Zl", "Zp"}:
        return False
    if _extends(char):
        return True
    if before == _ZWJ:
        return unicodedata.category(char) == "So"
    if _is_flag(char):
        return flags % 2 == 1
    if unicodedata.combining(before) == _VIRAMA:
        return unicodedata.category(char) == "Lo"
    return _hangul(char) in _HANGUL_AFTER.get(_hangul(before), "")


def _extends(char: str) -> bool:
    is_emoji_part = "\U0001f3fb" <= char <= "\U0001f3ff" or "\U000e0020" <= char <= "\U000e007f"
    is_mark = char in (_ZWJ, _ZWNJ, "\uff9e", "\uff9f") or unicodedata.category(char) in {"Mn", "Me", "Mc"}
    return is_emoji_part or is_mark


def _is_flag(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


_HANGUL_AFTER = {"l": "lvs", "v": "vt", "t": "t", "s": "vt"}
"""What of a syllable may follow: leading, vowel and trailing letters, and syllables (`s`)."""


def _hangul(char: str) -> str:
    if "\u1100" <= char <= "\u115f" or "\ua960" <= char <= "\ua97c":
        return "l"
    if "\u1160" <= char <= "\u11a7" or "\ud7b0" <= char <= "\ud7c6":
        return "v"
    if "\u11a8" <= char <= "\u11ff" or "\ud7cb" <= char <= "\ud7fb":
        return "t"
    return "s" if "\uac00" <= char <= "\ud7a3" else "-"
