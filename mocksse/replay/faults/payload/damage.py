"""Payload: events that are not what their API writes: JSON that is cut, none at all, or two; text that is no Unicode.

The event itself is well framed: line ends, lengths and checksums are right, so that only whoever reads the JSON can
tell. RFC 8259, 8.1: "JSON text exchanged between systems that are not part of a closed ecosystem MUST be encoded using
UTF-8"; 8.2 has unpaired surrogates: "the behavior of software that receives JSON texts containing such values is
unpredictable".
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from mocksse.providers import registry, source
from mocksse.providers.source import span_of
from mocksse.replay.faults.fault import Fault, Param, Refused, at
from mocksse.replay.faults.payload.aim import EVENTS, api_of, gap_at, json_from, sources
from mocksse.replay.faults.payload.events import insert, wrapped, written
from mocksse.replay.faults.payload.json_body import Change, edits, payload, rewritten
from mocksse.replay.reshape import Edit, delete
from mocksse.wire.json_spans import middle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mocksse.replay.draft import Layout
    from mocksse.replay.faults.fault import Args, Spot
    from mocksse.replay.faults.payload.json_body import Payload

_STRAY = {
    "stray": b"\xff",  # a byte that UTF-8 has no use for
    "overlong": b"\xc0\xaf",  # a slash in two bytes
    "surrogate": b"\xed\xa0\xbd",  # U+D83D in three bytes
    "cut": b"\xe2\x82",  # a character that lacks its last byte
}
_KINDS = {"tool-args": ("tool",), "reasoning": ("reasoning",)}
"""What counts as text at a named place, else text and reasoning do."""
_HIGH, _LOW = b"\\ud83d", b"\\ude00"


def _truncated_json(layout: Layout, spot: Spot, args: Args) -> list[Edit]:
    event = next(json_from(layout, spot), None)
    if event is None:
        raise Refused("no JSON at this place or behind it")
    cut = middle(event.data, 0, len(event.data.rstrip()))
    if args.at is not None and args.at.kind == "tool-args" and not event.hidden:
        held = source.offsets(event.frame, layout.body)
        if held is not None and event.frame.start < spot.offset:
            cut = max(1, spot.offset - held.at(0))
    return edits(layout, event, [Change(cut, len(event.data), b"")])


def _garbage_json(layout: Layout, spot: Spot, args: Args) -> list[Edit]:
    index = gap_at(layout, spot)
    events = layout.events
    like = events[min(index, len(events) - 1)]
    if registry.is_done_mark(like) and len(events) > 1:
        like = events[events.index(like) - 1]
    data = args.bytes("data")
    if layout.unit == "lines" and (b"\n" in data or b"\r" in data):
        raise Refused("data= has a line break in it, and an event here is one line")
    event = payload(layout, 0, like)
    return [insert(layout, index, written(layout, like, wrapped(layout, event, data) if event else data, like.type))]


def _concatenated_json(layout: Layout, spot: Spot, _args: Args) -> list[Edit]:
    before: Payload | None = None
    for event in json_from(layout, spot):
        if before is not None and before.index + 1 == event.index:
            return _joined(layout, before, event)
        before = event
    raise Refused("no two neighbours with JSON at this place or behind it")


def _joined(layout: Layout, one: Payload, other: Payload) -> list[Edit]:
    first, second = (source.offsets(event.frame, layout.body) for event in (one, other))
    if layout.unit == "eventstream" or first is None or second is None:
        joined = rewritten(layout, one, [Change(len(one.data), len(one.data), other.data)])
        return [Edit(one.frame.start, one.frame.end, joined), delete(other.frame.start, other.frame.end)]
    return [delete(first.at(len(one.frame.data) - 1) + 1, second.at(0))]


def _texts(layout: Layout, spot: Spot, args: Args) -> Iterator[tuple[Payload, int, int]]:
    """The events at and behind the place that have text, and its span in their JSON, within the string."""
    api_of(layout)
    kinds = _KINDS.get(args.at.kind if args.at else "", ("text", "reasoning"))
    for event in json_from(layout, spot):
        spans = (span_of(event.data, path) for kind in kinds for _, path in sources(layout, event, kind))
        within = next((span for span in spans if span and event.data[span[0] - 1 : span[0]] == b'"'), None)
        if within is not None:
            yield event, *within


def _invalid_utf8(layout: Layout, spot: Spot, args: Args) -> list[Edit]:
    return _put_in(layout, spot, args, _STRAY[args.text("kind")])


def _put_in(layout: Layout, spot: Spot, args: Args, data: bytes) -> list[Edit]:
    """Into the middle of the first text."""
    found = next(_texts(layout, spot, args), None)
    if found is None:
        raise Refused("no text at this place or behind it")
    event, start, end = found
    amid = middle(event.data, start, end)
    return edits(layout, event, [Change(amid, amid, data)])


def _lone_surrogate(layout: Layout, spot: Spot, args: Args) -> list[Edit]:
    if args.text("kind") == "escape":
        return _put_in(layout, spot, args, _HIGH)
    pair = list(islice(_texts(layout, spot, args), 2))
    if len(pair) < 2:
        raise Refused("a pair takes two events with text at this place or behind it", "kind=escape takes one")
    (first, _, end), (second, start, _) = pair
    high, low = Change(end, end, _HIGH), Change(start, start, _LOW)
    return [*edits(layout, first, [high]), *edits(layout, second, [low])]


_FIRST_TEXT = at("event:0", "In the first text at this place or behind it; with tool-args in the arguments.")

FAULTS = (
    Fault(
        name="truncated-json",
        law="CORRUPTING",
        family="payload",
        summary="an event is complete, and its JSON is cut",
        cases=(59,),
        example="truncated-json at=first-text",
        sources=("openai/openai-python#1230", "langchain-ai/langchainjs#11469"),
        params=(at("percent:50", "The first event with JSON at this place or behind it."),),
        edits=_truncated_json,
        needs=EVENTS,
        details="It is cut in its middle, between two characters; with at=tool-args amid the arguments.",
    ),
    Fault(
        name="garbage-json",
        law="CORRUPTING",
        family="payload",
        summary="between two good events one that is no JSON",
        cases=(60,),
        example='garbage-json at=event:1 data="upstream said no"',
        sources=("amd/gaia#3501",),
        params=(
            at("percent:50", "Between the event at this place and the next."),
            Param("data", "text", "Internal Server Error", "What it says."),
        ),
        edits=_garbage_json,
        needs=EVENTS,
        details="It is written as its neighbour is, with the same `event:` line where there is one.",
    ),
    Fault(
        name="concatenated-json",
        law="CORRUPTING",
        family="payload",
        summary="two JSON objects in one event, with nothing between them",
        cases=(86,),
        example="concatenated-json at=event:1",
        sources=("googleapis/python-genai#2042",),
        params=(at("event:0", "The first two neighbours with JSON at this place or behind it."),),
        edits=_concatenated_json,
        needs=EVENTS,
    ),
    Fault(
        name="invalid-utf8",
        law="CORRUPTING",
        family="payload",
        summary="bytes in the text that are no UTF-8",
        cases=(84,),
        example="invalid-utf8 kind=overlong",
        sources=("openai/openai-python#2960", "vllm-project/vllm#12390"),
        params=(
            _FIRST_TEXT,
            Param(
                "kind",
                "word",
                "stray",
                "stray: FF; overlong: C0 AF; surrogate: ED A0 BD; cut: E2 82, which lacks a byte.",
                tuple(_STRAY),
            ),
        ),
        edits=_invalid_utf8,
        needs=EVENTS,
        details="A client that decodes as the standard says gets U+FFFD, and all else as it was.",
    ),
    Fault(
        name="lone-surrogate",
        law="CORRUPTING",
        family="payload",
        summary="half a surrogate pair in the text, as an escape",
        cases=(85,),
        example="lone-surrogate kind=pair",
        sources=("NousResearch/hermes-agent#19843", "UKGovernmentBEIS/inspect_ai#3802"),
        params=(
            _FIRST_TEXT,
            Param(
                "kind",
                "word",
                "escape",
                "escape: one half amid the text; pair: the halves of an emoji in two events, one after the other.",
                ("escape", "pair"),
            ),
        ),
        edits=_lone_surrogate,
        needs=EVENTS,
        details="With kind=pair the text is sound once it is joined: a client that encodes each piece fails.",
    ),
)
