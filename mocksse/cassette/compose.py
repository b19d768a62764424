"""YAML text to plain values, in one guarded pass. The only file that imports yaml.

A cassette comes from strangers, so this reads libyaml's events and builds the values itself: no recursion (libyaml's
own composer crashes the process on 50,000 brackets), no anchors, aliases, merge keys or tags (407 bytes of them cost
minutes), no key twice, caps on depth and count. Every refusal says file:line and what to do.

Typing is that of JSON, not of YAML 1.1: `true`, `false`, `null` and decimal numbers; everything else is text, so that
`no`, `012`, `12:30`, `1e3` and dates mean nothing special. And what stands in a cassette's `data:` is text as it is
written, whatever it looks like: `data: [DONE]` and `data: {"a": 1}` need no quotes.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import yaml

from mocksse import limits
from mocksse.errors import CassetteError

if TYPE_CHECKING:
    from collections.abc import Callable

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # pragma: no cover - a PyYAML built without libyaml
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

Path = tuple[str | int, ...]

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+(?:[eE][-+]?[0-9]+)?)?")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}
_QUOTE_IT = "write the text itself, in quotes if it begins with one of & * ! %"
_TOO_DEEP = f"nested deeper than {limits.MAX_YAML_DEPTH} levels", "flatten it"
# What no YAML may hold as it is. libyaml says so with a position in bytes, the Python reader with one in characters.
_NOT_YAML = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# How the scalars of a collection are read. What is below it is read alike, unless `_mode_below` says otherwise.
_TYPED = 0  # as JSON types them
_TEXT = 1  # as text: headers, trailers
_STREAM = 2  # typed; the mappings in it are entries
_ENTRY = 3  # typed, but for the keys of _AS_WRITTEN: what stands there is text, a collection too
_FREE = 4  # typed, whatever the keys are called: a JSON body, or no cassette
_SPELT = 5  # as text that nobody looks at: inside of a collection whose spelling is kept
_AS_WRITTEN = frozenset({"data", "line", "text", "comment", "event", "id"})


class _RefusedError(Exception):
    """YAML that a cassette may not have. `index` is where in the text."""

    def __init__(self, index: int, message: str, hint: str) -> None:
        super().__init__(message)
        self.index, self.message, self.hint = index, message, hint


class _Frame:
    """One open collection. `start` is where its text begins, if it is to be kept as it is written; else -1."""

    __slots__ = ("key", "mode", "start", "value")

    def __init__(self, value: Any, mode: int, start: int) -> None:
        self.value = value
        self.mode = mode
        self.start = start
        self.key: str | None = None

    def take(self, value: Any) -> None:
        """A value of this collection, behind its key where it has keys."""
        if self.key is None:
            self.value.append(value)
        else:
            self.value[self.key] = value
            self.key = None

    @property
    def keeps_spelling(self) -> bool:
        """Whether what stands here is text as it is written, a collection too."""
        return self.mode == _ENTRY and self.key in _AS_WRITTEN

    @property
    def keeps_text(self) -> bool:
        """Whether a scalar here is text, whatever it looks like."""
        return self.mode in {_TEXT, _SPELT} or self.keeps_spelling


def compose(text: str, source: str, *, places: dict[Path, int] | None = None, plain: bool = False) -> Any:
    """The one document in `text` as dict, list, str, int, float, bool and None.

    `source` names the file in errors. `places`, where given, receives by its path where in the text each value begins.
    `plain`: no cassette, so no key makes text of what stands under it. Raises CassetteError with file:line.
    """
    try:
        return _compose(text, places, _FREE if plain else _TYPED)
    except _RefusedError as error:
        index, message, hint = error.index, error.message, error.hint
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        index = mark.index if mark else 0
        if "nesting depth" in f"{error.problem}":  # newer versions of libyaml have a limit of their own
            message, hint = _TOO_DEEP
        else:
            message, hint = f"not YAML: {error.problem or error.context}", _yaml_hint(error)
    except yaml.reader.ReaderError:
        found = _NOT_YAML.search(text)
        index, char = (found.start(), ord(found[0])) if found else (0, 0)
        message, hint = f"not YAML: the character U+{char:04X}", "write it as an escape in double quotes, or as base64"
    # Not the mark's own line: YAML also counts U+0085, U+2028 and U+2029 as line ends, editors don't.
    raise CassetteError(f"{source}:{line_at(text, index)}", message, hint)


def line_at(text: str, index: int) -> int:
    """The line of a place in the text, as editors count."""
    return text.count("\n", 0, index) + 1


def _compose(text: str, places: dict[Path, int] | None, mode: int) -> Any:
    loader = _Loader(text)
    # libyaml's events come without types worth the name.
    next_event: Callable[[], Any] = loader.get_event
    stack: list[_Frame] = []
    root: Any = None
    documents = nodes = 0
    try:
        while (event := next_event()) is not None:
            kind = type(event)
            if kind is yaml.ScalarEvent:
                if event.anchor is not None or event.tag is not None:
                    raise _refused(event)
                frame = stack[-1] if stack else None
                if frame is not None and frame.key is None and type(frame.value) is dict:
                    _open_key(frame, event)
                    continue
                value = event.value
                if event.implicit[0] and not (frame is not None and frame.keeps_text):
                    value = _typed(event)
                if places is not None:
                    places[_path(stack)] = event.start_mark.index
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                stack.append(_open(event, stack, mode))
                if places is not None:
                    places[_path(stack[:-1])] = event.start_mark.index
                continue
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                closed = stack.pop()
                value = closed.value if closed.start < 0 else text[closed.start : event.end_mark.index]
            elif kind is yaml.AliasEvent:
                raise _refused(event)
            else:
                documents += kind is yaml.DocumentStartEvent
                if documents > 1:
                    raise _error(event, "a second document", "keep one to a file")
                continue
            nodes += 1
            if nodes > limits.MAX_YAML_NODES:
                raise _error(event, f"more than {limits.MAX_YAML_NODES:,} values", "split the file")
            if stack:
                stack[-1].take(value)
            else:
                root = value
    finally:
        loader.dispose()
    return root


def _open(event: Any, stack: list[_Frame], mode: int) -> _Frame:
    if event.anchor is not None or event.tag is not None:
        raise _refused(event)
    parent = stack[-1] if stack else None
    value: Any = {} if type(event) is yaml.MappingStartEvent else []
    if parent is None:
        return _Frame(value, mode, -1)
    if len(stack) >= limits.MAX_YAML_DEPTH:
        raise _error(event, *_TOO_DEEP)
    if parent.mode == _SPELT:
        return _Frame([], _SPELT, -1)
    if parent.key is None and type(parent.value) is dict:
        raise _error(event, "a key must be text", "quote it")
    if parent.keeps_spelling:
        if not event.flow_style:
            hint = f"write it on one line, or as a block of text: {parent.key}: |"
            raise _error(event, f"{parent.key} is text, but a block of YAML stands here", hint)
        # Its text is kept; what YAML makes of it, keys and values alike, goes into a list that nobody looks at.
        return _Frame([], _SPELT, event.start_mark.index)
    return _Frame(value, _mode_below(parent, value), -1)


def _open_key(frame: _Frame, event: Any) -> None:
    key: str = event.value
    if key in frame.value:
        raise _error(event, f"the key {_clipped(key)} stands here twice", "keep one of them")
    if key == "<<" and event.implicit[0]:
        raise _error(event, "merge keys are not allowed", "write the values out")
    frame.key = key


def _mode_below(parent: _Frame, value: Any) -> int:
    """How a collection reads its scalars, by the key it stands under."""
    if parent.mode == _FREE or parent.key == "json":
        return _FREE  # a JSON body may have keys of any name
    if parent.key in {"headers", "trailers"} or parent.mode == _TEXT:
        return _TEXT
    mapping = type(value) is dict
    if parent.mode == _STREAM and mapping:
        return _ENTRY
    if parent.key in {"stream", "events", "rest"} and not mapping:
        return _STREAM
    return _TYPED


def _typed(event: Any) -> Any:
    value: str = event.value
    if value in _WORDS:
        return _WORDS[value]
    found = _NUMBER.fullmatch(value)
    if found is None:
        return value
    if len(value) <= limits.MAX_NUMBER_DIGITS:
        number = float(value) if found[1] else int(value)
        if not found[1] or math.isfinite(number):
            return number
    raise _error(event, f"{_clipped(value)} is too large a number", "put it in quotes if it is text")


def _path(stack: list[_Frame]) -> Path:
    return tuple(len(f.value) if f.key is None else f.key for f in stack)


def _clipped(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:59] + "…")


def _refused(event: Any) -> _RefusedError:
    what = "aliases" if isinstance(event, yaml.AliasEvent) else "anchors" if event.anchor else "tags"
    return _error(event, f"{what} are not allowed", _QUOTE_IT)


def _error(event: Any, message: str, hint: str) -> _RefusedError:
    return _RefusedError(event.start_mark.index, message, hint)


def _yaml_hint(error: yaml.MarkedYAMLError) -> str:
    problem = f"{error.problem}"
    if "tab" in problem or "cannot start any token" in problem:
        return "indent with spaces; quote text that begins with a special sign"
    if "mapping values are not allowed" in problem:
        return "quote text that has a colon in it"
    if "escape" in problem:
        return "in single quotes a backslash is itself"
    return "quote the text, or check the indentation"
