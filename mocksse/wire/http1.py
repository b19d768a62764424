"""HTTP/1.x responses off the wire: bytes in, parts out. No socket, no clock, and no body kept.

It never raises, whatever is fed. Where feeds are cut decides only where `Data` and `Rest` are cut. Time is linear in
the bytes. Every byte ends up in a part, and what breaks the framing is passed on verbatim as `Rest`, for a recording
to repeat. Lost on purpose: chunk extensions, the spelling of chunk sizes, 1xx answers, white space around header
names and values, obs-folds, bare LFs in a head, a missing space before a reason that is absent.

RFC 9112 2.2: "a recipient MAY recognize a single LF as a line terminator" of start line and fields; hand-made servers
need it in a head. Chunked framing is written by libraries: a bare LF there, trailers included, is `Broken`, which keeps
the byte where leniency would mend the fault. White space behind a chunk size is let pass: servers pad sizes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from mocksse import limits
from mocksse.wire.http1_fields import Framing, Headers, body_framing, parse_fields

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Interim:
    """A 1xx answer, skipped: the real head is still to come. 101 is none, it is a `Head` with framing close."""

    status: int


@dataclass(frozen=True, slots=True)
class Head:
    """Status line and headers as received. `version`: "1.0" or "1.1"; `length`: in bytes, with framing length only."""

    version: str
    status: int
    reason: bytes
    headers: Headers
    framing: Framing
    length: int | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk-size line announced `size` > 0 bytes. The last chunk is part of `End`."""

    size: int


@dataclass(frozen=True, slots=True)
class Data:
    """Body bytes, never empty: one feed's share of the body or of one chunk."""

    data: bytes


@dataclass(frozen=True, slots=True)
class ChunkEnd:
    """The CRLF behind a chunk's data."""


@dataclass(frozen=True, slots=True)
class End:
    """The body ended as its framing says."""

    trailers: Headers = ()


@dataclass(frozen=True, slots=True)
class Broken:
    """The framing is violated: all from the first byte of the broken element on follows as `Rest`, and nothing else.

    `reason` is a fixed text without payload: it may be logged.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class Rest:
    """Bytes outside the framed body: behind `End`, from a `Broken` element on, or of an element cut by `Truncated`."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Truncated:
    """The connection ended before the response did."""


Part: TypeAlias = Interim | Head | Chunk | Data | ChunkEnd | End | Broken | Rest | Truncated
_Buffer: TypeAlias = bytes | bytearray

_WAIT = -1
_STATUS_LINE = re.compile(rb"HTTP/(1\.[01]) ([1-9][0-9]{2})(?: (.*?))?\r?\n")
_CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]+)[ \t]*(?:;[^\r\n]*)?\r\n")


