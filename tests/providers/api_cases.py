"""What is asked of every API: a table of events, and that nothing an event may hold makes it raise."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from mocksse.providers.fragment import Fragment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mocksse.providers.api import Api

Case = tuple[str, str, Any, list[Fragment]]
"""(what it shows, event type, payload, its fragments)."""

ODD_VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1.5,
    "",
    "x",
    [],
    {},
    [None],
    [[]],
    [{}],
    {"x": None},
    "\ud83d",
)


def oddities(payload: Any) -> Iterator[Any]:
    """The payload with each of its values in turn replaced by each odd one, and with each of its members left out."""
    yield from ODD_VALUES
    for place in _places(payload):
        for odd in ODD_VALUES:
            yield _changed(payload, place, odd)


def _places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        yield (*place, key)
        yield from _places(member, (*place, key))


def _changed(payload: Any, place: tuple[Any, ...], odd: Any) -> Any:
    changed = copy.deepcopy(payload)
    holder = changed
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] = odd
    return changed


def assert_tolerant(api: Api, cases: list[Case]) -> None:
    """No oddity raises, and what comes out is made of fragments with text that is text."""
    for _, type_, payload, _ in cases:
        for odd in oddities(payload):
            for found in api.fragments(type_, odd):
                assert isinstance(found, Fragment)
                assert all(isinstance(text, str) for text in (found.text, found.id, found.name))
                assert all(type(number) is int for number in (found.choice, found.index))
                assert found.text or found.kind in ("tool", "finish")
            assert api.recognises(type_, odd) in (True, False)
            assert api.done(type_, odd) in (True, False)
            assert all(isinstance(found, Fragment) for found in api.wholes(type_, odd))
            assert all(isinstance(told, str) for told in api.about(odd))


def text(piece: str, choice: int = 0, index: int = 0) -> Fragment:
    return Fragment("text", piece, choice, index)


def reasoning(piece: str, choice: int = 0, index: int = 0) -> Fragment:
    return Fragment("reasoning", piece, choice, index)


def tool(piece: str, choice: int = 0, index: int = 0, call: str = "", name: str = "") -> Fragment:
    return Fragment("tool", piece, choice, index, call, name)


def finish(why: str, choice: int = 0) -> Fragment:
    return Fragment("finish", why, choice)


def usage(counters: str) -> Fragment:
    return Fragment("usage", counters)


def error(message: str, kind: str = "") -> Fragment:
    return Fragment("error", message, name=kind)


def citation(source: str, index: int = 0) -> Fragment:
    return Fragment("citation", source, index=index)


def image(url: str, index: int = 0) -> Fragment:
    return Fragment("image", url, index=index)
