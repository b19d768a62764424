"""Every recorded stream: its turn is what the expectations beside it say, but for what the bytes say otherwise."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from mocksse.providers.framing import Framer, frames
from mocksse.providers.registry import detect
from mocksse.providers.turn import Merger, Turn, merge

if TYPE_CHECKING:
    from pathlib import Path

    from mocksse.providers.api import Api

EXPLAINED: dict[tuple[str, str], str] = {
    (
        "gemini__parallel-tools_partialArgs__0aadf4",
        "tool_calls",
    ): "one functionCall with a name, then 30 with partialArgs and none: values of that call by JSONPath, not 31 calls",
    (
        "gemini__reasoning_parallel-tools_partialArgs__ee94c0",
        "tool_calls",
    ): "the same: `$.id` in pieces, and `functionCall: {}` where a call ends",
    (
        "gemini__text_groundingMetadata__4ea435",
        "citations",
    ): "groundingMetadata.groundingChunks has a source; the expectation counts none of Gemini's",
    ("gemini__text_groundingMetadata_part-executableCode__e08b37", "citations"): "the same",
    ("gemini__text_groundingMetadata_part-toolCall_part-toolResponse__f22d5e", "citations"): "the same",
    (
        "gemini__promptFeedback-SAFETY_empty__872a06",
        "finish",
    ): "there are no candidates: promptFeedback.blockReason SAFETY is why there is no answer",
    ("assistants__text__d7c8cc", "finish"): "thread.run.completed has status completed",
    ("assistants__text__d7c8cc", "usage"): "thread.run.completed has the counters of the run",
}
"""Where the bytes say something else than the expectation: (stream, field), and what they say."""
SAMPLE = 12
"""Every so many streams one is fed byte by byte."""


@dataclass(frozen=True)
class Recording:
    name: str
    expected: dict[str, Any]
    content_type: str
    body: bytes

    @property
    def api(self) -> Api | None:
        """By its events: that is all that `import` has."""
        return detect("", frames(self.content_type, self.body))


@pytest.fixture(scope="module")
def recordings(streams: Path) -> list[Recording]:
    return [read(meta) for meta in sorted(streams.glob("*/*.meta.json"))]


def read(meta: Path) -> Recording:
    name = meta.name.removesuffix(".meta.json")
    (body,) = (path for path in meta.parent.glob(f"{name}.*") if path != meta)
    told = json.loads(meta.read_text("utf-8"))
    headers = {key.lower(): value for key, value in told["response_headers"].items()}
    return Recording(name, expected(told), headers.get("content-type", ""), body.read_bytes())


def expected(told: dict[str, Any]) -> dict[str, Any]:
    """The expectations in the form of `found`; a text, and reasoning, may be given once or by choice."""
    reasoning = told["expected_reasoning"] or ""
    calls = told["expected_tool_calls"]
    return {
        "text": {at: text for at, text in by_choice(told["expected_texts_by_choice"] or told["expected_text"]) if text},
        "reasoning": {at: text for at, text in by_choice(reasoning) if text},
        "tool_calls": [(call["id"] or "", call["name"], value_of(call["arguments"])) for call in calls],
        "refusal": told["refusal"] or "",
        "finish": told["finish"],
        "usage": told["usage"] or {},
        "errors": [(error["message"], error.get("type", "")) for error in told["errors"] or ()],
        "citations": told["citations_count"],
    }


def by_choice(told: Any) -> list[tuple[str, str]]:
    return list(told.items()) if isinstance(told, dict) else [("0", told)]


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


def value_of(arguments: Any) -> Any:
    """Arguments as a value: an object may be spelled in many ways, and none at all means no arguments."""
    if not isinstance(arguments, str):
        return arguments
    try:
        return json.loads(arguments or "{}")
    except ValueError:  # cut by a token limit
        return arguments


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
