"""The redaction of a recording done to a cassette that is there already, and where there was something to redact.

Pure: the file's bytes go in, the scrubbed values and the findings come out. What one interaction tells of a credential
holds for the whole file. A scrubbed cassette has no findings, unless they are such as can't be blotted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mocksse.cassette.load import Lines, loads
from mocksse.cassette.naming import free_name
from mocksse.cassette.redact import (
    NO_RULES,
    BodyRedactor,
    Rules,
    Secrets,
    blot_text,
    body_stages,
    credentials,
    discover,
    is_credential_name,
    is_placeholder,
    redact_head,
    redact_url,
    set_cookies,
)
from mocksse.cassette.redact.decode import decoder
from mocksse.errors import MocksseError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mocksse.cassette.compose import Path
    from mocksse.cassette.model import Cassette, Headers, Interaction, Piece, Recorded, Request, Response

_USERINFO = re.compile(r"(?<=://)([^/?#@:]*)(?::([^/?#@]*))?(?=@)")
_COMMENT = re.compile(r"(?:^|\s)#.*", re.MULTILINE)
_LEAD = 1024
"""Bytes at the end of a body that are looked at together with what lies behind it."""
_COMPRESSED = "a credential in a compressed answer, where it can't be blotted"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that must not be in the file; never what it is. `stays`: it can't be blotted."""

    line: int
    what: str
    stays: bool = False


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """A cassette as it may be kept, and what was found in it."""

    cassette: Cassette
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """A finding by the path of its value, from the interaction on, where the format's long form has it."""

    at: Path
    what: str
    stays: bool = False


def scrub(raw: bytes, source: str = "cassette", rules: Rules = NO_RULES) -> Scrubbed:
    """One file's bytes. Raises CassetteError for a file that is no cassette."""
    cassette = loads(raw, source)
    text = raw.decode("utf-8-sig")
    secrets = Secrets(tuple({value for i in cassette for value in _secrets(i, rules)}))
    names: set[str] = set()
    interactions = []
    findings: list[Finding] = []
    lines: Lines | None = None
    for index, interaction in enumerate(cassette):
        work = _Work(secrets, rules)
        scrubbed = work.interaction(interaction)
        scrubbed = replace(scrubbed, name=free_name(scrubbed.name, names.__contains__))
        names.add(scrubbed.name)
        interactions.append(scrubbed)
        for found in dict.fromkeys(work.found):
            lines = lines or Lines(text)
            within: Path = ("interactions", index)
            line = lines.line_of((*within, *found.at), (*within, *found.at[1:]), found.at[1:], (*within, *found.at))
            findings.append(Finding(line, found.what, found.stays))
    findings += _in_comments(text, secrets)
    return Scrubbed(replace(cassette, interactions=tuple(interactions)), tuple(sorted(findings, key=lambda f: f.line)))


def _in_comments(text: str, secrets: Secrets) -> Iterator[Finding]:
    """Keys in what people wrote beside the values; a cassette that is written anew has no comments."""
    for found in _COMMENT.finditer(text):
        if any(key not in secrets.values for key in discover(found[0].encode())):
            line = text.count("\n", 0, found.end()) + 1
            yield Finding(line, "a key of a known kind in a comment of the file")


def _secrets(interaction: Interaction, rules: Rules) -> Iterator[bytes]:
    """What an interaction tells of credentials, whichever part of it."""
    request, response, recorded = interaction.request, interaction.response, interaction.recorded
    upstream = recorded.upstream if recorded else ""
    for url in (request.path, upstream):
        yield from credentials(url, request.headers, request.body or b"", rules).values
    yield from set_cookies(response.headers)
    fields = [part for field in (*response.headers, *response.trailers) for part in field]
    asked = [_bytes(part) for field in request.headers for part in field]
    said = [_bytes(text) for text in (interaction.name, request.path, upstream, *interaction.faults)]
    rest = b"".join(piece.data for piece in response.end.rest)
    whole = _decoded(response)
    for data in (*said, *asked, request.body or b"", response.reason or b"", *fields, whole, rest, whole + rest):
        yield from discover(data)


def _decoded(response: Response) -> bytes:
    decoding = decoder(response.header("content-encoding"))
    if decoding is None or decoding.identity:
        return response.body
    try:
        return decoding.feed(response.body)
    except MocksseError:
        return response.body


