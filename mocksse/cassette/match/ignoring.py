"""A JSON value without what the rules have us ignore. Pure; the value itself stays as it was."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from mocksse.cassette.match.rules import DATES, IDS
from mocksse.providers import jsonpath

MAX_DEPTH = 32
"""Levels of a body that are looked into; what lies below is compared as text."""

_Gone = dict[Any, Any]
"""Keys that lead to what is taken out; under the last of them is None."""


def without(value: Any, ignore: tuple[str, ...]) -> Any:
    """The value without the fields of these names and at these JSONPaths. `ids` and `dates` take nothing out."""
    names = frozenset(name for name in ignore if not name.startswith("$") and name not in (IDS, DATES))
    gone: _Gone = {}
    for name in ignore:
        if name.startswith("$"):
            _mark(value, name, gone)
    return _copied(value, names, gone, 0) if names or gone else value


def _mark(value: Any, path: str, gone: _Gone) -> None:
    for keys in jsonpath.locate(path, value):
        inner: _Gone | None = gone
        for key in keys[:-1]:
            inner = None if inner is None else inner.setdefault(key, {})
        if inner is not None and keys:
            inner[keys[-1]] = None


def _copied(value: Any, names: frozenset[str], gone: _Gone, depth: int) -> Any:
    if depth >= MAX_DEPTH:
        return value
    if isinstance(value, dict):
        kept = ((key, item) for key, item in value.items() if key not in names and gone.get(key, gone) is not None)
        return {key: _copied(item, names, gone.get(key) or {}, depth + 1) for key, item in kept}
    if isinstance(value, list):
        items = ((index, item) for index, item in enumerate(value) if gone.get(index, gone) is not None)
        return [_copied(item, names, gone.get(index) or {}, depth + 1) for index, item in items]
    return value


@lru_cache(256)
def counts_stream(ignore: tuple[str, ...]) -> bool:
    """Whether the flag `stream` of a body is compared."""
    return "stream" in without({"stream": True}, ignore)
