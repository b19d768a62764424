"""providers/watsonx: lists of results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api_cases import error, finish, text, usage

if TYPE_CHECKING:
    from api_cases import Case


CASES: list[Case] = [
    (
        "text",
        "message",
        {"results": [{"generated_text": "Hi", "generated_token_count": 1, "stop_reason": "not_finished"}]},
        [text("Hi"), usage('{"generated_token_count":1}')],
    ),
    ("last", "message", {"results": [{"generated_text": "", "stop_reason": "eos_token"}]}, [finish("eos_token")]),
    ("old spelling", "message", {"results": [{"generated_text": "a", "stop_reason": "NOT_FINISHED"}]}, [text("a")]),
    ("warning", "message", {"system": {"warnings": [{"message": "no"}]}}, []),
    ("error", "error", {"errors": [{"code": "x", "message": "Boom"}]}, [error("Boom", "x")]),
]
