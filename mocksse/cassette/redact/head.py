"""Heads and URLs as they may be written down: a request's headers by allow-list, everything else blotted in place.

Lengths never change, so that a replayed head is as long as the recorded one. Of a Set-Cookie field the cookie's value
goes, whoever's secret it is: it is a credential that the server has just made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocksse.cassette.redact.known import is_placeholder
from mocksse.cassette.redact.pattern import MIN_SECRET_BYTES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mocksse.cassette.redact.blot import Secrets

STORED_REQUEST_HEADERS = frozenset(
    {
        "accept",
        "accept-encoding",
        "anthropic-beta",
        "anthropic-version",
        "content-encoding",
        "content-type",
        "last-event-id",
        "mcp-protocol-version",
        "openai-beta",
        "openai-version",
        "x-goog-api-client",
        "x-ms-api-version",
    }
)
"""Request headers that say what was asked for, and not by whom or with what. All others are dropped."""


def stored_headers(headers: Sequence[tuple[str, str]], secrets: Secrets) -> tuple[tuple[str, str], ...]:
    """The request headers that go into a cassette: names in lower case, in their order, values blotted."""
    return tuple(
        (name.lower(), _blot(value, secrets)) for name, value in headers if name.lower() in STORED_REQUEST_HEADERS
    )


def redact_url(url: str, secrets: Secrets) -> str:
    """The URL, or path with query, blotted; as long as it was."""
    return _blot(url, secrets)


def redact_head(headers: Sequence[tuple[bytes, bytes]], secrets: Secrets) -> tuple[tuple[bytes, bytes], ...]:
    """Response headers or trailers, blotted; each as long as it was."""
    return tuple((name, _redact_field(name, value, secrets)) for name, value in headers)


def set_cookies(headers: Sequence[tuple[bytes, bytes]]) -> tuple[bytes, ...]:
    """The values of the cookies that an answer sets, those that could be a credential."""
    pairs = (value.partition(b";")[0] for name, value in headers if name.lower() == b"set-cookie")
    values = (pair.partition(b"=")[2].strip() if b"=" in pair else pair.strip() for pair in pairs)
    return tuple(value for value in values if len(value) >= MIN_SECRET_BYTES and not is_placeholder(value))


def _redact_field(name: bytes, value: bytes, secrets: Secrets) -> bytes:
    if name.lower() == b"set-cookie":
        # RFC 6265bis: the name ends at the first "=", the value at the first ";"; without a "=" all of it is the value.
        pair, semicolon, attributes = value.partition(b";")
        name, equals, _ = pair.partition(b"=") if b"=" in pair else (b"", b"", b"")
        value = (name + equals).ljust(len(pair), b"x") + semicolon + attributes
    return secrets.blot(value)


def _blot(text: str, secrets: Secrets) -> str:
    return secrets.blot(text.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")
