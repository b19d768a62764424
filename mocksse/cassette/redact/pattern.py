"""How one secret can be spelt on the wire.

Each byte of it may stand as itself, percent-encoded (even three times over) or JSON-escaped (also as JSON inside JSON
inside JSON), in any mixture. Or the whole of it lies inside a longer base64 text, standard or URL-safe, at one of three
alignments, and that text may be escaped in the same ways. A `Pattern` is one of these four readings of a secret.

A walk follows every way to read the bytes, and looks at nothing before the place where it starts: so whether a spelling
is found never depends on how a body was cut.
"""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MIN_SECRET_BYTES = 8
"""Shorter values are no secrets: they would be found everywhere."""

PERCENT, BACKSLASH = b"%\\"
_LEVELS = 3  # of percent-encoding
MAX_RUN = 16  # backslashes at most before an escaped character: JSON four levels deep
_BACKSLASHES = re.compile(rb"\\{1,%d}" % (MAX_RUN + 1))
_HEX = re.compile(rb"[0-9A-Fa-f]*")
# One character that JSON escapes with a letter or as itself: \n, \/, \".
SHORT_ESCAPES = dict(zip(b'"/bfnrt', (b'"', b"/", b"\b", b"\f", b"\n", b"\r", b"\t"), strict=True))
_CHARACTER = re.compile(rb"(%(?:25)*)[0-9A-Fa-f]{2}|(\\+u)[0-9A-Fa-f]{4}|(\\+)/|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Pattern:
    """One reading of one secret: what each place of it may be."""

    units: tuple[bytes, ...]
    """At each place the bytes that are accepted there."""
    floor: int
    """So many units at the very end of a body are a secret that was cut off: 8 bytes of it."""
    phase: int | None = None
    """In base64: where in a group of four characters it starts."""

    def walk(self, data: bytes, start: int) -> tuple[int, int]:
        """Where the longest spelling that starts there ends, and how many units of an unfinished one lie before the
        end of the data; -1 where there is none."""
        end = depth = -1
        ways = [(0, start)]
        seen = set(ways)
        while ways:
            at, place = ways.pop()
            while at < len(self.units) and place < len(data) and data[place] not in b"%\\":
                if data[place] not in self.units[at]:
                    break
                at += 1
                place += 1
            else:
                if at == len(self.units):
                    end = max(end, place)
                    continue
                readings, unfinished = _read(data, place)
                if unfinished:
                    depth = max(depth, at)
                for text, after in readings:
                    way = (at + len(text), after)
                    if way not in seen and self._accepts(text, at):
                        seen.add(way)
                        ways.append(way)
        return end, depth

    def _accepts(self, text: bytes, at: int) -> bool:
        units = self.units[at : at + len(text)]
        return len(units) == len(text) and all(byte in unit for byte, unit in zip(text, units, strict=True))

    def blot(self, spelling: bytes, mark: bytes) -> bytes:
        """As many bytes that spell marks in place of the secret, valid in the same encodings."""
        if self.phase is None:
            return mark * len(spelling)
        group = b64encode(mark * 3)
        # A character in its escape stays one; `\/`, which can't become another, stays a slash.
        blotted = []
        for index, character in enumerate(_CHARACTER.finditer(spelling), self.phase):
            percent, unicode, slash = character.groups()
            letter = group[index % 4]
            if percent:
                blotted.append(b"%b%02x" % (percent, letter))
            elif unicode:
                blotted.append(b"%b%04x" % (unicode, letter))
            else:
                blotted.append(character[0] if slash else bytes([letter]))
        return b"".join(blotted)


def _read(data: bytes, place: int) -> tuple[list[tuple[bytes, int]], bool]:
    """The characters that can be read at a place, as bytes, each with the place behind it; and whether there would be
    more of them if the data went on."""
    if place == len(data):
        return [], True
    byte = data[place]
    if byte == PERCENT:
        readings, unfinished = _read_percent(data, place)
    elif byte == BACKSLASH:
        readings, unfinished = _read_backslash(data, place)
    else:
        return [(data[place : place + 1], place + 1)], False
    return [(data[place : place + 1], place + 1), *readings], unfinished


def _read_percent(data: bytes, place: int) -> tuple[list[tuple[bytes, int]], bool]:
    readings: list[tuple[bytes, int]] = []
    place += 1
    for _ in range(_LEVELS):
        digits = data[place : place + 2]
        if not _HEX.fullmatch(digits):
            return readings, False
        if len(digits) < 2:
            return readings, True
        place += 2
        readings.append((bytes([int(digits, 16)]), place))
        if digits != b"25":
            break
    return readings, False


def _read_backslash(data: bytes, place: int) -> tuple[list[tuple[bytes, int]], bool]:
    run = _run(data, place)
    readings = [(b"\\", place + width) for width in (2, 4, 8, 16) if width <= run]
    if run > MAX_RUN:
        return readings, False
    texts, after, unfinished = _read_escape(data, place + run)
    return readings + [(text, after) for text in texts], unfinished


def _run(data: bytes, place: int) -> int:
    """How many backslashes stand there, counted to one more than an escape can have."""
    found = _BACKSLASHES.match(data, place)
    return found.end() - place if found else 0


def _read_escape(data: bytes, place: int, high: int = 0) -> tuple[tuple[bytes, ...], int, bool]:
    """What is read behind the backslashes, where it ends, and whether it needs more data. `high` is the first half of
    a surrogate pair, whose second half must follow."""
    letter = data[place : place + 1]
    if not letter:
        return (), place, True
    if letter != b"u":
        text = SHORT_ESCAPES.get(letter[0])
        return (() if text is None or high else (text,)), place + 1, False
    digits = data[place + 1 : place + 5]
    if not _HEX.fullmatch(digits):
        return (), place, False
    place += 1 + len(digits)
    if len(digits) < 4:
        return (), place, True
    code = int(digits, 16)
    if high:
        if not 0xDC00 <= code < 0xE000:
            return (), place, False
        code = 0x10000 + ((high - 0xD800) << 10) + code - 0xDC00
    elif 0xD800 <= code < 0xDC00:
        run = _run(data, place)
        return _read_escape(data, place + run, code) if run or place == len(data) else ((), place, False)
    text = chr(code).encode("utf-8", "surrogatepass")
    # Bytes that are no UTF-8 are escaped as the Latin-1 they may have been.
    return ((text, bytes([code])) if 0x80 <= code <= 0xFF else (text,)), place, False


def readings(value: bytes) -> Iterator[Pattern]:
    """The four readings of a secret."""
    # A form spells a space as a plus.
    yield Pattern(tuple(b" +" if byte == 0x20 else bytes([byte]) for byte in value), MIN_SECRET_BYTES)
    twins = {0x2B: b"+-", 0x2F: b"/_"}
    for shift in range(3):
        first, last = -(-8 * shift // 6), 8 * (shift + len(value)) // 6
        # Only characters that hold nothing of the neighbours: at most half a byte of the secret stays at each end.
        text = b64encode(bytes(shift) + value)[first:last]
        floor = -(-8 * MIN_SECRET_BYTES // 6)
        yield Pattern(tuple(twins.get(byte, bytes([byte])) for byte in text), floor, first % 4)
