"""Cohere's Chat, version 2. `event:` and the payload's type are the same; message-end ends it, then comes a [DONE]."""

from __future__ import annotations

from typing import Any

from mocksse.providers import fragment
from mocksse.providers.api import Api, route
from mocksse.providers.fragment import Fragment, arguments, call, piece
from mocksse.providers.lenient import get, integer, string

_TYPES = frozenset(
    {
        "message-start",
        "content-start",
        "content-delta",
        "content-end",
        "tool-plan-delta",
        "tool-call-start",
        "tool-call-delta",
        "tool-call-end",
        "citation-start",
        "citation-end",
        "message-end",
    }
)


def fragments(event_type: str, payload: Any) -> tuple[Fragment, ...]:
    """What a stream event says; the tool plan counts as reasoning, `index` is the content block's or the call's."""
    index = integer(payload, "index")
    message = get(payload, "delta", "message")
    match string(payload, "type") or event_type:
        case "content-start" | "content-delta":
            content = get(message, "content")
            return piece("reasoning", string(content, "thinking"), index=index) or piece(
                "text", string(content, "text"), index=index
            )
        case "tool-plan-delta":
            return piece("reasoning", string(message, "tool_plan"))
        case "tool-call-start" | "tool-call-delta":
            tool = get(message, "tool_calls")  # one object, not a list
            text = arguments(get(tool, "function", "arguments"))
            return call(text, index=index, call_id=string(tool, "id"), name=string(tool, "function", "name"))
        case "message-end":
            delta = get(payload, "delta")
            finish = piece("finish", string(delta, "finish_reason"))
            return (*finish, *fragment.usage(get(delta, "usage")), *fragment.error(delta))
        case _:
            return fragment.error(payload)


def recognises(_event_type: str, payload: Any) -> bool:
    """By its types: nobody else joins words with a hyphen."""
    return string(payload, "type") in _TYPES


def done(event_type: str, payload: Any) -> bool:
    """message-end."""
    return (string(payload, "type") or event_type) == "message-end"


API = Api(
    name="cohere",
    title="Cohere Chat",
    routes=(route(r"(?P<base>.*)/v2/chat", CO_API_URL="{origin}{base}"),),
    fragments=fragments,
    recognises=recognises,
    done=done,
)
