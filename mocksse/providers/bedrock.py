"""Amazon Bedrock: Converse, whose frames name their type, and InvokeModel, whose `chunk` frames wrap a vendor's stream.

What is wrapped depends on the model: Anthropic's events, OpenAI's chunks, Nova's (Converse events under their name as a
key), or an object with one of a few names for the next piece of text.
"""

from __future__ import annotations

import base64
from typing import Any

from mocksse.providers import anthropic, fragment, openai_chat
from mocksse.providers.api import Api, route
from mocksse.providers.fragment import Fragment, arguments, call, piece
from mocksse.providers.lenient import array, decode, get, integer, string

_TYPES = frozenset(
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
            )
        case "contentBlockStart":
            tool = get(payload, "start", "toolUse")
            return call("", index=index, call_id=string(tool, "toolUseId"), name=string(tool, "name"))
        case "messageStop":
            return piece("finish", string(payload, "stopReason"))
        case "metadata":
            return fragment.usage(get(payload, "usage"))
        case _ if event_type.endswith("Exception"):
            return (Fragment("error", string(payload, "message") or event_type),)
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
    else:
        for key, value in inner.items():  # Nova
            found += _converse(key, value)
        for part in (inner, *array(inner, "outputs")):  # Mistral's text is in `outputs`
            for key in _TEXTS:
                found += piece("text", string(part, key))
            for key in _REASONS:
                found += piece("finish", string(part, key))
        found += fragment.error(inner)
    found += fragment.usage(inner.get(_METRICS))
    return tuple(found)


def recognises(event_type: str, payload: Any) -> bool:
    """By Converse's types, or by a chunk with JSON in it: a Bedrock agent's chunks hold plain text."""
    return event_type in _TYPES or (event_type == "chunk" and isinstance(_unwrap(payload), dict))


def done(event_type: str, payload: Any) -> bool:
    """Converse's messageStop; in a chunk the model's own last event, else the one with Bedrock's counters."""
    if event_type != "chunk":
        return event_type == "messageStop"
    inner = _unwrap(payload)
    if anthropic.recognises("", inner):
        return anthropic.done("", inner)
    if not isinstance(inner, dict) or _TYPES & inner.keys():
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
)
