"""HTTP/1.x responses onto the wire: the inverse of `wire.http1`, for heads and chunked framing. Pure, to bytes.

Parsing what is encoded here gives the same parts back; encoding parts gives the bytes they were parsed from, but for
what `wire.http1` says it loses. Nothing is added, ordered or judged: whether the headers fit the body is the caller's
affair, and the replay of a broken response must be able to lie. The one thing refused is a line feed inside a field:
no parser can have returned it, and it would begin another field, or another response.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

CHUNK_END = b"\r\n"
"""What follows the data of a chunk."""

# Python 3.13 renamed these. A replay must not depend on the Python that runs it; these are what servers still send.
_PHRASES = {status.value: status.phrase.encode() for status in HTTPStatus} | {
    413: b"Request Entity Too Large",
    414: b"Request-URI Too Long",
    416: b"Requested Range Not Satisfiable",
    422: b"Unprocessable Entity",
}


def standard_reason(status: int) -> bytes:
    """The usual reason phrase of `status`, the same on every Python; b"" for an unknown status."""
    return _PHRASES.get(status, b"")


def encode_head(
    status: int, reason: bytes | None, headers: Iterable[tuple[bytes, bytes]], version: str = "1.1"
) -> bytes:
    """Status line, headers, empty line; reason None: the standard one. ValueError if any of them holds a line feed."""
    if reason is None:
        reason = standard_reason(status)
    # RFC 9112 4: "A server MUST send the space that separates the status-code from the reason-phrase even when the
    # reason-phrase is absent"
    return _encode_section(b"HTTP/%b %d %b" % (version.encode(), status, reason), headers)


def encode_chunk_head(size: int) -> bytes:
    """The size line of a chunk of `size` > 0 bytes."""
    return b"%x\r\n" % size


def encode_last_chunk(trailers: Iterable[tuple[bytes, bytes]] = ()) -> bytes:
    """The end of a chunked body. ValueError if a trailer holds a line feed."""
    return _encode_section(b"0", trailers)


def _encode_section(first: bytes, fields: Iterable[tuple[bytes, bytes]]) -> bytes:
    lines = [first, *(name + b": " + value for name, value in fields)]
    if any(b"\n" in line for line in lines):
        raise ValueError("a header, trailer or reason holds a line feed")
    return b"\r\n".join([*lines, b"", b""])
