"""OpenAI Chat Completions: `chat.completion.chunk`s, a chunk of usage where there is any, [DONE].

Reasoning is no part of OpenAI's own Chat; it goes out as `reasoning_content`, which DeepSeek began and most dialects
share. A call's first chunk has its id and name, and no arguments yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mocksse.providers.encode.speech import CREATED, HEX, Event
from mocksse.providers.encode.spelling import DONE, data

if TYPE_CHECKING:
    from mocksse.providers.encode.speech import Speech

_FIELDS = {"text": "content", "reasoning": "reasoning_content", "refusal": "refusal"}


def encode(speech: Speech) -> list[Event]:
    """All events of an answer, of any number of choices."""
    has_usage = bool(speech.turn.usage)
    head: dict[str, Any] = {
        "id": f"chatcmpl-{speech.token('id', 29)}",
        "object": "chat.completion.chunk",
        "created": CREATED,
        "model": speech.model,
        "service_tier": "default",
        "system_fingerprint": f"fp_{speech.token('fingerprint', 10, HEX)}",
    }
    tail = {"usage": None} if has_usage else {}
    events: list[Event] = []

    def send(at: int, choice: int, delta: dict[str, Any], finish: str | None = None) -> None:
        told = {"index": choice, "delta": delta, "logprobs": None, "finish_reason": finish}
        events.append(Event(data({**head, "choices": [told], **tail}), at))

    for choice in speech.turn.choices:
        text = "" if choice.text or not choice.tool_calls else None
        send(0, choice.index, {"role": "assistant", "content": text, "refusal": None})
    begun = set()
    for at, fragment in enumerate(speech.fragments, 1):
        if fragment.kind != "tool":
            send(at, fragment.choice, {_FIELDS[fragment.kind]: fragment.text})
            continue
        if (fragment.choice, fragment.index) not in begun:
            begun.add((fragment.choice, fragment.index))
            call = speech.call(fragment)
            function = {"name": call.name, "arguments": ""}
            opened = {"index": fragment.index, "id": call.id, "type": "function", "function": function}
            send(at, fragment.choice, {"tool_calls": [opened]})
        if fragment.text:
            piece = {"index": fragment.index, "function": {"arguments": fragment.text}}
            send(at, fragment.choice, {"tool_calls": [piece]})
    if not speech.whole:
        return events
    end = len(speech.fragments) + 1
    for choice in speech.turn.choices:
        send(end, choice.index, {}, choice.finish or "stop")
    if has_usage:
        events.append(Event(data({**head, "choices": [], "usage": dict(speech.turn.usage)}), end))
    events.append(Event(DONE, end))
    return events
