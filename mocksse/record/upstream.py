"""Where record-through asks: upstreams by prefix, the URL for a target, and the request as it is sent on.

Pure. The upstream is fixed by whoever starts mocksse: nothing of a request can choose the host, nor leave the path that
was named. RFC 9110, 7.6.1: "Intermediaries MUST parse a received Connection header field before a message is forwarded
and, for each connection-option in this field, remove any header or trailer field(s) from the message with the same
name", and those that belong to one connection by themselves. No error repeats a URL: there may be a key in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mocksse.errors import UsageError
from mocksse.record.request import Request

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_HINT = "--upstream https://HOST/PATH or --upstream /PREFIX=https://HOST/PATH"
_RESERVED = ("/@", "/__mocksse")
"""What a path of mocksse's own begins with."""
_ONE_HOP = frozenset(
    {"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "expect", "host", "content-length"}
)
"""What is between two peers alone, and what is made anew for the next."""
_NOT_FORWARDED = ("proxy-", "x-mocksse-")
_DOTS = re.compile(r"(\.|%2e){1,2}", re.IGNORECASE)
_BETWEEN_SEGMENTS = re.compile(r"[/\\]|%2f|%5c", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Upstream:
    """Who is asked for paths at and below `prefix`, which is empty for all of them. `url` is absolute, and neither
    ends in a slash."""

    prefix: str
    url: str


def parse_upstream(text: str) -> Upstream:
    """Of `[/PREFIX=]URL`. Raises UsageError."""
    prefix, separator, url = text.partition("=")
    if not separator or "://" in prefix:
        prefix, url = "", text
    elif not prefix.startswith("/"):
        raise UsageError("an upstream's prefix begins with a slash", _HINT)
    prefix = prefix.rstrip("/")
    if re.search(r"[?#%\\\x00-\x20\x7f]|//", prefix) or _leaves(prefix):
        raise UsageError("an upstream's prefix is a plain path, such as /openai", _HINT)
    if prefix.startswith(_RESERVED):
        raise UsageError(f"an upstream can't be at {prefix}: paths like that are mocksse's own", _HINT)
    if re.search(r"[?#]", url):
        raise UsageError("an upstream's URL has no query and no fragment: those come with each request", _HINT)
    if re.search(r"[\x00-\x20\x7f]", url):
        raise UsageError("an upstream's URL has white space in it", _HINT)
    asked = Request("GET", url)  # judges the rest
    if asked.origin.port == 0:
        raise UsageError("an upstream's port is 1 or more", _HINT)
    return Upstream(prefix, url.rstrip("/"))


def choose(upstreams: Iterable[Upstream], target: str) -> tuple[Upstream, str] | None:
    """Who to ask for a request's target, and at which URL; None where nobody is.

    The longest prefix by whole segments wins. It is taken off, the upstream's own path comes in front, and the query
    stays as it came. A target that is no path (RFC 9112, 3.2.1), or has `.` or `..` for a segment, is nobody's.
    """
    path, mark, query = target.partition("?")
    if not path.startswith("/") or _leaves(path):
        return None
    fitting = [upstream for upstream in upstreams if f"{path}/".startswith(f"{upstream.prefix}/")]
    if not fitting:
        return None
    upstream = max(fitting, key=lambda fits: len(fits.prefix))
    return upstream, upstream.url + path[len(upstream.prefix) :] + mark + query


def forwarded(
    method: str,
    url: str,
    headers: Sequence[tuple[str, str]],
    body: bytes | None,
    *,
    keep_encoding: bool,
    via: str,
    decoded: bool = False,
) -> Request:
    """The request for the upstream: the client's header fields in their order and case, but for those of one hop.

    `headers` are text as `surrogateescape` makes it of UTF-8; `decoded`: `body` had a Content-Encoding, and has none
    any more. Without `keep_encoding` the answer is asked for uncompressed. `via` is the name of this server in the Via
    field, by which `is_loop` knows it again. Raises UsageError where the request can't be sent.
    """
    named = {
        option.strip().lower() for name, value in headers if name.lower() == "connection" for option in value.split(",")
    }
    dropped = _ONE_HOP | named | ({"content-encoding"} if decoded else set())
    fields: list[tuple[str, str]] = []
    asked = keep_encoding
    for name, value in headers:
        lower = name.lower()
        if lower in dropped or lower.startswith(_NOT_FORWARDED):
            continue
        if lower == "accept-encoding" and not keep_encoding:
            if asked:
                continue
            asked, value = True, "identity"
        fields.append((name, value))
    if not asked:
        fields.append(("Accept-Encoding", "identity"))
    fields.append(("Via", f"1.1 {via}"))
    return Request(method, url, tuple(fields), body)


def is_loop(headers: Iterable[tuple[str, str]], via: str) -> bool:
    """Whether a request has come from this server itself."""
    hops = [hop.split() for name, value in headers if name.lower() == "via" for hop in value.split(",")]
    return any(len(hop) > 1 and hop[1].lower() == via.lower() for hop in hops)


def _leaves(path: str) -> bool:
    """Whether a server may read another path into it, above the one that was named."""
    return any(_DOTS.fullmatch(segment) for segment in _BETWEEN_SEGMENTS.split(path))
