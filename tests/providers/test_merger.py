"""providers/turn: how pieces and wholes come together, for a made-up API and every API's answer without a stream."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mocksse.providers import registry
from mocksse.providers.answers import answer
from mocksse.providers.api import Api
from mocksse.providers.fragment import Fragment
from mocksse.providers.framing import Frame, frames
from mocksse.providers.turn import Choice, Merger, ToolCall, Turn, merge

APIS = {api.name: api for api in registry.APIS}


def spoken(*events: tuple[list[Fragment], list[Fragment]], numbered: bool = True, join: str = "") -> Turn:
    """The turn of events that each have these pieces and these wholes."""
    api = Api(
        "made-up",
        "Made up",
        (),
        fragments=lambda _type, payload: tuple(events[payload][0]),
        wholes=lambda _type, payload: tuple(events[payload][1]),
        recognises=lambda _type, _payload: False,
        numbered=numbered,
        join=join,
    )
    return merge(api, [Frame(0, 0, "", str(number).encode()) for number in range(len(events))])


def text(piece: str, index: int = 0, choice: int = 0) -> Fragment:
    return Fragment("text", piece, choice, index)


def tool(piece: str, index: int = 0, call: str = "", name: str = "") -> Fragment:
    return Fragment("tool", piece, 0, index, call, name)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([([text("a")], []), ([text("b")], [])], "ab"),
        ([([text("a")], [text("ab")]), ([text("b")], [text("ab")])], "ab"),
        ([([], [text("ab")])], "ab"),
        ([([], [text("a")]), ([], [text("ab")])], "ab"),
        ([([], [text("a"), text("b")])], "ab"),
        ([([], [text("x")]), ([text("a")], [])], "a"),
        ([([text("a", 0)], []), ([], [text("a", 0), text("b", 1)])], "ab"),
        ([([text("a", 0), text("c", 1)], []), ([text("b", 0)], [])], "abc"),
    ],
    ids=[
        "pieces",
        "wholes repeat them",
        "a whole alone",
        "the last whole",
        "a whole in parts",
        "pieces go first",
        "a block of which no piece came",
        "blocks by turns",
    ],
)
def test_text(events: list[tuple[list[Fragment], list[Fragment]]], expected: str) -> None:
    assert spoken(*events).first.text == expected


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([([tool("", 0, "a", "f"), tool('{"x"'), tool(":1}")], [])], [ToolCall("a", "f", '{"x":1}')]),
        ([([tool("{", 0, "a", "f"), tool("}", 0, "a", "f")], [])], [ToolCall("a", "f", "{}")]),
        (
            [([tool("1", 0, "a"), tool("2", 1, "b"), tool("3", 0)], [])],
            [ToolCall("a", "", "13"), ToolCall("b", "", "2")],
        ),
        (
            [([tool("{}", 0, "a", "f"), tool("{}", 0, "b", "f")], [])],
            [ToolCall("a", "f", "{}"), ToolCall("b", "f", "{}")],
        ),
        (
            [([tool("", 0, "a", "f"), tool("", 0, "b", "g"), tool("1", 0, "a"), tool("2", 0, "b")], [])],
            [ToolCall("a", "f", "1"), ToolCall("b", "g", "2")],
        ),
        ([([tool("", 0, "a", "f")], []), ([], [tool("{}", 0, "a", "f")])], [ToolCall("a", "f", "{}")]),
        ([([tool("{", 0, "a", "f")], []), ([], [tool("{}", 0, "a", "f")])], [ToolCall("a", "f", "{")]),
        ([([], [tool("{}", 3, "a", "f")])], [ToolCall("a", "f", "{}")]),
    ],
    ids=[
        "pieces",
        "id and name repeated",
        "by turns",
        "a second one under the same number",
        "by turns, told apart by ids",
        "arguments as a whole only",
        "pieces go first",
        "a whole alone",
    ],
)
def test_tool_calls(events: list[tuple[list[Fragment], list[Fragment]]], expected: list[ToolCall]) -> None:
    assert list(spoken(*events).first.tool_calls) == expected


def test_calls_without_numbers_begin_with_a_name() -> None:
    two = [tool("{}", name="f"), tool("{}", name="f")]
    assert [call.name for call in spoken((two, []), numbered=False).first.tool_calls] == ["f", "f"]
    assert len(spoken((two, [])).first.tool_calls) == 1


def test_usage_is_cumulative_and_a_whole_is_the_last_resort() -> None:
    def usage(counters: str) -> Fragment:
        return Fragment("usage", counters)

    assert spoken(([usage('{"a":1,"b":2}')], []), ([usage('{"a":3,"b":null,"c":null}')], [])).usage == {
        "a": 3,
        "b": 2,
        "c": None,
    }
    assert spoken(([usage('{"a":1}')], [usage('{"z":1}')])).usage == {"a": 1}
    assert spoken(([], [usage('{"z":1}')])).usage == {"z": 1}


def test_sources_that_are_told_again_count_once() -> None:
    one, two = Fragment("citation", '"a"'), Fragment("citation", '"b"')
    assert spoken(([], [one]), ([], [one, two]), ([], [one])).citations == ('"a"', '"b"')
    assert spoken(([one], []), ([one], [])).citations == ('"a"', '"a"')
    assert spoken(([one], []), ([], [one, two])).citations == ('"a"',)


def test_finish_errors_and_choices() -> None:
    turn = spoken(
        ([text("b", choice=1), Fragment("finish", "max_tokens", name="incomplete")], []),
        ([Fragment("error", "Boom", name="x"), Fragment("finish", "")], [Fragment("finish", "stop", 1)]),
    )
    assert turn.choices == (Choice(0, finish="incomplete:max_tokens"), Choice(1, text="b", finish="stop"))
    assert (turn.errors, turn.error_types) == (("Boom",), ("x",))
    assert turn.first.index == 0


def test_text_between_pieces() -> None:
    assert spoken(([text("a")], []), ([text("b")], []), join=", ").first.text == "a, b"


def test_nothing_known() -> None:
    merger = Merger(None)
    assert merger.feed(Frame(0, 1, "message", b'{"a":1}')) == ()
    assert merger.turn == Turn()
    merger.feed(Frame(0, 1, "message", b"[DONE]"))
    assert merger.turn == Turn(done=True)
    assert Turn().first == Choice()


CALLED = [ToolCall("c1", "f", '{"x":1}'), ToolCall("c2", "g", "{}")]
WITHOUT_CALLS = {"openai-completions", "llamacpp", "tgi"}
WITHOUT_IDS = {"gemini", "ollama"}


@pytest.mark.parametrize("name", [name for name, api in APIS.items() if answer(api, "x") is not None])
def test_an_answer_that_is_no_stream(name: str) -> None:
    body = answer(APIS[name], "Hi", "", () if name in WITHOUT_CALLS else CALLED)
    assert body
    found = frames("application/json", body)
    api = registry.detect("", found)
    assert api is APIS[name]
    turn = merge(api, found)
    assert turn.first.text == "Hi"
    expected = [] if name in WITHOUT_CALLS else [(call.name, json.loads(call.arguments)) for call in CALLED]
    assert [(call.name, json.loads(call.arguments)) for call in turn.first.tool_calls] == expected
    assert turn.done
    assert turn.usage or name == "tgi"
    assert turn.first.finish or name == "tgi"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            {"output": {"message": {"content": [{"text": "Hi"}]}}, "stopReason": "end_turn"},
            ("bedrock", "Hi", "end_turn"),
        ),
        ({"choices": [{"message": {"content": "Hi"}}], "object": "chat.completion"}, ("openai-chat", "Hi", "")),
        (
            {"type": "message", "role": "assistant", "content": [{"type": "text", "text": "Hi"}]},
            ("anthropic", "Hi", ""),
        ),
    ],
)
def test_bodies(body: dict[str, Any], expected: tuple[str, str, str]) -> None:
    found = frames("application/json", json.dumps(body).encode())
    api = registry.detect("", found)
    assert api
    turn = merge(api, found)
    assert (api.name, turn.first.text, turn.first.finish) == expected
