"""providers/bedrock: Converse, and what InvokeModel wraps."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
from api_cases import error, finish, reasoning, text, tool, usage

from mocksse.providers.bedrock import API

if TYPE_CHECKING:
    from api_cases import Case


def chunk(inner: Any) -> dict[str, Any]:
    return {"bytes": base64.b64encode(json.dumps(inner).encode()).decode(), "p": "abc"}


CASES: list[Case] = [
    ("text", "contentBlockDelta", {"contentBlockIndex": 1, "delta": {"text": "Hi"}, "p": "abc"}, [text("Hi", 0, 1)]),
    (
        "reasoning",
        "contentBlockDelta",
        {"contentBlockIndex": 0, "delta": {"reasoningContent": {"text": "Hm"}}},
        [reasoning("Hm")],
    ),
    (
        "tool call begins",
        "contentBlockStart",
        {"contentBlockIndex": 1, "start": {"toolUse": {"toolUseId": "t", "name": "f"}}},
        [tool("", 0, 1, "t", "f")],
    ),
    (
        "arguments",
        "contentBlockDelta",
        {"contentBlockIndex": 1, "delta": {"toolUse": {"input": "{"}}},
        [tool("{", 0, 1)],
    ),
    ("tool result", "contentBlockDelta", {"contentBlockIndex": 1, "delta": {"toolResult": [{"text": "x"}]}}, []),
    ("stop", "messageStop", {"stopReason": "end_turn"}, [finish("end_turn")]),
    ("metadata", "metadata", {"usage": {"totalTokens": 3}, "metrics": {"latencyMs": 9}}, [usage('{"totalTokens":3}')]),
    ("exception", "throttlingException", {"message": "Slow down"}, [error("Slow down", "throttlingException")]),
    ("exception without a word", "throttlingException", {}, [error("throttlingException", "throttlingException")]),
    (
        "Claude",
        "chunk",
        chunk({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hi"}}),
        [text("Hi")],
    ),
    (
        "Claude ends",
        "chunk",
        chunk({"type": "message_stop", "amazon-bedrock-invocationMetrics": {"outputTokenCount": 3}}),
        [],
    ),
    (
        "Claude before Messages",
        "chunk",
        chunk({"type": "completion", "completion": "Hi", "stop_reason": None}),
        [text("Hi")],
    ),
    ("OpenAI", "chunk", chunk({"choices": [{"index": 0, "delta": {"content": "Hi"}}]}), [text("Hi")]),
    ("Nova", "chunk", chunk({"contentBlockDelta": {"delta": {"text": "Hi"}, "contentBlockIndex": 0}}), [text("Hi")]),
    (
        "Titan",
        "chunk",
        chunk({"outputText": "Hi", "index": 0, "completionReason": "FINISH"}),
        [text("Hi"), finish("FINISH")],
    ),
    ("Llama", "chunk", chunk({"generation": "Hi", "stop_reason": None}), [text("Hi")]),
    ("Mistral", "chunk", chunk({"outputs": [{"text": "Hi", "stop_reason": "stop"}]}), [text("Hi"), finish("stop")]),
    (
        "DeepSeek",
        "chunk",
        chunk({"choices": [{"text": "Hi", "stop_reason": "stop"}]}),
        [text("Hi"), finish("stop")],
    ),
    (
        "a message in pieces",
        "chunk",
        chunk({"choices": [{"index": 0, "message": {"role": "assistant", "content": "Hi"}, "stop_reason": None}]}),
        [text("Hi")],
    ),
    ("no base64", "chunk", {"bytes": "a"}, []),
    ("no ASCII", "chunk", {"bytes": "\u00e9"}, []),
    ("plain text", "chunk", {"bytes": "SGk="}, []),
]


@pytest.mark.parametrize(
    ("type_", "payload"),
    [
        ("contentBlockDelta", {}),
        ("messageStart", {"role": "assistant"}),
        ("chunk", chunk({"outputText": "a"})),
    ],
)
def test_recognises(type_: str, payload: Any) -> None:
    assert API.recognises(type_, payload)


@pytest.mark.parametrize(
    ("type_", "payload"),
    [
        ("message", {"role": "assistant"}),
        ("chunk", {"bytes": "SGk="}),
        ("trace", {}),
    ],
)
def test_does_not_recognise(type_: str, payload: Any) -> None:
    assert not API.recognises(type_, payload)
