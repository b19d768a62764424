"""OpenAI Chat Completions, and the many that speak it: Azure, Mistral, DeepSeek, Groq, xAI, OpenRouter, vLLM, ...

The dialects differ in small ways that never contradict each other, so one reader takes them all. Two rules hold it
together: a tool call is known by (choice.index, tool.index), and `delta` counts; a `message` beside it (Writer,
Perplexity) repeats it, and only an answer that is no stream has nothing else.
"""

from __future__ import annotations

from typing import Any

from mocksse.providers import fragment
from mocksse.providers.api import Api, route
from mocksse.providers.fragment import Fragment, arguments, call, piece
from mocksse.providers.lenient import array, get, integer, string


def fragments(_event_type: str, payload: Any) -> tuple[Fragment, ...]:
    """What a chat.completion.chunk says."""
    found: list[Fragment] = []
    for position, choice in enumerate(array(payload, "choices")):
        at = integer(choice, "index", default=position)  # Cloudflare's Workers AI leaves it out
        found += _said(get(choice, "delta"), at)
        found += piece("finish", string(choice, "finish_reason"), at)  # "" on every chunk: old Ollama
    found += fragment.usage(get(payload, "usage") or get(payload, "x_groq", "usage"))
    found += fragment.error(payload)
    return tuple(found)


def wholes(_event_type: str, payload: Any) -> tuple[Fragment, ...]:
    """The message of a chat.completion, and sources, which those who have them (Perplexity) repeat in every chunk."""
    found: list[Fragment] = []
    for position, choice in enumerate(array(payload, "choices")):
        found += _said(get(choice, "message"), integer(choice, "index", default=position))
    found += fragment.sources(array(payload, "citations") or array(payload, "search_results"))
    return tuple(found)


def _said(delta: Any, at: int) -> list[Fragment]:
    """What a delta or a message says."""
    # One of the three: OpenRouter has it in two of them, MiniMax in `reasoning_details` alone.
    thought = string(delta, "reasoning_content") or string(delta, "reasoning")
    found = [*piece("reasoning", thought, at)]
    for detail in () if thought else array(delta, "reasoning_details"):
        found += piece("reasoning", string(detail, "text") or string(detail, "summary"), at)
    found += piece("text", string(delta, "content"), at)
    for part in array(delta, "content"):  # Mistral
        found += piece("text", string(part, "text"), at)
        for thought in array(part, "thinking"):
            found += piece("reasoning", string(thought, "text"), at)
    found += piece("refusal", string(delta, "refusal"), at)
    for position, tool in enumerate(array(delta, "tool_calls")):
        function = get(tool, "function") or get(tool, "custom")
        text = arguments(get(function, "arguments") or get(function, "input"))
        index = integer(tool, "index", default=position)  # some of Mistral's models leave it out
        found += call(text, at, index, call_id=string(tool, "id"), name=string(function, "name"))
    legacy = get(delta, "function_call")
    found += call(string(legacy, "arguments"), at, name=string(legacy, "name"))
    found += fragment.sources(array(delta, "annotations"), at)
    for picture in array(delta, "images"):  # OpenRouter
        found += piece("image", string(picture, "image_url", "url"), at)
    return found


def recognises(_event_type: str, payload: Any) -> bool:
    """By its `object`, or, where a dialect has none, by a choice with a delta."""
    if string(payload, "object").startswith("chat.completion"):
        return True
    return any(isinstance(get(choice, "delta"), dict) for choice in array(payload, "choices"))


_CHAT = r"/chat/completions"

API = Api(
    name="openai-chat",
    title="OpenAI Chat Completions",
    routes=(
        route(rf"(?P<base>.*)/openai/deployments/[^/]+{_CHAT}", AZURE_OPENAI_ENDPOINT="{origin}{base}"),
        # Groq's own SDK appends all of /openai/v1/chat/completions.
        route(
            rf"(?P<base>.*)/openai/v1{_CHAT}",
            OPENAI_BASE_URL="{origin}{base}/openai/v1",
            GROQ_BASE_URL="{origin}{base}",
        ),
        route(rf"(?P<base>.*){_CHAT}", OPENAI_BASE_URL="{origin}{base}"),
        # Mistral's SDK reads no variable: server_url= only.
        route(r"(?P<base>.*?)(?:/v1)?/(?:fim|agents)/completions"),
        route(r"(?P<base>.*)/projects/.+/publishers/mistralai/models/[^/]+:(?:streamRawPredict|rawPredict)"),
    ),
    fragments=fragments,
    recognises=recognises,
    wholes=wholes,
)
