"""Faults of the payload on streams that providers really sent, and on any cuts: never an exception but Refused."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from answers import answer, body_of
from breaking import recording
from hypothesis import given
from hypothesis import strategies as st
from tapes_of_apis import TAPES

from mocksse.cassette.units import api_of
from mocksse.providers.framing import frames, framing_of
from mocksse.providers.lenient import decode
from mocksse.replay.faults.fault import Refused
from mocksse.wire import eventstream

if TYPE_CHECKING:
    from mocksse.cassette.model import Interaction

pytestmark = pytest.mark.long

SAME = (
    "null-choices",
    "null-choices kind=missing at=done",
    "empty-choices",
    "null-delta",
    "null-delta kind=role",
    "null-delta kind=no-role",
    "null-delta kind=content",
    "null-delta kind=no-index",
    "tool-args-fragmented",
    "unknown-event-type",
    "unknown-event-type kind=vertex at=event:1",
)
"""What a client should not notice."""
BROKEN = (
    "null-delta at=percent:50",
    "tool-index-missing",
    "tool-id-missing",
    "tool-id-missing kind=missing",
    "tool-index-collision",
    "truncated-tool-args",
    "truncated-tool-args finish=length",
    "truncated-tool-args finish=tool_calls",
    "unknown-event-type kind=text at=end",
    "orphan-events",
    "orphan-events kind=wrong-index at=percent:50",
    "orphan-events kind=out-of-order",
    "orphan-events kind=no-message-start",
    "incomplete-terminal",
    "incomplete-terminal kind=failed",
    "fresh-ids",
)


def sound(content_type: str, body: bytes) -> int:
    """How many events are no JSON; the framing is sound."""
    if framing_of(content_type, body) == "array":
        json.loads(body)
    if framing_of(content_type, body) == "eventstream":
        assert not [item for item in eventstream.parse(body) if isinstance(item, eventstream.Broken)]
    return sum(frame.kind == "event" and decode(frame.data) is None for frame in frames(content_type, body))


@pytest.mark.parametrize("spec", [*SAME, *BROKEN])
def test_recorded_streams(recorded: dict[str, Interaction], spec: str) -> None:
    """Whatever it changes, framing and JSON stay sound; what is legal does not change the answer."""
    taken = 0
    for name, tape in recorded.items():
        try:
            body = body_of(spec, tape)
        except Refused:
            continue
        taken += 1
        before, content_type = tape.response.body, tape.response.content_type
        assert body != before, name
        strange = sound(content_type, body) - sound(content_type, before)
        assert strange == 0 or (strange == 1 and "kind=text" in spec), name
        if spec in SAME:
            api = api_of(tape)
            one, other = answer(api, content_type, before), answer(api, content_type, body)
            assert (one.text, one.reasoning, one.args, one.ids, one.finish) == (
                other.text,
                other.reasoning,
                other.args,
                other.ids,
                other.finish,
            ), name
    assert taken > 5


CUT = [name for name in TAPES if name not in {"plain", "length", "close", "openrouter"}]


@given(st.sampled_from([*SAME, *BROKEN]), st.sampled_from(CUT), st.sets(st.integers(1, 4000), max_size=12))
def test_how_the_body_was_cut_makes_no_difference(spec: str, name: str, places: set[int]) -> None:
    tape = TAPES[name]
    whole = tape.response.body
    ends = [0, *sorted(place for place in places if place < len(whole)), len(whole)]
    chunks = [whole[start:end] for start, end in pairwise(ends)]
    cut = recording(*chunks, path=tape.request.path, content_type=tape.response.content_type)

    def made(of: Interaction) -> bytes | str:
        try:
            return body_of(spec, of)
        except Refused as refused:
            return refused.reason

    assert made(cut) == made(tape)
