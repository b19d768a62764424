"""The body of an answer that is no stream: what a server sends that takes no notice of `stream: true`.

Each has the members that its API documents as always there, a text, tool calls, and made-up ids; it is JSON.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mocksse.providers.encode.arguments import as_object
from mocksse.providers.encode.speech import CREATED
from mocksse.providers.encode.spelling import spell

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mocksse.providers.api import Api
    from mocksse.providers.turn import ToolCall

_MODEL = "model-0"
_TIME = "2026-01-01T00:00:00Z"


def answer(api: Api, text: str, path: str = "", called: Sequence[ToolCall] = ()) -> bytes | None:
    """The body with this text and these calls; None for an API whose answers are not known (Bedrock's models').

    The request path tells Ollama's two endpoints apart. ValueError as `as_object`, where the API sends arguments as
    objects: a call that was cut short has none.
    """
    make = _generate if path.partition("?")[0].endswith("/api/generate") else _ANSWERS.get(api.name)
    if make is None:
        return None
    return spell(make(text, called))


def _openai_usage() -> dict[str, Any]:
    return {"prompt_tokens": 9, "completion_tokens": 12, "total_tokens": 21}


def _functions(called: Sequence[ToolCall]) -> list[dict[str, Any]]:
    return [
        {"id": c.id or f"call_{i}", "type": "function", "function": {"name": c.name, "arguments": c.arguments}}
        for i, c in enumerate(called)
    ]


def _chat(text: str, called: Sequence[ToolCall]) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": text or None, "refusal": None}
    if called:
        message["tool_calls"] = _functions(called)
    reason = "tool_calls" if called else "stop"
    return {
        "id": "chatcmpl-0",
        "object": "chat.completion",
        "created": CREATED,
        "model": _MODEL,
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": reason}],
        "usage": _openai_usage(),
    }


def _completions(text: str, _called: Sequence[ToolCall]) -> dict[str, Any]:
    return {
        "id": "cmpl-0",
        "object": "text_completion",
        "created": CREATED,
        "model": _MODEL,
        "choices": [{"text": text, "index": 0, "logprobs": None, "finish_reason": "stop"}],
        "usage": _openai_usage(),
    }


def _responses(text: str, called: Sequence[ToolCall]) -> dict[str, Any]:
    content = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
    message = {"id": "msg_0", "type": "message", "status": "completed", "role": "assistant", "content": [content]}
    items = [
        {
            "id": f"fc_{i}",
            "type": "function_call",
            "status": "completed",
            "arguments": c.arguments,
            "call_id": c.id or f"call_{i}",
            "name": c.name,
        }
        for i, c in enumerate(called)
    ]
    return {
        "id": "resp_0",
        "object": "response",
        "created_at": CREATED,
        "status": "completed",
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "model": _MODEL,
        "output": [*([message] if text else []), *items],
        "parallel_tool_calls": True,
        "temperature": 1.0,
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "usage": {
            "input_tokens": 9,
            "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
            "output_tokens": 12,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": 21,
        },
    }


def _anthropic(text: str, called: Sequence[ToolCall]) -> dict[str, Any]:
    tools = [
        {"type": "tool_use", "id": c.id or f"toolu_{i}", "name": c.name, "input": as_object(c)}
        for i, c in enumerate(called)
    ]
    return {
        "id": "msg_0",
        "type": "message",
        "role": "assistant",
        "model": _MODEL,
        "content": [*([{"type": "text", "text": text}] if text else []), *tools],
        "stop_reason": "tool_use" if called else "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 9, "output_tokens": 12},
    }


def _gemini(text: str, called: Sequence[ToolCall]) -> dict[str, Any]:
    tools = [{"name": c.name, "args": as_object(c)} | ({"id": c.id} if c.id else {}) for c in called]
    parts = [*([{"text": text}] if text else []), *({"functionCall": tool} for tool in tools)]
    content = {"parts": parts, "role": "model"}
    return {
        "candidates": [{"content": content, "finishReason": "STOP", "index": 0}],
        "usageMetadata": {"promptTokenCount": 9, "candidatesTokenCount": 12, "totalTokenCount": 21},
        "modelVersion": _MODEL,
        "responseId": "0",
    }


def _cohere(text: str, called: Sequence[ToolCall]) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant"}
    if called:
        message["tool_calls"] = _functions(called)
    if text:
        message["content"] = [{"type": "text", "text": text}]
    tokens = {"input_tokens": 9, "output_tokens": 12}
    return {
        "id": "00000000-0000-0000-0000-000000000000",
        "message": message,
        "finish_reason": "TOOL_CALL" if called else "COMPLETE",
        "usage": {"billed_units": tokens, "tokens": tokens},
    }


def _ollama(text: str, called: Sequence[ToolCall]) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": text}
    tools = [({"id": c.id} if c.id else {}) | {"function": {"name": c.name, "arguments": as_object(c)}} for c in called]
    return _ollama_with("message", message | ({"tool_calls": tools} if tools else {}))


def _generate(text: str, _called: Sequence[ToolCall]) -> dict[str, Any]:
    return _ollama_with("response", text)


def _ollama_with(key: str, said: Any) -> dict[str, Any]:
    return {
        "model": _MODEL,
        "created_at": _TIME,
        key: said,
        "done": True,
        "done_reason": "stop",
        "total_duration": 50_000_000,
        "load_duration": 10_000_000,
        "prompt_eval_count": 9,
        "prompt_eval_duration": 10_000_000,
        "eval_count": 12,
        "eval_duration": 30_000_000,
    }


def _llamacpp(text: str, _called: Sequence[ToolCall]) -> dict[str, Any]:
    return {
        "index": 0,
        "content": text,
        "id_slot": 0,
        "stop": True,
        "model": _MODEL,
        "tokens_predicted": 12,
        "tokens_evaluated": 9,
        "stop_type": "eos",
        "stopping_word": "",
        "truncated": False,
    }


def _tgi(text: str, _called: Sequence[ToolCall]) -> dict[str, Any]:
    return {"generated_text": text}


_ANSWERS: dict[str, Callable[[str, Sequence[ToolCall]], dict[str, Any]]] = {
    "openai-chat": _chat,
    "openai-completions": _completions,
    "openai-responses": _responses,
    "anthropic": _anthropic,
    "gemini": _gemini,
    "cohere": _cohere,
    "ollama": _ollama,
    "llamacpp": _llamacpp,
    "tgi": _tgi,
}
