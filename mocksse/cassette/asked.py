"""A request that was sent, as a cassette keeps it: redacted, without large images, in text that can be written down.

What was typed or captured may have any bytes in it. Those that are no UTF-8 come as surrogates (`surrogateescape`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from mocksse.cassette.bodies import abridge
from mocksse.cassette.model import Request
from mocksse.cassette.redact import NO_RULES, Rules, Secrets, redact_request, redact_url, stored_headers

if TYPE_CHECKING:
    from collections.abc import Sequence

_VISIBLE_ASCII = "".join(map(chr, range(0x21, 0x7F)))


def stored_request(
    method: str,
    target: str,
    headers: Sequence[tuple[str, str]],
    body: bytes | None,
    secrets: Secrets,
    rules: Rules = NO_RULES,
) -> Request:
    """The request to keep. `headers` as they were sent; `body` None is no body."""
    kept = tuple((name, readable(value)) for name, value in stored_headers(headers, secrets, rules))
    asked = None if body is None else redact_request(abridge(body), secrets, rules)
    return Request(redact_url(target, secrets, rules), method, kept, asked)


def escape(target: str) -> str:
    """A target with the bytes escaped that no request line can carry, and nothing else."""
    return quote(target, safe=_VISIBLE_ASCII, errors="surrogateescape")


def readable(text: str) -> str:
    """Text of any bytes as text that can be written down."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
