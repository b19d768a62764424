"""providers/watsonx: lists of results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from api_cases import assert_tolerant, error, finish, text, usage

from mocksse.providers.watsonx import API

if TYPE_CHECKING:
    from api_cases import Case

    from mocksse.providers.fragment import Fragment

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


@pytest.mark.parametrize(
    ("type_", "payload", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_fragments(type_: str, payload: Any, expected: list[Fragment]) -> None:
    assert list(API.fragments(type_, payload)) == expected


def test_odd_payloads() -> None:
    assert_tolerant(API, CASES)
