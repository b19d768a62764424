"""A JSON body as it is compared: hashes of its parts, what the user said last, the conversation.

A recording is kept for as long as the server runs and text is long, so of each part only the hash is kept. Two bodies
have the same parts where they are the same JSON, in any spelling; 1, 1.0 and true are three different things.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from heapq import nsmallest
from typing import Any

from mocksse.cassette.match.conversation import Turns, last_user_message, turns_of
from mocksse.cassette.match.ignoring import MAX_DEPTH, without
from mocksse.cassette.match.volatile import is_date, plain
from mocksse.providers.lenient import compact

LOOKED_AT = 2000
"""Characters of a path or of a prompt's end whose likeness is weighed."""
_SAMPLE = 512
"""Parts that are weighed against another body's: the same ones of both, so that many parts cost no more than few."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a JSON body is compared by, without what is ignored."""

    parts: frozenset[int]
    """Of each value a hash, the keys that lead to it included; of an object that it is one, of an array its length."""
    sample: frozenset[int]
    said: str
    """The last user message."""
    trigrams: frozenset[str]
    turns: Turns

    def likeness(self, other: Content) -> float:
        """From 0 to 1.5: how alike two bodies are that are not the same. What the user said weighs most."""
        common = len(self.sample & other.sample)
        share = common / (len(self.sample) + len(other.sample) - common)
        prompt = similarity(self.trigrams, other.trigrams) if self.said and other.said else 0.0
        return 0.35 * share + 0.65 * prompt + (0.5 if self.said and self.said == other.said else 0.0)


def parse_json(body: bytes | None) -> Any:
    """The body's JSON value, or None."""
    if not body:
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def content_of(body: bytes | None, ignore: tuple[str, ...]) -> Content | None:
    """The body as it is compared; None where it is no JSON."""
    value = parse_json(body)
    if value is None:
        return None
    value = without(value, ignore)
    said = plain(last_user_message(value), ignore)
    parts = _parts(value, ignore)
    sample = parts if len(parts) <= _SAMPLE else frozenset(nsmallest(_SAMPLE, parts))
    return Content(parts, sample, said, trigrams(said[-LOOKED_AT:]), turns_of(value, ignore))


def _parts(value: Any, ignore: tuple[str, ...]) -> frozenset[int]:
    """Without recursion: a body may be nested deeper than the stack. Below 32 levels a value is its text."""
    found: set[int] = set()
    waiting: list[tuple[Any, int, str, int]] = [(value, 0, "", 0)]
    while waiting:
        item, place, key, depth = waiting.pop()
        if isinstance(item, dict) and depth < MAX_DEPTH:
            found.add(hash((place, "{")))
            waiting += [(inner, hash((place, name)), name, depth + 1) for name, inner in item.items()]
        elif isinstance(item, list) and depth < MAX_DEPTH:
            found.add(hash((place, "[", len(item))))
            waiting += [(inner, hash((place, index)), key, depth + 1) for index, inner in enumerate(item)]
        else:
            found.add(hash((place, *leaf(item, key, ignore))))
    return frozenset(found)


def leaf(value: Any, key: str, ignore: tuple[str, ...]) -> tuple[str, str]:
    """A value as it is compared where it is looked into no further: its type and its text. `key` is the nearest."""
    if is_date(key, value, ignore):
        return "date", ""
    if isinstance(value, str):
        return "text", plain(value, ignore)
    if isinstance(value, (dict, list)):
        return "deep", compact(value)
    return type(value).__name__, repr(value)


def trigrams(text: str) -> frozenset[str]:
    """All three characters in a row; of two texts `similarity` weighs them."""
    padded = f"  {text} "
    return frozenset(padded[i : i + 3] for i in range(len(padded) - 2))


def similarity(mine: frozenset[str], its: frozenset[str]) -> float:
    """From 0 to 1: how many of their trigrams two texts share. Linear, so that a long prompt delays no stream."""
    return 2 * len(mine & its) / (len(mine) + len(its))
