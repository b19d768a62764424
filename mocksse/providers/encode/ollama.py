"""Ollama's chat: a line for each piece, calls whole, and a last line with `done`, its reason and the figures.

Calls have the ids that Ollama gives them since version 0.12, and their arguments have to be JSON objects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mocksse.providers.encode.arguments import as_object
from mocksse.providers.encode.speech import Event, whole_calls
from mocksse.providers.encode.spelling import line

if TYPE_CHECKING:
    from mocksse.providers.encode.speech import Speech
    from mocksse.providers.fragment import Fragment


def encode(speech: Speech) -> list[Event]:
    """All lines of an answer; text, reasoning and tool calls of its first choice. ValueError as `as_object` has it."""
    events: list[Event] = []

    def send(at: int, said: dict[str, Any], done: dict[str, Any]) -> None:
        message = {"role": "assistant", "content": "", **said}
        head = {"model": speech.model, "created_at": moment(speech.at_us[at]), "message": message}
        events.append(Event(line({**head, **done}), at))

    due = whole_calls(speech)
    for at, fragment in enumerate(speech.fragments, 1):
        if fragment.kind != "tool":
            send(at, {"content" if fragment.kind == "text" else "thinking": fragment.text}, {"done": False})
        for ended in due.get(at - 1, ()):
            send(at, {"tool_calls": [_call(speech, ended)]}, {"done": False})
    if speech.whole:
        done = {"done": True, "done_reason": speech.turn.first.finish or "stop"}
        send(len(speech.fragments) + 1, {}, {**done, **_figures(speech)})
    return events


def _call(speech: Speech, ended: Fragment) -> dict[str, Any]:
    call = speech.call(ended)
    function = {"index": ended.index, "name": call.name, "arguments": as_object(call)}
    return {**({"id": call.id} if call.id else {}), "function": function}


def _figures(speech: Speech) -> dict[str, Any]:
    """The counters, with the durations that the times give, in nanoseconds; nothing where nothing was counted."""
    if not speech.turn.usage:
        return {}
    first, end = speech.at_us[0] * 1000, speech.at_us[-1] * 1000
    durations = {
        "total_duration": end,
        "load_duration": 0,
        "prompt_eval_duration": first,
        "eval_duration": max(0, end - first),
    }
    return {**durations, **speech.turn.usage}


def moment(us: int) -> str:
    """RFC 3339, so many microseconds behind the made-up beginning of all answers."""
    seconds, us = divmod(us, 1_000_000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    return f"2026-01-{min(days + 1, 31):02}T{hours:02}:{minutes:02}:{seconds:02}.{us:06}Z"
