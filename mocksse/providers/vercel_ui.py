"""The UI message stream of Vercel's AI SDK, which front ends read: `useChat` and whoever speaks its data protocol.

Every event is data alone, a JSON object with a type; the stream ends with a [DONE]. Blocks of text and tool calls are
known by their ids. What a tool is called with comes in pieces, and once more, or only, as a whole.
"""

from __future__ import annotations

from typing import Any

from mocksse.providers import fragment
from mocksse.providers.api import Api, route
from mocksse.providers.fragment import Fragment, arguments, call, failure, piece
from mocksse.providers.lenient import array, get, string

OWN_TYPES = frozenset(
    {
        "start-step",
        "finish-step",
        "text-start",
        "text-delta",
        "text-end",
        "reasoning-start",
        "reasoning-delta",
        "reasoning-end",
        "tool-input-start",
        "tool-input-delta",
        "tool-input-available",
        "tool-input-error",
        "tool-output-available",
        "tool-output-error",
        "tool-output-denied",
        "tool-approval-request",
        "tool-approval-response",
        "source-url",
        "source-document",
        "message-metadata",
    }
)


def fragments(_event_type: str, payload: Any) -> tuple[Fragment, ...]:
    """What a part says. A tool's own failure is part of the conversation and no error of the stream."""
    match string(payload, "type"):
        case "text-delta":
            return piece("text", string(payload, "delta"))
        case "reasoning-delta":
            return piece("reasoning", string(payload, "delta"))
        case "tool-input-start":
            return call("", call_id=string(payload, "toolCallId"), name=string(payload, "toolName"))
        case "tool-input-delta":
            return call(string(payload, "inputTextDelta"), call_id=string(payload, "toolCallId"))
        case "text-end":
            return fragment.sources(array(payload, "citations"))
        case "source-url":
            return fragment.sources([string(payload, "url")])
        case "source-document":
            return fragment.sources([{key: value for key, value in payload.items() if key != "type"}])
        case "file" if string(payload, "mediaType").startswith("image/"):
            return piece("image", string(payload, "url"))
        case "finish":
            usage = get(payload, "messageMetadata", "usage") or get(payload, "messageMetadata", "totalUsage")
            return (Fragment("finish", string(payload, "finishReason")), *fragment.usage(usage))
        case "abort":
            return (Fragment("finish", "abort"),)
        case "error":
            return failure(string(payload, "errorText"))
        case _:
            return ()


def wholes(_event_type: str, payload: Any) -> tuple[Fragment, ...]:
    """A tool's whole input, whether or not it is one that can be used."""
    if string(payload, "type") not in ("tool-input-available", "tool-input-error"):
        return ()
    call_id, name = string(payload, "toolCallId"), string(payload, "toolName")
    return call(arguments(get(payload, "input")), call_id=call_id, name=name)


def recognises(_event_type: str, payload: Any) -> bool:
    """By its types; `start` by the id of the message, `error` by the name of its text."""
    told = string(payload, "type")
    if told == "start":
        return "messageId" in payload or payload.keys() <= {"type", "messageMetadata"}
    return told in OWN_TYPES or (told == "error" and isinstance(get(payload, "errorText"), str))


def done(_event_type: str, payload: Any) -> bool:
    """`finish` and `abort`."""
    return string(payload, "type") in ("finish", "abort")


def about(payload: Any) -> tuple[str, str]:
    """messageId; the model where the server puts it into the message's metadata."""
    return string(payload, "messageId"), string(payload, "messageMetadata", "model")


API = Api(
    name="vercel-ui",
    title="Vercel AI SDK UI message stream",
    routes=(route(r"(?P<base>.*)/api/chat"),),  # where useChat asks, and Ollama answers: the events tell
    fragments=fragments,
    recognises=recognises,
    done=done,
    wholes=wholes,
    about=about,
)
