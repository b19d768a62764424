"""The header fields of an HTTP/1.x response: read from their lines, looked up, and what they say about the body.

Names and values stay bytes, in the order, case and number received: only the white space around them goes, and an
obs-fold becomes one space. A value may hold any byte but a line feed, a name any byte but that and a colon: what a
server sent is not judged here. The framing rules are those of RFC 9112 6.3, in their order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from mocksse import limits

if TYPE_CHECKING:
    from collections.abc import Iterable

Headers: TypeAlias = tuple[tuple[bytes, bytes], ...]
Framing: TypeAlias = Literal["chunked", "length", "close", "none"]

_BLANK = b" \t"


def header(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> bytes | None:
    """The value of the first header called `name` in any case, or None."""
    name = name.lower()
    return next((value for key, value in headers if key.lower() == name), None)


def without(headers: Headers, *names: bytes) -> Headers:
    """The headers but those of the names (lower case)."""
    return tuple((name, value) for name, value in headers if name.lower() not in names)


def parse_fields(section: bytes) -> Headers | None:
    """The field lines of `section` (a first line, fields, an empty line), or None if a line among them is no field."""
    fields: list[tuple[bytes, list[bytes]]] = []
    for line in section.split(b"\n")[1:-2]:
        line = line.removesuffix(b"\r")
        if line.startswith((b" ", b"\t")):
            if not fields:
                return None
            # RFC 9112 5.2: "replace each received obs-fold with one or more SP octets"
            fields[-1][1].append(line.strip(_BLANK))
            continue
        name, colon, value = line.partition(b":")
        # RFC 9112 5.1: a proxy "MUST remove any such whitespace", between name and colon, from a response.
        name = name.rstrip(_BLANK)
        if not name or not colon:
            return None
        fields.append((name, [value.strip(_BLANK)]))
    return tuple((name, b" ".join(filter(None, pieces))) for name, pieces in fields)


def body_framing(method: str, status: int, headers: Headers) -> tuple[Framing, int | None] | None:
    """How the body of a final response to `method` is delimited, with its length in bytes; None if it can't be told."""
    if method == "HEAD" or status in (204, 304):
        return "none", None
    if status == 101 or (method == "CONNECT" and status < 300):
        return "close", None
    # "If a message is received with both a Transfer-Encoding and a Content-Length header field, the Transfer-Encoding
    # overrides the Content-Length." Unless chunked is the last coding, the length "is determined by reading the
    # connection until it is closed by the server".
    codings = [coding.lower() for coding in _elements(headers, b"transfer-encoding") if coding]
    if codings:
        return ("chunked" if codings[-1] == b"chunked" else "close"), None
    lengths = _elements(headers, b"content-length")
    if not lengths:
        return "close", None
    # "5, 5" is one length sent twice. Compared without leading zeros, as text: int() has a limit of digits.
    values = {length.lstrip(b"0") or b"0" if length.isdigit() else b"" for length in lengths}
    value = values.pop()
    if values or not value or len(value) > 19 or int(value) > limits.MAX_ANNOUNCED_BYTES:
        return None
    return "length", int(value)


def _elements(headers: Headers, name: bytes) -> list[bytes]:
    """The comma-separated elements of all headers called `name`."""
    return [part.strip(_BLANK) for key, value in headers if key.lower() == name for part in value.split(b",")]
