"""providers/replicate: raw text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api_cases import error, finish, text

from mocksse.providers.framing import frames
from mocksse.providers.registry import detect
from mocksse.providers.replicate import API
from mocksse.providers.turn import merge

if TYPE_CHECKING:
    from api_cases import Case


CASES: list[Case] = [
    ("text", "output", "Hi", [text("Hi")]),
    ("lines", "output", "a\nb", [text("a\nb")]),
    ("log", "logs", "no", []),
    ("error", "error", '{"detail": "Boom"}', [error("Boom")]),
    ("error in words", "error", "Boom", [error("Boom")]),
    ("done", "done", "{}", []),
    ("canceled", "done", '{"reason": "canceled"}', [finish("canceled")]),
]


def test_a_number_is_text_and_a_line_break_is_kept() -> None:
    body = b"event: output\nid: 1:0\ndata: 42\n\nevent: output\nid: 1:1\ndata: a\ndata: \n\nevent: done\ndata: {}\n\n"
    found = frames("text/event-stream", body)
    assert detect("", found) is API
    turn = merge(API, found)
    assert (turn.first.text, turn.done) == ("42a\n", True)
