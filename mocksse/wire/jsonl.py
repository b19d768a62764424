"""JSON values in a row: one a line (NDJSON, as Ollama streams) or elements of one array (Gemini without alt=sse).

Both parsers find where a value begins and ends, and hand it out as soon as its last byte is there; whether it is valid
JSON is for the reader to find out. Lines end at LF alone, a CR before it is tolerated. In an array, strings and their
escapes are honoured, brackets are counted but not matched, and commas are white space: what a strict reader rejects,
a recording still has to show.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mocksse import limits
from mocksse.errors import LimitError
from mocksse.wire.incremental import Incremental

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank. `data` is without the line end, the span with it; not `complete`: no LF came."""

    start: int
    end: int
    data: bytes
    complete: bool = True


class LineParser(Incremental[Line]):
    """Incremental NDJSON. Blank lines are no items; an unterminated last line comes from `close`, not complete."""

    def __init__(self, max_line: int = limits.MAX_EVENT_BYTES) -> None:
        super().__init__()
        self._max = max_line
        self._line = bytearray()
        self._line_at = 0

    def _scan(self, data: bytes, items: list[Line]) -> None:
        lines = data.split(b"\n")
        tail = lines.pop()
        if lines:
            self._line += lines[0]
            lines[0] = bytes(self._line)
            self._line = bytearray()
        for line in lines:
            self._check(len(line))
            end = self._line_at + len(line) + 1
            if line and not line.isspace():
                items.append(Line(self._line_at, end, line.removesuffix(b"\r")))
            self._line_at = end
        self._check(len(self._line) + len(tail))
        self._line += tail

    def _finish(self, items: list[Line]) -> None:
        line = bytes(self._line)
        if line and not line.isspace():
            items.append(Line(self._line_at, self._line_at + len(line), line, complete=False))

    def _check(self, size: int) -> None:
        if size > self._max:
            raise LimitError(f"a line at byte {self._line_at} is longer than {self._max} bytes")


@dataclass(frozen=True, slots=True)
class Element:
    """A top-level element of the array: exactly its bytes, no white space, no comma."""

    start: int
    end: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Closing:
    """The bracket that closes the array: a stream without it was cut."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Pending:
    """The element that the end of the body left unfinished."""

    start: int
    end: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Stray:
    """From the first byte that can't be part of an array to the end of the body; nothing in it is looked at."""

    start: int
    end: int


ArrayItem = Element | Closing | Pending | Stray

_VALUE = frozenset(b'{["-0123456789tfn')
_NOT_SPACE = re.compile(rb"[^ \t\r\n]")
_NOT_GAP = re.compile(rb"[^ \t\r\n,]")
_SCALAR_END = re.compile(rb"[ \t\r\n,\]]")
_NESTING = re.compile(rb'["{}\[\]]')
_STRING = re.compile(rb'["\\]')


