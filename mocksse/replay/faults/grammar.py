"""The one grammar of faults: `NAME[ VALUE][ key=value]...`, several separated by `;`.

A value with spaces or `;` stands in double quotes, with backslash before a quote or a backslash in it. Every fault also
takes `times=N` (only N times), `after=N` (not the first N), `every=N` (each N-th), `p=0.1` (by chance) and
`on=first|resume` (only requests without, or with, Last-Event-ID). An error says at which column, and names the nearest
right word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mocksse.errors import UsageError, nearest
from mocksse.figures import printable
from mocksse.replay.faults.elsewhere import elsewhere
from mocksse.replay.faults.fault import Args, Fault, Place
from mocksse.replay.faults.registry import FAULTS
from mocksse.replay.faults.values import parse_count, parse_value, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEY = re.compile(r"([A-Za-z][A-Za-z0-9_-]*)=")
_BARE = re.compile(r'[^\s;"]+')
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_PLAIN = re.compile(r'[^\s;"\\]+')
_WHEN = ("times", "after", "every", "p", "on")


@dataclass(frozen=True, slots=True)
class When:
    """Which of the plays of an interaction a fault is for."""

    times: int | None = None
    after: int = 0
    every: int = 1
    p: float = 1.0
    on: str = ""

    @property
    def is_always(self) -> bool:
        """Whether nothing was said: each play gets the fault."""
        return self == _ALWAYS


_ALWAYS = When()


@dataclass(frozen=True, slots=True)
class Spec:
    """One use of a fault. Equal specs are counted together; `text` is the spec in its canonical form."""

    fault: Fault
    args: Args
    when: When
    text: str
    said: str = ""
    """All that was given, where this is a part of it."""
    column: int = 0
    """Where in it the fault stands, or its place if it has one."""

    def complaint(self, reason: str) -> str:
        """A refusal by a recording, with where in what was given it belongs."""
        return _at(self.said, self.column, reason)

    def __hash__(self) -> int:
        return hash(self.text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Spec) and self.text == other.text


@dataclass(frozen=True, slots=True)
class _Word:
    column: int
    key: str
    value: str
    at: int
    """Where the value begins."""


def parse(text: str) -> tuple[Spec, ...]:
    """The faults of a text. Raises UsageError with the column of what is wrong."""
    parts = list(_split(text))
    if not parts[-1][1] and len(parts) > 1:
        del parts[-1]  # a `;` behind the last one
    return tuple(_spec(text, begin, words) for begin, words in parts)


def _wrong(text: str, column: int, message: str, hint: str = "") -> UsageError:
    return UsageError(_at(text, column, message), hint)


def _at(text: str, column: int, message: str) -> str:
    short = printable(text if len(text) <= 80 else f"{text[:77]}...")
    return f"fault '{short}', column {column + 1}: {message}"


def _split(text: str) -> Iterator[tuple[int, list[_Word]]]:
    """The words of each spec, and where it begins."""
    words: list[_Word] = []
    i = begin = 0
    while i < len(text):
        if text[i].isspace():
            i += 1
            continue
        if text[i] == ";":
            yield begin, words
            words = []
            i = begin = i + 1
            continue
        start = i
        key = _KEY.match(text, i)
        if key:
            i = key.end()
        at = i
        value, i = _value_at(text, i)
        words.append(_Word(start, key[1] if key else "", value, at))
    yield begin, words


def _value_at(text: str, i: int) -> tuple[str, int]:
    """The value that begins here, in quotes or without, and where it ends. Raises UsageError."""
    if text[i : i + 1] != '"':
        bare = _BARE.match(text, i)
        value, i = (bare[0], bare.end()) if bare else ("", i)
        if text[i : i + 1] == '"':
            raise _wrong(text, i, "a quote inside a word", 'put all of the value in quotes, with \\" for a quote')
        return value, i
    quoted = _QUOTED.match(text, i)
    if quoted is None:
        raise _wrong(text, i, "a quote that is never closed")
    for escape in _ESCAPE.finditer(quoted[1]):
        if escape[1] not in '"\\':
            message = f"a backslash before {escape[1]!r} means nothing"
            raise _wrong(text, i + 1 + escape.start(), message, 'only \\" and \\\\ do')
    end = quoted.end()
    if end < len(text) and not (text[end].isspace() or text[end] == ";"):
        raise _wrong(text, end, "a space is missing behind the quote")
    return _ESCAPE.sub(r"\1", quoted[1]), end


def _spec(text: str, begin: int, words: list[_Word]) -> Spec:
    if not words:
        raise _wrong(text, begin, "an empty fault", "such as 'reset at=event:5'; mocksse faults lists them all")
    first, *others = words
    if first.key:
        raise _wrong(text, first.column, f"{first.key}= stands where a fault's name belongs")
    fault = FAULTS.get(first.value)
    if fault is None:
        hint = elsewhere(first.value) or nearest(first.value, FAULTS) or "mocksse faults lists them all"
        raise _wrong(text, first.column, f"no fault is called {first.value}", hint)
    given, values, when = _said(text, fault, others)
    for param in fault.params:
        if param.name not in values:
            values[param.name] = None if param.default is None else parse_value(param, param.default)
    args = Args(values)
    if fault.check is not None:
        try:
            fault.check(args)
        except UsageError as error:
            raise _wrong(text, first.column, f"{fault.name}: {error.message}", error.hint) from None
    column = next((word.at for word in others if word.key == "at"), first.column)
    return Spec(fault, args, When(**when), _canonical(fault, given, values), text, column)


def _said(text: str, fault: Fault, words: list[_Word]) -> tuple[dict[str, str], dict[str, Any], dict[str, Any]]:
    """What the words behind a fault's name say: all as given, its parameters, and when it fires; each by its key."""
    given: dict[str, str] = {}
    values: dict[str, Any] = {}
    when: dict[str, Any] = {}
    for word in words:
        key = word.key or _bare(text, fault, word)
        if key in given:
            raise _wrong(text, word.column, f"{key} is said twice")
        given[key] = word.value
        param = fault.param(key)  # `ids every=2`: a fault's own word goes first
        if param is None and key not in _WHEN:
            keys = [p.name for p in fault.params] + list(_WHEN)
            raise _wrong(text, word.column, f"{fault.name} has no {key}=", nearest(key, keys) or _keys(fault))
        try:
            if param is not None:
                values[key] = parse_value(param, word.value)
            else:
                when[key] = _parse_when(key, word.value)
        except UsageError as error:
            value = word.value if len(word.value) <= 40 else f"{word.value[:37]}..."
            raise _wrong(text, word.at, f"{key}={value}: {error.message}", error.hint) from None
    return given, values, when


