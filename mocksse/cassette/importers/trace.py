"""The log of `curl --trace` or `--trace-ascii`, with or without `--trace-time`, as records of bytes and times.

A record is a line that says what it is and how long, then a dump. In a hex dump every byte is there. The ASCII dump
shows bytes that are not printable as dots, but not CRLF: that ends a line of the dump, and the offsets in front of the
lines tell it from one that is merely full. Lines between records are none of curl's (`--trace -` mixes the body in).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mocksse.errors import MocksseError

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind = Literal["send header", "send data", "recv header", "recv data", "info"]

_KINDS: dict[str, Kind] = {
    "Send header": "send header",
    "Send data": "send data",
    "Recv header": "recv header",
    "Recv data": "recv data",
}
"""The others are TLS's own."""
_TIME = r"\d\d:\d\d:\d\d\.\d{6} "
# [0-0]: --trace-ids. What curl says itself was marked `== Info: ` in earlier versions.
_IDS = r"(?:\[\d+-[\dx]+\] )?"
_DUMP = r"(?:<=|=>) (?P<kind>(?:Recv|Send) (?:SSL )?(?:header|data)), (?P<size>\d+) bytes \(0x[0-9a-f]+\)\r?\n"
_INFO = r"(?:== Info: |\* )(?P<info>[^\r\n]*)\r?\n"
_TIMED = re.compile(f"(?P<time>{_TIME}){_IDS}(?:{_DUMP}|{_INFO})")
_UNTIMED = re.compile(f"(?P<time>){_IDS}(?:{_DUMP}|^{_INFO})", re.MULTILINE)
_BEGIN = re.compile(rf"\s*(?:{_TIME})?{_IDS}(?:== Info: |\* |(?:<=|=>) (?:Recv|Send) )".encode())
_ANY_DUMP = re.compile(rf"^(?:{_TIME})?{_IDS}(?:<=|=>) (?:Recv|Send) \w".encode(), re.MULTILINE)
_HEX_LINE = re.compile(r"[0-9a-f]{4,}: (?:[0-9a-f]{2} ){1,16} *")
_HEX_WIDTH, _ASCII_WIDTH = 16, 64
_DAY_US = 24 * 60 * 60 * 1_000_000


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that curl did. `at_us`: since midnight of the day it began, never falling; 0 without --trace-time."""

    kind: Kind
    at_us: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Trace:
    """A whole log. `lossy`: a dot in its data may stand for another byte."""

    records: tuple[Record, ...]
    timed: bool
    lossy: bool
    tls: bool


def is_trace(data: bytes) -> bool:
    """Whether the input is such a log."""
    return _BEGIN.match(data) is not None and _ANY_DUMP.search(data) is not None


def read_trace(data: bytes, source: str) -> Trace:
    """All records but TLS's own. Raises MocksseError, with the line, for a dump that is damaged."""
    text = data.decode("latin-1")
    timed = _TIMED.match(text.lstrip()) is not None
    log = _Log(text, source)
    return Trace(tuple(log.records(_TIMED if timed else _UNTIMED)), timed, log.lossy, log.tls)


class _Log:
    """A walk through the text."""

    def __init__(self, text: str, source: str) -> None:
        self._text = text
        self._source = source
        self._hex: bool | None = None  # known from the first dump on
        self.tls = False

    @property
    def lossy(self) -> bool:
        return self._hex is False

    def records(self, begin: re.Pattern[str]) -> Iterator[Record]:
        at, at_us = 0, -1
        while found := begin.search(self._text, at):
            at = found.end()
            time_us = _us(found["time"])
            at_us = time_us if at_us < 0 else _later(at_us, time_us)
            if found["info"] is not None:
                yield Record("info", at_us, found["info"].encode("latin-1"))
                continue
            content, at = self._dump(at, int(found["size"]))
            kind = _KINDS.get(found["kind"])
            if kind is None:
                self.tls = True
            else:
                yield Record(kind, at_us, content.encode("latin-1"))

    def _dump(self, at: int, size: int) -> tuple[str, int]:
        """The bytes of the dump that begins there, as Latin-1, and where it ends."""
        if size and self._hex is None:
            self._hex = _HEX_LINE.match(self._text, at) is not None
        return self._hex_dump(at, size) if self._hex else self._ascii_dump(at, size)

    def _hex_dump(self, at: int, size: int) -> tuple[str, int]:
        rows = []
        for offset in range(0, size, _HEX_WIDTH):
            line, after = self._line(at, offset)
            count = min(_HEX_WIDTH, size - offset)
            try:
                row = bytes.fromhex(line[: 3 * count])
            except ValueError:
                row = b""
            if len(row) != count:
                raise self._damaged(at)
            rows.append(row)
            at = after
        return b"".join(rows).decode("latin-1"), at

    def _ascii_dump(self, at: int, size: int) -> tuple[str, int]:
        rows = []
        offset = 0
        while offset < size:
            line, after = self._line(at, offset)
            offset += len(line)
            if offset > size or len(line) > _ASCII_WIDTH or not (line.isascii() and line.isprintable()):
                raise self._damaged(at)
            rows.append(line)
            at = after
            # A line that is not full was ended by a CRLF; after a full one the next offset tells.
            full = len(line) == _ASCII_WIDTH
            if offset < size and not (full and self._text.startswith(f"{offset:04x}: ", at)):
                rows.append("\r\n")
                offset += 2
        if offset != size:
            raise self._damaged(at)
        return "".join(rows), at

    def _line(self, at: int, offset: int) -> tuple[str, int]:
        """What stands behind the offset in the line that begins there, and where the next line begins."""
        end = self._text.find("\n", at)
        lead = f"{offset:04x}: "
        if end < 0 or not self._text.startswith(lead, at):
            raise self._damaged(at)
        return self._text[at + len(lead) : end].removesuffix("\r"), end + 1

    def _damaged(self, at: int) -> MocksseError:
        line = self._text.count("\n", 0, at) + 1
        return MocksseError(f"{self._source}:{line}: the trace is damaged here", "import the file as curl wrote it")


def _us(time: str) -> int:
    if not time:
        return 0
    hours, minutes, seconds = time.split(":")
    whole, _, fraction = seconds.partition(".")
    return ((int(hours) * 60 + int(minutes)) * 60 + int(whole)) * 1_000_000 + int(fraction)


def _later(before_us: int, time_us: int) -> int:
    """The moment of the next time of day. Less than half a day ahead it may be past midnight; a clock that was set back
    stands still.
    """
    ahead_us = (time_us - before_us) % _DAY_US
    return before_us + (ahead_us if ahead_us < _DAY_US // 2 else 0)