class _Work:
    """One interaction."""

    def __init__(self, secrets: Secrets, rules: Rules) -> None:
        self._secrets = secrets
        self._rules = rules
        self.found: list[_Found] = []

    def interaction(self, old: Interaction) -> Interaction:
        """The interaction as it may be kept."""
        return replace(
            old,
            name=self._text(old.name, ("name",)),
            request=self._request(old.request),
            response=self._response(old.response),
            recorded=old.recorded and self._recorded(old.recorded),
            faults=tuple(self._text(fault, ("faults", number)) for number, fault in enumerate(old.faults)),
        )

    def _note(self, at: Path, what: str) -> None:
        self.found.append(_Found(at, what))

    def _text(self, text: str, at: Path) -> str:
        new = _text(blot_text(_bytes(text), self._secrets, self._rules))
        if new != text:
            self._note(at, f"a credential in {at[0]}")
        return new

    def _recorded(self, old: Recorded) -> Recorded:
        upstream = _USERINFO.sub(_without_user, redact_url(old.upstream, self._secrets, self._rules))
        if upstream != old.upstream:
            self._note(("recorded", "upstream"), "a credential in recorded.upstream")
        return replace(old, upstream=upstream)

    def _request(self, old: Request) -> Request:
        path = redact_url(old.path, self._secrets, self._rules)
        if path != old.path:
            self._note(("request", "path"), "a credential in the path")
        headers = tuple((name, self._asked(name, value)) for name, value in old.headers)
        body = old.body
        if body is not None:
            for stage in body_stages(self._secrets, self._rules, "application/json"):
                new = stage.feed(body)
                new += stage.flush()
                if new != body:
                    self._note(("request", "json"), f"{stage.what}, in the request's body")
                body = new
        return replace(old, path=path, headers=headers, body=body)

    def _asked(self, name: str, value: str) -> str:
        scheme, space, token = value.rpartition(" ") if name.lower().endswith("authorization") else ("", "", value)
        if self._rules.blots(name):
            new = "x" * len(value)
        elif self._opens(name) and not is_placeholder(_bytes(token)):
            # A recording drops such a header. Here it stays, in case somebody matches by it.
            new = ("x" * len(value)) if " " in scheme else scheme + space + "x" * len(token)
        else:
            new = _text(blot_text(_bytes(value), self._secrets, self._rules))
        if new != value:
            self._note(("request", "headers", name), f"a credential in the request header {name.lower()}")
        return new

    def _opens(self, name: str) -> bool:
        return (name.lower() == "cookie" or is_credential_name(name)) and not self._rules.keeps(name)

    def _response(self, old: Response) -> Response:
        reason = old.reason and blot_text(old.reason, self._secrets, self._rules)
        if reason != old.reason:
            self._note(("response", "reason"), "a credential in the reason phrase")
        pieces = self._body(old)
        return replace(
            old,
            reason=reason,
            headers=self._head(old.headers, "headers"),
            pieces=pieces,
            end=replace(old.end, rest=self._rest(pieces, old.end.rest)),
            trailers=self._head(old.trailers, "trailers"),
        )

    def _head(self, old: Headers, where: str) -> Headers:
        new = redact_head(old, self._secrets, self._rules)
        for number, ((name, value), (_, blotted)) in enumerate(zip(old, new, strict=True)):
            if value != blotted:
                what = f"{_text(name.lower())}, in the response's {where}"
                self._note(("response", where, number), what)
        return new

    def _body(self, old: Response) -> tuple[Piece, ...]:
        kind, coding = old.header("content-type"), old.header("content-encoding")
        decoding = decoder(coding)
        if decoding is not None and not decoding.identity:
            redactor = BodyRedactor(self._secrets, kind, coding, self._rules)
            body = redactor.feed(old.body)
            body += redactor.flush()
            if redactor.found:
                self.found.append(_Found(("response", "stream"), _COMPRESSED, stays=True))
                return old.pieces
            return self._filled(old.pieces, body, "stream", "a credential in bytes that can't be decoded")
        pieces = old.pieces
        for number in range(len(body_stages(self._secrets, self._rules, kind))):
            redactor = BodyRedactor(self._secrets, kind, coding, self._rules, stage=number)
            whole = b"".join(piece.data for piece in pieces)
            body = redactor.feed(whole)
            body += redactor.flush()
            pieces = self._filled(pieces, body, "stream", redactor.what)
        return pieces

    def _rest(self, pieces: Sequence[Piece], rest: tuple[Piece, ...]) -> tuple[Piece, ...]:
        """What lies outside the framing; a credential may have begun within."""
        if not rest:
            return rest
        lead = b"".join(piece.data for piece in pieces)[-_LEAD:]
        whole = lead + b"".join(piece.data for piece in rest)
        for number in range(len(body_stages(self._secrets, self._rules, ""))):
            redactor = BodyRedactor(self._secrets, rules=self._rules, stage=number)
            body = redactor.feed(whole)
            body += redactor.flush()
            rest = self._filled(rest, body[len(lead) :], "rest", redactor.what)
            whole = lead + body[len(lead) :]
        return rest

    def _filled(self, pieces: tuple[Piece, ...], body: bytes, where: str, what: str) -> tuple[Piece, ...]:
        """The same pieces with other bytes, as many."""
        filled, at = [], 0
        for number, piece in enumerate(pieces):
            data = body[at : at + len(piece.data)]
            if data != piece.data:
                path: Path = ("stream", number) if where == "stream" else ("end", "rest", number)
                self._note(("response", *path), what)
            filled.append(replace(piece, data=data))
            at += len(data)
        return tuple(filled)


def _without_user(found: re.Match[str]) -> str:
    user, password = found[1], found[2]
    if password is None:
        return user if is_placeholder(_bytes(user)) else "x" * len(user)
    return f"{user}:{password if is_placeholder(_bytes(password)) else 'x' * len(password)}"


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")
