"""What is read of a prompt in each API's shape: what the user said last, how many turns, whose tool results."""

from __future__ import annotations

import json
from typing import Any

import pytest
from matching import SHAPES, turn

from mocksse.cassette.match import last_user_message
from mocksse.cassette.match.conversation import Turns, last_user, turns_of

RESULT = {"type": "tool_result", "tool_use_id": "t", "content": "x"}


def image(data: str) -> list[dict[str, Any]]:
    return [{"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": {"url": data}}]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"messages": [{"role": "user", "content": "a"}]}, "a"),
        ({"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}, "a"),
        ({"messages": [{"role": "system", "content": "a"}]}, ""),
        ({"messages": [{"role": "user", "content": image("x")}]}, "What is it?"),
        ({"messages": [{"role": "user", "content": [{"text": "a"}, {"text": "b"}]}]}, "a\nb"),
        ({"input": "a"}, "a"),
        ({"input": [{"role": "user", "content": [{"type": "input_text", "text": "a"}]}]}, "a"),
        ({"contents": [{"role": "user", "parts": [{"text": "a"}]}, {"role": "model", "parts": [{"text": "b"}]}]}, "a"),
        ({"contents": [{"parts": [{"text": "a"}]}]}, "a"),
        ({"prompt": "a"}, "a"),
        ({"inputs": "a"}, "a"),
        ({"messages": [], "prompt": "a"}, "a"),
        ({"messages": [{"role": "user"}]}, ""),
        ({"messages": [{"role": "user", "content": None}]}, ""),
        ({"messages": [{"role": "user", "content": [1, None, {"text": ["x"]}, "a"]}]}, "a"),
        ({"messages": "a"}, "a"),
        # Tool results say nothing; what stands beside them does.
        ({"messages": [{"role": "user", "content": "a"}, {"role": "user", "content": [RESULT]}]}, "a"),
        ({"messages": [{"role": "user", "content": [RESULT, {"type": "text", "text": "b"}]}]}, "b"),
        ({"input": [{"role": "user", "content": "a"}, {"type": "function_call_output", "call_id": "c"}]}, "a"),
        ({"input": [{"type": "message", "role": "user", "content": "a"}, {"type": "reasoning", "summary": []}]}, "a"),
        ({"messages": [1, "x", None]}, ""),
        ({}, ""),
        ([], ""),
        ("a", ""),
        (None, ""),
    ],
)
def test_last_user_message(body: Any, said: str) -> None:
    assert last_user_message(body) == said


@pytest.mark.parametrize("shape", SHAPES)
def test_turns_of_a_tool_loop(shape: str) -> None:
    def turns(*ids: str) -> Turns:
        return turns_of(json.loads(turn(shape, "Hello", list(ids))))

    assert turns() == Turns(1, "user", frozenset())
    assert turns("call_1") == Turns(3, "tool", frozenset({("call_1", 0)}))
    assert turns("call_1", "call_2") == Turns(5, "tool", frozenset({("call_1", 0), ("call_2", 0)}))
    # The same call again, or a tool that has a name only.
    assert turns("a", "a").results == frozenset({("a", 0), ("a", 1)})
    assert last_user_message(json.loads(turn(shape, "Hello", ["call_1"]))) == "Hello"


@pytest.mark.parametrize(
    ("body", "turns"),
    [
        ({"input": "a"}, Turns(1, "user", frozenset())),
        ({"prompt": "a"}, Turns(1, "user", frozenset())),
        ({"messages": [{"role": "developer", "content": "a"}]}, Turns(0, "", frozenset())),
        (
            {"input": [{"type": "mcp_approval_response", "approval_request_id": "m"}]},
            Turns(1, "tool", frozenset({("m", 0)})),
        ),
        (
            {"contents": [{"role": "function", "parts": [{"function_response": {"name": "f"}}]}]},
            Turns(1, "tool", frozenset({("f", 0)})),
        ),
        ({"contents": [{"role": "model", "parts": [{"text": "a"}]}]}, Turns(1, "assistant", frozenset())),
        ({"messages": [{"role": "function", "name": "f", "content": "x"}]}, Turns(1, "tool", frozenset({("f", 0)}))),
        ({"messages": [{"role": 7, "type": [], "content": {"text": 1}, "parts": "x"}]}, Turns(1, "user", frozenset())),
        ({"messages": {"role": "user"}}, Turns(0, "", frozenset())),
        ([], Turns(0, "", frozenset())),
        (None, Turns(0, "", frozenset())),
    ],
)
def test_turns(body: Any, turns: Turns) -> None:
    assert turns_of(body) == turns


def test_ignored_ids_are_all_the_same() -> None:
    first, second = (turns_of(json.loads(turn("openai", "a", [i])), ("ids",)) for i in ("call_1a", "call_2b"))
    assert first == second


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"messages": [{"role": "system"}, {"role": "user", "content": "a"}]}, ("messages", 1, "content")),
        ({"contents": [{"parts": [{"text": "a"}]}]}, ("contents", 0, "parts")),
        ({"prompt": "a"}, ("prompt",)),
        ({"model": "m"}, ()),
    ],
)
def test_where_the_user_said_it(body: Any, place: tuple[str | int, ...]) -> None:
    assert last_user(body)[0] == place
