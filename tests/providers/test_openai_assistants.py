"""providers/openai_assistants: the run of a thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api_cases import error, finish, text, tool, usage

if TYPE_CHECKING:
    from api_cases import Case


CASES: list[Case] = [
    (
        "text",
        "thread.message.delta",
        {
            "object": "thread.message.delta",
            "delta": {"content": [{"index": 0, "type": "text", "text": {"value": "Hi"}}]},
        },
        [text("Hi")],
    ),
    (
        "whole message",
        "thread.message.completed",
        {"object": "thread.message", "content": [{"text": {"value": "Hi"}}]},
        [],
    ),
    (
        "call",
        "thread.run.step.delta",
        {
            "object": "thread.run.step.delta",
            "delta": {
                "step_details": {"tool_calls": [{"index": 1, "id": "c", "function": {"name": "f", "arguments": "{"}}]}
            },
        },
        [tool("{", index=1, call="c", name="f")],
    ),
    ("queued", "thread.run.queued", {"object": "thread.run", "status": "queued"}, []),
    (
        "completed",
        "thread.run.completed",
        {"object": "thread.run", "status": "completed", "usage": {"total_tokens": 3}},
        [finish("completed"), usage('{"total_tokens":3}')],
    ),
    (
        "failed",
        "thread.run.failed",
        {"object": "thread.run", "status": "failed", "last_error": {"code": "server_error", "message": "Boom"}},
        [finish("failed"), error("Boom", "server_error")],
    ),
    ("error", "error", {"message": "Boom", "code": "x"}, [error("Boom", "x")]),
]
