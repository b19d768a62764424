"""providers/replicate: raw text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from api_cases import assert_tolerant, error, finish, text

from mocksse.providers.framing import frames
from mocksse.providers.registry import detect
from mocksse.providers.replicate import API
from mocksse.providers.turn import merge

if TYPE_CHECKING:
    from api_cases import Case

    from mocksse.providers.fragment import Fragment

CASES: list[Case] = [
    ("text", "output", "Hi", [text("Hi")]),
    ("lines", "output", "a\nb", [text("a\nb")]),
    ("log", "logs", "no", []),
    ("error", "error", '{"detail": "Boom"}', [error("Boom")]),
    ("error in words", "error", "Boom", [error("Boom")]),
    ("done", "done", "{}", []),
    ("canceled", "done", '{"reason": "canceled"}', [finish("canceled")]),
]


@pytest.mark.parametrize(
    ("type_", "payload", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_fragments(type_: str, payload: Any, expected: list[Fragment]) -> None:
    assert list(API.fragments(type_, payload)) == expected


def test_odd_payloads() -> None:
    assert_tolerant(API, CASES)


def test_a_number_is_text_and_a_line_break_is_kept() -> None:
    body = b"event: output\nid: 1:0\ndata: 42\n\nevent: output\nid: 1:1\ndata: a\ndata: \n\nevent: done\ndata: {}\n\n"
    found = frames("text/event-stream", body)
    assert detect("", found) is API
    turn = merge(API, found)
    assert (turn.first.text, turn.done) == ("42a\n", True)