class ArrayParser(Incremental[ArrayItem]):
    """Incremental parser of one JSON array. `max_element` bounds one element, in bytes."""

    def __init__(self, max_element: int = limits.MAX_EVENT_BYTES) -> None:
        super().__init__()
        self._max = max_element
        self._step: Callable[[bytes, int, list[ArrayItem]], int] = self._before
        self._offset = 0  # where in the body the data of this feed begins
        self._skip = 0  # bytes of the next feed that are already decided: the one behind a backslash
        self._element = bytearray()  # the unfinished element, as far as earlier feeds had it
        self._element_at = -1
        self._depth = 0
        self._quoted = False
        self._stray_at = -1

    def _scan(self, data: bytes, items: list[ArrayItem]) -> None:
        at = self._skip
        while at < len(data):
            at = self._step(data, at, items)
        self._skip = at - len(data)
        if self._element_at >= 0:
            begin = max(self._element_at - self._offset, 0)
            self._check(len(self._element) + len(data) - begin)
            self._element += data[begin:]
        self._offset += len(data)

    def _finish(self, items: list[ArrayItem]) -> None:
        if self._element_at >= 0:
            items.append(Pending(self._element_at, self._offset, bytes(self._element)))
        if self._stray_at >= 0:
            items.append(Stray(self._stray_at, self._offset))

    # Each step looks at data[at:] in one state, may change the state, and returns where to go on.

    def _before(self, data: bytes, at: int, _items: list[ArrayItem]) -> int:
        found = _NOT_SPACE.search(data, at)
        if not found:
            return len(data)
        if found[0] != b"[":
            return self._give_up(data, found.start())
        self._step = self._between
        return found.end()

    def _between(self, data: bytes, at: int, items: list[ArrayItem]) -> int:
        found = _NOT_GAP.search(data, at)
        if not found:
            return len(data)
        at = found.start()
        first = data[at]
        if first == ord("]"):
            items.append(Closing(self._offset + at, self._offset + at + 1))
            self._step = self._after
            return at + 1
        if first not in _VALUE:
            return self._give_up(data, at)
        self._element_at = self._offset + at
        if first in b'{["':
            self._step = self._nested
            self._depth = 0
            self._quoted = False
            return at
        self._step = self._scalar
        return at + 1

    def _nested(self, data: bytes, at: int, items: list[ArrayItem]) -> int:
        """An object, array or string: over where the brackets are even and no quote is open."""
        while at < len(data):
            found = (_STRING if self._quoted else _NESTING).search(data, at)
            if not found:
                return len(data)
            at = found.end()
            byte = found[0]
            if byte == b"\\":
                at += 1
                continue
            if byte == b'"':
                self._quoted = not self._quoted
            else:
                self._depth += 1 if byte in b"{[" else -1
            if not self._depth and not self._quoted:
                self._complete(data, at, items)
                return at
        return at

    def _scalar(self, data: bytes, at: int, items: list[ArrayItem]) -> int:
        """A number, true, false or null: over where something else begins."""
        found = _SCALAR_END.search(data, at)
        if not found:
            return len(data)
        self._complete(data, found.start(), items)
        return found.start()

    def _after(self, data: bytes, at: int, _items: list[ArrayItem]) -> int:
        found = _NOT_SPACE.search(data, at)
        return self._give_up(data, found.start()) if found else len(data)

    def _stray(self, data: bytes, _at: int, _items: list[ArrayItem]) -> int:
        return len(data)

    def _give_up(self, data: bytes, at: int) -> int:
        self._stray_at = self._offset + at
        self._step = self._stray
        return len(data)

    def _complete(self, data: bytes, end: int, items: list[ArrayItem]) -> None:
        begin = max(self._element_at - self._offset, 0)
        self._check(len(self._element) + end - begin)
        self._element += data[begin:end]
        items.append(Element(self._element_at, self._offset + end, bytes(self._element)))
        self._element = bytearray()
        self._element_at = -1
        self._step = self._between

    def _check(self, size: int) -> None:
        if size > self._max:
            raise LimitError(f"an array element at byte {self._element_at} is larger than {self._max} bytes")


def parse_lines(body: bytes, max_line: int = limits.MAX_EVENT_BYTES) -> list[Line]:
    """All lines of a whole body that are not blank; LimitError as LineParser has it."""
    parser = LineParser(max_line)
    return parser.feed(body) + parser.close()


def parse_array(body: bytes, max_element: int = limits.MAX_EVENT_BYTES) -> list[ArrayItem]:
    """All items of a whole body; LimitError as ArrayParser has it."""
    parser = ArrayParser(max_element)
    return parser.feed(body) + parser.close()


def encode_line(data: bytes, *, eol: bytes = b"\n") -> bytes:
    """One NDJSON line; ValueError for what would not come back as one line of this data."""
    if eol not in (b"\n", b"\r\n"):
        raise ValueError(f"eol must be LF or CRLF, not {eol!r}")
    if b"\n" in data or data.endswith(b"\r") or not data.strip():
        raise ValueError(f"not one line: {data[:40]!r}")
    return data + eol


def encode_array(elements: Iterable[bytes]) -> list[bytes]:
    """An array as Gemini writes it, one piece a flush: each element with what leads up to it, then the bracket."""
    pieces = [(b"\n,\r\n" if index else b"[") + element for index, element in enumerate(elements)]
    return [*pieces, b"\n]"] if pieces else [b"[]"]
