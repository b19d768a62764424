"""How an answer says that it ended, changed to another of its API's own words: cut off by a limit, failed, with calls.

OpenAI's Responses says it by the type of its last event and by that event's response; all others by a word, of which
each has its own set.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mocksse.replay.faults.fault import Refused
from mocksse.replay.faults.payload.aim import api_of, sources
from mocksse.replay.faults.payload.json_body import add, change, payloads
from mocksse.wire.json_spans import encode_string

if TYPE_CHECKING:
    from mocksse.replay.draft import Layout
    from mocksse.replay.faults.payload.json_body import Change, Payload

How = Literal["incomplete", "failed", "calls"]

_WORDS: dict[str, dict[How, str]] = {
    "openai-chat": {"incomplete": "length", "failed": "content_filter", "calls": "tool_calls"},
    "openai-completions": {"incomplete": "length", "failed": "content_filter"},
    "anthropic": {"incomplete": "max_tokens", "failed": "refusal", "calls": "tool_use"},
    "gemini": {"incomplete": "MAX_TOKENS", "failed": "SAFETY"},
    "cohere": {"incomplete": "MAX_TOKENS", "failed": "ERROR", "calls": "TOOL_CALL"},
    "bedrock": {"incomplete": "max_tokens", "failed": "content_filtered", "calls": "tool_use"},
    "ollama": {"incomplete": "length"},
    "llamacpp": {"incomplete": "limit"},
    "tgi": {"incomplete": "length"},
}
_DETAILS: dict[How, tuple[str, bytes]] = {
    "incomplete": ("incomplete_details", b'{"reason":"max_output_tokens"}'),
    "failed": ("error", b'{"code":"server_error","message":"The model failed to generate a response."}'),
}


_RESPONSE_ENDS = frozenset({"response.completed", "response.incomplete", "response.failed"})


@dataclass(frozen=True, slots=True)
class Ending:
    """Changes of values, and events by their index that get another type."""

    changes: tuple[tuple[Payload, Change], ...]
    types: dict[int, str]


def ended(layout: Layout, how: How) -> Ending:
    """What makes the answer end so, nothing where it does already; Refused where its API has no word for it."""
    api = api_of(layout)
    if api.name == "openai-responses":
        return _response_ended(layout, how)
    found = [(event, path) for event in payloads(layout) for _, path in sources(layout, event, "finish")]
    if not found:
        raise Refused("no finish reason in this stream")
    changes: list[tuple[Payload, Change]] = []
    for event, path in found:
        word = _WORDS.get(event.api, {}).get(how)
        if word is None:
            raise Refused(f"{api.title} has no finish reason that says so")
        made = change(event, path, encode_string(word, ascii=True))
        if made and event.at(path) != word:
            changes.append((event, made))
    return Ending(tuple(changes), {})


def _response_ended(layout: Layout, how: How) -> Ending:
    last = next((event for event in payloads(layout) if event.type in _RESPONSE_ENDS), None)
    if last is None:
        raise Refused("no terminal event in this stream")
    type_ = f"response.{how}"
    if last.type == type_ or how not in _DETAILS:
        return Ending((), {})
    key, details = _DETAILS[how]
    made = [
        change(last, ("type",), encode_string(type_, ascii=True)),
        change(last, ("response", "status"), encode_string(how, ascii=True)),
        change(last, ("response", key), details) or add(last, ("response",), key, details),
    ]
    return Ending(tuple((last, c) for c in made if c), {last.index: type_})
