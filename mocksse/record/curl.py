"""A request from the words of curl: what `-d`, `-b`, `-u` and the rest mean, so that a pasted line records as it runs.

Pure but for `@FILE` and `@-`, which are read. Where curl and a recorder of LLM streams differ: `-d` is JSON unless a
content type says otherwise, and nothing is compressed unless that is asked for.
"""

from __future__ import annotations

import json
import re
import sys
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from mocksse import __version__
from mocksse.errors import UsageError
from mocksse.record.request import Request

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Data:
    """One `-d`, `--data-raw` or `--data-binary`, as it was typed."""

    option: str
    value: str


@dataclass(frozen=True, slots=True)
class Curl:
    """The words. `headers` are curl's: `Name: value`, `Name:` to leave one out, `Name;` for an empty one."""

    url: str
    method: str | None = None
    headers: Sequence[str] = ()
    data: Sequence[Data] = ()
    cookies: Sequence[str] = ()
    user: str = ""
    agent: str | None = None
    referer: str = ""
    compressed: bool = False


def request_of(curl: Curl) -> Request:
    """The request that the words ask for. Raises UsageError."""
    url, user = _without_user(curl.url if re.match("[A-Za-z][A-Za-z0-9+.-]*://", curl.url) else f"http://{curl.url}")
    body = _body(curl.data)
    given = [_header(text) for text in curl.headers]
    headers = [(name, value) for name, value in given if value is not None]
    user = curl.user or user
    defaults = {
        "Cookie": "; ".join(map(_cookie, curl.cookies)),
        "Authorization": f"Basic {_base64(user if ':' in user else f'{user}:')}" if user else "",
        "Referer": curl.referer,
        "User-Agent": f"mocksse/{__version__}" if curl.agent is None else curl.agent,
        "Accept": "text/event-stream, */*",
        "Accept-Encoding": "gzip, deflate" if curl.compressed else "identity",
        "Content-Type": "application/json" if body is not None else "",
    }
    named = {name.lower() for name, _ in given}
    headers += [(name, value) for name, value in defaults.items() if value and name.lower() not in named]
    method = ("GET" if body is None else "POST") if curl.method is None else curl.method.upper()
    if not re.fullmatch("[A-Z][A-Z0-9_-]*", method):
        raise UsageError("-X: not a method that a cassette could hold", "GET, POST, PUT ...")
    return Request(method, url, tuple(headers), body)


def _without_user(url: str) -> tuple[str, str]:
    """The URL without `user:password@`, and that, percent-decoded."""
    try:
        parts = urlsplit(url)
    except ValueError:
        # Not what it says: that may quote a password.
        raise UsageError("not a URL", "https://HOST/PATH") from None
    if "@" not in parts.netloc:
        return url, ""
    user, _, _ = parts.netloc.rpartition("@")
    return url.replace(f"{user}@", "", 1), unquote(user)


def _base64(text: str) -> str:
    return b64encode(text.encode("utf-8", "surrogateescape")).decode()


def _cookie(text: str) -> str:
    if "=" not in text:
        raise UsageError("-b: files of cookies are not read", "-b 'NAME=VALUE'")
    return text


def _header(text: str) -> tuple[str, str | None]:
    if text.endswith(";") and ":" not in text:
        return text[:-1].strip(), ""
    name, colon, value = text.partition(":")
    if not colon:
        # Not the text itself: a key may have been typed where a header belongs.
        raise UsageError("-H: a header without a colon", "use -H 'Name: value'")
    return name.strip(), value.strip() or None


def _body(data: Sequence[Data]) -> bytes | None:
    """The parts joined with `&`, as curl does; None where there is no `-d` at all."""
    return b"&".join(_part(part) for part in data) if data else None


def _part(part: Data) -> bytes:
    if part.option == "--data-raw" or not part.value.startswith("@"):
        return part.value.encode("utf-8", "surrogateescape")
    name = part.value[1:]
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise UsageError(f"{part.option} @{name}: {error.strerror}") from None
    # curl's -d takes the line breaks out of a file. JSON means the same without them.
    return raw if part.option == "--data-binary" else raw.translate(None, b"\r\n\0")


def asks_to_stream(request: Request) -> bool | None:
    """Whether a JSON body says `stream: true`; None where there is no such body."""
    try:
        value = json.loads(request.body or b"")
    except (ValueError, RecursionError):
        return None
    return value.get("stream") is True if isinstance(value, dict) else None
