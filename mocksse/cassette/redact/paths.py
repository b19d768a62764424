"""A user's JSONPaths over a body as it comes: what they select in each JSON document of it is blotted.

A document is the whole body where its content type is JSON, else what is on one line: an event's data, a line of
NDJSON, a frame's payload. It is held until it is whole. One of more than 1 MiB, or deeper than Python reads, is let go
as it is, and `unchecked` says so.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from mocksse import limits
from mocksse.cassette.redact.holding import Holding
from mocksse.errors import UsageError
from mocksse.providers import jsonpath

if TYPE_CHECKING:
    from collections.abc import Iterator

_EDGE = re.compile(rb"[\r\n\0]")
_BRACE = re.compile(r"[{\[]")
_SIGN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[{}\[\],:]|[^\s{}\[\],:"]++', re.DOTALL)


def compile_path(path: str) -> str:
    """The path itself. Raises UsageError for one that is none."""
    try:
        jsonpath.compile_path(path)
    except jsonpath.NotAPathError as error:
        hint = "RFC 9535, such as $.user.email or $..email"
        raise UsageError(f"redact: {path!r} is no JSONPath: {error}", hint) from None
    return path


class PathBlotter(Holding):
    """A body, in pieces, without what some JSONPaths select: strings become x, digits of numbers 1."""

    what = "a JSONPath of your own"

    def __init__(self, paths: tuple[str, ...], content_type: str = "") -> None:
        super().__init__()
        self._paths = tuple(map(compile_path, paths))
        kind = content_type.partition(";")[0].strip().lower()
        whole = kind in {"application/json", "text/json"} or (kind.endswith("+json") and "stream" not in kind)
        self._by_lines = not whole
        self._held: bytearray = bytearray()
        self._long = False  # the document is too long: it goes as it is
        self.unchecked = False
        """Whether there was a document that could not be looked into."""

    def _advance(self, data: bytes, *, final: bool) -> bytes:
        out: list[bytes] = []
        looked, at = len(self._held), 0
        self._held += data
        while found := _EDGE.search(self._held, max(at, looked)) if self._by_lines else None:
            out.append(self._blot(bytes(self._held[at : found.start()])) + found[0])
            at, self._long = found.end(), False
        if final or self._long or len(self._held) - at > limits.MAX_JSON_BYTES:
            out.append(self._blot(bytes(self._held[at:])))
            self._long = not final
            at = len(self._held)
        del found, self._held[:at]
        return b"".join(out)

    def _blot(self, document: bytes) -> bytes:
        if self._long or len(document) > limits.MAX_JSON_BYTES:
            self.unchecked = True
            return document
        # One character a byte in what is no UTF-8, so that places can be told.
        text = document.decode("utf-8", "surrogateescape")
        begin = _BRACE.search(text)
        if begin is None:
            return document
        try:
            value, end = json.JSONDecoder(strict=False).raw_decode(text, begin.start())
            chosen = {location for path in self._paths for location in jsonpath.locate(path, value)}
        except ValueError:
            return document
        except RecursionError:
            self.unchecked = True
            return document
        if not chosen:
            return document
        pieces: list[str] = []
        at = 0
        for location, start, stop in _leaves(text, begin.start(), end):
            if any(location[:size] in chosen for size in range(len(location) + 1)):
                pieces += [text[at:start], _blotted(text[start:stop])]
                at = stop
        blotted = "".join([*pieces, text[at:]]).encode("utf-8", "surrogateescape")
        self.blotted = self.blotted or blotted != document
        return blotted


def _blotted(leaf: str) -> str:
    """As many bytes that say nothing; true, false and null say little, and stay."""
    if leaf.startswith('"'):
        return '"' + "x" * (len(leaf.encode("utf-8", "surrogateescape")) - 2) + '"'
    return leaf if leaf in {"true", "false", "null"} else re.sub("[0-9]", "1", leaf)


def _leaves(text: str, start: int, end: int) -> Iterator[tuple[jsonpath.Location, int, int]]:
    """Each value of sound JSON that holds no other: where it is by keys and indexes, and in the text."""
    path: list[str | int] = []
    open_at: list[str] = []
    key: str | None = None
    for found in _SIGN.finditer(text, start, end):
        sign = found[0]
        if sign in "{[":
            open_at.append(sign)
            path.append("" if sign == "{" else 0)
            key = None
        elif sign in "}]":
            open_at.pop()
            path.pop()
        elif sign == ",":
            last = path[-1]
            if isinstance(last, int):
                path[-1] = last + 1
            key = None
        elif sign == ":":
            path[-1] = key or ""
        elif open_at[-1] == "{" and key is None and sign.startswith('"'):
            key = json.loads(sign, strict=False)
        else:
            yield tuple(path), found.start(), found.end()
