"""What every encoder keeps: a client gets back what was said, in its order, whatever the order of its pieces was."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from speeches import APIS_BY_NAME, body, merged, said, speeches

from mocksse.providers import registry
from mocksse.providers.encode.registry import ENCODERS
from mocksse.providers.encode.speech import Speech
from mocksse.providers.fragment import Fragment
from mocksse.providers.framing import frames
from mocksse.providers.turn import Choice, Turn

every = pytest.mark.parametrize("api", ENCODERS)


def ends(turn: Turn) -> list[str]:
    return [choice.finish.removeprefix("incomplete:") for choice in turn.choices]


@every
@settings(max_examples=40)
@given(data=st.data())
def test_what_is_said_comes_back(api: str, data: st.DataObject) -> None:
    speech = data.draw(speeches(api))
    events = ENCODERS[api].encode(speech)
    turn = merged(b"".join(event.data for event in events), api)
    assert said(turn) == said(speech.turn)
    assert ends(turn) == ends(speech.turn)
    assert turn.usage.items() >= speech.turn.usage.items()
    assert turn.done == (api != "gemini")
    assert turn.errors == ()

    assert all(before.at <= after.at for before, after in pairwise(events))
    assert {event.at for event in events} <= set(range(len(speech.at_us)))
    found = frames(ENCODERS[api].content_type, b"".join(event.data for event in events))
    assert [frame.kind for frame in found] == ["event"] * len(events), "an event is one frame"
    assert registry.detect("/elsewhere", found) is APIS_BY_NAME[api]


@every
@settings(max_examples=15)
@given(data=st.data())
def test_an_answer_that_broke_off_says_what_it_said_and_does_not_end(api: str, data: st.DataObject) -> None:
    speech = data.draw(speeches(api))
    size = data.draw(st.integers(0, len(speech.fragments)))
    at_us = (*speech.at_us[: size + 1], speech.at_us[-1])
    half = replace(speech, fragments=speech.fragments[:size], at_us=at_us, whole=False)
    turn = merged(body(half, api), api)
    assert not any(ends(turn))
    assert not turn.done
    for choice in turn.choices:
        mine = [piece for piece in half.fragments if piece.choice == choice.index]
        assert choice.text == "".join(piece.text for piece in mine if piece.kind == "text")
        assert choice.reasoning == "".join(piece.text for piece in mine if piece.kind == "reasoning")
        assert choice.refusal == "".join(piece.text for piece in mine if piece.kind == "refusal")
        if not ENCODERS[api].objects:  # whole, or not at all
            told = [
                "".join(piece.text for piece in mine if (piece.kind, piece.index) == ("tool", place))
                for place in sorted({piece.index for piece in mine if piece.kind == "tool"})
            ]
            assert [call.arguments for call in choice.tool_calls] == told


@every
def test_the_api_is_known_by_its_path(api: str) -> None:
    assert registry.detect(ENCODERS[api].path) is APIS_BY_NAME[api]


@every
def test_the_same_speech_is_the_same_bytes_and_another_key_other_ids(api: str) -> None:
    turn = Turn((Choice(0, "Hi"),))
    speech = Speech(turn, (Fragment("text", "Hi"),), "m", "key", (0, 1, 2))
    assert body(speech, api) == body(speech, api)
    if api != "ollama":  # it has no ids of its own
        assert body(speech, api) != body(replace(speech, key="another"), api)
