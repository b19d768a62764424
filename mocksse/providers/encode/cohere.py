"""Cohere's Chat, version 2: message-start, contents and tool calls, message-end, [DONE].

Contents and calls are numbered each by themselves. Reasoning is a content of type thinking; a `tool_plan`, which older
models have in its place, is never made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mocksse.providers.encode.blocks import steps
from mocksse.providers.encode.speech import HEX, Event
from mocksse.providers.encode.spelling import DONE, named

if TYPE_CHECKING:
    from mocksse.providers.encode.speech import Speech

_FIELDS = {"text": "text", "reasoning": "thinking"}


def encode(speech: Speech) -> list[Event]:
    """All events of an answer; text, reasoning and tool calls of its first choice."""
    begun = {"role": "assistant", "content": [], "tool_plan": "", "tool_calls": [], "citations": []}
    head = {"id": _uuid(speech), "type": "message-start", "delta": {"message": begun}}
    events = [Event(named(head), 0)]
    contents: dict[int, int] = {}
    for step in steps(speech):
        block = step.block
        if block.kind == "tool":
            said: Any = {"function": {"arguments": step.text}}
            if step.what == "open":
                call = speech.turn.first.tool_calls[block.call]
                said = {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": ""}}
            names, index, message = _TOOL, block.call, {"tool_calls": said}
        else:
            field = _FIELDS[block.kind]
            kind = {"type": field} if step.what == "open" else {}
            names, index = _CONTENT, contents.setdefault(block.index, len(contents))
            message = {"content": {**kind, field: step.text}}
        payload: dict[str, Any] = {"type": names[step.what], "index": index}
        if step.what != "close":
            payload["delta"] = {"message": message}
        events.append(Event(named(payload), step.at))
    if not speech.whole:
        return events
    end = len(speech.fragments) + 1
    delta: dict[str, Any] = {"finish_reason": speech.turn.first.finish or "COMPLETE"}
    if speech.turn.usage:
        delta["usage"] = dict(speech.turn.usage)
    events += [Event(named({"type": "message-end", "delta": delta}), end), Event(DONE, end)]
    return events


_CONTENT = {"open": "content-start", "piece": "content-delta", "close": "content-end"}
_TOOL = {"open": "tool-call-start", "piece": "tool-call-delta", "close": "tool-call-end"}


def _uuid(speech: Speech) -> str:
    digits = speech.token("id", 32, HEX)
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"