class ResponseParser:
    """The parts of one response to a request of `method`. `head`: its `Head` once read; `done`: true from `End` on.

    `body_at` and `end_at` are places in all that was fed, for who passes bytes on as they are: where the head is over,
    and where the body's framing is; None before.
    """

    __slots__ = (
        "_base",
        "_held",
        "_left",
        "_method",
        "_over",
        "_seen",
        "_start",
        "_step",
        "body_at",
        "done",
        "end_at",
        "head",
    )

    def __init__(self, method: str = "GET") -> None:
        self.head: Head | None = None
        self.done = False
        self.body_at: int | None = None
        self.end_at: int | None = None
        self._method = method
        self._base = 0  # how much was fed before the first byte held
        self._held = bytearray()  # an element which is not complete yet, from its first byte on
        self._seen = 0  # how much of that element was searched for line feeds: no byte is searched twice
        self._left = 0  # bytes missing of the chunk or of the length-framed body
        self._start = ("", 0, b"")  # version, status and reason of the head being read
        self._over = False  # ended, broken or closed: only Rest can follow
        # A step reads the element at `pos`, appends its parts and returns where to go on, or _WAIT until more is there.
        self._step: Callable[[_Buffer, int, list[Part]], int] = self._status_line

    def feed(self, data: bytes) -> list[Part]:
        """The parts which `data` completes."""
        buf: _Buffer = data
        if self._held:
            self._held += data
            buf = self._held
        parts: list[Part] = []
        pos = 0
        while pos < len(buf):
            at = self._step(buf, pos, parts)
            if at == _WAIT:
                break
            pos = at
        self._base += pos
        if buf is self._held:
            del self._held[:pos]
        else:
            self._held += buf[pos:]
        return parts

    def close(self) -> list[Part]:
        """The parts which the end of the connection completes: none if the response ended or broke before.

        FIN or RST is the caller's knowledge: a close-delimited body gets its `End` from either.
        """
        parts: list[Part] = []
        if self._over:
            return parts
        if self.head is not None and self.head.framing == "close":
            self._end(0, parts)
            return parts
        if self._held:
            parts.append(Rest(bytes(self._held)))
            self._held.clear()
        parts.append(Truncated())
        self._finish()
        return parts

    # The steps, in the order of the wire.

    def _status_line(self, buf: _Buffer, pos: int, parts: list[Part]) -> int:
        if not b"HTTP/1.".startswith(bytes(buf[pos : pos + 7])):  # other protocols may never send a line feed
            return self._break(pos, parts, "not an HTTP/1.x response")
        end = self._line_end(buf, pos, limits.MAX_HEAD_BYTES)
        if end == _WAIT:
            return self._wait(pos, parts, limits.MAX_HEAD_BYTES, "response head too large")
        line = _STATUS_LINE.fullmatch(bytes(buf[pos:end]))
        if line is None:
            return self._break(pos, parts, "bad status line")
        self._start = (line[1].decode(), int(line[2]), line[3] or b"")
        self._step = self._header_section
        return pos  # not `end`: the head is one element, and breaks or is cut off as one

    def _header_section(self, buf: _Buffer, pos: int, parts: list[Part]) -> int:
        end = self._section_end(buf, pos, limits.MAX_HEAD_BYTES)
        if end == _WAIT:
            return self._wait(pos, parts, limits.MAX_HEAD_BYTES, "response head too large")
        headers = parse_fields(bytes(buf[pos:end]))
        if headers is None:
            return self._break(pos, parts, "bad header line")
        self._seen = 0
        version, status, reason = self._start
        if status < 200 and status != 101:
            parts.append(Interim(status))
            self._step = self._status_line
            return end
        told = body_framing(self._method, status, headers)
        framing, length = told or ("close", None)
        self.head = Head(version, status, reason, headers, framing, length)
        self.body_at = self._base + end
        parts.append(self.head)
        if told is None:
            # RFC 9112 6.3: "the message framing is invalid and the recipient MUST treat it as an unrecoverable error".
            # The head is sound all the same and worth keeping: the broken element is the body.
            return self._break(end, parts, "bad or conflicting content-length")
        if framing == "chunked":
            self._step = self._chunk_line
        elif framing == "close":
            self._step = self._open_data
        elif length:
            self._left = length
            self._step = self._length_data
        else:
            self._end(end, parts)
        return end

    def _open_data(self, buf: _Buffer, pos: int, parts: list[Part]) -> int:
        parts.append(Data(bytes(buf[pos:])))
        return len(buf)

    def _length_data(self, buf: _Buffer, pos: int, parts: list[Part]) -> int:
        pos = self._take(buf, pos, parts)
        if not self._left:
            self._end(pos, parts)
        return pos

    def _chunk_line(self, buf: _Buffer, pos: int, parts: list[Part]) -> int:
        end = self._line_end(buf, pos, limits.MAX_CHUNK_LINE_BYTES)
        if end == _WAIT:
            return self._wait(pos, parts, limits.MAX_CHUNK_LINE_BYTES, "chunk-size line too long")
        line = _CHUNK_LINE.fullmatch(bytes(buf[pos:end]))
        if line is None:
            return self._break(pos, parts, "bad chunk-size line")
        size = int(line[1], 16)
        if size > limits.MAX_ANNOUNCED_BYTES:
            return self._break(pos, parts, "chunk size too large")
        if not size:
            self._step = self._last_chunk
            return pos  # not `end`: the last chunk and its trailers are one element
        parts.append(Chunk(size))
        self._seen = 0
        self._left = size
        self._step = self._chunk_data
        return end

    def _chunk_data(self, buf: _Buffer, pos: int, parts: list[Part]) -> int:
        pos = self._take(buf, pos, parts)
        if not self._left:
            self._step = self._chunk_end
        return pos

    def _chunk_end(self, buf: _Buffer, pos: int, parts: list[Part]) -> int:
        if buf.startswith(b"\r\n", pos):
            parts.append(ChunkEnd())
            self._step = self._chunk_line
            return pos + 2
        if len(buf) == pos + 1 and buf.endswith(b"\r"):
            return _WAIT
        return self._break(pos, parts, "no CRLF behind the chunk data")

    def _last_chunk(self, buf: _Buffer, pos: int, parts: list[Part]) -> int:
        end = self._section_end(buf, pos, limits.MAX_TRAILER_BYTES)
        if end == _WAIT:
            return self._wait(pos, parts, limits.MAX_TRAILER_BYTES, "trailers too large")
        section = bytes(buf[pos:end])
        trailers = parse_fields(section) if section.count(b"\n") == section.count(b"\r\n") else None
        if trailers is None:
            return self._break(pos, parts, "bad trailer line")
        self._end(end, parts, trailers)
        return end

    def _rest(self, buf: _Buffer, pos: int, parts: list[Part]) -> int:
        parts.append(Rest(bytes(buf[pos:])))
        return len(buf)

    # What the steps share.

    def _line_end(self, buf: _Buffer, pos: int, cap: int) -> int:
        """Behind the next line feed within the first `cap` bytes of the element at `pos`, or _WAIT."""
        stop = min(len(buf), pos + cap)
        end = buf.find(b"\n", pos + self._seen, stop) + 1
        self._seen = (end or stop) - pos
        return end or _WAIT

    def _section_end(self, buf: _Buffer, pos: int, cap: int) -> int:
        """Behind the first empty line of the element at `pos`, whose first line was found before, or _WAIT."""
        while (end := self._line_end(buf, pos, cap)) != _WAIT:
            if buf.endswith((b"\n\r\n", b"\n\n"), pos, end):
                break
        return end

    def _wait(self, pos: int, parts: list[Part], cap: int, reason: str) -> int:
        return _WAIT if self._seen < cap else self._break(pos, parts, reason)

    def _take(self, buf: _Buffer, pos: int, parts: list[Part]) -> int:
        data = bytes(buf[pos : pos + self._left])
        parts.append(Data(data))
        self._left -= len(data)
        return pos + len(data)

    def _break(self, pos: int, parts: list[Part], reason: str) -> int:
        parts.append(Broken(reason))
        self._finish()
        return pos

    def _end(self, pos: int, parts: list[Part], trailers: Headers = ()) -> None:
        parts.append(End(trailers))
        self.done = True
        self.end_at = self._base + pos
        self._finish()

    def _finish(self) -> None:
        self._over = True
        self._step = self._rest
