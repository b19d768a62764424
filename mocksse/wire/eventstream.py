"""AWS event-stream frames (application/vnd.amazon.eventstream), both directions.

A frame, big-endian: total length u32, headers length u32, CRC32 of these eight bytes; headers; payload; CRC32 of all
before it. A header: name length u8, name, type u8, value. What the payload means is not looked at.

A frame that is wrong inside is one Broken item, and the next frame is read. Where the prelude itself is wrong nothing
tells where the next frame begins, so the rest of the body is one more Broken item. Frames and Broken tile the body.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from mocksse import limits
from mocksse.errors import LimitError
from mocksse.wire.incremental import Incremental

if TYPE_CHECKING:
    from collections.abc import Iterable

IntegerType = Literal["byte", "short", "integer", "long", "timestamp"]


@dataclass(frozen=True, slots=True)
class Integer:
    """A header value of one of the five integer types; a timestamp is in milliseconds since 1970."""

    type: IntegerType
    value: int


HeaderValue = bool | Integer | bytes | str | UUID
"""The ten types of the format: true, false, five integers, byte array, string, UUID."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A sound frame: both checksums hold and the headers can be read."""

    start: int
    end: int
    headers: tuple[tuple[str, HeaderValue], ...]
    payload: bytes

    def header(self, name: str) -> HeaderValue | None:
        """The value of the first header of that name, such as ":event-type"."""
        return next((value for key, value in self.headers if key == name), None)


@dataclass(frozen=True, slots=True)
class Broken:
    """Bytes that are no sound frame, and why."""

    start: int
    end: int
    reason: str


Item = Frame | Broken

CONTENT_TYPE = "application/vnd.amazon.eventstream"

_PRELUDE = struct.Struct(">III")
_CHECKSUM = struct.Struct(">I")
PRELUDE_BYTES = _PRELUDE.size
"""The two lengths and their checksum."""
OVERHEAD_BYTES = PRELUDE_BYTES + _CHECKSUM.size
"""Of a frame without headers and payload."""


class _Type(IntEnum):
    TRUE = 0
    FALSE = 1
    BYTE = 2
    SHORT = 3
    INTEGER = 4
    LONG = 5
    BYTES = 6
    STRING = 7
    TIMESTAMP = 8
    UUID = 9


_INTEGERS: dict[int, tuple[IntegerType, struct.Struct]] = {
    _Type.BYTE: ("byte", struct.Struct(">b")),
    _Type.SHORT: ("short", struct.Struct(">h")),
    _Type.INTEGER: ("integer", struct.Struct(">i")),
    _Type.LONG: ("long", struct.Struct(">q")),
    _Type.TIMESTAMP: ("timestamp", struct.Struct(">q")),
}
_INTEGER_CODES = {name: (code, packing) for code, (name, packing) in _INTEGERS.items()}


class Parser(Incremental[Item]):
    """Incremental parser of one body. `max_frame` bounds the length that a sound prelude may announce, in bytes."""

    def __init__(self, max_frame: int = limits.MAX_FRAME_BYTES) -> None:
        super().__init__()
        self._max = max_frame
        self._size = 0  # of the body so far
        self._buffer = bytearray()  # the unfinished frame
        self._buffer_at = 0
        self._need = PRELUDE_BYTES  # bytes in the buffer to get on: a prelude, then the length it announces
        self._lost_at: int | None = None  # from here on nothing can be read

    def _scan(self, data: bytes, items: list[Item]) -> None:
        self._size += len(data)
        if self._lost_at is not None:
            return
        self._buffer += data
        if len(self._buffer) < self._need:
            return
        held = bytes(self._buffer)
        done = 0
        while self._lost_at is None and len(held) - done >= self._need:
            if self._need == PRELUDE_BYTES:
                self._need = self._announced(held[done : done + PRELUDE_BYTES], items)
                continue
            raw = held[done : done + self._need]
            items.append(_read(raw, self._buffer_at))
            done += len(raw)
            self._buffer_at += len(raw)
            self._need = PRELUDE_BYTES
        self._buffer = bytearray(held[done:])

    def _announced(self, prelude: bytes, items: list[Item]) -> int:
        """The length of the frame that begins with this prelude."""
        total, _, checksum = _PRELUDE.unpack(prelude)
        if zlib.crc32(prelude[:8]) != checksum:
            self._lose("the prelude's checksum is wrong", items)
        elif total < OVERHEAD_BYTES:
            self._lose(f"a frame of {total} bytes can't be: {OVERHEAD_BYTES} at least", items)
        elif total > self._max:
            raise LimitError(f"a frame of {total} bytes at byte {self._buffer_at} is larger than {self._max} bytes")
        return int(total)

    def _lose(self, reason: str, items: list[Item]) -> None:
        self._lost_at = self._buffer_at + PRELUDE_BYTES
        items.append(Broken(self._buffer_at, self._lost_at, reason))

    def _finish(self, items: list[Item]) -> None:
        if self._lost_at is not None:
            if self._lost_at < self._size:
                items.append(Broken(self._lost_at, self._size, "behind a broken prelude"))
        elif self._buffer:
            what = "a prelude" if self._need == PRELUDE_BYTES else "a frame"
            reason = f"{what} of {self._need} bytes was cut after {len(self._buffer)}"
            items.append(Broken(self._buffer_at, self._size, reason))


