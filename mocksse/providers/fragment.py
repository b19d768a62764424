"""What one event says, API by API the same: pieces of text, reasoning and tool calls, and how the answer ended.

Fragments are in the order of the event, and what an event holds twice (`reasoning` and `reasoning_details`) is one
fragment. Joining the `text` of all text, reasoning, refusal or tool fragments of one choice and index gives the whole;
only where an API does not number its calls (Gemini, Ollama) does each `name` begin a new one, and only where a piece
has a `path` is it a value within the arguments. `turn` puts all of it together. Where in the bytes of the event a
fragment came from is not kept; `source` finds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from mocksse.providers.lenient import compact, get, string

if TYPE_CHECKING:
    from collections.abc import Iterable

Kind = Literal["text", "reasoning", "tool", "refusal", "citation", "image", "finish", "usage", "error"]

GENERATED: frozenset[Kind] = frozenset({"text", "reasoning", "refusal", "tool"})
"""What the model wrote, piece by piece; the other kinds are told of the answer."""
LARGE_BYTES = 1024
"""A piece with more text than that was hardly streamed: something on the way has collected it."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """One piece. `text` is, by kind:

    text, reasoning, refusal: the piece itself, never empty.
    tool: a piece of the arguments as JSON text, empty where only `id` or `name` came; these may be repeated.
    citation: the source as the API describes it, a JSON object or string.
    image: its URL, or a data: URL.
    finish: the API's own word for why, empty where it gives none. `name`: how the answer stands, if it says both.
    usage: the API's own counters as a JSON object. Cumulative: a later one replaces an earlier one, key by key.
    error: the message for people. `name`: its type, where it has one.
    """

    kind: Kind
    text: str
    choice: int = 0
    """Which of several answers (`n` of OpenAI, candidates of Gemini)."""
    index: int = 0
    """Which tool call, content block or output item of that answer, as the API numbers it; else its place."""
    id: str = ""
    name: str = ""
    path: str = ""
    """JSONPath of the value that a piece of a tool call is of; empty where pieces are JSON text."""
    quoted: bool = False
    """Of a piece with a path: it is a piece of a string."""


def is_large(fragment: Fragment) -> bool:
    """Whether this is too much for one piece of what a model wrote."""
    text = fragment.text
    if fragment.kind not in GENERATED or len(text) * 4 <= LARGE_BYTES:  # a character has four bytes at most
        return False
    return len(text) > LARGE_BYTES or len(text.encode("utf-8", "replace")) > LARGE_BYTES


def piece(kind: Kind, text: str, choice: int = 0, index: int = 0) -> tuple[Fragment, ...]:
    """The fragment, or none where there is no text."""
    return (Fragment(kind, text, choice, index),) if text else ()


def call(text: str, choice: int = 0, index: int = 0, *, call_id: str = "", name: str = "") -> tuple[Fragment, ...]:
    """A tool fragment, or none where nothing is known of the call."""
    return (Fragment("tool", text, choice, index, call_id, name),) if text or call_id or name else ()


def sources(found: Iterable[Any], choice: int = 0, index: int = 0) -> tuple[Fragment, ...]:
    """A citation for each source that is an object or a text, such as a URL."""
    told = [one for one in found if one and isinstance(one, dict | str)]
    return tuple(Fragment("citation", compact(one), choice, index) for one in told)


def image(data: str, media_type: str, choice: int = 0, index: int = 0) -> tuple[Fragment, ...]:
    """An image by its base64 text; none where there is none."""
    return piece("image", f"data:{media_type or 'image/png'};base64,{data}" if data else "", choice, index)


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
    if not found:
        return ()
    told = string(found, "type") or string(found, "status") or string(payload, "error_type")
    return failure(string(found, "message") or arguments(found), told)


def failure(message: str, kind: str = "") -> tuple[Fragment, ...]:
    """An error by its message and its type; none without a message."""
    return (Fragment("error", message, name=kind),) if message else ()
