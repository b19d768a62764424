"""What a client said on its line of JSON, and how it ended: untrusted, and read with care.

The smallest line is `{"outcome": "ok"}`. What a line does not have is None here: it was not told, which is something
else than empty.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Literal

from mocksse.providers.turn import ToolCall

How = Literal["told", "silent", "timeout", "crashed", "garbage", "flooded"]
"""told: with its line. silent: ended well, and said nothing, or only the start of a line. garbage: its line is no
result. flooded: it said more than a line can be. crashed: ended with another code than 0, or by a signal, and without
a line."""
_HALF = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Heard:
    """An event as a client shows it, that shows events as they are."""

    type: str
    data: str


@dataclass(frozen=True, slots=True)
class Told:
    """One line."""

    outcome: Literal["ok", "error"]
    text: str | None = None
    reasoning: str | None = None
    tool_calls: tuple[ToolCall, ...] | None = None
    events: tuple[Heard, ...] | None = None
    """None too where they are types alone, without their data."""
    error_type: str = ""
    error_message: str = ""
    attempts: int | None = None


@dataclass(frozen=True, slots=True)
class Ran:
    """How one answer went with a client. `detail`: what is to be said of that beyond `told`."""

    how: How
    told: Told | None = None
    detail: str = ""
    seconds: float = 0.0


class GarbageError(ValueError):
    """A line that is no result: the words say why."""


def read(line: bytes) -> Told:
    """A line of a client. Raises GarbageError."""
    try:
        value = json.loads(line.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        raise GarbageError("it is no JSON") from None
    if not isinstance(value, dict):
        raise GarbageError("it is no JSON object")
    outcome = value.get("outcome")
    if outcome not in ("ok", "error"):
        raise GarbageError('its "outcome" is neither "ok" nor "error"')
    return Told(
        outcome,
        _text(value, "text"),
        _text(value, "reasoning"),
        _calls(value.get("tool_calls")),
        _events(value.get("events")),
        _text(value, "error_type") or "",
        _text(value, "error_message") or "",
        found if isinstance(found := value.get("attempts"), int) else None,
    )


def sound(text: str) -> str:
    """The text with U+FFFD for each half of a surrogate pair: languages differ in what becomes of one."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass") if _HALF.search(text) else text
    return _HALF.sub("\ufffd", whole)


def _text(value: dict[str, Any], name: str) -> str | None:
    found = value.get(name)
    if found is None:
        return None
    if not isinstance(found, str):
        raise GarbageError(f'its "{name}" is no text')
    return sound(found)


def _calls(value: object) -> tuple[ToolCall, ...] | None:
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(call, dict) for call in value):
        raise GarbageError('its "tool_calls" is no list of objects')
    return tuple(
        ToolCall(_word(call.get("id")), _word(call.get("name")), _word(call.get("arguments"))) for call in value
    )


def _word(value: object) -> str:
    """As text, whatever it was: arguments may be told as the object that they are."""
    if value is None:
        return ""
    return sound(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _events(value: object) -> tuple[Heard, ...] | None:
    """Those that have data; objects of another kind tell of connections."""
    if not isinstance(value, list) or not any(isinstance(event, dict) and "data" in event for event in value):
        return None
    return tuple(
        Heard(_word(event.get("type")) or "message", _word(event.get("data")))
        for event in value
        if isinstance(event, dict) and "data" in event
    )
