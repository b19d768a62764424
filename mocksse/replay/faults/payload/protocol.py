"""Payload: what an API's own order of events rules out, or leaves to those who can wait: strangers, orphans, bad ends.

Anthropic's documents ask of a client to "handle unknown event types gracefully"; no document says what a delta means
whose block nobody began. An answer that a limit or a failure cut off says so in its last words alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mocksse.providers.lenient import integer
from mocksse.replay.faults.fault import Fault, Param, Refused, at
from mocksse.replay.faults.payload.aim import EVENTS, api_of, event_at, gap_at
from mocksse.replay.faults.payload.ends import ended
from mocksse.replay.faults.payload.events import insert, remove_events, renumber, wrapped, written
from mocksse.replay.faults.payload.json_body import change, collected, edits, payload, payloads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mocksse.replay.draft import Layout
    from mocksse.replay.faults.fault import Args, Spot
    from mocksse.replay.faults.payload.json_body import Payload
    from mocksse.replay.reshape import Edit

_STRANGERS = {
    "keepalive": ("keepalive", b'{"type":"keepalive"}'),
    "vertex": ("vertex_event", b'{"type":"vertex_event","usage":{"input_tokens":9,"output_tokens":1}}'),
    "text": ("heartbeat", b"still alive"),
}


def _unknown(layout: Layout, spot: Spot, args: Args) -> Sequence[Edit]:
    index = gap_at(layout, spot)
    kind = args.text("kind")
    if kind == "text" and layout.unit == "array":
        raise Refused("what is no JSON cannot be an element of an array", "kind=keepalive")
    type_, data = _STRANGERS[kind]
    number = _number_at(layout, index) if kind == "keepalive" else None
    if number is not None:
        data = data[:-1] + b',"sequence_number":%d}' % number
    before = max(0, index - 1)
    like = layout.events[before]
    neighbour = payload(layout, before, like)
    if neighbour and neighbour.hidden:  # then it is the vendor's stream that has a stranger in it
        data, type_ = wrapped(layout, neighbour, data), ""
    made = insert(layout, index, written(layout, like, data, type_, named=kind != "keepalive"))
    return [made, *collected(layout, renumber(layout, {index: 1} if number is not None else {}))]


def _number_at(layout: Layout, index: int) -> int | None:
    """The sequence number that an event in front of event `index` would have; None where they have none."""
    last = None
    for event in payloads(layout):
        number = event.at(("sequence_number",))
        if type(number) is int:
            if event.index >= index:
                return number
            last = number + 1
    return last


@dataclass(frozen=True, slots=True)
class _Part:
    """What an event is to a block: its start, delta or stop, or the start of the whole `message`.

    A block is known by its number, and where an API has several lists of them, by its kind too.
    """

    event: Payload
    role: str
    kind: str = ""
    number: int = 0


_ROLES = {
    "message_start": "message",
    "content_block_start": "start",
    "content_block_delta": "delta",
    "content_block_stop": "stop",
    "messageStart": "message",
    "contentBlockStart": "start",
    "contentBlockDelta": "delta",
    "contentBlockStop": "stop",
    "response.created": "message",
    "response.in_progress": "message",
    "response.output_item.added": "start",
    "response.content_part.added": "start",
    "response.reasoning_summary_part.added": "start",
    "message-start": "message",
    "content-start": "start",
    "content-delta": "delta",
    "content-end": "stop",
    "tool-call-start": "start",
    "tool-call-delta": "delta",
    "tool-call-end": "stop",
}
_NUMBERS = {
    "anthropic": "index",
    "cohere": "index",
    "bedrock": "contentBlockIndex",
    "openai-responses": "output_index",
}


def _parts(layout: Layout) -> list[_Part]:
    api = api_of(layout)
    found = [part for event in payloads(layout) if (part := _part(event))]
    if not found:
        raise Refused(f"{api.title} has no events that begin or end a block")
    return found


def _part(event: Payload) -> _Part | None:
    if event.api not in _NUMBERS:
        return None
    number = integer(event.value, _NUMBERS[event.api])
    role = _ROLES.get(event.type)
    if role:
        return _Part(event, role, event.type.rpartition("-")[0], number)
    if event.api == "openai-responses" and event.type.endswith((".delta", ".done")):
        kind, _, end = event.type.rpartition(".")
        return _Part(event, "delta" if end == "delta" else "stop", kind, number)
    return None


def _orphans(layout: Layout, spot: Spot, args: Args) -> Sequence[Edit]:
    parts = _parts(layout)
    if args["kind"] == "no-message-start":
        begins = [part.event.index for part in parts if part.role == "message"]
        if not begins:
            raise Refused("no event in this stream begins the answer")
        return remove_events(layout, begins)
    first = event_at(layout, spot)
    deltas = [part for part in parts if part.role == "delta" and part.event.index >= first]
    if not deltas:
        raise Refused("no delta at this place or behind it")
    match args["kind"]:
        case "wrong-index":
            event = deltas[0].event
            nobody = b"%d" % (max(part.number for part in parts) + 1)
            return edits(layout, event, [change(event, (_NUMBERS[event.api],), nobody)])
        case "out-of-order":
            return _late_delta(layout, parts, deltas)
        case _:
            return _without_start(layout, parts, deltas)


def _without_start(layout: Layout, parts: Sequence[_Part], deltas: Sequence[_Part]) -> list[Edit]:
    """The first of the blocks that has a start has none."""
    for delta in deltas:
        before = [part for part in parts if part.role == "start" and part.event.index < delta.event.index]
        starts = [part for part in before if part.number == delta.number and part.kind in {"", delta.kind}]
        if starts:
            return remove_events(layout, [part.event.index for part in starts])
    raise Refused("no event begins a block that has a delta at this place or behind it")


def _late_delta(layout: Layout, parts: Sequence[_Part], deltas: Sequence[_Part]) -> list[Edit]:
    """The end of the first of the blocks that has one comes in front of its last delta."""
    for delta in deltas:
        block = [part for part in parts if (part.kind, part.number) == (delta.kind, delta.number)]
        stops = [part for part in block if part.role == "stop" and part.event.index > delta.event.index]
        if stops:
            stop = stops[0].event
            last = [part for part in block if part.role == "delta" and part.event.index < stop.index][-1]
            early = insert(layout, last.event.index, layout.body[stop.frame.start : stop.frame.end])
            return [early, *remove_events(layout, [stop.index])]
    raise Refused("no event ends a block that has a delta at this place or behind it")


def _incomplete(layout: Layout, _spot: Spot, args: Args) -> Sequence[Edit]:
    ending = ended(layout, "failed" if args["kind"] == "failed" else "incomplete")
    if not ending.changes:
        raise Refused("the answer ends so already")
    return collected(layout, ending.changes, ending.types)


FAULTS = (
    Fault(
        name="unknown-event-type",
        law="CORRUPTING",
        family="payload",
        summary="an event of a type that no document has",
        cases=(80,),
        example="unknown-event-type kind=vertex",
        sources=("openai/openai-node#1964", "vercel/ai#11309", "anomalyco/opencode#43765"),
        params=(
            at("percent:50", "In front of which event."),
            Param(
                "kind",
                "word",
                "keepalive",
                "keepalive: as OpenAI's Responses sends them; vertex: `vertex_event`, which Vertex AI puts into "
                "Anthropic's streams; text: one that is no JSON.",
                ("keepalive", "vertex", "text"),
            ),
        ),
        edits=_unknown,
        needs=EVENTS,
        details="In Responses a keepalive takes a sequence number, and those behind it are one higher.",
    ),
    Fault(
        name="orphan-events",
        law="CORRUPTING",
        family="payload",
        summary="deltas of a block that nobody began, or that has ended",
        cases=(82,),
        example="orphan-events kind=wrong-index",
        sources=("ranxianglei/billion-context#440", "maximhq/bifrost#6081"),
        params=(
            Param(
                "kind",
                "word",
                "delta-without-start",
                "delta-without-start: the block's start is missing; wrong-index: the delta has a number that no block "
                "has; out-of-order: the block ends in front of its last delta; no-message-start: the start of the "
                "whole message is missing.",
                ("delta-without-start", "wrong-index", "out-of-order", "no-message-start"),
            ),
            at("event:0", "The first delta at or behind this place says which block."),
        ),
        edits=_orphans,
        needs=EVENTS,
        details="For the APIs whose answers are made of blocks: Anthropic, OpenAI Responses, Cohere, Bedrock Converse.",
    ),
    Fault(
        name="incomplete-terminal",
        law="CORRUPTING",
        family="payload",
        summary="the answer ends as one that a limit cut off, or that failed",
        cases=(83,),
        example="incomplete-terminal kind=failed",
        sources=("pydantic/pydantic-ai#7911", "openai/openai-python#3263"),
        params=(
            Param(
                "kind",
                "word",
                "incomplete",
                "incomplete: `response.incomplete`, `length`, `max_tokens`, ...; failed: `response.failed`, "
                "`content_filter`, `refusal`, ...",
                ("incomplete", "failed"),
            ),
        ),
        edits=_incomplete,
        needs=EVENTS,
        details="Nothing else changes: text and tool calls are all there, and still the answer is not whole.",
    ),
)
