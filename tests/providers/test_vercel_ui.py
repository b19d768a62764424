"""providers/vercel_ui: parts of UI messages."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from api_cases import citation, error, finish, image, reasoning, text, tool, usage

from mocksse.providers.framing import frames
from mocksse.providers.registry import detect
from mocksse.providers.turn import ToolCall, merge
from mocksse.providers.vercel_ui import API

if TYPE_CHECKING:
    from api_cases import Case


CASES: list[Case] = [
    ("start", "message", {"type": "start", "messageId": "m"}, []),
    ("text", "message", {"type": "text-delta", "id": "t", "delta": "Hi"}, [text("Hi")]),
    ("text begins", "message", {"type": "text-start", "id": "t"}, []),
    ("text ends", "message", {"type": "text-end", "id": "t", "citations": [{"n": 1}]}, [citation('{"n":1}')]),
    ("reasoning", "message", {"type": "reasoning-delta", "id": "r", "delta": "Hm"}, [reasoning("Hm")]),
    (
        "call",
        "message",
        {"type": "tool-input-start", "toolCallId": "c", "toolName": "f"},
        [tool("", call="c", name="f")],
    ),
    (
        "arguments",
        "message",
        {"type": "tool-input-delta", "toolCallId": "c", "inputTextDelta": "{"},
        [tool("{", call="c")],
    ),
    ("all arguments", "message", {"type": "tool-input-available", "toolCallId": "c", "toolName": "f", "input": {}}, []),
    ("tool failed", "message", {"type": "tool-output-error", "toolCallId": "c", "errorText": "Boom"}, []),
    ("source", "message", {"type": "source-url", "sourceId": "s", "url": "http://x"}, [citation('"http://x"')]),
    ("image", "message", {"type": "file", "url": "http://x", "mediaType": "image/png"}, [image("http://x")]),
    ("other file", "message", {"type": "file", "url": "http://x", "mediaType": "text/plain"}, []),
    ("data", "message", {"type": "data-weather", "data": {"text": "no"}}, []),
    (
        "finish",
        "message",
        {"type": "finish", "finishReason": "stop", "messageMetadata": {"usage": {"totalTokens": 3}}},
        [finish("stop"), usage('{"totalTokens":3}')],
    ),
    ("abort", "message", {"type": "abort"}, [finish("abort")]),
    ("error", "message", {"type": "error", "errorText": "Boom"}, [error("Boom")]),
]


def test_a_whole_input_is_of_the_call_with_its_id() -> None:
    parts: list[dict[str, Any]] = [
        {"type": "tool-input-start", "toolCallId": "a", "toolName": "f"},
        {"type": "tool-input-delta", "toolCallId": "a", "inputTextDelta": '{"x":'},
        {"type": "tool-input-available", "toolCallId": "b", "toolName": "g", "input": {"y": 2}},
        {"type": "tool-input-delta", "toolCallId": "a", "inputTextDelta": "1}"},
        {"type": "tool-input-available", "toolCallId": "a", "toolName": "f", "input": {"x": 1}},
        {"type": "finish"},
    ]
    body = b"".join(b"data: %b\n\n" % json.dumps(part).encode() for part in parts) + b"data: [DONE]\n\n"
    found = frames("text/event-stream", body)
    assert detect("/api/chat", found) is API
    turn = merge(API, found)
    assert turn.first.tool_calls == (ToolCall("a", "f", '{"x":1}'), ToolCall("b", "g", '{"y":2}'))
    assert turn.done
