"""Content codings decoded as the bytes come in, only to look at what is inside; the bytes themselves are kept.

A decoder never gives more than `limits` allow: MAX_DECODED_BYTES, and MAX_DECODED_RATIO times what it got. gzip and
deflate are always known; br and zstd where a module for them is installed.
"""

from __future__ import annotations

import zlib
from contextlib import suppress
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from mocksse import limits
from mocksse.errors import LimitError, MocksseError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_SMALL = 64 * limits.KIB  # the ratio means nothing for less


class _Coding(Protocol):
    prompt: bool
    """Whether it gives at once all that the bytes so far say, or whole blocks only."""

    def decode(self, data: bytes, room: int) -> bytes:
        """What these bytes add; more than `room` bytes where there would be more."""


class Decoder:
    """One body. `codings` as they were applied, the first to the body itself; None of them unknown."""

    def __init__(self, codings: Iterable[_Coding]) -> None:
        self._codings = tuple(codings)
        self.prompt = all(coding.prompt for coding in self._codings)
        """Whether every byte is decoded as soon as it is fed."""
        self.identity = not self._codings
        """Whether there is nothing to decode."""
        self._taken = 0
        self._given = 0

    def feed(self, data: bytes) -> bytes:
        """What the bytes add to the decoded body.

        LimitError beyond the caps, MocksseError for bytes that can't be decoded; feed nothing more after either.
        """
        self._taken += len(data)
        allowed = min(limits.MAX_DECODED_BYTES, max(_SMALL, self._taken * limits.MAX_DECODED_RATIO))
        for coding in reversed(self._codings):
            data = coding.decode(data, allowed - self._given)
            if len(data) > allowed - self._given:
                raise LimitError(f"a body of {self._taken} bytes decodes to more than {allowed} bytes")
        self._given += len(data)
        return data


def decoder(content_encoding: str) -> Decoder | None:
    """The decoder for a Content-Encoding field, or None where a coding in it is unknown here."""
    names = [name.strip().lower() for name in content_encoding.split(",")]
    makers = [_MAKERS.get(name) for name in names if name not in {"", "identity"}]
    codings = [make() for make in makers if make]
    known = [coding for coding in codings if coding]
    return Decoder(known) if len(known) == len(makers) else None


class _Members:
    """Codings whose data may be several pieces one behind the other, each with its own end: RFC 1952's "members"."""

    def __init__(self, make: Callable[[], Any], error: type[Exception], *, prompt: bool) -> None:
        self._make = make
        self._error = error
        self._member = make()
        self.prompt = prompt

    def decode(self, data: bytes, room: int) -> bytes:
        decoded = b""
        while data and len(decoded) <= room:
            if self._member.eof:
                self._member = self._make()
            try:
                decoded += self._member.decompress(data, room + 1 - len(decoded))
            except self._error as error:
                raise _undecodable(error) from None
            data = self._member.unused_data
        return decoded


class _Deflate:
    """RFC 9110, 8.4.1.2: "Some non-conformant implementations send the "deflate" compressed data without the zlib
    wrapper." The first two bytes tell."""

    prompt = True

    def __init__(self) -> None:
        self._start = b""
        self._inner: _Members | None = None

    def decode(self, data: bytes, room: int) -> bytes:
        if self._inner is None:
            data = self._start = self._start + data
            if len(data) < 2:
                return b""
            wrapped = data[0] & 0x0F == 8 and int.from_bytes(data[:2]) % 31 == 0
            self._inner = _zlib(15 if wrapped else -15)
        return self._inner.decode(data, room)


class _Brotli:
    prompt = True

    def __init__(self, module: Any) -> None:
        self._error = module.error
        self._process = module.Decompressor().process

    def decode(self, data: bytes, room: int) -> bytes:
        try:
            return bytes(self._process(data, output_buffer_limit=room + 1))
        except self._error as error:
            raise _undecodable(error) from None


def _undecodable(error: Exception) -> MocksseError:
    return MocksseError(f"a compressed body can't be decoded: {error}")


def _zlib(wbits: int) -> _Members:
    return _Members(partial(zlib.decompressobj, wbits), zlib.error, prompt=True)


def _brotli() -> _Coding | None:
    module = _first_module("brotli", "brotlicffi")
    # Versions that can't bound their output would let a few bytes fill the memory.
    bounded = module and hasattr(module.Decompressor, "can_accept_more_data")
    return _Brotli(module) if bounded else None


def _zstd() -> _Coding | None:
    module = _first_module("compression.zstd", "backports.zstd")
    return _Members(module.ZstdDecompressor, module.ZstdError, prompt=False) if module else None


def _first_module(*names: str) -> Any:
    for name in names:
        with suppress(ImportError):
            return import_module(name)
    return None


_MAKERS: dict[str, Callable[[], _Coding | None]] = {
    "gzip": partial(_zlib, 31),
    "x-gzip": partial(_zlib, 31),
    "deflate": _Deflate,
    "br": _brotli,
    "zstd": _zstd,
}
