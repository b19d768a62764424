"""OpenAI Responses, also as Azure, xAI, DeepSeek, OpenRouter and Bedrock serve it.

An event's type is in its payload; OpenRouter and one of Bedrock's routes send no `event:` line at all. Only deltas
count: `.done` events, finished items and the final response repeat them.
"""

from __future__ import annotations

from typing import Any

from mocksse.providers import fragment
from mocksse.providers.api import Api, route
from mocksse.providers.fragment import Fragment, Kind, call, piece
from mocksse.providers.lenient import get, integer, string

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
_ENDS = frozenset({"response.completed", "response.incomplete", "response.failed", "response.cancelled"})


def fragments(event_type: str, payload: Any) -> tuple[Fragment, ...]:
    """What a streaming event says; `index` is its output_index."""
    event_type = string(payload, "type") or event_type
    if kind := _DELTAS.get(event_type):
        return piece(kind, string(payload, "delta"), index=integer(payload, "output_index"))
    if event_type == "response.output_item.added":
        item = get(payload, "item")
        if string(item, "type") not in _CALLS:
            return ()
        call_id = string(item, "call_id") or string(item, "id")
        return call("", index=integer(payload, "output_index"), call_id=call_id, name=string(item, "name"))
    if event_type in _ENDS:
        response = get(payload, "response")
        why = string(response, "incomplete_details", "reason") or string(response, "status")
        return (Fragment("finish", why), *fragment.usage(get(response, "usage")), *fragment.error(response))
    if event_type == "error":
        return fragment.error(payload) or piece("error", string(payload, "message"))  # both forms are in use
    return fragment.error(payload)


def recognises(_event_type: str, payload: Any) -> bool:
    """Every type begins with "response."; `keepalive` and `error` are told by the number they use up."""
    told = string(payload, "type")
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
)
