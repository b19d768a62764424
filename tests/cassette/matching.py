"""What tests of matching share: chat bodies, and three-turn tool loops in the shape of every API."""

from __future__ import annotations

import json
from typing import Any


def chat(content: Any = "Hello", **keys: Any) -> bytes:
    return json.dumps({"model": "m", "messages": [{"role": "user", "content": content}], **keys}).encode()


def spoken(*messages: tuple[str, str], **keys: Any) -> bytes:
    return json.dumps({"messages": [{"role": role, "content": text} for role, text in messages], **keys}).encode()


def _openai(prompt: str, ids: list[str]) -> list[Any]:
    call = [
        {"role": "assistant", "tool_calls": [{"id": i, "type": "function", "function": {"name": "now"}}]} for i in ids
    ]
    tool = [{"role": "tool", "tool_call_id": i, "content": f"result of {i}"} for i in ids]
    return [{"role": "user", "content": prompt}, *(m for pair in zip(call, tool, strict=True) for m in pair)]


def _responses(prompt: str, ids: list[str]) -> list[Any]:
    items: list[Any] = [{"role": "user", "content": [{"type": "input_text", "text": prompt}]}]
    for i in ids:
        items.append({"type": "function_call", "id": f"fc_{i}", "call_id": i, "name": "now", "arguments": "{}"})
        items.append({"type": "function_call_output", "call_id": i, "output": f"result of {i}"})
    return items


def _anthropic(prompt: str, ids: list[str]) -> list[Any]:
    said: list[Any] = [{"role": "user", "content": prompt}]
    for i in ids:
        said.append({"role": "assistant", "content": [{"type": "tool_use", "id": i, "name": "now", "input": {}}]})
        said.append({"role": "user", "content": [{"type": "tool_result", "tool_use_id": i, "content": f"of {i}"}]})
    return said


def _gemini(prompt: str, ids: list[str]) -> list[Any]:
    said: list[Any] = [{"role": "user", "parts": [{"text": prompt}]}]
    for i in ids:
        said.append({"role": "model", "parts": [{"functionCall": {"id": i, "name": "now", "args": {}}}]})
        answer = {"functionResponse": {"id": i, "name": "now", "response": {"of": i}}}
        said.append({"role": "user", "parts": [answer]})
    return said


def _ollama(prompt: str, ids: list[str]) -> list[Any]:
    said: list[Any] = [{"role": "user", "content": prompt}]
    for i in ids:
        said.append({"role": "assistant", "content": "", "tool_calls": [{"function": {"name": i, "arguments": {}}}]})
        said.append({"role": "tool", "tool_name": i, "content": f"result of {i}"})
    return said


def _bedrock(prompt: str, ids: list[str]) -> list[Any]:
    said: list[Any] = [{"role": "user", "content": [{"text": prompt}]}]
    for i in ids:
        said.append({"role": "assistant", "content": [{"toolUse": {"toolUseId": i, "name": "now", "input": {}}}]})
        result = {"toolResult": {"toolUseId": i, "content": [{"text": f"result of {i}"}]}}
        said.append({"role": "user", "content": [result]})
    return said


SHAPES = {
    "openai": ("messages", _openai),
    "responses": ("input", _responses),
    "anthropic": ("messages", _anthropic),
    "gemini": ("contents", _gemini),
    "cohere": ("messages", _openai),
    "ollama": ("messages", _ollama),
    "bedrock": ("messages", _bedrock),
}


def turn(shape: str, prompt: str, ids: list[str], **keys: Any) -> bytes:
    """The request of a tool loop in which these calls have been answered."""
    key, make = SHAPES[shape]
    return json.dumps({"model": "m", key: make(prompt, ids), **keys}).encode()
