"""A text in the pieces that a stream says it in. Joined, the pieces are the text.

`token` is what a model's look like: a word with the space before it, a long one in several; a few characters of a
script without spaces, an emoji, a mark. Nothing that a reader sees as one character is cut by `token` or `grapheme`.
`character` cuts between code points, a flag in two. `half` cuts those beyond U+FFFF in their two surrogates, which
JSON writes as two escapes: no stream of UTF-8 could, and providers have sent it.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Literal, get_args

from mocksse.generate.graphemes import graphemes

if TYPE_CHECKING:
    from collections.abc import Callable

Cut = Literal["token", "grapheme", "character", "half"]
CUTS: tuple[Cut, ...] = get_args(Cut)
_LONGEST = {"letter": 8, "other": 3, "mark": 2, "space": 8, "sign": 1}
"""Graphemes of a piece at most, by what it is made of."""


def cut(text: str, how: Cut, draw: Callable[[], float]) -> list[str]:
    """The pieces, none of them empty. `draw`: where `token` ends a piece that could go on, from 0 to 1."""
    match how:
        case "token":
            return _tokens(text, draw)
        case "grapheme":
            return list(graphemes(text))
        case "character":
            return list(text)
        case "half":
            return [half for char in text for half in _halves(char)]


def _halves(char: str) -> list[str]:
    beyond = ord(char) - 0x10000
    return [char] if beyond < 0 else [chr(0xD800 + (beyond >> 10)), chr(0xDC00 + (beyond & 0x3FF))]


def _tokens(text: str, draw: Callable[[], float]) -> list[str]:
    pieces: list[list[str]] = []
    kind, left = "", 0
    for grapheme in graphemes(text):
        of = _kind(grapheme[0])
        # A space opens a piece with what follows it.
        goes_on = of == kind or (kind == "space" and pieces[-1] == [" "])
        if not pieces or not goes_on or left == 0:
            pieces.append([])
            left = _longest(of, draw)
        elif of != kind:
            left = _longest(of, draw)
        pieces[-1].append(grapheme)
        kind, left = of, left - 1
    return ["".join(piece) for piece in pieces]


def _longest(kind: str, draw: Callable[[], float]) -> int:
    most = _LONGEST[kind]
    return most if kind in {"letter", "space"} else 1 + int(draw() * most)


def _kind(char: str) -> str:
    if char.isspace():
        return "space"
    category = unicodedata.category(char)
    if category == "Lo":
        return "other"
    if category[0] in "LNM":
        return "letter"
    return "sign" if category[0] == "S" else "mark"
