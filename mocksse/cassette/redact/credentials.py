"""What in a request is a secret: a pure look at its URL, headers and body, before anything of it is written down.

Taken are the values that go by a credential's name (headers, cookies, query keys, URL userinfo, form fields, JSON
fields at any depth, JSON inside JSON strings too) and whatever has the shape of a known key, wherever it stands. Left
out are values shorter than 8 bytes, placeholders such as `sk-test` or `not-needed`, and anything too long to be a key.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus, unquote_to_bytes

from mocksse import limits
from mocksse.cassette.redact.blot import Secrets
from mocksse.cassette.redact.known import (
    ACCOUNT_HEADERS,
    is_credential_field,
    is_credential_name,
    is_placeholder,
)
from mocksse.cassette.redact.pattern import MIN_SECRET_BYTES
from mocksse.cassette.redact.rules import NO_RULES, Rules
from mocksse.cassette.redact.shapes import key_shapes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_AUTHORITY = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://([^/?#]*)")
_KNOWN_SCHEMES = frozenset({"apikey", "basic", "bearer", "key", "token"})
# RFC 9110, 11.4: "credentials = auth-scheme [ 1*SP ( token68 / #auth-param ) ]"; padding is no parameter's value.
_PARAMETER = re.compile(r'([A-Za-z-]+)[ \t]*=[ \t]*(?:"([^"]*)"|([^\s,"=][^\s,"]*))')
# Between the name and the value of a JSON string field: a quote (escaped, in JSON inside JSON), a colon, a quote.
_BETWEEN = re.compile(rb'"\s*:\s*(\\{0,16})"')
_NAME = re.compile(rb"[\w.-]+\Z")
_STRING = re.compile(rb'[^"\\]*(?:\\.[^"\\]*)*', re.DOTALL)
_INNER_STRING = re.compile(rb'[^"\\]*')
_PART = re.compile(rb'\bname="([^"\r\n]{1,64})"[^\r\n]*\r?\n(?:[^\r\n]+\r?\n)*\r?\n([^\r\n]+)\r?\n--')


def credentials(url: str, headers: Sequence[tuple[str, str]], body: bytes, rules: Rules = NO_RULES) -> Secrets:
    """The credentials of a request. `headers` as they are sent; `body` may be empty.

    Account identifiers count as some, unless the rules keep their headers.
    """
    headers = [pair for pair in headers if not (pair[0].lower() in ACCOUNT_HEADERS and rules.keeps(pair[0]))]
    found = [*_in_url(url), *_in_headers(headers), *_in_body(headers, body)]
    for text in (_encode(url), *(_encode(value) for _, value in headers), body):
        found += key_shapes(text)
    return Secrets(tuple(v for v in found if len(v) <= limits.MAX_SECRET_BYTES and not is_placeholder(v)))


def _encode(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        # Half a surrogate pair, which JSON can say: no byte of it was ever on a wire.
        return text.encode("utf-8", "surrogatepass")


def _in_url(url: str) -> Iterator[bytes]:
    yield from _in_authority(url)
    yield from _in_pairs("&".join(re.split("[?#]", url)[1:]))


def _in_authority(url: str) -> Iterator[bytes]:
    authority = _AUTHORITY.match(url)
    if authority and "@" in authority[1]:
        user, _, password = authority[1].rpartition("@")[0].partition(":")
        # Without a password the user's name is one: https://TOKEN@host.
        yield from _decoded(password or user)


def _in_pairs(text: str) -> Iterator[bytes]:
    """A query or a form body. A value may be a URL itself, where to call back."""
    for pair in text.split("&"):
        name, _, value = pair.partition("=")
        if is_credential_name(unquote_plus(name)):
            yield from _decoded(value)
            if "+" in value:
                yield from _decoded(value.replace("+", " "))
        elif "@" in value or "%40" in value:
            yield from _in_authority(value)
            yield from _in_authority(unquote_plus(value))


def _decoded(value: str) -> Iterator[bytes]:
    """As spelt, and percent-decoded."""
    spelt = _encode(value)
    yield spelt
    if b"%" in spelt:
        yield unquote_to_bytes(spelt)


def _in_headers(headers: Sequence[tuple[str, str]]) -> Iterator[bytes]:
    for name, value in headers:
        name, value = name.lower(), value.strip()
        if name == "cookie":
            for pair in value.split(";"):
                # RFC 6265bis: a pair without "=" is a value without a name.
                content = pair.partition("=")[2] if "=" in pair else pair
                yield from _decoded(content.strip().strip('"'))
        elif name.endswith("authorization"):
            yield from _in_authorization(value)
        elif is_credential_name(name):
            yield from _credential(value)


def _in_authorization(value: str) -> Iterator[bytes]:
    scheme, _, rest = value.partition(" ")
    yield from _credential(value if not rest or scheme.lower() in _KNOWN_SCHEMES else rest.strip())
    # Digest, AWS4-HMAC-SHA256: among their parameters are realm and SignedHeaders, which are no secrets.
    for name, quoted, plain in _PARAMETER.findall(rest):
        if name.lower() == "credential":
            # AKIA.../20261122/us-east-1/bedrock/aws4_request: behind the key are a date and a place.
            yield _encode(quoted or plain).partition(b"/")[0]
        elif name.lower() == "response" or is_credential_name(name):
            yield _encode(quoted or plain)


def _credential(value: str) -> Iterator[bytes]:
    """A value, or what is behind its scheme; what `Basic` encodes as well, and the password in that."""
    token = _encode(_bare(value))
    yield token
    if value.lower().startswith("basic ") and not is_placeholder(token):
        try:
            pair = b64decode(token.translate(bytes.maketrans(b"-_", b"+/")) + b"==")
        except ValueError:
            return
        yield pair
        yield pair.partition(b":")[2]


def _bare(value: str) -> str:
    """`sk-...` of `Bearer sk-...`."""
    scheme, _, rest = value.partition(" ")
    return rest.strip() if scheme.lower() in _KNOWN_SCHEMES else value


def _in_body(headers: Sequence[tuple[str, str]], body: bytes) -> Iterator[bytes]:
    kind = next((value.lower() for name, value in headers if name.lower() == "content-type"), "")
    if "x-www-form-urlencoded" in kind:
        yield from _in_pairs(body.decode("utf-8", "surrogateescape").strip())
    elif kind.startswith("multipart/"):
        for name, value in _PART.findall(body):
            if is_credential_name(name.decode("utf-8", "replace")):
                yield value
    # A body says itself whether it is JSON; many clients send no content type, or a wrong one.
    yield from _in_json(body)


def _in_json(body: bytes) -> Iterator[bytes]:
    """The credentials in string fields of JSON: no parser, so that neither depth nor a broken end hides one."""
    for between in _BETWEEN.finditer(body):
        name = _NAME.search(body[max(0, between.start() - 64) : between.start()].rstrip(b"\\"))
        if not name:
            continue
        string = _INNER_STRING if between[1] else _STRING
        found = string.match(body, between.end())
        if found and MIN_SECRET_BYTES <= len(found[0]) <= limits.MAX_SECRET_BYTES:
            value = _unescape(found[0])
            if is_credential_field(name[0].decode("utf-8", "replace"), _bare(value)):
                yield from _credential(value)


def _unescape(string: bytes) -> str:
    try:
        text = str(json.loads(b'"%b"' % string, strict=False))
    except ValueError:
        return string.decode("utf-8", "replace")
    # Half a surrogate pair can't be encoded.
    return text.encode("utf-8", "replace").decode()
