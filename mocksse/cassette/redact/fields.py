"""Fields of JSON bodies that identify whoever asks: their values, at the places where providers have them.

Works on the bytes as they come, holds nothing back, and needs no framing: JSON documents are found in SSE data, NDJSON
lines, JSON arrays and AWS frames alike, by their brackets. A blank line, a NUL and a line that begins with a brace end
what was open, so that broken JSON hides nothing of the next event. JSON inside JSON strings was said, and stays.
"""

from __future__ import annotations

import re

from mocksse.cassette.redact.known import IDENTIFYING_PLACES

_STRUCTURE = re.compile(rb'["{}\[\],:\r\n\0]')
_BETWEEN_DOCUMENTS = re.compile(rb"[^{\[\r\n\0]++")
_NOWHERE = re.compile(rb'(?:[^"{}\[\]\r\n\0]|"[^"\\\r\n\0]*+")++')  # what changes nothing where no field can be
_STRING_END = re.compile(rb'["\\\r\n\0]')
_DIGITS = re.compile(rb"[0-9]")
_NAME_BYTES = max(len(name) for name in (*IDENTIFYING_PLACES, b"response", b"metadata")) + 1
_PLACES = frozenset(place for places in IDENTIFYING_PLACES.values() for place in places)
_WAYS = frozenset(place[:size] for place in _PLACES for size in range(len(place) + 1))


class FieldBlotter:
    """A body, in pieces, with the values of identifying fields blotted: strings with x, numbers with 1."""

    held = 0

    def __init__(self) -> None:
        self.names: set[str] = set()
        """The fields that were blotted so far."""
        self._place: tuple[bytes, ...] | None = None  # the object that is open, if it leads to a field; None outside
        self._deeper = 0  # how many containers are open in it that lead to none
        self._in_string = self._escaped = False
        self._text = b""  # of the last string, as long as a name can be
        self._after_string = False
        self._key: bytes | None = None  # whose value is next
        self._mark = b""  # what is put in place of the value that is next, or goes on
        self._read = 0  # bytes of the body, before the data
        self._line_start = 0  # the place in the body behind the last line end
        self._return = -1  # the place behind the last CR

    @property
    def blotted(self) -> bool:
        """Whether anything was blotted so far."""
        return bool(self.names)

    @property
    def what(self) -> str:
        """What was found, in words."""
        return f"an identifying field: {', '.join(sorted(self.names)) or 'none'}"

    def feed(self, data: bytes) -> bytes:
        """As many bytes, blotted."""
        page = bytearray(data)
        at = 0
        while at < len(data):
            at = self._string(data, at, page) if self._in_string else self._outside(data, at, page)
        self._read += len(data)
        return bytes(page)

    def flush(self) -> bytes:
        """Nothing is ever held."""
        return b""

    def _string(self, data: bytes, at: int, page: bytearray) -> int:
        """To the end of the string, or of the data."""
        if self._escaped:
            self._escaped = False
            self._take(data, at, at + 1, page)
            return at + 1
        found = _STRING_END.search(data, at)
        end = found.start() if found else len(data)
        self._take(data, at, end, page)
        if not found:
            return end
        if found[0] == b"\\":
            self._escaped = True
            self._take(data, end, end + 1, page)
        elif found[0] == b'"':
            self._in_string = False
            self._after_string = not self._mark
            self._mark = b""
        else:
            # JSON has no line end within a string: this is none, or it broke off.
            self._forget()
            return end
        return end + 1

    def _take(self, data: bytes, start: int, end: int, page: bytearray) -> None:
        """Some bytes of a string."""
        if self._mark == b"x":
            self._blot(page, start, b"x" * (end - start))
        elif len(self._text) < _NAME_BYTES:
            self._text += data[start : min(end, start + _NAME_BYTES - len(self._text))]

    def _outside(self, data: bytes, at: int, page: bytearray) -> int:
        """Over one sign outside strings."""
        if self._place is None or self._deeper:
            skipped = (_NOWHERE if self._deeper else _BETWEEN_DOCUMENTS).match(data, at)
            at = skipped.end() if skipped else at
        found = _STRUCTURE.search(data, at)
        end = found.start() if found else len(data)
        if self._mark == b"1":
            self._blot(page, at, _DIGITS.sub(b"1", data[at:end]))
        if not found:
            return end
        sign = found[0]
        if sign in b"\r\n\0":
            self._line_end(sign, self._read + end)
        elif sign in b"{[":
            if sign == b"{" and self._read + end == self._line_start:
                self._forget()
            self._begin(sign)
        elif self._place is not None:
            self._inside(sign)
        return end + 1

    def _line_end(self, sign: bytes, place: int) -> None:
        if sign == b"\0":
            self._forget()
        elif sign == b"\n" and place == self._return:
            self._return = -1  # the other half of CR LF
        elif place == self._line_start:
            self._forget()
        self._line_start = place + 1
        self._return = place + 1 if sign == b"\r" else self._return

    def _begin(self, sign: bytes) -> None:
        """A container begins; what an array at the top holds is at the top as well."""
        if self._place is None:
            self._place = () if sign == b"{" else None
        elif not self._deeper and sign == b"{" and self._key and (*self._place, self._key) in _WAYS:
            self._place = (*self._place, self._key)
        else:
            self._deeper += 1
        self._end_value()

    def _inside(self, sign: bytes) -> None:
        """Any other sign within a container."""
        if sign == b'"':
            self._in_string = True
            self._text = b""
            self._after_string = False
            self._mark = b"x" if self._mark else b""
        elif sign == b":":
            # Any other colon belongs to a line of SSE.
            if self._after_string:
                self._end_value()
                self._key = self._text
                places = () if self._deeper else IDENTIFYING_PLACES.get(self._text, ())
                self._mark = b"1" if self._place in places else b""
        elif sign == b",":
            self._end_value()
        else:
            if self._deeper:
                self._deeper -= 1
            else:
                self._place = self._place[:-1] if self._place else None
            self._end_value()

    def _blot(self, page: bytearray, start: int, blot: bytes) -> None:
        if page[start : start + len(blot)] != blot:
            page[start : start + len(blot)] = blot
            self.names.add((self._key or b"").decode())

    def _end_value(self) -> None:
        self._key = None
        self._mark = b""
        self._after_string = False

    def _forget(self) -> None:
        """Nothing is open."""
        self._place = None
        self._deeper = 0
        self._in_string = self._escaped = False
        self._end_value()
