"""Where in the bytes of a JSON text things are, so that one value can be changed and every other byte left alone.

JSON is what `json.loads` takes, with U+FFFD for bytes that are no UTF-8: what it refuses has no places, and of a key
that comes twice the last one counts. Nothing here raises for what a text holds. The cost is linear in the text for each
step of the path, and nesting costs no stack.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

Path = tuple[str | int, ...]
"""Keys of objects and positions in arrays, from the outside in; () is the whole text."""


@dataclass(frozen=True, slots=True)
class Span:
    """Where one value is, in bytes, ends exclusive.

    Without the bytes from `cut_start` to `cut_end` the text is still JSON, and the whole member or element is gone with
    one comma; for the whole text they are the value's own.
    """

    start: int
    end: int
    cut_start: int
    cut_end: int
    key_start: int = 0
    """The key with its quotes; 0, 0 for what has none."""
    key_end: int = 0


_SPACE = rb"[ \t\r\n]*+"
_STRING = rb'"(?:[^"\\]++|\\.)*+"'
_GAP = re.compile(_SPACE, re.DOTALL)
_BRACKETS = re.compile(_STRING + rb"|([{\[])|[}\]]", re.DOTALL)
_SCALAR = re.compile(_STRING + rb"|[^ \t\r\n,}\]]++", re.DOTALL)
_CHARACTER = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"  # one character in two escapes
    rb"|\\u[0-9a-fA-F]{4}|\\."
    rb"|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
    rb"|.",  # any other byte, those that are no UTF-8 too
    re.DOTALL,
)


def locate(data: bytes, path: Path) -> Span | None:
    """The place of the value at the end of the path; None where it leads nowhere, or the text is no JSON."""
    try:
        json.loads(data.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    start = _over_space(data, 0)
    end = _value_end(data, start)
    found: Span | None = Span(start, end, start, end)
    for step in path:
        if found is None:
            return None
        found = _member(data, found.start, step)
    return found


def _member(data: bytes, start: int, step: str | int) -> Span | None:
    """The last member of the container at `start` that the step names; none where it is of another kind."""
    opening = data[start : start + 1]
    if opening == b"{" and isinstance(step, str):
        found = [span for span in _members(data, start, keyed=True) if _key(data, span) == step]
        return found[-1] if found else None
    if opening == b"[" and isinstance(step, int) and step >= 0:
        return next(islice(_members(data, start, keyed=False), step, None), None)
    return None


def _members(data: bytes, start: int, *, keyed: bool) -> Iterator[Span]:
    """The members of a container, of which it is known that it is sound JSON."""
    comma = -1  # in front of the member
    at = _over_space(data, start + 1)
    while data[at : at + 1] not in (b"}", b"]"):
        begin = key_end = at
        if keyed:
            key_end = _value_end(data, at)
            at = _over_space(data, _over_space(data, key_end) + 1)  # over the colon
        end = _value_end(data, at)
        behind = _over_space(data, end)
        followed = data[behind : behind + 1] == b","
        if comma >= 0:
            cut_start, cut_end = comma, end
        else:
            cut_start, cut_end = begin, behind + 1 if followed else end
        yield Span(at, end, cut_start, cut_end, *((begin, key_end) if keyed else ()))
        comma = behind
        at = _over_space(data, behind + 1) if followed else behind


def _over_space(data: bytes, at: int) -> int:
    found = _GAP.match(data, at)
    return found.end() if found else at


def _value_end(data: bytes, at: int) -> int:
    """Where the value that begins here ends."""
    if data[at : at + 1] not in (b"{", b"["):
        found = _SCALAR.match(data, at)
        return found.end() if found else at
    depth = 0
    for found in _BRACKETS.finditer(data, at):
        if found[1]:
            depth += 1
        elif not found[0].startswith(b'"'):
            depth -= 1
            if not depth:
                return found.end()
    return len(data)


def _key(data: bytes, span: Span) -> str:
    key: str = json.loads(data[span.key_start : span.key_end].decode("utf-8", "replace"))
    return key


def encode_string(text: str, *, ascii: bool) -> bytes:  # noqa: A002 - json.dumps has ensure_ascii
    """The text as a JSON string with its quotes. `ascii`: all else in escapes, as half a surrogate always is."""
    return json.dumps(text, ensure_ascii=ascii).encode("utf-8", "backslashreplace")


def inside(data: bytes, start: int, end: int, n: int) -> int:
    """The offset behind the n-th character of a stretch of JSON text, or its end where it has fewer.

    A character is one of the value: an escape sequence, two for one character beyond U+FFFF, or all bytes of one in
    UTF-8. So a cut there leaves none in pieces.
    """
    at = start
    for found in islice(_CHARACTER.finditer(data, start, end), n):
        at = found.end()
    return at


def inside_string(data: bytes, span: Span, n: int) -> int:
    """The offset behind the n-th character of a string value; ValueError where the value is no string."""
    if data[span.start : span.start + 1] != b'"':
        raise ValueError(f"no JSON string at byte {span.start}")
    return inside(data, span.start + 1, span.end - 1, n)


def middle(data: bytes, start: int, end: int) -> int:
    """The offset in the middle of a stretch of JSON text, between two of its characters."""
    return inside(data, start, end, sum(1 for _ in _CHARACTER.finditer(data, start, end)) // 2)
