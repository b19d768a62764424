"""OpenAI Responses, also as Azure, xAI, DeepSeek, OpenRouter and Bedrock serve it.

An event's type is in its payload; OpenRouter and one of Bedrock's routes send no `event:` line at all. Deltas count:
finished items and the final response repeat them, and are read only for what no delta brought.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mocksse.providers import fragment
from mocksse.providers.api import Api, route
from mocksse.providers.fragment import Fragment, Kind, arguments, call, failure, piece
from mocksse.providers.lenient import array, get, integer, string

_DELTAS: dict[str, Kind] = {
    "response.output_text.delta": "text",
    "response.reasoning_summary_text.delta": "reasoning",
    "response.reasoning_text.delta": "reasoning",
    "response.refusal.delta": "refusal",
    "response.function_call_arguments.delta": "tool",
    "response.custom_tool_call_input.delta": "tool",
    "response.mcp_call_arguments.delta": "tool",
}
_CALLS = frozenset({"function_call", "custom_tool_call", "mcp_call"})
_PARTS: dict[str, tuple[Kind, str]] = {"output_text": ("text", "text"), "refusal": ("refusal", "refusal")}
_ITEMS = frozenset({"response.output_item.added", "response.output_item.done"})
_ENDS = frozenset({"response.completed", "response.incomplete", "response.failed", "response.cancelled"})


def fragments(event_type: str, payload: Any) -> tuple[Fragment, ...]:
    """What a streaming event says; `index` is its output_index."""
    event_type = string(payload, "type") or event_type
    if kind := _DELTAS.get(event_type):
        return piece(kind, string(payload, "delta"), index=integer(payload, "output_index"))
    if event_type == "response.output_item.added":
        return tuple(replace(found, text="") for found in _item(payload) if found.kind == "tool")
    if event_type == "response.output_text.annotation.added":
        return fragment.sources([get(payload, "annotation")], index=integer(payload, "output_index"))
    if event_type in _ENDS:
        return _end(get(payload, "response"))
    if event_type == "error":  # both forms are in use
        return fragment.error(payload) or failure(string(payload, "message"), string(payload, "code"))
    return _end(payload) if get(payload, "object") == "response" else fragment.error(payload)


def _end(response: Any) -> tuple[Fragment, ...]:
    status = string(response, "status")
    why = string(response, "incomplete_details", "reason")
    finish = Fragment("finish", why, name=status) if why else Fragment("finish", status)
    return (finish, *fragment.usage(get(response, "usage")), *fragment.error(response))


def wholes(event_type: str, payload: Any) -> tuple[Fragment, ...]:
    """The item that begins or is finished, the final response, or the body that is one."""
    event_type = string(payload, "type") or event_type
    if event_type in _ITEMS:
        return _item(payload)
    if event_type == "response.image_generation_call.partial_image":
        kind = f"image/{string(payload, 'output_format') or 'png'}"
        return fragment.image(string(payload, "partial_image_b64"), kind, index=integer(payload, "output_index"))
    response = get(payload, "response") if event_type in _ENDS else payload
    if get(response, "object") != "response":
        return ()
    items = enumerate(array(response, "output"))
    return tuple(found for at, item in items for found in _item({"item": item, "output_index": at}))


def _item(payload: Any) -> tuple[Fragment, ...]:
    """What an output item has, as far as it is there."""
    item, at = get(payload, "item"), integer(payload, "output_index")
    kind = string(item, "type")
    if kind in _CALLS:
        text = arguments(get(item, "arguments") or get(item, "input"))
        return call(text, index=at, call_id=string(item, "call_id") or string(item, "id"), name=string(item, "name"))
    if kind == "reasoning":
        thoughts = array(item, "content") or array(item, "summary")
        return tuple(found for part in thoughts for found in piece("reasoning", string(part, "text"), index=at))
    if kind == "image_generation_call":
        return fragment.image(string(item, "result"), f"image/{string(item, 'output_format') or 'png'}", index=at)
    found: list[Fragment] = []
    for part in array(item, "content"):
        if told := _PARTS.get(string(part, "type")):
            found += piece(told[0], string(part, told[1]), index=at)
        found += fragment.sources(array(part, "annotations"), index=at)
    return tuple(found)


def recognises(_event_type: str, payload: Any) -> bool:
    """Every type begins with "response."; `keepalive` and `error` are told by the number they use up."""
    told = string(payload, "type")
    if get(payload, "object") == "response":
        return True
    return told.startswith("response.") or (bool(told) and "sequence_number" in payload)


def done(event_type: str, payload: Any) -> bool:
    """Completed, incomplete, failed, cancelled."""
    return (string(payload, "type") or event_type) in _ENDS


API = Api(
    name="openai-responses",
    title="OpenAI Responses",
    routes=(
        route(r"(?P<base>.*)/openai/responses(?:/[^/]+)?", AZURE_OPENAI_ENDPOINT="{origin}{base}"),
        route(r"(?P<base>.*)/responses(?:/[^/]+)?", OPENAI_BASE_URL="{origin}{base}"),
    ),
    fragments=fragments,
    recognises=recognises,
    done=done,
    wholes=wholes,
)
