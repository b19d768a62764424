"""What a client made of an answer beside what the stream really said: what was lost, doubled, or garbled.

Pure: two texts in, words out. The first place where they part is named, with what stands there in both.
"""

from __future__ import annotations

import difflib

_AROUND = 24
"""Characters that are shown on each side of a place."""
_MOST = 6
"""Differences that are told."""
_LARGE = 20_000
"""Characters beyond which only the ends that agree are looked at: difflib takes quadratic time."""


def complaint(said: str, got: str, what: str = "text") -> str:
    """Why `got` is not what the stream said; empty where it is."""
    if said == got:
        return ""
    lines = [f"the client's {what} is not what the stream said: {len(got):,} characters of {len(said):,}"]
    lines += [f"  {line}" for line in _differences(said, got)]
    return "\n".join(lines)


def _differences(said: str, got: str) -> list[str]:
    start = _common(said, got)
    end = min(_common(said[::-1], got[::-1]), min(len(said), len(got)) - start)
    ours, theirs = said[start : len(said) - end], got[start : len(got) - end]
    found: list[str] = []
    if max(len(ours), len(theirs)) <= _LARGE:
        matcher = difflib.SequenceMatcher(None, ours, theirs, autojunk=False)
        for tag, a, b, c, d in matcher.get_opcodes():
            if tag != "equal":
                found.append(_told(said, start + a, ours[a:b], theirs[c:d]))
    else:
        found.append(_told(said, start, ours, theirs))
    more = len(found) - _MOST
    return [*found[:_MOST], *([f"and {more} more"] if more > 0 else [])]


def _told(said: str, place: int, lost: str, new: str) -> str:
    behind = f"behind {_shown(said[:place], tail=True)}" if place else "at the start"
    if not new:
        rest = " (all that follows)" if place + len(lost) == len(said) else ""
        return f"lost at {place:,}{rest}: {_shown(lost)}, {behind}"
    if not lost:
        doubled = said[:place].endswith(new) or said[place:].startswith(new)
        return f"{'doubled' if doubled else 'added'} at {place:,}: {_shown(new)}, {behind}"
    why = " (bytes of one character were decoded apart)" if "\ufffd" in new and "\ufffd" not in lost else ""
    return f"garbled at {place:,}: {_shown(new)} for {_shown(lost)}, {behind}{why}"


def _common(one: str, other: str) -> int:
    size = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        size += 1
    return size


def _shown(text: str, *, tail: bool = False) -> str:
    if len(text) <= 2 * _AROUND:
        return repr(text)
    return f"…{text[-_AROUND:]!r}" if tail else f"{text[:_AROUND]!r}…{text[-_AROUND:]!r}"
