"""The request that a made-up answer belongs to, in the shape of its API, so that a server of it takes it for one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mocksse.cassette.model import Request
from mocksse.providers.encode.spelling import spell

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mocksse.providers.encode.registry import Encoder

_MAX_TOKENS = 4096
_HEADERS = (("content-type", "application/json"),)


def request(encoder: Encoder, model: str, prompt: str, tools: Mapping[str, dict[str, Any]], *, usage: bool) -> Request:
    """POST, and a body that asks to stream. `tools`: names, and arguments that tell what each takes."""
    body = _body(encoder.api, model, prompt)
    if tools:
        body["tools"] = _tools(encoder.api, {name: _schema(taken) for name, taken in tools.items()})
    if usage and encoder.api == "openai-chat":
        body["stream_options"] = {"include_usage": True}
    return Request(encoder.path, "POST", _HEADERS, spell(body))


def _body(api: str, model: str, prompt: str) -> dict[str, Any]:
    messages = [{"role": "user", "content": prompt}]
    match api:
        case "openai-responses":
            return {"model": model, "stream": True, "input": prompt}
        case "anthropic":
            return {"model": model, "stream": True, "max_tokens": _MAX_TOKENS, "messages": messages}
        case "gemini":
            return {"contents": [{"role": "user", "parts": [{"text": prompt}]}]}
        case _:
            return {"model": model, "stream": True, "messages": messages}


def _tools(api: str, schemas: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    match api:
        case "openai-responses":
            return [{"type": "function", "name": name, "parameters": schema} for name, schema in schemas.items()]
        case "anthropic":
            return [{"name": name, "input_schema": schema} for name, schema in schemas.items()]
        case "gemini":
            return [{"functionDeclarations": [{"name": n, "parameters": schema} for n, schema in schemas.items()]}]
        case _:
            functions = [{"name": name, "parameters": schema} for name, schema in schemas.items()]
            return [{"type": "function", "function": function} for function in functions]


def _schema(taken: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": {name: {"type": _type(value)} for name, value in taken.items()}}


def _type(value: Any) -> str:
    match value:
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case list():
            return "array"
        case dict():
            return "object"
        case _:
            return "string"
