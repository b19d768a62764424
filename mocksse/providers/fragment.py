"""What one event says, API by API the same: pieces of text, reasoning and tool calls, and how the answer ended.

Fragments are in the order of the event, and what an event holds twice (`reasoning` and `reasoning_details`) is one
fragment. Joining the `text` of all text, reasoning, refusal or tool fragments of one choice and index gives the whole;
only where an API does not number its calls (Gemini, Ollama) does each `name` begin a new one. Where in the bytes of the
event a fragment came from is not kept; `source` finds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from mocksse.providers.lenient import compact, get, string

Kind = Literal["text", "reasoning", "tool", "refusal", "finish", "usage", "error"]


@dataclass(frozen=True, slots=True)
class Fragment:
    """One piece. `text` is, by kind:

    text, reasoning, refusal: the piece itself, never empty.
    tool: a piece of the arguments as JSON text, empty where only `id` or `name` came; these may be repeated.
    finish: the API's own word for why, empty where it gives none.
    usage: the API's own counters as a JSON object. Cumulative: a later one replaces an earlier one, key by key.
    error: the message for people.
    """

    kind: Kind
    text: str
    choice: int = 0
    """Which of several answers (`n` of OpenAI, candidates of Gemini)."""
    index: int = 0
    """Which tool call, content block or output item of that answer, as the API numbers it; else its place."""
    id: str = ""
    name: str = ""


def piece(kind: Kind, text: str, choice: int = 0, index: int = 0) -> tuple[Fragment, ...]:
    """The fragment, or none where there is no text."""
    return (Fragment(kind, text, choice, index),) if text else ()


def call(text: str, choice: int = 0, index: int = 0, *, call_id: str = "", name: str = "") -> tuple[Fragment, ...]:
    """A tool fragment, or none where nothing is known of the call."""
    return (Fragment("tool", text, choice, index, call_id, name),) if text or call_id or name else ()


def arguments(value: Any) -> str:
    """A tool call's arguments as JSON text: most APIs send pieces of that text, some the object at once."""
    if isinstance(value, str):
        return value
    return "" if value is None else compact(value)


def usage(value: Any) -> tuple[Fragment, ...]:
    """Counters; none for null, an empty object, and an object of nothing but nulls."""
    if isinstance(value, dict) and any(count is not None for count in value.values()):
        return piece("usage", compact(value))
    return ()


def error(payload: Any) -> tuple[Fragment, ...]:
    """What nearly every API has at the top of an event or body: {"error": {"message": ...}} or {"error": "..."}."""
    found = get(payload, "error")
    return piece("error", string(found, "message") or arguments(found)) if found else ()
