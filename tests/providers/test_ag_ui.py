"""providers/ag_ui: events of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api_cases import error, finish, reasoning, text, tool, usage

if TYPE_CHECKING:
    from api_cases import Case


CASES: list[Case] = [
    ("run begins", "message", {"type": "RUN_STARTED", "threadId": "t", "runId": "r"}, []),
    ("text", "message", {"type": "TEXT_MESSAGE_CONTENT", "messageId": "m", "delta": "Hi"}, [text("Hi")]),
    ("text in a chunk", "message", {"type": "TEXT_MESSAGE_CHUNK", "messageId": "m", "delta": "Hi"}, [text("Hi")]),
    ("reasoning", "message", {"type": "REASONING_MESSAGE_CONTENT", "delta": "Hm"}, [reasoning("Hm")]),
    ("thinking", "message", {"type": "THINKING_TEXT_MESSAGE_CONTENT", "delta": "Hm"}, [reasoning("Hm")]),
    (
        "call",
        "message",
        {"type": "TOOL_CALL_START", "toolCallId": "c", "toolCallName": "f"},
        [tool("", call="c", name="f")],
    ),
    ("arguments", "message", {"type": "TOOL_CALL_ARGS", "toolCallId": "c", "delta": "{}"}, [tool("{}", call="c")]),
    (
        "call in a chunk",
        "message",
        {"type": "TOOL_CALL_CHUNK", "toolCallId": "c", "toolCallName": "f", "delta": "{}"},
        [tool("{}", call="c", name="f")],
    ),
    ("result", "message", {"type": "TOOL_CALL_RESULT", "toolCallId": "c", "content": "no"}, []),
    ("state", "message", {"type": "STATE_DELTA", "delta": [{"op": "add"}]}, []),
    ("finish", "message", {"type": "RUN_FINISHED", "runId": "r"}, [finish("success")]),
    (
        "interrupted",
        "message",
        {"type": "RUN_FINISHED", "outcome": {"type": "interrupt"}, "usage": [{"outputTokens": 3}]},
        [finish("interrupt"), usage('{"outputTokens":3}')],
    ),
    ("error", "message", {"type": "RUN_ERROR", "message": "Boom", "code": "x"}, [error("Boom", "x")]),
]
