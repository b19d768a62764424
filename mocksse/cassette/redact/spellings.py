"""All spellings of some secrets in a buffer: found, blotted, and told from what may become one.

A walk along a pattern is exact but slow, so one regular expression over the first places of all patterns finds, fast,
where a walk is worth its while. It may find too much and must not miss anything.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from mocksse.cassette.redact.pattern import (
    BACKSLASH,
    MAX_RUN,
    MIN_SECRET_BYTES,
    PERCENT,
    SHORT_ESCAPES,
    Pattern,
    readings,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

# At the end of the data: what an escape may begin with behind its backslashes, and the first half of a surrogate pair.
_BEGUN = rb"(?:u[0-9A-Fa-f]{0,3}|u[dD][89abAB][0-9A-Fa-f]{2}(?:\\{1,%d}(?:u[0-9A-Fa-f]{0,3})?)?)?\Z" % (MAX_RUN + 1)
_UNFINISHED = rb"(?:(?:%%[0-9A-Fa-f]{0,5})?\Z|\\{1,%d}%b)" % (MAX_RUN, _BEGUN)
_HEAD = 4  # units that the regular expression looks at
# A blot's letter: none that takes part in an escape (hex digits, u, JSON's bfnrt).
_MARKS = b"xXzZqQyYwWvVkKjJgGhHiIlLmMoOpPsS"


class Spellings:
    """All patterns of some secrets, the longest secret first."""

    def __init__(self, values: Iterable[bytes]) -> None:
        values = tuple(values)
        self._patterns = tuple(dict.fromkeys(pattern for value in values for pattern in readings(value)))
        self._search = re.compile(_heads(self._patterns), re.DOTALL).search
        self._mark = _mark(values)

    def spans(self, data: bytes, *, final: bool) -> tuple[list[tuple[int, int, Pattern]], int]:
        """Every spelling in the data, as start, end and pattern, in the order of their starts, and where the first
        that may go on behind the data starts (the data's length if none may).

        What starts behind that place is left for later. `final`: nothing follows; what is cut off counts as found
        from 8 bytes of the secret on.
        """
        spans: list[tuple[int, int, Pattern]] = []
        found = self._search(data)
        while found:
            start = found.start()
            here = []
            for pattern in self._patterns:
                end, depth = pattern.walk(data, start)
                if depth >= 0 and not final:
                    return spans, start
                if depth >= pattern.floor:
                    end = len(data)
                if end >= 0:
                    here.append((start, end, pattern))
            spans += here
            found = self._search(data, start + 1)
        return spans, len(data)

    def blot(self, data: bytes, ink: bytes = b"", *, final: bool) -> tuple[bytes, int, bytes]:
        """The data blotted up to a place, that place, and the blots that lie on the data behind it.

        `ink` is what an earlier call returned as the last, for the same data with more behind. Where blots overlap,
        the one that starts first stays.
        """
        spans, place = self.spans(data, final=final)
        if not spans and not ink:
            return data[:place], place, b""
        page = bytearray(data)
        page[: len(ink)] = ink
        dry = len(ink)
        for start, end, pattern in spans:
            if end > dry:
                fresh = max(start, dry)
                page[fresh:end] = pattern.blot(data[start:end], self._mark)[fresh - start :]
                dry = end
        return bytes(page[:place]), place, bytes(page[place:dry])


@lru_cache(maxsize=32)
def spellings(values: tuple[bytes, ...]) -> Spellings:
    """The spellings of some secrets, compiled once."""
    return Spellings(values)


def _mark(values: tuple[bytes, ...]) -> bytes:
    """The letter of the blots: x, unless it could complete a secret that was cut off right beside a blot."""
    letters = [bytes([letter]) for letter in _MARKS]
    harmless = (
        letter
        for letter in letters
        if not any(v.startswith(letter) or v.endswith(letter) or letter * MIN_SECRET_BYTES in v for v in values)
    )
    return next(harmless, letters[0])


def _heads(patterns: Iterable[Pattern]) -> bytes:
    """A regular expression that matches wherever a spelling may start, and hardly anywhere else.

    Its alternatives begin with single bytes, no two with the same: the engine then skips all other bytes fast.
    """
    rests: dict[int, list[bytes]] = {}
    for pattern in patterns:
        head = pattern.units[:_HEAD]
        # One escape may stand for several bytes outside ASCII: behind the first of them the head can't be sure.
        sure = next((i for i, unit in enumerate(head) if unit[0] >= 0x80), len(head))
        tail = b"".join(b"(?:%b|%b)" % (_spelt(unit), _UNFINISHED) for unit in head[1:sure])
        for byte in head[0]:
            rests.setdefault(byte, []).append(tail)
        rests.setdefault(PERCENT, []).append(b"(?:25){0,2}(?:%b)" % _digits(head[0]) + tail)
        escaped = _letters(head[0]) if sure else b"u[0-9A-Fa-f]{4}"
        rests.setdefault(BACKSLASH, []).append(rb"\\{0,%d}(?:%b)" % (MAX_RUN - 1, escaped) + tail)
        if head[0] == b"\\":
            rests[BACKSLASH].append(rb"\\{0,%d}" % (MAX_RUN - 1) + tail)
    rests[PERCENT].append(rb"[0-9A-Fa-f]{0,5}\Z")
    rests[BACKSLASH].append(rb"\\{0,%d}%b" % (MAX_RUN - 1, _BEGUN))
    return b"|".join(
        re.escape(bytes([byte])) + b"(?:%b)" % b"|".join(dict.fromkeys(tails)) for byte, tails in rests.items()
    )


def _spelt(unit: bytes) -> bytes:
    """A regular expression for all ways to spell one unit."""
    plain = b"[%b]" % re.escape(unit)
    if unit == b"\\":
        plain = rb"\\{1,%d}" % MAX_RUN
    return rb"%b|%%(?:25){0,2}(?:%b)|\\{1,%d}(?:%b)" % (plain, _digits(unit), MAX_RUN, _letters(unit))


def _digits(unit: bytes) -> bytes:
    return b"|".join(_insensitive(b"%02x" % byte) for byte in unit)


def _letters(unit: bytes) -> bytes:
    """What may follow the backslashes of an escape."""
    short = [re.escape(bytes([letter])) for letter, text in SHORT_ESCAPES.items() if text in unit]
    return b"|".join([b"u00(?:%b)" % _digits(unit), *short])


def _insensitive(digits: bytes) -> bytes:
    return b"".join(bytes([d]) if d < 0x61 else b"[%c%c]" % (d, d - 0x20) for d in digits)
