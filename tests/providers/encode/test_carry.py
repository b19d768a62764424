"""Between every two of the six: text, reasoning and tool calls go over, at their times; what does not is said."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from speeches import body, merged, said, speeches

from mocksse.providers.encode.carry import carry
from mocksse.providers.encode.registry import ENCODERS
from mocksse.providers.encode.speech import Speech
from mocksse.providers.fragment import Fragment
from mocksse.providers.turn import Choice, ToolCall, Turn


@pytest.mark.parametrize("to", ENCODERS)
@pytest.mark.parametrize("of", ENCODERS)
@settings(max_examples=8)
@given(data=st.data())
def test_between_every_two_what_both_can_say_survives(of: str, to: str, data: st.DataObject) -> None:
    speech = data.draw(speeches(of))
    carried, lost = carry(speech, ENCODERS[to])
    kept = speech.turn.choices if ENCODERS[to].choices else speech.turn.choices[:1]
    if not ENCODERS[to].refusals:
        kept = tuple(replace(choice, refusal="") for choice in kept)
    assert said(merged(body(carried, to), to)) == said(Turn(kept))
    assert ("choices: " in "".join(lost)) == (len(kept) < len(speech.turn.choices))
    assert ("refusal: " in "".join(lost)) == (
        not ENCODERS[to].refusals and any(choice.refusal for choice in speech.turn.choices[: len(kept)])
    )
    indices = {choice.index for choice in kept}
    assert list(carried.at_us[1:-1]) == [
        at
        for piece, at in zip(speech.fragments, speech.at_us[1:], strict=False)
        if piece.choice in indices and (piece.kind != "refusal" or ENCODERS[to].refusals)
    ]
    assert (carried.at_us[0], carried.at_us[-1]) == (speech.at_us[0], speech.at_us[-1])


def heard(choice: Choice, *, usage: dict[str, object] | None = None, errors: tuple[str, ...] = ()) -> Speech:
    """An answer of these lanes, a piece each."""
    lanes = [("reasoning", choice.reasoning), ("text", choice.text), ("refusal", choice.refusal)]
    pieces = [Fragment(kind, text) for kind, text in lanes if text]  # type: ignore[arg-type]
    pieces += [Fragment("tool", call.arguments, 0, place) for place, call in enumerate(choice.tool_calls)]
    at_us = tuple(range(0, 10 * (len(pieces) + 2), 10))
    return Speech(Turn((choice,), usage or {}, errors), tuple(pieces), "m", "key", at_us)


BAD = ToolCall("call_1", "weather", '{"at": "Be')
HUGE = ToolCall("call_2", "power", '{"n": 1e999}')
GOOD = ToolCall("", "time", "")


@pytest.mark.parametrize(
    ("choice", "to", "lost"),
    [
        (Choice(text="Hi", finish="stop"), "ollama", []),
        (Choice(text="Hi", finish="stop_sequence"), "openai-chat", []),
        (Choice(text="", finish="content_filter"), "cohere", ["finish: cohere has no word for content_filter, "]),
        (Choice(text="Hi", finish="eos_reached"), "gemini", ["finish: gemini has no word for eos_reached, STOP "]),
        (Choice(refusal="No.", finish="stop"), "anthropic", ["refusal: anthropic has no place for its text"]),
        (Choice(refusal="No.", finish="stop"), "openai-responses", []),
        (Choice(tool_calls=(GOOD,), finish="STOP"), "cohere", ["ids: the recording's 1 tool call had none, made up "]),
        (Choice(tool_calls=(GOOD,), finish="STOP"), "ollama", []),
        (
            Choice(tool_calls=(BAD, HUGE, GOOD), finish="tool_calls"),
            "gemini",
            [
                "tool call: the arguments of weather are no JSON object, and gemini has nothing else",
                "tool call: the arguments of power have a value that JSON can't hold, and gemini has nothing else",
            ],
        ),
        (Choice(tool_calls=(BAD,), finish="tool_calls"), "anthropic", []),
        (Choice(text="Hi", citations=("a", "b"), images=("c",)), "gemini", ["citations: 2 citations left out", "im"]),
    ],
)
def test_what_does_not_go_over_is_said(choice: Choice, to: str, lost: list[str]) -> None:
    carried, lines = carry(heard(choice, usage={"prompt_tokens": 1, "completion_tokens": 2}), ENCODERS[to])
    assert len(lines) == len(lost), lines
    for line, begun in zip(lines, lost, strict=True):
        assert line.startswith(begun)
    assert body(carried, to)


def test_a_call_that_is_left_out_moves_those_behind_it_up() -> None:
    carried, _ = carry(heard(Choice(tool_calls=(BAD, GOOD), finish="tool_calls")), ENCODERS["ollama"])
    assert [(piece.index, at) for piece, at in zip(carried.fragments, carried.at_us[1:], strict=False)] == [(0, 20)]
    assert [call.name for call in merged(body(carried, "ollama"), "ollama").first.tool_calls] == ["time"]


def test_usage_is_made_up_only_where_it_can_not_be_left_out() -> None:
    speech = heard(Choice(text="Hi", finish="stop"))
    for to in ENCODERS:
        carried, lost = carry(speech, ENCODERS[to])
        is_anthropic = to == "anthropic"
        assert bool(carried.turn.usage) == is_anthropic
        assert lost == (("usage: the recording has none, and anthropic always has: zeros",) if is_anthropic else ())


def test_the_id_of_the_answer_is_another_ones() -> None:
    speech = heard(Choice(text="Hi"))
    _, lost = carry(replace(speech, turn=replace(speech.turn, id="chatcmpl-7")), ENCODERS["gemini"])
    assert lost == ("ids: another is made up for chatcmpl-7",)


def test_errors_are_named() -> None:
    carried, lost = carry(heard(Choice(text="Hi"), errors=("overloaded", "again")), ENCODERS["gemini"])
    assert carried.turn.errors == ()
    assert lost == ("errors: overloaded; again",)
