"""A tool call's arguments as the object that Gemini and Ollama send."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mocksse.providers.lenient import decode

if TYPE_CHECKING:
    from mocksse.providers.turn import ToolCall


def as_object(call: ToolCall) -> dict[str, Any]:
    """The object; empty where the call has no arguments.

    ValueError, for people: the arguments are no JSON object, or have a number that JSON can't hold (1e999).
    """
    found = decode(call.arguments) if call.arguments.strip() else {}
    if not isinstance(found, dict):
        raise ValueError(f"the arguments of {call.name} are no JSON object")
    try:
        json.dumps(found, allow_nan=False)
    except (ValueError, RecursionError):
        raise ValueError(f"the arguments of {call.name} have a value that JSON can't hold") from None
    return found
