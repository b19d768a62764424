"""A user's regular expressions over a body as it comes, line by line, with a bound on what they may cost.

A pattern sees one line; of a line longer than 2 KiB one stretch after the other, each with 512 bytes of the next, so
that a match of up to 512 bytes is found wherever it lies. A repetition within a repetition, which can take for ever on
a short text, is refused, and so are more than three open-ended ones: the cost is linear in the body.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import import_module
from typing import Any

from mocksse.cassette.redact.holding import Holding
from mocksse.errors import UsageError

STRETCH = 2048
"""Bytes of a line that are decided together."""
OVERLAP = 512
"""Bytes of the next stretch that are looked at with them; longer matches may be missed or found in part."""
_CONTEXT = 64  # bytes before a stretch, for \b and what looks behind
_MANY = 16  # a repetition that may come so much more often than it must counts as open-ended
_MAX_OPEN = 3
_LINE_END = re.compile(rb"[\r\n]")
_parser: Any = import_module("re._parser")


@lru_cache(maxsize=256)
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """The expression. Raises UsageError for one that is broken, costs too much, or matches nothing at all."""
    try:
        compiled = re.compile(pattern)
        open_ended = _open_ended(_parser.parse(pattern))
    except _NestedError:
        hint = "take the inner or the outer one away, or make it possessive: ++"
        raise UsageError(f"redact: the pattern {pattern!r} repeats what repeats", hint) from None
    except (re.error, OverflowError, RecursionError) as error:
        raise UsageError(f"redact: the pattern {pattern!r} is no regular expression: {error}") from None
    if open_ended > _MAX_OPEN:
        message = f"redact: the pattern {pattern!r} has {open_ended} open-ended repetitions; {_MAX_OPEN} is the most"
        raise UsageError(message, "write how often, such as {1,16}, or make some possessive: ++")
    if compiled.match("") is not None:
        raise UsageError(f"redact: the pattern {pattern!r} matches nothing at all as well", "say what must be there")
    return compiled


class _NestedError(Exception):
    """A repetition within a repetition."""


def _open_ended(tree: Any, *, repeated: bool = False) -> int:
    """How many repetitions a parsed pattern has that can be of many lengths."""
    count = 0
    for operation, argument in tree:
        name = str(operation)
        if name in {"MAX_REPEAT", "MIN_REPEAT"}:
            least, most, inner = argument
            if repeated and most > least:
                raise _NestedError
            again = repeated or most > _MANY or (most > 1 and most > least)
            count += (most - least > _MANY) + max(1, min(int(most), _MANY)) * _open_ended(inner, repeated=again)
        elif name in {"POSSESSIVE_REPEAT", "ATOMIC_GROUP"}:
            # What is inside has one length only, once it is over.
            _open_ended(argument[-1] if name == "POSSESSIVE_REPEAT" else argument)
        elif name == "BRANCH":
            branches = [_open_ended(branch, repeated=repeated) for branch in argument[1]]
            if repeated and not _told_apart(argument[1]):
                raise _NestedError
            count += max(branches)
        elif name == "SUBPATTERN":
            count += _open_ended(argument[-1], repeated=repeated)
        elif name in {"ASSERT", "ASSERT_NOT"}:
            count += _open_ended(argument[1], repeated=repeated)
        elif name == "GROUPREF_EXISTS":
            count += sum(_open_ended(branch, repeated=repeated) for branch in argument[1:] if branch)
        elif name == "GROUPREF":
            count += 1
    return count


def _told_apart(branches: Any) -> bool:
    """Whether each branch begins with a letter of its own."""
    firsts = [branch[0] if len(branch) else None for branch in branches]
    letters = [first[1] for first in firsts if first is not None and str(first[0]) == "LITERAL"]
    return len(letters) == len(firsts) == len(set(letters))


class PatternBlotter(Holding):
    """A body, in pieces, without what a pattern matches; as long as it was, and the same in whatever pieces it came."""

    what = "a pattern of your own"

    def __init__(self, pattern: str) -> None:
        super().__init__()
        self._pattern = compile_pattern(pattern)
        self._before = b""  # of the same line, as it came
        self._dry = 0  # so many of the held bytes belong to a match that began before them

    def _advance(self, data: bytes, *, final: bool) -> bytes:
        out: list[bytes] = []
        data, looked, at = bytes(self._held + data), len(self._held), 0
        while at < len(data):
            found = _LINE_END.search(data, max(at, looked))
            looked = 0
            end = found.start() if found else len(data)
            whole = found is not None or final
            while end - at >= STRETCH + OVERLAP or (whole and at < end):
                size = min(STRETCH, end - at)
                out.append(self._stretch(data[at : min(end, at + STRETCH + OVERLAP)], size))
                at += size
            if not whole:
                break
            if found:
                out.append(found[0])
                at, self._before, self._dry = end + 1, b"", 0
        self._held = data[at:]
        return b"".join(out)

    def _stretch(self, data: bytes, size: int) -> bytes:
        """The first `size` bytes, blotted."""
        page = bytearray(data)
        page[: self._dry] = b"x" * min(self._dry, len(page))
        lead = len(_text(self._before))
        text = _text(self._before) + _text(data)
        dry = self._dry
        for found in self._pattern.finditer(text, lead + len(_text(data[:dry]))):
            start, end = (len(_bytes(text[lead:place])) for place in found.span(1 if self._pattern.groups else 0))
            if start >= size:
                break
            if found.start() >= lead and end > start:
                page[start:end] = b"x" * (end - start)
                dry = max(dry, end)
        self._before = (self._before + data[:size])[-_CONTEXT:]
        self._dry = max(0, dry - size)
        self.blotted = self.blotted or page != data
        return bytes(page[:size])


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
