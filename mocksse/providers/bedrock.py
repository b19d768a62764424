"""Amazon Bedrock: Converse, whose frames name their type, and InvokeModel, whose `chunk` frames wrap a vendor's stream.

What is wrapped depends on the model: Anthropic's events, OpenAI's chunks, Nova's (Converse events under their name as a
key), or an object with one of a few names for the next piece of text.
"""

from __future__ import annotations

import base64
from typing import Any

from mocksse.providers import anthropic, fragment, openai_chat
from mocksse.providers.api import Api, route
from mocksse.providers.api import about as everywhere
from mocksse.providers.fragment import Fragment, arguments, call, piece
from mocksse.providers.lenient import array, decode, get, integer, string

TYPES = frozenset(
    {
        "messageStart",
        "contentBlockStart",
        "contentBlockDelta",
        "contentBlockStop",
        "messageStop",
    }
)
_TEXTS = ("outputText", "generation", "completion", "text")  # Titan, Llama, Claude before Messages, Cohere
_REASONS = ("completionReason", "stop_reason", "finish_reason")
_METRICS = "amazon-bedrock-invocationMetrics"


def fragments(event_type: str, payload: Any) -> tuple[Fragment, ...]:
    """What a frame says."""
    return _wrapped(_unwrap(payload)) if event_type == "chunk" else _converse(event_type, payload)


def _converse(event_type: str, payload: Any) -> tuple[Fragment, ...]:
    index = integer(payload, "contentBlockIndex")
    match event_type:
        case "contentBlockDelta":
            delta = get(payload, "delta")
            return (
                piece("text", string(delta, "text"), index=index)
                or piece("reasoning", string(delta, "reasoningContent", "text"), index=index)
                or call(arguments(get(delta, "toolUse", "input")), index=index)
                or fragment.sources([get(delta, "citation")], index=index)
            )
        case "contentBlockStart":
            tool = get(payload, "start", "toolUse")
            return call("", index=index, call_id=string(tool, "toolUseId"), name=string(tool, "name"))
        case "messageStop":
            return piece("finish", string(payload, "stopReason"))
        case "metadata":
            return fragment.usage(get(payload, "usage"))
        case _ if event_type.endswith("Exception"):
            return fragment.failure(string(payload, "message") or event_type, event_type)
        case _:
            return fragment.error(payload)


def _unwrap(payload: Any) -> Any:
    try:
        return decode(base64.b64decode(string(payload, "bytes")))
    except ValueError:
        return None


def _wrapped(inner: Any) -> tuple[Fragment, ...]:
    if not isinstance(inner, dict):
        return ()
    found: list[Fragment] = []
    if anthropic.recognises("", inner):
        found += anthropic.fragments("", inner)
    elif "choices" in inner:
        found += openai_chat.fragments("", inner)
        for position, choice in enumerate(array(inner, "choices")):
            if get(choice, "delta") is None:
                found += _without_delta(choice, integer(choice, "index", default=position))
    else:
        for key, value in inner.items():  # Nova
            found += _converse(key, value)
        for part in (inner, *array(inner, "outputs")):  # Mistral's text is in `outputs`
            for key in _TEXTS:
                found += piece("text", string(part, key))
            for key in _REASONS:
                found += piece("finish", string(part, key))
        found += fragment.error(inner)
    return tuple(found)


def _without_delta(choice: Any, at: int) -> tuple[Fragment, ...]:
    """A choice without a delta: DeepSeek's has a text, and the pieces of Mistral's later models look like messages."""
    said = piece("text", string(choice, "text"), at) or openai_chat.wholes("", {"choices": [choice]})
    return (*said, *piece("finish", string(choice, "stop_reason"), at))


def wholes(event_type: str, payload: Any) -> tuple[Fragment, ...]:
    """Bedrock's own counters, where the model has none; the bodies that are no stream."""
    inner = _unwrap(payload) if event_type == "chunk" else payload
    found = [*fragment.usage(get(inner, _METRICS))]
    message = get(inner, "output", "message")
    for at, block in enumerate(array(message, "content")):
        found += piece("text", string(block, "text"), index=at)
        found += piece("reasoning", string(block, "reasoningContent", "reasoningText", "text"), index=at)
        tool = get(block, "toolUse")
        text = arguments(get(tool, "input"))
        found += call(text, index=at, call_id=string(tool, "toolUseId"), name=string(tool, "name"))
        found += fragment.sources(array(block, "citationsContent", "citations"), index=at)
        for part in array(block, "citationsContent", "content"):
            found += piece("text", string(part, "text"), index=at)
    if message is not None:
        found += piece("finish", string(inner, "stopReason"))
        found += fragment.usage(get(inner, "usage"))
    return (*found, *anthropic.wholes("", inner), *openai_chat.wholes("", inner))


def about(payload: Any) -> tuple[str, str]:
    """Those of the model's own stream; Converse tells neither."""
    return everywhere(_unwrap(payload) if get(payload, "bytes") is not None else payload)


def recognises(event_type: str, payload: Any) -> bool:
    """By Converse's types, or by a chunk with JSON in it: a Bedrock agent's chunks hold plain text."""
    if event_type == "chunk":
        return isinstance(_unwrap(payload), dict)
    return event_type in TYPES or isinstance(get(payload, "output", "message"), dict)


def done(event_type: str, payload: Any) -> bool:
    """Converse's messageStop; in a chunk the model's own last event, else the one with Bedrock's counters."""
    if event_type != "chunk":
        return event_type == "messageStop"
    inner = _unwrap(payload)
    if anthropic.recognises("", inner):
        return anthropic.done("", inner)
    if not isinstance(inner, dict) or TYPES & inner.keys():
        return isinstance(get(inner, "messageStop"), dict)
    return _METRICS in inner and "metadata" not in inner  # Nova's counters come behind its messageStop


_METHOD = r"/model/.+/(?:converse-stream|converse|invoke-with-response-stream|invoke)"

API = Api(
    name="bedrock",
    title="Amazon Bedrock",
    routes=(route(rf"(?P<base>.*?){_METHOD}", AWS_ENDPOINT_URL_BEDROCK_RUNTIME="{origin}{base}"),),
    fragments=fragments,
    recognises=recognises,
    done=done,
    wholes=wholes,
    about=about,
)
