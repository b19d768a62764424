"""Which of several recordings answers: the same request before all, then the same place in a conversation, then text.

Linear in the recordings and in what they hold: parts and trigrams are compared as sets of hashes, and text only where
the conversation leaves several.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocksse.cassette.match.conversation import NO_TURNS
from mocksse.cassette.match.predicate import fits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mocksse.cassette.match.request import Asked
    from mocksse.cassette.match.rules import Rules

_UNKNOWN = 1.0
"""The likeness of a recording that kept no body: less than that of one with the same prompt, and more than others'."""


def fitting(want: Asked, recordings: Sequence[Asked], rules: Rules) -> tuple[int, ...]:
    """The indices of all recordings that satisfy the predicate, in recorded order.

    Of those that do, a path as asked goes before a pattern, and to a HEAD the recording of one before others.
    """
    fit = [index for index, have in enumerate(recordings) if fits(want, have, rules)]
    if any(recordings[i].pattern for i in fit):
        fit = [i for i in fit if recordings[i].path == want.path] or fit
    if want.method == "HEAD":
        fit = [i for i in fit if recordings[i].method == "HEAD"] or fit
    return tuple(fit)


def find(
    want: Asked, recordings: Sequence[Asked], rules: Rules, failed: frozenset[int] = frozenset()
) -> tuple[int, ...]:
    """The indices of the recordings that answer, in recorded order: all those of one and the same request, the best.

    `failed`: recordings of an error or of a stream that broke off. They answer the very request they were made with;
    one that nobody recorded gets a whole answer, if there is any. Where the body is ignored all are the same request.
    """
    fit = fitting(want, recordings, rules)
    if rules.body == "ignore" or len(fit) < 2:
        return fit
    groups: dict[object, list[int]] = {}
    for index in fit:
        groups.setdefault(_identity(recordings[index]), []).append(index)
    if (mine := _identity(want)) is not None and mine in groups:
        return tuple(groups[mine])
    unknown = groups.pop(None, [])
    chosen = _best(want, recordings, list(groups.values()), failed)
    if not chosen or (unknown and _prefers(want, recordings, unknown, chosen, failed)):
        return tuple(unknown)
    return tuple(chosen)


def _identity(request: Asked) -> object:
    """Equal for recordings of one and the same request; None where no body is known."""
    content = request.content if request.ignore else None
    return content.parts if content is not None else request.body


def _best(want: Asked, recordings: Sequence[Asked], groups: list[list[int]], failed: frozenset[int]) -> list[int]:
    """The group of the same JSON, else the most alike of those that did not all fail; the first of equals."""
    if not groups:
        return []
    same = [group for group in groups if is_same(want, recordings[group[0]])]
    if same:
        return same[0]
    groups = [group for group in groups if not failed.issuperset(group)] or groups
    places = [nearness(want, recordings[group[0]]) for group in groups]
    top = max(places)
    groups = [group for group, place in zip(groups, places, strict=True) if place == top]
    return max(groups, key=lambda group: likeness(want, recordings[group[0]])) if len(groups) > 1 else groups[0]


def _prefers(
    want: Asked, recordings: Sequence[Asked], unknown: list[int], chosen: list[int], failed: frozenset[int]
) -> bool:
    """Whether recordings without a body answer rather than the best of those with one."""
    have = recordings[chosen[0]]
    if is_same(want, have):
        return False
    if failed.issuperset(unknown) != failed.issuperset(chosen):
        return failed.issuperset(chosen)
    return likeness(want, have) < _UNKNOWN


def is_same(want: Asked, have: Asked) -> bool:
    """Whether the bodies are the same JSON, or the same bytes."""
    if want.body == have.body:
        return True
    return want.content is not None and have.content is not None and want.content.parts == have.content.parts


def nearness(want: Asked, have: Asked) -> tuple[float, bool, float]:
    """How near two requests are in a conversation, the nearer the larger."""
    mine, its = want.content, have.content
    return (mine.turns if mine else NO_TURNS).nearness(its.turns if its else NO_TURNS)


def likeness(want: Asked, have: Asked) -> float:
    """How alike the bodies are: 2 the same, down to 0; 1 where the recording kept no body."""
    if have.body is None:
        return _UNKNOWN
    if is_same(want, have):
        return 2.0
    mine, its = want.content, have.content
    return 0.0 if mine is None or its is None else mine.likeness(its)
