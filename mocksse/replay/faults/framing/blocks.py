"""Framing: blocks that are more or less than an event, and bytes behind the last one.

WHATWG HTML 9.2.6, at a blank line: "Set the last event ID string of the event source to the value of the last event ID
buffer. If the data buffer is an empty string, set the data buffer and the event type buffer to the empty string and
return." So a block of control fields counts and is no event, and one with an empty `data` is an event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocksse.replay.faults.fault import Fault, Param, Refused, at
from mocksse.replay.faults.framing.sse_body import blocks, dispatched, gap, gap_at, id_behind, line_end, one, one_line
from mocksse.replay.faults.payload.aim import event_at
from mocksse.replay.reshape import delete, insert

if TYPE_CHECKING:
    from mocksse.replay.draft import Layout
    from mocksse.replay.faults.fault import Args, Spot
    from mocksse.replay.reshape import Edit

_RETRY_MS = 3000


def _control_only_block(layout: Layout, spot: Spot, args: Args) -> list[Edit]:
    place = gap_at(layout, spot, args)
    eol, fields, known = line_end(layout.body, place), args.text("fields"), _last_id(layout, place)
    if fields in {"id", "both"} and not known:
        raise Refused("no event has an id so far", "ids in front of it gives them some")
    said = b""
    if fields != "id":
        said += b"retry: " + _retry(layout, place, args) + eol * 2
    if fields != "retry" and known:
        said += b"id: " + known + eol * 2
    return [insert(place, said)]


def _last_id(layout: Layout, upto: int) -> bytes:
    """The last event id of a client that has the body up to there; empty where it has none."""
    known = b""
    for block in blocks(layout):
        if block.end > upto:
            break
        known = id_behind(layout.body, block, known)
    return known


def _retry(layout: Layout, upto: int, args: Args) -> bytes:
    """In milliseconds: as given, else what the stream itself has said of it so far."""
    if args["retry"] is not None:
        ms, part = divmod(args.us("retry"), 1000)
        if part:
            raise Refused("a retry field counts whole milliseconds")
        return b"%d" % ms
    earlier = (frame for frame in layout.frames if frame.end <= upto)
    said = [frame.data for frame in earlier if frame.kind == "other" and frame.type == "retry"]
    return said[-1] if said else b"%d" % _RETRY_MS


def _empty_data(layout: Layout, spot: Spot, args: Args) -> list[Edit]:
    place = gap_at(layout, spot, args)
    return [insert(place, b"data:" + line_end(layout.body, place) * 2)]


def _missing_separator(layout: Layout, spot: Spot, args: Args) -> list[Edit]:
    index = one(layout, spot, args)
    if not index:
        raise Refused("no event is in front of this one")
    start, end = (dispatched(layout)[i][1].start for i in (index - 1, index))
    between = [block.lines[-1] for block in blocks(layout) if start <= block.start < end]
    return [delete(blank.end, blank.next) for blank in between]


def _bytes_after_done(layout: Layout, _spot: Spot, args: Args) -> list[Edit]:
    _is_finished(layout)
    place = gap(layout, None)
    return [insert(place, b": " + one_line(args, "text") + line_end(layout.body, place) * 2)]


def _event_after_done(layout: Layout, spot: Spot, args: Args) -> list[Edit]:
    body, first = layout.body, event_at(layout, spot)
    if layout.unit == "sse":
        _is_finished(layout)
        place = gap(layout, None)
        before, behind = b"data: ", line_end(body, place) * 2
    else:
        place = layout.events[-1].end
        before, behind = b"", line_end(body, place)
        if body[place - 1 : place] != b"\n":
            raise Refused("the last line has no end")
    if args["data"] is not None:
        return [insert(place, before + one_line(args, "data") + behind)]
    named = layout.places.get("first-text")
    again = layout.events[named.index if named else first]
    return [insert(place, body[again.start : again.end])]


def _is_finished(layout: Layout) -> None:
    found = blocks(layout)
    if not layout.events:
        raise Refused("no events in this body")
    if not found[-1].finished:
        raise Refused("the stream ends amid an event")


FAULTS = (
    Fault(
        name="control-only-block",
        law="REFRAMING",
        family="framing",
        summary="blocks of nothing but `retry` or `id`: they count, and are no events",
        cases=(39,),
        example="control-only-block at=event:0 fields=retry",
        sources=("openai/openai-python#2722", "openai/openai-python#3833", "WHATWG HTML 9.2.6"),
        params=(
            at(None, "The event in front of which they come; without it the middle one."),
            Param(
                "fields",
                "word",
                None,
                "Which of them; without it a retry, and behind it, where a client has an id by then, an id.",
                ("both", "retry", "id"),
            ),
            Param(
                "retry", "duration", None, "What the client is to wait; without it what the stream said last, or 3 s."
            ),
        ),
        edits=_control_only_block,
        needs=("sse",),
        details="Each in a block of its own. The id is the one that a client has by then, once more: it comes back "
        "with no other than it would have.",
    ),
    Fault(
        name="empty-data",
        law="CORRUPTING",
        family="framing",
        summary="an event with empty data",
        cases=(40,),
        example="empty-data at=event:1",
        sources=(
            "modelcontextprotocol/python-sdk#1670",
            "anomalyco/opencode#44500",
            "wpt eventsource/format-field-data",
        ),
        params=(at(None, "The event in front of which it comes; without it the middle one."),),
        edits=_empty_data,
        needs=("sse",),
    ),
    Fault(
        name="missing-separator",
        law="CORRUPTING",
        family="framing",
        summary="no blank line between two events: they are one, with two JSON texts in its data",
        cases=(45,),
        example="missing-separator",
        sources=("rexxars/eventsource-parser#31", "Wei-Shaw/sub2api#1471", "WHATWG HTML 9.2.6"),
        params=(at(None, "The event that begins right behind the one before it; without it the middle one."),),
        edits=_missing_separator,
        needs=("sse",),
    ),
    Fault(
        name="bytes-after-done",
        law="REFRAMING",
        family="framing",
        summary="a comment behind the last event",
        cases=(25,),
        example="bytes-after-done",
        sources=("openai/openai-python#3580",),
        params=(Param("text", "text", "bye", "Of the comment."),),
        edits=_bytes_after_done,
        needs=("sse",),
        details="Inside the body: for HTTP it is part of the answer. `event-after-done` sends an event there.",
    ),
    Fault(
        name="event-after-done",
        law="CORRUPTING",
        family="framing",
        summary="an event behind the last one: the first one with text once more",
        cases=(25,),
        example="event-after-done",
        sources=("openai/openai-python#3580",),
        params=(Param("data", "text", None, "Data of its own; without it a copy of the first event with text."),),
        edits=_event_after_done,
        needs=("sse", "lines"),
        details="Who goes on reading behind the terminal event has that text twice.",
    ),
)
