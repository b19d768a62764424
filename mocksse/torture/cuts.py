"""Where a body can be cut so that a client may stumble: all such cuts, or a sample of them, the same every time."""

from __future__ import annotations

import re
from random import Random
from typing import TYPE_CHECKING

from mocksse.torture.tapes import SEED, tape_of

if TYPE_CHECKING:
    from collections.abc import Iterable

SAMPLE = 8
"""Cuts of one sweep, unless all are asked for."""
_CONTINUED = range(0x80, 0xC0)
_JSON = re.compile(rb"[\[{\"\\:,]")
_LINE = re.compile(rb"(?:data|event|id):", re.ASCII)


def cuts(kind: str, api: str, tape: str, most: int = SAMPLE) -> list[str]:
    """Places as faults have them: `byte:17`, ... `kind` is one of KINDS. At most so many; 0: all."""
    body = tape_of(api, tape).interaction.response.body
    found = sorted(set(KINDS[kind](body)))
    return [f"byte:{offset}" for offset in _sample(found, most, f"{kind}:{api}:{tape}")]


def _sample(found: list[int], most: int, name: str) -> list[int]:
    if not most or len(found) <= most:
        return found
    draw = Random(f"{SEED}:{name}").sample(found[1:-1], most - 2)
    return sorted([found[0], *draw, found[-1]])


def _utf8(body: bytes) -> Iterable[int]:
    """Inside a character of several bytes, in front of each of its bytes but the first."""
    return (i for i, byte in enumerate(body) if byte in _CONTINUED)


def _json(body: bytes) -> Iterable[int]:
    """Behind each mark of JSON's grammar."""
    return (found.end() for found in _JSON.finditer(body) if found.end() < len(body))


def _field(body: bytes) -> Iterable[int]:
    """Inside the names of fields, and right behind their colons."""
    return (found.start() + k for found in _LINE.finditer(body) for k in (2, found.end() - found.start()))


def _newlines(body: bytes) -> Iterable[int]:
    """Between the two line ends behind an event."""
    return (i for found in re.finditer(rb"\r?\n\r?\n", body) for i in range(found.start() + 1, found.end()))


def _events(body: bytes) -> Iterable[int]:
    """Between two events amid the answer."""
    middle = _middle(body)
    return (found.end() for found in re.finditer(rb"\r?\n\r?\n", body) if found.end() in middle)


def _lines(body: bytes) -> Iterable[int]:
    """Right in front of, and right behind, the end of a line."""
    return (i for found in re.finditer(rb"\n", body[:-1]) for i in (found.start(), found.end()))


def _middle(body: bytes) -> Iterable[int]:
    """Anywhere amid the text: behind the reasoning, which not every client shows, and before the last tenth."""
    return range(len(body) // 3, len(body) - len(body) // 10)


KINDS = {
    "utf8": _utf8,
    "json": _json,
    "field": _field,
    "newlines": _newlines,
    "events": _events,
    "lines": _lines,
    "middle": _middle,
}
"""Kinds of cuts by name; each takes a body and gives offsets in it."""
