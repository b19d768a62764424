"""Google Gemini with alt=sse: chunks of parts, each with the usage so far; the one with a finishReason is the last.

Nothing ends the stream but its end. Calls are parts of their own, each whole: their arguments have to be JSON objects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mocksse.providers.encode.arguments import as_object
from mocksse.providers.encode.speech import Event, whole_calls
from mocksse.providers.encode.spelling import crlf

if TYPE_CHECKING:
    from mocksse.providers.encode.speech import Speech
    from mocksse.providers.turn import ToolCall

_AT_ONCE = ("promptTokenCount", "promptTokensDetails", "cachedContentTokenCount")
"""Counters that are known before anything is said."""


def encode(speech: Speech) -> list[Event]:
    """All events of an answer; text, reasoning and tool calls of any number of choices. ValueError as `as_object`."""
    so_far = {key: count for key, count in speech.turn.usage.items() if key in _AT_ONCE}
    if "promptTokenCount" in so_far:
        so_far["totalTokenCount"] = so_far["promptTokenCount"]
    tail = {"modelVersion": speech.model, "responseId": speech.token("id", 23)}
    events: list[Event] = []

    def send(at: int, choice: int, part: dict[str, Any], usage: dict[str, Any], finish: str = "") -> None:
        candidate: dict[str, Any] = {"content": {"parts": [part], "role": "model"}}
        if finish:
            candidate["finishReason"] = finish
        counted = {"usageMetadata": usage} if usage else {}
        candidate["index"] = choice
        events.append(Event(crlf({"candidates": [candidate], **counted, **tail}), at))

    due = whole_calls(speech)
    for at, fragment in enumerate(speech.fragments, 1):
        if fragment.kind != "tool":
            thought = {"thought": True} if fragment.kind == "reasoning" else {}
            send(at, fragment.choice, {"text": fragment.text, **thought}, so_far)
        for ended in due.get(at - 1, ()):
            send(at, ended.choice, {"functionCall": _function(speech.call(ended))}, so_far)
    if speech.whole:
        for choice in speech.turn.choices:
            finish = choice.finish or "STOP"
            send(len(speech.fragments) + 1, choice.index, {"text": ""}, dict(speech.turn.usage), finish)
    return events


def _function(call: ToolCall) -> dict[str, Any]:
    return {"name": call.name, "args": as_object(call), **({"id": call.id} if call.id else {})}
