"""Every recorded stream: its turn is what the expectations beside it say, but for what the bytes say otherwise."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
from expected_turns import EXPLAINED, Recording, recordings_of, value_of

from mocksse.providers.framing import Framer, frames
from mocksse.providers.turn import Merger, Turn, merge

if TYPE_CHECKING:
    from pathlib import Path

SAMPLE = 12
"""Every so many streams one is fed byte by byte."""


@pytest.fixture(scope="module")
def recordings(streams: Path) -> list[Recording]:
    return recordings_of(streams)


def found(turn: Turn) -> dict[str, Any]:
    calls = [call for choice in turn.choices for call in choice.tool_calls]
    return {
        "text": {str(choice.index): choice.text for choice in turn.choices if choice.text},
        "reasoning": {str(choice.index): choice.reasoning for choice in turn.choices if choice.reasoning},
        "tool_calls": [(call.id, call.name, value_of(call.arguments)) for call in calls],
        "refusal": turn.first.refusal,
        "finish": {str(choice.index): choice.finish for choice in turn.choices if choice.finish},
        "usage": turn.usage,
        "errors": list(zip(turn.errors, turn.error_types, strict=True)),
        "citations": len(turn.citations),
    }


def test_every_stream_comes_to_what_is_expected_of_it(recordings: list[Recording]) -> None:
    assert len(recordings) > 100
    differing = set()
    for recording in recordings:
        turn = found(merge(recording.api, frames(recording.content_type, recording.body)))
        differing |= {(recording.name, key) for key, value in recording.expected.items() if turn[key] != value}
    assert differing == EXPLAINED.keys()


def test_how_a_body_is_cut_never_shows(recordings: list[Recording]) -> None:
    for number, recording in enumerate(recordings):
        whole = merge(recording.api, frames(recording.content_type, recording.body))
        draws = random.Random(recording.name)
        size = 1 if number % SAMPLE == 0 and len(recording.body) < 20_000 else draws.randint(2, 2000)
        assert live(recording, size) == whole, recording.name


def live(recording: Recording, size: int) -> Turn:
    framer, merger = Framer(recording.content_type), Merger(recording.api)
    body = recording.body
    for at in range(0, len(body), size):
        for frame in framer.feed(body[at : at + size]):
            merger.feed(frame)
    for frame in framer.close():
        merger.feed(frame)
    return merger.turn


def test_what_is_fed_comes_to_the_turn(recordings: list[Recording]) -> None:
    """The pieces that `feed` gives are those of the turn: live views show what `show` shows."""
    for recording in recordings:
        merger = Merger(recording.api)
        pieces = [one for frame in frames(recording.content_type, recording.body) for one in merger.feed(frame)]
        for choice in merger.turn.choices:
            told = "".join(one.text for one in pieces if one.kind == "text" and one.choice == choice.index)
            assert told == choice.text, recording.name
