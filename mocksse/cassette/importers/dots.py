"""The bytes behind the dots of `curl --trace-ascii`, which shows every byte that is not printable ASCII as a dot.

Line breaks of LF are among them, so a body can only be had back where its grammar leaves one reading: JSON, one value a
line or over several, and SSE whose data is JSON. There a dot alone in a string is a dot (every character outside ASCII
is two bytes or more), and one between values is a line feed. Two dots in a string may be text or a character: then
there is no telling, and no guess is made. Assumed is UTF-8 without TAB, DEL or lone CR, and no comment, event name
or id that ends in a full stop.
"""

from __future__ import annotations

import json
import re

from mocksse.providers.framing import framing_of

_DOT, _LF = b".", b"\n"
# Strings and decimals keep their dots; a dot that matches alone is between values.
_JSON = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\Z)|[0-9]\.[0-9]|\.', re.DOTALL)
_SPACE = re.compile(r"\s*")
_FIELD = re.compile(rb"(?:data|event|id|retry)?:")
# A line ends at the first dot that a blank line, a field or nothing follows.
_LINE_END = re.compile(rb"\r\n|\.(?=\.|\r\n|(?:data|event|id|retry)?:|\Z)|\Z")
_DECODER = json.JSONDecoder()


class AmbiguousError(Exception):
    """A dot that could be several things; `at` is its place in the body."""

    def __init__(self, at: int) -> None:
        super().__init__(at)
        self.at = at


def restore(body: bytes, content_type: str) -> bytes:
    """The body with its line feeds back; as long as it was. Raises AmbiguousError where there is no telling."""
    if _DOT not in body:
        return body
    match framing_of(content_type, body):
        case "sse":
            return _restore_sse(body)
        case "lines" | "array":
            return _restore_json(body)
        case "whole" if body.lstrip()[:1] in b"{[" or content_type.endswith("json"):
            return _restore_json(body)
    raise AmbiguousError(body.index(_DOT))


def _restore_json(body: bytes) -> bytes:
    """One or more JSON values with white space between."""
    restored = bytearray(body)
    for token in _JSON.finditer(body):
        if token[0] == _DOT:
            if body[token.end() : token.end() + 1] == _DOT and body[token.end() :].strip(_DOT):
                raise AmbiguousError(token.start())
            restored[token.start()] = _LF[0]
        elif b".." in token[0]:
            raise AmbiguousError(token.start() + token[0].index(b".."))
    _check_values(restored.decode("ascii"))
    return bytes(restored)


def _check_values(text: str) -> None:
    at = _space_end(text, 0)
    try:
        while at < len(text):
            _, at = _DECODER.raw_decode(text, at)
            at = _space_end(text, at)
    except (ValueError, RecursionError):
        raise AmbiguousError(at) from None


def _space_end(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _restore_sse(body: bytes) -> bytes:
    text = body.decode("ascii")
    restored = bytearray(body)
    at = 0
    if body.startswith(_DOT):
        raise AmbiguousError(0)  # a byte order mark, or blank lines
    while at < len(body):
        if body.startswith(b"\r\n", at):
            at += 2
            continue
        if body[at] != _DOT[0]:
            at = _line_end(body, text, at)
            if body.startswith(b"\r\n", at) or at == len(body):
                continue
        restored[at] = _LF[0]
        at += 1
    return bytes(restored)


def _line_end(body: bytes, text: str, at: int) -> int:
    """Where the line that begins there ends: at its line break, or at the end of the body."""
    field = _FIELD.match(body, at)
    if field is None:
        return _dotless_end(body, at)
    if field[0] == b"data:":
        return _data_end(body, text, field.end())
    found = _LINE_END.search(body, at)
    end = found.start() if found else len(body)
    # Three dots: text that ends in one, or a blank line more.
    if body.startswith(b"...", end):
        raise AmbiguousError(end)
    return end


def _data_end(body: bytes, text: str, at: int) -> int:
    start = at + (body[at : at + 1] == b" ")
    # Nothing but these shows where it ends: a number or a word may go on behind a dot.
    if body[start : start + 1] not in (b"{", b"[", b'"'):
        return _dotless_end(body, start)
    try:
        end = start + 6 if body.startswith(b"[DONE]", start) else _DECODER.raw_decode(text, start)[1]
    except (ValueError, RecursionError):
        return _dotless_end(body, start)
    if not _LINE_END.match(body, end):
        return _dotless_end(body, start)
    if b".." in body[start:end]:
        raise AmbiguousError(body.index(b"..", start))
    return end


def _dotless_end(body: bytes, at: int) -> int:
    """The end of a line of anything: at a CRLF or the end of the body, with no dot before it."""
    found = body.find(b"\r\n", at)
    end = found if found >= 0 else len(body)
    if _DOT in body[at:end]:
        raise AmbiguousError(body.index(_DOT, at))
    return end
