"""Anthropic Messages: message_start, one content block after another, message_delta, message_stop.

A ping comes behind the first block's start, as it does in nearly every recording. A thinking block ends with its
signature; a made-up one, which Anthropic would not take back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mocksse.providers.encode.blocks import steps
from mocksse.providers.encode.speech import Event
from mocksse.providers.encode.spelling import named

if TYPE_CHECKING:
    from mocksse.providers.encode.blocks import Block
    from mocksse.providers.encode.speech import Speech

_NO_USAGE = {"input_tokens": 0, "output_tokens": 0}
"""The field is never missing."""
_SIGNATURE = 172
_DELTAS = {
    "text": ("text_delta", "text"),
    "reasoning": ("thinking_delta", "thinking"),
    "tool": ("input_json_delta", "partial_json"),
}


def encode(speech: Speech) -> list[Event]:
    """All events of an answer; text, reasoning and tool calls of its first choice."""
    usage = dict(speech.turn.usage) or _NO_USAGE
    message: dict[str, Any] = {
        "model": speech.model,
        "id": f"msg_{_id(speech, 'id')}",
        "type": "message",
        "role": "assistant",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {**usage, "output_tokens": min(1, usage.get("output_tokens") or 0)},
    }
    events = [Event(named({"type": "message_start", "message": message}), 0)]
    for step in steps(speech):
        index = step.block.index
        match step.what:
            case "open":
                events.append(_event(step.at, "content_block_start", index, content_block=_block(speech, step.block)))
                if index == 0:
                    events.append(Event(named({"type": "ping"}), step.at))
            case "piece":
                kind, field = _DELTAS[step.block.kind]
                events.append(_delta(step.at, index, kind, field, step.text))
            case "close":
                if step.block.kind == "reasoning":
                    signature = _signature(speech, index)
                    events.append(_delta(step.at, index, "signature_delta", "signature", signature))
                events.append(_event(step.at, "content_block_stop", index))
    if not speech.whole:
        return events
    end = len(speech.fragments) + 1
    delta = {"stop_reason": speech.turn.first.finish or "end_turn", "stop_sequence": None}
    events.append(Event(named({"type": "message_delta", "delta": delta, "usage": usage}), end))
    events.append(Event(named({"type": "message_stop"}), end))
    return events


def _event(at: int, kind: str, index: int, **more: Any) -> Event:
    return Event(named({"type": kind, "index": index, **more}), at)


def _delta(at: int, index: int, kind: str, field: str, text: str) -> Event:
    return _event(at, "content_block_delta", index, delta={"type": kind, field: text})


def _block(speech: Speech, block: Block) -> dict[str, Any]:
    if block.kind == "tool":
        call = speech.turn.first.tool_calls[block.call]
        return {"type": "tool_use", "id": call.id, "name": call.name, "input": {}}
    if block.kind == "reasoning":
        return {"type": "thinking", "thinking": "", "signature": ""}
    return {"type": "text", "text": ""}


def _id(speech: Speech, label: str) -> str:
    return f"01{speech.token(label, 22)}"


def _signature(speech: Speech, index: int) -> str:
    return "".join(speech.token(f"signature {index} {part}", _SIGNATURE // 4) for part in range(4))
