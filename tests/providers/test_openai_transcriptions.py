"""providers/openai_transcriptions: speech as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from api_cases import assert_tolerant, text, usage

from mocksse.providers.openai_transcriptions import API

if TYPE_CHECKING:
    from api_cases import Case

    from mocksse.providers.fragment import Fragment

CASES: list[Case] = [
    ("text", "message", {"type": "transcript.text.delta", "delta": "Hi"}, [text("Hi")]),
    ("segment", "message", {"type": "transcript.text.segment", "text": "Hi", "speaker": "A"}, []),
    (
        "done",
        "message",
        {"type": "transcript.text.done", "text": "Hi", "usage": {"total_tokens": 3}},
        [usage('{"total_tokens":3}')],
    ),
]


@pytest.mark.parametrize(
    ("type_", "payload", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_fragments(type_: str, payload: Any, expected: list[Fragment]) -> None:
    assert list(API.fragments(type_, payload)) == expected


def test_odd_payloads() -> None:
    assert_tolerant(API, CASES)


def test_the_whole_text_counts_where_no_piece_came() -> None:
    assert API.wholes("message", {"type": "transcript.text.done", "text": "Hi"}) == (text("Hi"),)
