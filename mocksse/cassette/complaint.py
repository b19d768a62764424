"""What msgspec says against a file, as its reader wants to hear it: where, what is wrong, and what would be right.

msgspec names the place and the kind of the fault. What may stand there is read off the document's own types, so that
the words can't disagree with them. Pure; imported only when a file is refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import inspect

from mocksse.cassette.document import CassetteDoc
from mocksse.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mocksse.cassette.compose import Path

_NOUNS = {
    "CassetteDoc": "a cassette",
    "InteractionDoc": "an interaction",
    "RequestDoc": "a request",
    "ResponseDoc": "a response",
    "Entry": "an entry",
    "SseFields": "an event",
    "EndDoc": "an end",
    "SseStyle": "sse",
    "RecordedDoc": "recorded",
    "PacingDoc": "pacing",
    "ExtractDoc": "extract",
    "Base64": "a part of a head",
    "SettingsDoc": "a settings file",
    "FileSessionDoc": "a session",
    "SessionDoc": "a session",
    "MatchDoc": "match",
    "RedactDoc": "redact",
}
_WHOLE = {
    "CassetteDoc": ("not a cassette", "a cassette begins with `mocksse: 1` and has interactions"),
    "SettingsDoc": ("not settings", "settings are words such as port: 8080"),
    "FileSessionDoc": ("not a session", "a session is words such as cassettes: chat.yaml"),
    "SessionDoc": ("not a session", 'a session is words such as {"cassettes": ["chat.yaml"]}'),
}
_PATTERNS = {"^/": "a path that begins with /", "^[A-Z][A-Z0-9_-]*$": "a method in capital letters, such as POST"}
_EXAMPLES = {"Entry": "such as {data: Hello}", "SseFields": "such as {data: Hello}", "EndDoc": "such as {how: cut}"}
"""Of mappings that people write as one word."""


def explain(
    error: msgspec.ValidationError, value: Any, kind: type[msgspec.Struct] = CassetteDoc
) -> tuple[Path, str, str]:
    """(path, message, hint): `path` leads to the fault in `value`, which was to become a `kind`."""
    said, _, at = str(error).partition(" - at `")
    steps = re.findall(r"\.([A-Za-z_]\w*)|\[(\d+)\]|(\[\.\.\.\])", at.rstrip("`"))
    path: Path = ()
    found, wanted = value, inspect.type_info(kind)
    for key, index, any_key in steps:
        step: str | int = key or (int(index) if index else "")
        if any_key:  # a value of a mapping; msgspec doesn't say which
            word = re.search(r"enum value '(.*)'", said)
            step = next(k for k, v in found.items() if (v == word[1] if word else not isinstance(v, str)))
        path = (*path, step)
        wanted = _below(wanted, step)
        found = found[step]
    if unknown := re.search(r"unknown field `(.*)`", said):
        struct = next(t for t in _choices(wanted) if isinstance(t, inspect.StructType))
        known = sorted(field.encode_name for field in struct.fields)
        hint = nearest(unknown[1], known) or f"known here: {', '.join(known)}"
        return (*path, unknown[1]), f"{_NOUNS[struct.cls.__name__]} has no {unknown[1]!r}", hint
    if missing := re.search(r"missing required field `(.*)`", said):
        struct = next(t for t in _choices(wanted) if isinstance(t, inspect.StructType))
        return path, f"{_NOUNS[struct.cls.__name__]} without {missing[1]}", f"add {missing[1]}:"
    if not path:
        return path, *_WHOLE[kind.__name__]
    if path == ("mocksse",):
        return path, f"version {_shown(found)} of the format", "this mocksse reads version 1"
    return path, f"{_label(path)}: expected {_or(_phrases(wanted, found))}, found {_shown(found)}", _hint(wanted, found)


def _choices(wanted: inspect.Type) -> Iterator[inspect.Type]:
    """The types a value may have; null is "not said"."""
    if isinstance(wanted, inspect.Metadata):
        yield from _choices(wanted.type)
    elif isinstance(wanted, inspect.UnionType):
        for choice in wanted.types:
            yield from _choices(choice)
    elif not isinstance(wanted, inspect.NoneType):
        yield wanted


def _below(wanted: inspect.Type, step: str | int) -> inspect.Type:
    """What may stand one step down."""
    for choice in _choices(wanted):
        match choice:
            case inspect.StructType():
                for field in choice.fields:
                    if field.encode_name == step:
                        return field.type
            case inspect.ListType() if isinstance(step, int):
                return choice.item_type
            case inspect.TupleType() if isinstance(step, int):
                return choice.item_types[step]
            case inspect.DictType():
                return choice.value_type
    return inspect.AnyType()


def _phrases(wanted: inspect.Type, found: Any) -> Iterator[str]:
    for choice in _choices(wanted):
        match choice:
            case inspect.IntType() | inspect.FloatType():
                yield ("a whole number" if isinstance(choice, inspect.IntType) else "a number") + _bounds(choice, found)
            case inspect.StrType():
                yield _PATTERNS.get(choice.pattern or "", "text")
            case inspect.BoolType():
                yield "true or false"
            case inspect.LiteralType():
                yield from (str(word) for word in choice.values)
            case inspect.ListType():
                yield "a list"
            case inspect.TupleType():
                yield "a pair [name, value]"
            case _:
                yield "a mapping"


def _bounds(number: inspect.IntType | inspect.FloatType, found: Any) -> str:
    if number.le is not None and number.ge:
        return f" from {number.ge:g} to {number.le:g}"
    if number.le is not None and isinstance(found, (int, float)) and found > number.le:
        return f" up to {number.le:,}"
    return "" if number.ge is None else f" of {number.ge:g} or more"


def _or(phrases: Iterator[str]) -> str:
    *first, last = phrases
    return f"{', '.join(first)} or {last}" if first else last


def _label(path: Path) -> str:
    """The last key, with the place in its list: `after_ms`, `stream[0]`, `headers[2][1]`."""
    start = max(i for i, step in enumerate(path) if isinstance(step, str))
    return f"{path[start]}" + "".join(f"[{step}]" for step in path[start + 1 :])


def _shown(found: Any) -> str:
    match found:
        case None:
            return "nothing"
        case bool():
            return "true" if found else "false"
        case str():
            return repr(found if len(found) <= 60 else found[:59] + "…")
        case dict():
            return "a mapping"
        case list():
            return f"a list of {len(found)}"
    return str(found)[:60]


def _hint(wanted: inspect.Type, found: Any) -> str:
    for choice in _choices(wanted):
        match choice, found:
            case inspect.FloatType(), str():
                return "such as 12.5, without quotes"
            case inspect.StrType(pattern=None), int() | float():
                return "put it in quotes"
            case inspect.LiteralType(), int() | float() if str(found) in choice.values:
                return "put it in quotes"
            case inspect.LiteralType(), str() if close := nearest(found, [str(word) for word in choice.values]):
                return close
            case inspect.StructType(), str():
                return _EXAMPLES.get(choice.cls.__name__, "")
    return ""
