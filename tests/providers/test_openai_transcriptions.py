"""providers/openai_transcriptions: speech as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api_cases import text, usage

from mocksse.providers.openai_transcriptions import API

if TYPE_CHECKING:
    from api_cases import Case


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


def test_the_whole_text_counts_where_no_piece_came() -> None:
    assert API.wholes("message", {"type": "transcript.text.done", "text": "Hi"}) == (text("Hi"),)
