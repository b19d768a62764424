"""Cohere's Chat, version 2. `event:` and the payload's type are the same; message-end ends it, then comes a [DONE]."""

from __future__ import annotations

from typing import Any

from mocksse.providers import fragment
from mocksse.providers.api import Api, route
from mocksse.providers.fragment import Fragment, arguments, call, piece
from mocksse.providers.lenient import array, get, integer, string

TYPES = frozenset(
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
"""Of the events that no other API has."""


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
        case "citation-start":
            told = get(message, "citations")  # one object as well
            return fragment.sources(told if isinstance(told, list) else [told], index=index)
        case "message-end":
            delta = get(payload, "delta")
            finish = piece("finish", string(delta, "finish_reason"))
            return (*finish, *fragment.usage(get(delta, "usage")), *fragment.error(delta))
        case _:
            return fragment.error(payload)


def wholes(_event_type: str, payload: Any) -> tuple[Fragment, ...]:
    """The message, where it is the body itself and no event."""
    if not _is_body(payload):
        return ()
    message = get(payload, "message")
    found = [*piece("reasoning", string(message, "tool_plan"))]
    for part in array(message, "content"):
        found += piece("reasoning", string(part, "thinking")) or piece("text", string(part, "text"))
    for at, tool in enumerate(array(message, "tool_calls")):
        text = arguments(get(tool, "function", "arguments"))
        found += call(text, index=at, call_id=string(tool, "id"), name=string(tool, "function", "name"))
    found += fragment.sources(array(message, "citations"))
    found += piece("finish", string(payload, "finish_reason"))
    return (*found, *fragment.usage(get(payload, "usage")))


def _is_body(payload: Any) -> bool:
    return isinstance(get(payload, "message"), dict) and string(payload, "finish_reason").isupper()


def recognises(_event_type: str, payload: Any) -> bool:
    """By its types, which begin alike nowhere else; a body by its reason in capital letters beside a message."""
    return string(payload, "type") in TYPES or _is_body(payload)


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
    wholes=wholes,
)
