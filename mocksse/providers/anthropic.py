"""Anthropic Messages: directly, through Vertex AI, and, unwrapped by `bedrock`, through Bedrock.

"event" and "type" are always the same here, but a client that sees no `event:` line skips the event, so the payload's
type is the one that is read. A block's start may hold a beginning of its text; tool input in it is `{}` unless a
gateway put all of it there.
"""

from __future__ import annotations

from typing import Any

from mocksse.providers import fragment
from mocksse.providers.api import Api, route
from mocksse.providers.fragment import Fragment, arguments, call, piece
from mocksse.providers.lenient import array, get, integer, string

_TOOLS = frozenset({"tool_use", "server_tool_use", "mcp_tool_use"})
TYPES = frozenset(
    {
        "message_start",
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
        "ping",
    }
)
"""Of the events that no other API has."""


def fragments(event_type: str, payload: Any) -> tuple[Fragment, ...]:
    """What a stream event says; `index` is the content block's."""
    index = integer(payload, "index")
    match string(payload, "type") or event_type:
        case "content_block_delta":
            delta = get(payload, "delta")
            return (
                piece("text", string(delta, "text"), index=index)
                or piece("reasoning", string(delta, "thinking"), index=index)
                or call(string(delta, "partial_json"), index=index)
                or fragment.sources([get(delta, "citation")], index=index)
            )
        case "content_block_start":
            block = get(payload, "content_block")
            return _block(block, index, get(block, "input") or None)
        case "message_start":
            return fragment.usage(get(payload, "message", "usage"))
        case "message_delta":
            finish = piece("finish", string(payload, "delta", "stop_reason"))
            return (*finish, *fragment.usage(get(payload, "usage")))
        case _:
            return fragment.error(payload)


def _block(block: Any, index: int, given: Any) -> tuple[Fragment, ...]:
    """What a block says; `given` is what a tool is called with."""
    if string(block, "type") in _TOOLS:
        return call(arguments(given), index=index, call_id=string(block, "id"), name=string(block, "name"))
    said = piece("text", string(block, "text"), index=index) or piece(
        "reasoning", string(block, "thinking"), index=index
    )
    return (*said, *fragment.sources(array(block, "citations"), index=index))


def wholes(_event_type: str, payload: Any) -> tuple[Fragment, ...]:
    """The message, where it is the body itself and no event."""
    if not _is_message(payload):
        return ()
    found = [
        one for at, block in enumerate(array(payload, "content")) for one in _block(block, at, get(block, "input"))
    ]
    found += piece("finish", string(payload, "stop_reason"))
    return (*found, *fragment.usage(get(payload, "usage")))


def _is_message(payload: Any) -> bool:
    return string(payload, "type") == "message" and isinstance(get(payload, "content"), list)


def recognises(_event_type: str, payload: Any) -> bool:
    """By the types that only Messages has; its `error` looks like others'."""
    return string(payload, "type") in TYPES or _is_message(payload)


def done(event_type: str, payload: Any) -> bool:
    """message_stop."""
    return (string(payload, "type") or event_type) == "message_stop"


API = Api(
    name="anthropic",
    title="Anthropic Messages",
    routes=(
        route(
            r"(?P<base>.*)/projects/.+/publishers/anthropic/models/[^/]+:(?:streamRawPredict|rawPredict)",
            ANTHROPIC_VERTEX_BASE_URL="{origin}{base}",
        ),
        # Messages of an Assistants thread are another thing.
        route(r"(?P<base>(?!.*/threads/).*?)(?:/v1)?/messages", ANTHROPIC_BASE_URL="{origin}{base}"),
    ),
    fragments=fragments,
    recognises=recognises,
    done=done,
    wholes=wholes,
)