def _bare(text: str, fault: Fault, word: _Word) -> str:
    bare = next((param for param in fault.params if param.bare), None)
    if bare is None:
        raise _wrong(text, word.column, f"{word.value!r} is no key=value", _keys(fault))
    return bare.name


def _keys(fault: Fault) -> str:
    names = dict.fromkeys([*(param.name for param in fault.params), *_WHEN])
    return f"{fault.name} takes {', '.join(f'{name}=' for name in names)}"


def _parse_when(key: str, value: str) -> int | float | str:
    match key:
        case "p":
            if not re.fullmatch(r"[01](?:\.[0-9]{1,15})?|\.[0-9]{1,15}", value) or float(value) > 1:
                raise UsageError(f"{shown(value)} is not a probability from 0 to 1")
            return float(value)
        case "on":
            if value not in {"first", "resume"}:
                raise UsageError(f"{shown(value)} is neither first nor resume", nearest(value, ["first", "resume"]))
            return value
        case "after":
            return 0 if value == "0" else parse_count(value)
        case _:
            return parse_count(value)


def _canonical(fault: Fault, given: dict[str, str], values: dict[str, Any]) -> str:
    """The name, and what was said, keys in the alphabet's order: how often it fired is counted under this."""
    said = {key: str(values[key]) if isinstance(values.get(key), Place) else value for key, value in given.items()}
    return " ".join([fault.name, *(f"{key}={_quoted(said[key])}" for key in sorted(said))])


def _quoted(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
