"""Heads and URLs as they may be written down: a request's headers by allow-list, everything else blotted in place.

Lengths never change, so that a replayed head is as long as the recorded one. Of a Set-Cookie field the cookie's value
goes, whoever's secret it is: it is a credential that the server has just made. So do the values of headers that go by a
credential's name, and of those that identify an account or a request, unless they are to be kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocksse.cassette.redact.chain import blot_text
from mocksse.cassette.redact.known import IDENTIFYING_HEADERS, REQUEST_ID_HEADERS, is_credential_name, is_placeholder
from mocksse.cassette.redact.pattern import MIN_SECRET_BYTES
from mocksse.cassette.redact.rules import NO_RULES, Rules

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


def stored_headers(
    headers: Sequence[tuple[str, str]], secrets: Secrets, rules: Rules = NO_RULES
) -> tuple[tuple[str, str], ...]:
    """The request headers that go into a cassette: names in lower case, in their order, values blotted."""
    return tuple(
        (name.lower(), "x" * len(value) if rules.blots(name) else _blot(value, secrets, rules))
        for name, value in headers
        if name.lower() in STORED_REQUEST_HEADERS or rules.keeps(name)
    )


def redact_url(url: str, secrets: Secrets, rules: Rules = NO_RULES) -> str:
    """The URL, or path with query, blotted; as long as it was."""
    return _blot(url, secrets, rules)


def redact_head(
    headers: Sequence[tuple[bytes, bytes]], secrets: Secrets, rules: Rules = NO_RULES
) -> tuple[tuple[bytes, bytes], ...]:
    """Response headers or trailers, blotted; each as long as it was."""
    return tuple((name, _redact_field(name, value, secrets, rules)) for name, value in headers)


def set_cookies(headers: Sequence[tuple[bytes, bytes]]) -> tuple[bytes, ...]:
    """The values of the cookies that an answer sets, those that could be a credential."""
    pairs = (value.partition(b";")[0] for name, value in headers if name.lower() == b"set-cookie")
    values = (pair.partition(b"=")[2].strip() if b"=" in pair else pair.strip() for pair in pairs)
    return tuple(value for value in values if len(value) >= MIN_SECRET_BYTES and not is_placeholder(value))


def request_id(headers: Sequence[tuple[bytes, bytes]]) -> tuple[str, str]:
    """What a provider calls the request that it answers so, and the header that says it; empty where none does."""
    told = {name.lower().decode("latin-1"): value.decode("utf-8", "replace") for name, value in headers}
    return next(((told[name], name) for name in REQUEST_ID_HEADERS if told.get(name)), ("", ""))


def _redact_field(name: bytes, value: bytes, secrets: Secrets, rules: Rules) -> bytes:
    known = name.lower().decode("latin-1")
    if known == "set-cookie":
        # RFC 6265bis: the name ends at the first "=", the value at the first ";"; without a "=" all of it is the value.
        pair, semicolon, attributes = value.partition(b";")
        name, equals, _ = pair.partition(b"=") if b"=" in pair else (b"", b"", b"")
        value = (name + equals).ljust(len(pair), b"x") + semicolon + attributes
    elif rules.blots(known) or (not rules.keeps(known) and _tells(known, value)):
        return b"x" * len(value)
    return blot_text(value, secrets, rules)


def _tells(name: str, value: bytes) -> bool:
    """Whether a header's value opens something, or identifies an account or a request."""
    if name in IDENTIFYING_HEADERS:
        return True
    # `Access-Control-Allow-Credentials: true` opens nothing.
    return len(value) >= MIN_SECRET_BYTES and is_credential_name(name) and not is_placeholder(value)


def _blot(text: str, secrets: Secrets, rules: Rules) -> str:
    return blot_text(text.encode("utf-8", "surrogateescape"), secrets, rules).decode("utf-8", "surrogateescape")
