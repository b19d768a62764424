"""Keys of known kinds in a text that is all there, in whatever way they are spelt: for cassettes that exist already.

A blotter finds what it knows in every spelling, and shapes as they stand. This finds shapes behind the spellings too,
so that what they are can be told to a blotter: percent-encoded, JSON-escaped, and within base64.
"""

from __future__ import annotations

import re
from base64 import b64decode
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from mocksse.cassette.redact.shapes import whole_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

_LEVELS = 3  # of escapes within escapes
_ESCAPED = re.compile(rb"\\+(?:u00([0-9a-fA-F]{2})|([\"/bfnrt]))")
_LETTERS = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t"}
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{24,}")
_STANDARD = bytes.maketrans(b"-_", b"+/")


def discover(data: bytes) -> frozenset[bytes]:
    """The keys in a text, in whatever spelling, as they are."""
    return frozenset(key for reading in _readings(data) for key in whole_keys(reading))


def _readings(data: bytes) -> Iterator[bytes]:
    seen = {data}
    fresh = [data]
    for _ in range(_LEVELS):
        fresh = [reading for text in fresh for reading in (_unescape(text), unquote_to_bytes(text))]
        fresh = [reading for reading in dict.fromkeys(fresh) if reading not in seen]
        seen.update(fresh)
    for text in seen:
        yield text
        for run in _BASE64.finditer(text):
            letters = run[0].translate(_STANDARD)
            for shift in range(4):
                whole = letters[shift : len(letters) - ((len(letters) - shift) % 4 == 1)]
                yield b64decode(whole + b"=" * (-len(whole) % 4))


def _unescape(text: bytes) -> bytes:
    if b"\\" not in text:
        return text
    return _ESCAPED.sub(lambda m: bytes([int(m[1], 16)]) if m[1] else _LETTERS.get(m[2], m[2]), text)
