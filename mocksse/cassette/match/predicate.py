"""Whether a recording answers a request at all: method, path, query, chosen headers, stream, and a body on demand.

`head_differences` is the one definition of the first five; of the body `body_fits` decides by hashes and
`body_differences` says where, and they agree. A recording that kept no body answers any.
"""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Any

from mocksse.cassette.match.body import leaf, parse_json
from mocksse.cassette.match.conversation import last_user
from mocksse.cassette.match.difference import ABSENT, Difference, differing, json_path
from mocksse.cassette.match.ignoring import MAX_DEPTH, without
from mocksse.cassette.match.request import ANY_PATH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mocksse.cassette.match.request import Asked
    from mocksse.cassette.match.rules import Rules

MOST = 8
"""Differences of a body, and of a query, that are listed."""


def fits(want: Asked, have: Asked, rules: Rules) -> bool:
    """Whether the recording answers the request."""
    return not any(_head(want, have, rules)) and body_fits(want, have, rules)


def head_differences(want: Asked, have: Asked, rules: Rules) -> tuple[Difference, ...]:
    """What differs of all but the body."""
    return tuple(differing(*found) for found in islice(_head(want, have, rules), MOST))


def _head(want: Asked, have: Asked, rules: Rules) -> Iterator[tuple[str, object, object]]:
    """Field, asked and recorded value. A look at the head is allowed wherever the whole is."""
    if not have.serves(want):
        yield "path", want.path, have.path
    if have.method and want.method not in {have.method, "HEAD"}:
        yield "method", want.method, have.method
    if rules.query != "ignore" and want.query != have.query and have.path != ANY_PATH:
        yield from _query(want.query, have.query, subset=rules.query == "subset")
    if have.headers:
        given = dict(want.headers)
        for name, value in have.headers:
            if given.get(name) != value:
                yield f"header {name}", given.get(name, ABSENT), value
    if want.stream is not None and have.stream is not None and want.stream != have.stream:
        yield "stream", want.stream, have.stream


def _query(
    want: tuple[tuple[str, str], ...], have: tuple[tuple[str, str], ...], *, subset: bool
) -> Iterator[tuple[str, object, object]]:
    """By name. `subset`: what was asked may have more."""
    mine, its = _by_name(want), _by_name(have)
    for name in its if subset else {**its, **mine}:
        asked, recorded = mine.get(name, []), its.get(name, [])
        if Counter(recorded) - Counter(asked) if subset else asked != recorded:
            yield f"query.{name}", _one(asked), _one(recorded)


def _by_name(pairs: tuple[tuple[str, str], ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def _one(values: list[str]) -> object:
    return ABSENT if not values else values[0] if len(values) == 1 else values


def body_fits(want: Asked, have: Asked, rules: Rules) -> bool:
    """Whether the bodies agree as far as the rules demand. A look at the head has no body to be held against."""
    if not rules.demands_body or have.body is None or want.body == have.body or want.method == "HEAD":
        return True
    mine, its = want.content, have.content
    if mine is None or its is None:
        return False
    if rules.body == "subset":
        return its.parts <= mine.parts
    if rules.body == "last-user-message" and (mine.said or its.said):
        return mine.said == its.said
    return mine.parts == its.parts


def body_differences(want: Asked, have: Asked, rules: Rules) -> tuple[Difference, ...]:
    """Where the bodies differ as far as the rules demand, the first of it; empty where they fit."""
    if body_fits(want, have, rules):
        return ()
    mine, its = parse_json(want.body), parse_json(have.body)
    if mine is None or its is None:
        return (differing("$", _decoded(want.body), _decoded(have.body)),)
    mine, its = without(mine, want.ignore), without(its, have.ignore)
    if rules.body == "last-user-message":
        (place, said), (other, recorded) = last_user(mine), last_user(its)
        if said or recorded:
            return (differing(json_path(place or other), said if place else ABSENT, recorded if other else ABSENT),)
    places = _places(mine, its, (), rules.body == "subset", want.ignore)
    found = tuple(differing(json_path(keys), a, b, _name(keys)) for keys, a, b in islice(places, MOST))
    return found or (differing("$", mine, its),)


def _places(
    mine: Any, its: Any, keys: tuple[str | int, ...], subset: bool, ignore: tuple[str, ...]
) -> Iterator[tuple[tuple[str | int, ...], Any, Any]]:
    """Where two values differ, in the order of the recorded one."""
    if len(keys) < MAX_DEPTH and isinstance(mine, dict) and isinstance(its, dict):
        for key in its if subset else {**its, **mine}:
            yield from _places(mine.get(key, ABSENT), its.get(key, ABSENT), (*keys, key), subset, ignore)
    elif len(keys) < MAX_DEPTH and isinstance(mine, list) and isinstance(its, list):
        for index in range(max(len(mine), len(its))):
            asked = mine[index] if index < len(mine) else ABSENT
            recorded = its[index] if index < len(its) else ABSENT
            yield from _places(asked, recorded, (*keys, index), subset, ignore)
    elif mine is ABSENT or its is ABSENT or leaf(mine, _name(keys), ignore) != leaf(its, _name(keys), ignore):
        yield keys, mine, its


def _name(keys: tuple[str | int, ...]) -> str:
    """The nearest key that is a name."""
    return next((key for key in reversed(keys) if isinstance(key, str)), "")


def _decoded(body: bytes | None) -> object:
    return ABSENT if body is None else body.decode("utf-8", "replace")
