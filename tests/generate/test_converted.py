"""A recording in another API's format: the same answer at the same times, and an end like its own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tapes_of_apis import TAPES

from mocksse.cassette.load import load
from mocksse.cassette.match import last_user_message, parse_json
from mocksse.cassette.units import api_of, text_counts, units
from mocksse.generate.converted import convert
from mocksse.providers.encode.registry import ENCODERS
from mocksse.providers.turn import Turn, merge

if TYPE_CHECKING:
    from mocksse.cassette.model import Interaction

CASSETTES = Path(__file__).parents[2] / "cassettes"
SHIPPED = ("openai-chat", "reasoning", "unicode", "openai-responses", "anthropic", "llamacpp", "cut")
every = pytest.mark.parametrize("to", ENCODERS)


def recorded(name: str) -> Interaction:
    (interaction,) = load(CASSETTES / f"{name}.yaml").interactions
    return interaction


def turn_of(interaction: Interaction) -> Turn:
    return merge(api_of(interaction), units(interaction.response))


def text_times(interaction: Interaction) -> list[int]:
    response = interaction.response
    counts = text_counts(api_of(interaction), response)
    return [at for at, n in zip(response.piece_times_us, counts, strict=True) for _ in range(n)]


@every
@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_recording_says_the_same_at_the_same_times(name: str, to: str) -> None:
    source = recorded(name)
    made, lost = convert(source, to)
    old, new = turn_of(source).first, turn_of(made).first
    assert (new.text, new.reasoning) == (old.text, old.reasoning)
    assert text_times(made) == text_times(source)
    assert made.response.head_after_us == source.response.head_after_us
    assert made.response.end_us == source.response.end_us
    assert made.response.end.how == source.response.end.how
    assert bool(new.finish) == bool(old.finish)
    assert made.name == source.name
    api = api_of(made)
    assert api is not None
    assert api.name == to
    assert all(line.startswith(("usage: ", "finish: ", "request: ", "ids: another")) for line in lost)


@every
@pytest.mark.parametrize("name", [name for name, tape in TAPES.items() if api_of(tape) is not None])
def test_every_known_api_can_be_converted(name: str, to: str) -> None:
    made, _ = convert(TAPES[name], to)
    old, new = turn_of(TAPES[name]).first, turn_of(made).first
    assert (new.text, new.reasoning) == (old.text, old.reasoning)
    assert [call.name for call in new.tool_calls] == [call.name for call in old.tool_calls]


def test_the_request_goes_over_as_far_as_the_user_spoke_last() -> None:
    source = recorded("openai-chat")
    made, _ = convert(source, "anthropic")
    body = parse_json(made.request.body)
    assert made.request.path == "/v1/messages"
    assert (body["model"], body["stream"]) == ("smollm2", True)
    assert last_user_message(body) == last_user_message(parse_json(source.request.body)) != ""
    assert made.recorded is not None
    assert source.recorded is not None
    assert (made.recorded.at, made.recorded.by) == (source.recorded.at, "mocksse convert, from openai-chat")


def test_a_request_of_more_than_that_is_told_of() -> None:
    source = recorded("openai-chat")
    more = b'{"messages": [{"role": "user", "content": "A"}, {"role": "assistant", "content": "B"}], "model": "m"}'
    _, lost = convert(replace(source, request=replace(source.request, body=more)), "openai-chat")
    assert lost[-1] == "request: only what the user said last is kept of it"


def test_the_same_recording_is_converted_to_the_same_bytes() -> None:
    assert convert(recorded("reasoning"), "gemini") == convert(recorded("reasoning"), "gemini")