def _read(raw: bytes, start: int) -> Item:
    """One whole frame whose prelude is sound."""
    end = start + len(raw)
    if zlib.crc32(raw[:-4]) != _CHECKSUM.unpack(raw[-4:])[0]:
        return Broken(start, end, "the message's checksum is wrong")
    headers_end = PRELUDE_BYTES + _PRELUDE.unpack_from(raw)[1]
    if headers_end > len(raw) - 4:
        return Broken(start, end, "the headers are longer than the frame")
    try:
        headers = _read_headers(raw[PRELUDE_BYTES:headers_end])
    except ValueError as error:
        return Broken(start, end, str(error))
    return Frame(start, end, headers, raw[headers_end:-4])


def _read_headers(block: bytes) -> tuple[tuple[str, HeaderValue], ...]:
    """ValueError, with a reason for people, where the block can't be read."""
    at = 0

    def take(size: int) -> bytes:
        nonlocal at
        if at + size > len(block):
            raise ValueError("the headers end inside a header")
        at += size
        return block[at - size : at]

    def text(size: int) -> str:
        try:
            return take(size).decode()
        except UnicodeDecodeError:
            raise ValueError("a header is not UTF-8") from None

    headers: list[tuple[str, HeaderValue]] = []
    while at < len(block):
        name = text(take(1)[0])
        if not name:
            raise ValueError("a header has no name")
        value: HeaderValue
        match take(1)[0]:
            case _Type.TRUE | _Type.FALSE as code:
                value = code == _Type.TRUE
            case code if code in _INTEGERS:
                kind, packing = _INTEGERS[code]
                value = Integer(kind, packing.unpack(take(packing.size))[0])
            case _Type.BYTES:
                value = take(int.from_bytes(take(2)))
            case _Type.STRING:
                value = text(int.from_bytes(take(2)))
            case _Type.UUID:
                value = UUID(bytes=take(16))
            case code:
                raise ValueError(f"header {name} has the unknown type {code}")
        headers.append((name, value))
    return tuple(headers)


def _write_header(name: str, value: HeaderValue) -> bytes:
    raw = name.encode()
    if not 0 < len(raw) < 1 << 8:
        raise ValueError(f"a header's name has 1 to 255 bytes, not {len(raw)}")
    head = bytes([len(raw)]) + raw
    match value:
        case bool():
            return head + bytes([_Type.TRUE if value else _Type.FALSE])
        case Integer(kind, number):
            code, packing = _INTEGER_CODES[kind]
            try:
                return head + bytes([code]) + packing.pack(number)
            except struct.error:
                raise ValueError(f"header {name}: {number} is no {kind}") from None
        case UUID():
            return head + bytes([_Type.UUID]) + value.bytes
        case bytes() | str():
            content = value.encode() if isinstance(value, str) else value
            if len(content) >= 1 << 16:
                raise ValueError(f"header {name}: a value has 65,535 bytes at most, not {len(content)}")
            code = _Type.STRING if isinstance(value, str) else _Type.BYTES
            return head + bytes([code]) + len(content).to_bytes(2) + content


def parse(body: bytes, max_frame: int = limits.MAX_FRAME_BYTES) -> list[Item]:
    """All items of a whole body; LimitError as Parser has it."""
    parser = Parser(max_frame)
    return parser.feed(body) + parser.close()


def encode(headers: Iterable[tuple[str, HeaderValue]], payload: bytes) -> bytes:
    """One sound frame; ValueError for a name or value that the format can't hold."""
    block = b"".join(_write_header(name, value) for name, value in headers)
    total = OVERHEAD_BYTES + len(block) + len(payload)
    if total > limits.MAX_FRAME_BYTES:
        raise ValueError(f"a frame of {total} bytes is larger than {limits.MAX_FRAME_BYTES} bytes")
    return reseal(_PRELUDE.pack(total, len(block), 0) + block + payload + bytes(4))


def reseal(frame: bytes) -> bytes:
    """The same frame with both checksums computed anew, so that a change inside it is not a broken checksum as well.

    The two lengths stay as they are, right or wrong; ValueError below the 16 bytes of an empty frame.
    """
    if len(frame) < OVERHEAD_BYTES:
        raise ValueError(f"a frame has {OVERHEAD_BYTES} bytes at least, not {len(frame)}")
    lengths = frame[:8]
    sealed = lengths + _CHECKSUM.pack(zlib.crc32(lengths)) + frame[PRELUDE_BYTES : -_CHECKSUM.size]
    return sealed + _CHECKSUM.pack(zlib.crc32(sealed))
