"""A cut answer that was taken for whole: in the next request of each API; and what continues one, and is right."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from verdicts import Told, asked

from mocksse.providers.turn import Choice, ToolCall, Turn
from mocksse.server.verdict import findings
from mocksse.server.verdict.sent import Sent

CUT = "The capital of France is Par"
WHOLE = Turn((Choice(text=f"{CUT}is.", finish="stop"),), done=True)
TEXT = Sent(Turn((Choice(text=CUT),)), 5)
CALL = ToolCall("call_1", "weather", '{"city": "Pa')
TOOL = Sent(Turn((Choice(tool_calls=(CALL,)),)), 3)
GONE = {"broken": True, "finish": "reset"}
QUESTION = {"role": "user", "content": "What is it?"}
NEXT = {"role": "user", "content": "And of Spain?"}


def body(value: Any) -> bytes:
    return json.dumps(value).encode()


def taken(later: Any, sent: Sent = TEXT, whole: Turn = WHOLE, **how: Any) -> list[str]:
    """What is found where `later` is the body of the next request."""
    first = body({"messages": how.pop("messages", [QUESTION])})
    records = [asked(1, 0, first, **{**GONE, **how}), asked(2, 9.0, body(later))]
    found = findings(records, answers=Told({1: sent}, whole), now=100)
    assert {one.check for one in found} <= {"truncated-stream-accepted"}
    return [one.message for one in found]


def openai(text: str = CUT, *behind: Any) -> dict[str, Any]:
    return {"messages": [QUESTION, {"role": "assistant", "content": text}, *(behind or (NEXT,))]}


GOES_ON = {
    "openai-chat": openai(),
    "anthropic": openai([{"type": "text", "text": CUT}]),  # type: ignore[arg-type]
    "openai-responses": {
        "input": [
            QUESTION,
            {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": CUT}]},
            NEXT,
        ]
    },
    "gemini": {
        "contents": [
            {"role": "user", "parts": [{"text": "What is it?"}]},
            {"role": "model", "parts": [{"text": CUT}]},
            {"role": "user", "parts": [{"text": "And of Spain?"}]},
        ]
    },
    "bedrock": {"messages": [QUESTION, {"role": "assistant", "content": [{"text": CUT}]}, NEXT]},
    "stripped": openai(f" {CUT}\n"),
}


@pytest.mark.parametrize("api", GOES_ON)
def test_a_conversation_goes_on_behind_a_cut_answer(api: str) -> None:
    assert taken(GOES_ON[api]) == ["the first 28 characters of 31 are there as an answer"]


def test_of_a_recording_that_was_cut_itself() -> None:
    assert taken(openai(), whole=TEXT.turn) == ["the first 28 characters are there as an answer"]


def test_an_end_without_a_terminator_cuts_too() -> None:
    assert taken(openai(), broken=False, finish="complete", faults=("truncate",))
    assert taken(openai(), broken=False, finish="complete") == [], "it was recorded like that"


RIGHT = {
    "asked again": {"messages": [QUESTION, NEXT]},
    "the whole of it, from elsewhere": openai(f"{CUT}is."),
    "prefilled": {"messages": [QUESTION, {"role": "assistant", "content": CUT}]},
    "told to continue": openai(CUT, {"role": "user", "content": "You were interrupted. Continue."}),
    "quoted": openai(CUT, {"role": "user", "content": f"Weiter hinter: {CUT[-24:]}"}),
    "no conversation": {"text": CUT},
    "no object": [CUT],
}


@pytest.mark.parametrize("how", RIGHT)
def test_who_continues_it_or_asks_again_is_right(how: str) -> None:
    assert taken(RIGHT[how]) == []


def test_what_can_not_be_told_is_not_held_against_anybody() -> None:
    assert taken(openai(), broken_off="the client left") == [], "who pressed stop keeps what there is"
    assert taken(openai(), status=500) == []
    later = openai(CUT, NEXT, NEXT)
    assert taken(later, messages=openai()["messages"]) == [], "it was there before"
    assert taken(openai(), replace(TEXT, turn=WHOLE)) == []
    assert taken(openai(), replace(TEXT, turn=replace(WHOLE, choices=TEXT.turn.choices))) == [], (
        "it said that it was all"
    )
    assert taken(openai(), whole=replace(WHOLE, choices=TEXT.turn.choices)) == [], "only its end was cut"
    records = [asked(1, 0, **GONE), asked(2, 9.0, body(openai()), body_bytes=99_999)]
    assert findings(records, answers=Told(TEXT, WHOLE), now=100) == [], "half a body"


# --- Tools

RESULTS = {
    "openai-chat": {"messages": [QUESTION, {"role": "tool", "tool_call_id": "call_1", "content": "Sun"}]},
    "anthropic": {
        "messages": [
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "call_1", "content": "Sun"}]},
        ]
    },
    "openai-responses": {"input": [{"type": "function_call_output", "call_id": "call_1", "output": "Sun"}]},
    "bedrock": {
        "messages": [
            {"role": "user", "content": [{"toolResult": {"toolUseId": "call_1", "content": [{"text": "Sun"}]}}]}
        ]
    },
}


@pytest.mark.parametrize("api", RESULTS)
def test_a_tool_was_run_with_half_of_its_arguments(api: str) -> None:
    assert taken(RESULTS[api], TOOL) == ["the result of weather is there, though its arguments were cut"]


NOT_RUN = {
    "refused": {"role": "tool", "tool_call_id": "call_1", "content": "Error: the arguments are not valid JSON"},
    "refused as Anthropic has it": {
        "role": "user",
        "content": [{"type": "tool_result", "tool_use_id": "call_1", "is_error": True, "content": "?"}],
    },
    "another": {"role": "tool", "tool_call_id": "call_2", "content": "Sun"},
}


@pytest.mark.parametrize("how", NOT_RUN)
def test_a_tool_that_was_not_run(how: str) -> None:
    assert taken({"messages": [QUESTION, NOT_RUN[how]]}, TOOL) == []


@pytest.mark.parametrize("arguments", ["", "{}", '{"city": "Paris"}'])
def test_a_tool_whose_arguments_were_there(arguments: str) -> None:
    sent = Sent(Turn((Choice(tool_calls=(replace(CALL, arguments=arguments),)),)))
    assert taken(RESULTS["openai-chat"], sent) == []
