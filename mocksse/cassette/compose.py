"""YAML text to plain values, in one guarded pass. The only file that imports yaml.

A cassette comes from strangers, so this reads libyaml's events and builds the values itself: no recursion (libyaml's
own composer crashes the process on 50,000 brackets), no anchors, aliases, merge keys or tags (407 bytes of them cost
minutes), no key twice, caps on depth and count. Every refusal says file:line and what to do.

Typing is that of JSON, not of YAML 1.1: `true`, `false`, `null` and decimal numbers; everything else is text, so that
`no`, `012`, `12:30`, `1e3` and dates mean nothing special. And what stands in a cassette's `data:` is text as it is
written, whatever it looks like: `data: [DONE]` and `data: {"a": 1}` need no quotes.
"""

from __future__ import annotations

import difflib
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

# What a collection's scalars are read as. A mode is inherited except where a key below says otherwise.
_TYPED, _TEXT, _STREAM, _ENTRY, _FREE = range(5)
_AS_WRITTEN = frozenset({"data", "line", "text", "comment", "event", "id"})


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
        return self.mode == _TEXT or (self.mode == _ENTRY and self.key in _AS_WRITTEN)


def compose(text: str, source: str, *, lines: dict[Path, int] | None = None) -> Any:
    """The one document in `text` as dict, list, str, int, float, bool and None.

    `source` names the file in errors. `lines`, where given, receives the line of every value by its path.
    Raises CassetteError with file:line.
    """
    try:
        return _compose(text, source, lines)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{source}:{mark.line + 1}" if mark else source
        raise CassetteError(where, f"not YAML: {error.problem or error.context}", _yaml_hint(error)) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise CassetteError(
            f"{source}:{line}", f"not YAML: {error.reason}", "write it as an escape, or as base64"
        ) from None


def _compose(text: str, source: str, lines: dict[Path, int] | None) -> Any:
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
                    raise _refused(event, source)
                frame = stack[-1] if stack else None
                if frame is not None and frame.key is None and type(frame.value) is dict:
                    _open_key(frame, event, source)
                    continue
                value = event.value
                if event.implicit[0] and not (frame is not None and frame.keeps_text):
                    value = _typed(value)
                if lines is not None:
                    lines[_path(stack)] = event.start_mark.line + 1
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                stack.append(_open(event, stack, source))
                if lines is not None:
                    lines[_path(stack[:-1])] = event.start_mark.line + 1
                continue
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                closed = stack.pop()
                value = closed.value if closed.start < 0 else text[closed.start : event.end_mark.index]
            elif kind is yaml.AliasEvent:
                raise _refused(event, source)
            else:
                documents += kind is yaml.DocumentStartEvent
                if documents > 1:
                    raise _error(event, source, "a second document", "keep one cassette to a file")
                continue
            nodes += 1
            if nodes > limits.MAX_YAML_NODES:
                raise _error(event, source, f"more than {limits.MAX_YAML_NODES:,} values", "split the file")
            if stack:
                stack[-1].take(value)
            else:
                root = value
    finally:
        loader.dispose()
    return root


def _open(event: Any, stack: list[_Frame], source: str) -> _Frame:
    if event.anchor is not None or event.tag is not None:
        raise _refused(event, source)
    parent = stack[-1] if stack else None
    mapping = type(event) is yaml.MappingStartEvent
    if parent is None:
        return _Frame({} if mapping else [], _TYPED, -1)
    if parent.key is None and type(parent.value) is dict:
        raise _error(event, source, "a key must be text", "quote it")
    if len(stack) >= limits.MAX_YAML_DEPTH:
        raise _error(event, source, f"nested deeper than {limits.MAX_YAML_DEPTH} levels", "flatten it")
    start = event.start_mark.index if parent.keeps_spelling else -1
    return _Frame({} if mapping else [], _mode_below(parent, mapping=mapping), start)


def _open_key(frame: _Frame, event: Any, source: str) -> None:
    key: str = event.value
    if key in frame.value:
        raise _error(event, source, f"the key {key!r} stands here twice", "keep one of them")
    if key == "<<" and event.implicit[0]:
        raise _error(event, source, "merge keys are not allowed", "write the values out")
    frame.key = key


def _mode_below(parent: _Frame, *, mapping: bool) -> int:
    """How a collection reads its scalars, by the key it stands under."""
    if parent.mode == _FREE or parent.key == "json":
        return _FREE  # a JSON body may have keys of any name
    if parent.key in {"headers", "trailers"} or parent.mode == _TEXT:
        return _TEXT
    if parent.mode == _STREAM and mapping:
        return _ENTRY
    if parent.key in {"stream", "events", "rest"} and not mapping:
        return _STREAM
    return _TYPED


def _typed(value: str) -> Any:
    if value in _WORDS:
        return _WORDS[value]
    found = _NUMBER.fullmatch(value)
    if found is None:
        return value
    if found[1]:
        return float(value)
    return int(value) if len(value) < 4000 else value


def _path(stack: list[_Frame]) -> Path:
    return tuple(len(f.value) if f.key is None else f.key for f in stack)


def _refused(event: Any, source: str) -> CassetteError:
    what = "aliases" if isinstance(event, yaml.AliasEvent) else "anchors" if event.anchor else "tags"
    return _error(event, source, f"{what} are not allowed in a cassette", _QUOTE_IT)


def _error(event: Any, source: str, message: str, hint: str) -> CassetteError:
    return CassetteError(f"{source}:{event.start_mark.line + 1}", message, hint)


def _yaml_hint(error: yaml.MarkedYAMLError) -> str:
    problem = f"{error.problem}"
    if "tab" in problem or "cannot start any token" in problem:
        return "indent with spaces; quote text that begins with a special sign"
    if "mapping values are not allowed" in problem:
        return "quote text that has a colon in it"
    return "quote the text, or check the indentation"


def nearest(word: str, known: list[str]) -> str:
    """`did you mean ...` for a misspelt word, or what there is."""
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"did you mean {close[0]!r}?" if close else f"known here: {', '.join(known)}"
