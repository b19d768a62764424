"""Speeches for tests: any, as Hypothesis finds them, and one by hand; and what a turn comes to, for comparison."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from mocksse.providers.encode import finish
from mocksse.providers.encode.counts import Counts, usage_of
from mocksse.providers.encode.registry import ENCODERS
from mocksse.providers.encode.speech import Speech
from mocksse.providers.fragment import Fragment
from mocksse.providers.framing import frames
from mocksse.providers.registry import APIS
from mocksse.providers.turn import Choice, ToolCall, Turn, merge

if TYPE_CHECKING:
    from mocksse.providers.api import Api

APIS_BY_NAME: dict[str, Api] = {api.name: api for api in APIS}
REASONS: tuple[finish.Why, ...] = ("stop", "length", "tool", "filter")

PIECES = st.lists(st.text(min_size=1, max_size=4), max_size=4)
NAMES = st.sampled_from(("weather", "time", "get_x"))
VALUES = st.sampled_from((None, True, 0, -1.5, 2**60, "", "Köln", '"\\', [1, {"a": []}], {"": "🌍"}))


@st.composite
def calls(draw: st.DrawFn) -> tuple[ToolCall, list[str]]:
    """A call and the pieces of its arguments, which may be an empty text."""
    taken = draw(st.dictionaries(st.sampled_from(("", "a", "ö")), VALUES, max_size=2))
    spaced = draw(st.booleans())
    text = json.dumps(taken, indent=1 if spaced else None, ensure_ascii=spaced) if draw(st.integers(0, 4)) else ""
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=4)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    return ToolCall(f"call_{draw(st.integers(0, 10**6))}", draw(NAMES), text), pieces


@st.composite
def speeches(draw: st.DrawFn, api: str) -> Speech:
    """All that the API can say, its pieces in any order in which each lane keeps its own."""
    encoder = ENCODERS[api]
    lanes: list[tuple[Any, ...]] = []
    choices: list[Choice] = []
    for index in range(draw(st.integers(1, 3)) if encoder.choices else 1):
        text, reasoning = draw(PIECES), draw(PIECES)
        refusal = draw(PIECES) if encoder.refusals else []
        called = draw(st.lists(calls(), max_size=3, unique_by=lambda pair: pair[0].id))
        lanes += [("text", index, 0, text), ("reasoning", index, 0, reasoning), ("refusal", index, 0, refusal)]
        lanes += [("tool", index, place, pieces) for place, (_, pieces) in enumerate(called)]
        why = finish.word(api, draw(st.sampled_from(REASONS)))
        made = tuple(call for call, _ in called)
        choices.append(Choice(index, "".join(text), "".join(reasoning), "".join(refusal), made, why))
    fragments = _woven(draw, lanes)
    usage = usage_of(api, Counts(9, 70, draw(st.integers(0, 50)))) if draw(st.booleans()) or api == "anthropic" else {}
    at_us = tuple(place * 1000 for place in range(len(fragments) + 2))
    return Speech(Turn(tuple(choices), usage), fragments, "model-1", "key", at_us)


def _woven(draw: st.DrawFn, lanes: list[tuple[Any, ...]]) -> tuple[Fragment, ...]:
    """First pieces of calls in the order of the calls: that order is all some APIs number them by."""
    order = draw(st.permutations([number for number, lane in enumerate(lanes) for _ in lane[3]]))
    left = [list(lane[3]) for lane in lanes]
    said: list[Fragment] = []
    begun: set[tuple[int, int]] = set()
    for number in order:
        kind, choice, index, _ = lanes[number]
        if kind == "tool" and index and (choice, index - 1) not in begun:
            # One before it has to begin first: its turn comes with the next of its own, or at the end.
            continue
        if kind == "tool":
            begun.add((choice, index))
        said.append(Fragment(kind, left[number].pop(0), choice, index))
    for (kind, choice, index, _), rest in zip(lanes, left, strict=True):
        said += (Fragment(kind, piece, choice, index) for piece in rest)
    return tuple(said)


def body(speech: Speech, api: str) -> bytes:
    """All bytes of its events."""
    return b"".join(event.data for event in ENCODERS[api].encode(speech))


def merged(data: bytes, api: str) -> Turn:
    """What a client makes of the bytes."""
    return merge(APIS_BY_NAME[api], frames(ENCODERS[api].content_type, data))


def said(turn: Turn, *, ids: bool = True) -> list[tuple[Any, ...]]:
    """Of each choice what it says; arguments as the values that they are."""
    return [
        (
            choice.index,
            choice.text,
            choice.reasoning,
            choice.refusal,
            [(call.id if ids else "", call.name, json.loads(call.arguments or "{}")) for call in choice.tool_calls],
        )
        for choice in turn.choices
    ]
