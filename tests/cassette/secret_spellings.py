"""Ways to spell a secret, for the tests of redaction; nothing here is taken from the code under test."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SHORT = {'"': '\\"', "\\": "\\\\", "/": "\\/", "\n": "\\n", "\t": "\\t"}


def percent(text: str, level: int = 1) -> str:
    """Every byte percent-encoded, the percent signs again at higher levels."""
    return "".join(f"%{'25' * (level - 1)}{byte:02X}" for byte in text.encode())


def unicode_escape(character: str) -> str:
    """\\u00e9, in two halves outside the basic plane."""
    units = character.encode("utf-16-be")
    return "".join(f"\\u{units[i : i + 2].hex()}" for i in range(0, len(units), 2))


def json_inside(text: str, levels: int = 1) -> str:
    """JSON string content, as JSON inside JSON from two levels on."""
    for _ in range(levels):
        text = json.dumps(text, ensure_ascii=False)[1:-1]
    return text


FIXED: dict[str, Callable[[str], str]] = {
    "raw": lambda s: s,
    "percent": percent,
    "percent, lower case": lambda s: percent(s).lower(),
    "percent, every second": lambda s: "".join(percent(c) if i % 2 else c for i, c in enumerate(s)),
    "percent, twice": lambda s: percent(s, 2),
    "percent, thrice": lambda s: percent(s, 3),
    "form": quote_plus,
    "json": json_inside,
    "json in json": lambda s: json_inside(s, 2),
    "json in json in json": lambda s: json_inside(s, 3),
    "json, ascii": lambda s: json.dumps(s)[1:-1],
    "json, slashes": lambda s: json_inside(s).replace("/", "\\/"),
    "json in json, slashes": lambda s: json_inside(json_inside(s).replace("/", "\\/")),
    "unicode": lambda s: "".join(map(unicode_escape, s)),
    "unicode, upper case": lambda s: "".join(map(unicode_escape, s)).upper().replace("U", "u"),
    "unicode, some": lambda s: "".join(c if i % 3 and c not in '"\\' else unicode_escape(c) for i, c in enumerate(s)),
    "unicode, in json": lambda s: json_inside("".join(map(unicode_escape, s))),
    "unicode, in json in json": lambda s: json_inside("".join(map(unicode_escape, s)), 2),
}
"""Spellings by name. Each is the secret's alone, whatever stands beside it."""


def base64_texts(secret: bytes) -> Iterator[tuple[str, bytes, bytes]]:
    """Name, base64 text around the secret, what it decodes to; all alignments, both alphabets, with padding or not."""
    for before in (b"", b"?", b"u:", b'{"'):
        for after in (b"", b"~", b"??", b'"}.'):
            plain = before + secret + after
            yield f"{before!r} {after!r}", b64encode(plain), plain
            yield f"{before!r} {after!r} url-safe", urlsafe_b64encode(plain).rstrip(b"="), plain


@st.composite
def mixed(draw: st.DrawFn, secret: str) -> bytes:
    """A spelling in which every character is spelt its own way, as percent-encoding or JSON allow it."""
    level = draw(st.integers(0, 3))
    if level == 0:
        text = "".join(percent(c, draw(st.integers(1, 3))) if draw(st.booleans()) or c == "%" else c for c in secret)
    else:
        text = "".join(draw(st.sampled_from(_in_json(c))) for c in secret)
        text = json_inside(text, level - 1)
    return text.encode()


def _in_json(character: str) -> list[str]:
    ways = [unicode_escape(character), unicode_escape(character).upper().replace("U", "u")]
    if character in SHORT:
        ways.append(SHORT[character])
    if character not in '"\\\n\t':
        ways.append(character)
    return ways
