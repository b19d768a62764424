"""A request, as far as matching looks at it; one that was sent and one that was recorded in the same terms.

Credentials in a query play no part: they were blotted from the recording. A recorded path may have `{name}` in a
segment, which stands for whatever is there, but not for nothing and not for more than one segment. The path `*` alone
stands for every path, with any query.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote

from mocksse.cassette.bodies import abridge
from mocksse.cassette.match.body import Content, content_of, parse_json
from mocksse.cassette.match.ignoring import counts_stream
from mocksse.cassette.match.rules import Rules
from mocksse.cassette.redact import NO_RULES, comparable, credentials, is_credential_name, redact_url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mocksse.cassette.model import Request
    from mocksse.cassette.redact import Rules as Redaction

ANY_PATH = "*"
_ANY = re.compile(r"\{[A-Za-z_][\w.-]*\}")
_PLAIN = Rules()


@dataclass(frozen=True)  # without slots, for what is derived from it once
class Asked:
    """A request as it is compared, made with the rules that it is matched by. `path`, `query` are percent-decoded."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    body: bytes | None
    stream: bool | None
    """What the JSON body says of streaming; None where it can't say, or where that is ignored."""
    headers: tuple[tuple[str, str], ...] = ()
    """Those that the rules choose."""
    ignore: tuple[str, ...] = ()
    segments: tuple[str, ...] = field(default=(), compare=False)
    """The path's, each decoded by itself: an encoded slash divides nothing."""

    @cached_property
    def content(self) -> Content | None:
        """The body as it is compared; None where it is no JSON."""
        return content_of(self.body, self.ignore)

    @cached_property
    def pattern(self) -> tuple[tuple[str, str] | None, ...]:
        """Of each segment with a `{name}` what stands before and behind it, None for one without; empty if none has."""
        found = [_ANY.search(segment) for segment in self.segments]
        if not any(found):
            return ()
        return tuple(
            (name.string[: name.start()], name.string[name.end() :]) if name is not None else None for name in found
        )

    def serves(self, want: Asked) -> bool:
        """Whether this recorded path is the requested one, or a pattern that fits it."""
        if self.path in {want.path, ANY_PATH}:
            return True
        if not self.pattern or len(self.segments) != len(want.segments):
            return False
        return all(
            asked == own if around is None else _fits(asked, *around)
            for asked, own, around in zip(want.segments, self.segments, self.pattern, strict=True)
        )


def _fits(segment: str, before: str, behind: str) -> bool:
    return len(segment) > len(before) + len(behind) and segment.startswith(before) and segment.endswith(behind)


def asked(
    method: str,
    target: str,
    body: bytes | None,
    headers: Sequence[tuple[str, str]] = (),
    rules: Rules = _PLAIN,
    redaction: Redaction = NO_RULES,
) -> Asked:
    """A request by its method, its target (path and query), its body and its headers.

    `redaction`: what recordings are redacted by besides what always is. The body is compared as a recording has it.
    """
    if "@" in target or "%40" in target:
        # The password of a URL in a query was blotted too. Half a surrogate pair can't be encoded, nor be sent.
        with suppress(UnicodeEncodeError):
            target = redact_url(target, credentials(target, (), b""))
    raw, _, query = target.partition("#")[0].partition("?")
    pairs = [pair for pair in parse_qsl(query, keep_blank_values=True) if not is_credential_name(pair[0])]
    path = unquote(raw)
    body = comparable(abridge(body), redaction) if body else None
    stream = None
    if counts_stream(rules.ignore) and isinstance(value := parse_json(body), dict):
        # Ollama streams unless told not to; everybody else the other way round.
        stream = bool(value.get("stream", path.startswith("/api/")))
    return Asked(
        method,
        path,
        tuple(sorted(pairs)),
        body,
        stream,
        _chosen(headers, rules.headers),
        rules.ignore,
        tuple(map(unquote, raw.split("/"))),
    )


def recorded(request: Request, rules: Rules = _PLAIN, redaction: Redaction = NO_RULES) -> Asked:
    """A recorded request in the same terms."""
    return asked(request.method or "", request.path, request.body, request.headers, rules, redaction)


def _chosen(headers: Sequence[tuple[str, str]], names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    if not names:
        return ()
    lines: dict[str, list[str]] = {}
    for name, value in headers:
        lines.setdefault(name.lower(), []).append(value.strip())
    # RFC 9110, 5.3: several lines of a name mean what one with commas means.
    return tuple((name, ", ".join(lines[name])) for name in names if name in lines)
