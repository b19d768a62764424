"""providers/gemini_interactions: steps and their deltas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api_cases import citation, error, finish, image, reasoning, text, tool, usage

if TYPE_CHECKING:
    from api_cases import Case


CASES: list[Case] = [
    (
        "text",
        "",
        {"event_type": "step.delta", "index": 1, "delta": {"type": "text", "text": "Hi"}},
        [text("Hi", index=1)],
    ),
    (
        "first revision",
        "",
        {"event_type": "content.delta", "index": 0, "delta": {"type": "text", "text": "Hi"}},
        [text("Hi")],
    ),
    (
        "thought",
        "",
        {"event_type": "step.delta", "delta": {"type": "thought_summary", "content": {"type": "text", "text": "Hm"}}},
        [reasoning("Hm")],
    ),
    ("signature", "", {"event_type": "step.delta", "delta": {"type": "thought_signature", "signature": "x"}}, []),
    (
        "call",
        "",
        {
            "event_type": "step.start",
            "index": 2,
            "step": {"type": "function_call", "id": "c", "name": "f", "arguments": {}},
        },
        [tool("", index=2, call="c", name="f")],
    ),
    (
        "arguments",
        "",
        {"event_type": "step.delta", "index": 2, "delta": {"type": "arguments_delta", "arguments": "{}"}},
        [tool("{}", index=2)],
    ),
    (
        "sources",
        "",
        {"event_type": "step.delta", "delta": {"type": "text_annotation_delta", "annotations": [{"url": "u"}]}},
        [citation('{"url":"u"}')],
    ),
    (
        "image",
        "",
        {"event_type": "step.delta", "delta": {"type": "image", "data": "AA==", "mime_type": "image/png"}},
        [image("data:image/png;base64,AA==")],
    ),
    (
        "completed",
        "",
        {"event_type": "interaction.completed", "interaction": {"status": "completed", "usage": {"total_tokens": 3}}},
        [finish("completed"), usage('{"total_tokens":3}')],
    ),
    ("error", "", {"event_type": "error", "error": {"message": "Boom", "code": "x"}}, [error("Boom")]),
]
