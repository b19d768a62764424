"""What an answer comes to, as `show` prints it: JSON, or one lane of it as text.

docs/show.md has every field. Empty is "no such thing in this stream": null for one value, an empty list for several.
"""

from __future__ import annotations

import json
from base64 import b64decode
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mocksse.providers.turn import Choice, ToolCall, Turn

Lane = Literal["text", "reasoning", "tools"]


def turn_json(turn: Turn, missing: Iterable[str]) -> dict[str, Any]:
    """The turn as `--json` has it. Text, reasoning, refusal and finish at its top are those of the first choice."""
    first = turn.first
    return {
        "id": turn.id or None,
        "model": turn.model or None,
        "text": first.text,
        "reasoning": first.reasoning,
        "refusal": first.refusal or None,
        "tool_calls": [_call(call, choice) for choice in turn.choices for call in choice.tool_calls],
        "finish": first.finish or None,
        "usage": dict(turn.usage),
        "errors": [
            {"message": message, "type": kind or None}
            for message, kind in zip(turn.errors, turn.error_types, strict=True)
        ],
        "citations": [json.loads(source) for source in turn.citations],
        "images": [_image(url) for url in turn.images],
        "done": turn.done,
        "choices": [_choice(choice) for choice in turn.choices],
        "missing": list(missing),
    }


def _choice(choice: Choice) -> dict[str, Any]:
    return {
        "index": choice.index,
        "text": choice.text,
        "reasoning": choice.reasoning,
        "refusal": choice.refusal or None,
        "tool_calls": [_call(call, choice) for call in choice.tool_calls],
        "finish": choice.finish or None,
    }


def _call(call: ToolCall, choice: Choice) -> dict[str, Any]:
    return {"id": call.id or None, "name": call.name, "arguments": call.arguments, "choice": choice.index}


def _image(url: str) -> dict[str, Any]:
    """A URL as it is; of an image within the stream its type and size, as it may have megabytes."""
    head, found, data = url.partition(";base64,")
    if not found or not head.startswith("data:"):
        return {"url": url}
    try:
        size: int | None = len(b64decode(data))
    except ValueError:  # cut off
        size = None
    return {"media_type": head.removeprefix("data:"), "bytes": size}


def lane_text(turn: Turn, lane: Lane) -> Iterator[tuple[int, str]]:
    """(index of the choice, its text in this lane), for every choice that has any; tool calls are one a line."""
    for choice in turn.choices:
        text = "\n".join(map(_call_line, choice.tool_calls)) if lane == "tools" else _said(choice, lane)
        if text:
            yield choice.index, text


def _said(choice: Choice, lane: Lane) -> str:
    return choice.reasoning if lane == "reasoning" else choice.text or choice.refusal


def _call_line(call: ToolCall) -> str:
    """`get_weather {"city":"Paris"}  call_1`; on one line, whatever white space the arguments have between tokens."""
    try:
        arguments = json.dumps(json.loads(call.arguments or "{}"), ensure_ascii=False, separators=(",", ":"))
    except (ValueError, RecursionError):
        arguments = call.arguments
    return "  ".join(filter(None, (f"{call.name} {arguments}", call.id)))
