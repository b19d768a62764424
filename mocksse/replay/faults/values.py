"""How a fault's values are written: places, durations, sizes, counts. Text to value, and a clear word for what is none.

A duration and a size never go without their unit where a number alone would be a guess: `10ms`, `10s`, `5m`; a size in
plain bytes is a number, or `64KiB`, `1MiB`, and either with `+1` behind it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mocksse import limits
from mocksse.errors import UsageError, nearest
from mocksse.replay.faults.fault import NAMED, NUMBERED, Place

if TYPE_CHECKING:
    from mocksse.replay.faults.fault import Param

_DURATION = re.compile(r"(\d{1,15}(?:\.\d{1,9})?)(us|ms|s|m|h)", re.ASCII)
_US = {"us": 1, "ms": 1000, "s": 1_000_000, "m": 60_000_000, "h": 3_600_000_000}
_SIZE = re.compile(r"(\d{1,15})(B|KiB|MiB|kB|MB)?(?:\+(\d{1,15}))?", re.ASCII)
_BYTES = {None: 1, "B": 1, "KiB": 1024, "MiB": 1024**2, "kB": 1000, "MB": 1000**2}
_NUMBER = re.compile(r"\d{1,15}(?:\.\d{1,9})?", re.ASCII)
_SIGNED = re.compile(r"[+-]?\d{1,15}", re.ASCII)
_WHOLE = re.compile(r"\d{1,15}", re.ASCII)


def parse_value(param: Param, text: str) -> Any:
    """What `text` says for this parameter. Raises UsageError."""
    match param.unit:
        case "place":
            return parse_place(text, head="head" in param.words)
        case "duration":
            return parse_duration(text)
        case "size":
            return parse_size(text)
        case "count":
            return parse_count(text)
        case "integer":
            if not _SIGNED.fullmatch(text):
                raise UsageError(f"{shown(text)} is not a whole number")
            return int(text)
        case "word":
            if text not in param.words:
                raise UsageError(f"{shown(text)} is none of {', '.join(param.words)}", nearest(text, param.words))
            return text
        case "text":
            return text


def parse_place(text: str, *, head: bool = True) -> Place:
    """`event:5`, `byte:100`, `percent:50`, `ms:300`, or a named place. Raises UsageError."""
    kind, colon, number = text.partition(":")
    if kind in NAMED and not colon:
        if kind == "head" and not head:
            raise UsageError("at=head is before the answer begins; this fault needs a place in the body", "use event:0")
        return Place(kind)
    if kind not in NUMBERED:
        known = [*NAMED, *(f"{name}:N" for name in NUMBERED)]
        close = nearest(kind, [*NAMED, *NUMBERED])
        raise UsageError(f"no place is called {shown(text)}", close or f"places are {', '.join(known)}")
    if not colon:
        raise UsageError(f"{kind} needs a number", f"such as {kind}:5")
    whole = kind in {"event", "byte"}
    if not (_WHOLE if whole else _NUMBER).fullmatch(number):
        raise UsageError(f"{shown(number)} is not {'a whole number' if whole else 'a number'} of 0 or more")
    value = float(number)
    if kind == "percent" and value > 100:
        raise UsageError(f"percent:{number} is more than 100")
    if value > limits.MAX_WAIT_MS:
        raise UsageError(f"{kind}: {shown(number)} is too large")
    return Place(kind, value)


def parse_duration(text: str) -> int:
    """Microseconds. Raises UsageError."""
    if text == "0":
        return 0
    found = _DURATION.fullmatch(text)
    if found is None:
        if _NUMBER.fullmatch(text):
            raise UsageError(f"{text[:20]} of what?", f"a duration has its unit: {text[:15]}ms or {text[:15]}s")
        if text in {"ever", "forever", "inf"}:
            raise UsageError(f"{shown(text)} is no duration", "silence for ever is a fault of its own: hang")
        raise UsageError(f"{shown(text)} is no duration", "such as 300ms, 10s or 5m")
    us = float(found[1]) * _US[found[2]]
    if us > limits.MAX_WAIT_MS * 1000:
        raise UsageError(f"{text} is too long")
    return round(us)


def parse_size(text: str) -> int:
    """Bytes, 1 or more. Raises UsageError."""
    found = _SIZE.fullmatch(text)
    if found is None:
        raise UsageError(f"{shown(text)} is no size", "such as 4096, 64KiB or 1MiB+1")
    size = int(found[1]) * _BYTES[found[2]] + int(found[3] or 0)
    if not 1 <= size <= limits.MAX_FAULT_BYTES:
        raise UsageError(f"{text} is not from 1 byte to {limits.MAX_FAULT_BYTES // limits.MIB} MiB")
    return size


def parse_count(text: str) -> int:
    """A whole number of 1 or more. Raises UsageError."""
    if text.isascii() and text.isdigit() and len(text) > 15:
        raise UsageError(f"{shown(text)} is too large")
    if not _WHOLE.fullmatch(text) or int(text) == 0:
        raise UsageError(f"{shown(text)} is not a whole number of 1 or more")
    return int(text)


def shown(text: str) -> str:
    """A value as an error has it: in quotes, and no longer than one wants to read."""
    return repr(text if len(text) <= 60 else f"{text[:57]}...")
