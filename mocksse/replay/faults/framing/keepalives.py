"""Framing: what servers send to keep a connection alive. Comments, pings, and heartbeats that look like something else.

WHATWG HTML 9.2.6: "If the line starts with a U+003A COLON character (:): ignore the line." And at a blank line: "If the
data buffer is an empty string, set the data buffer and the event type buffer to the empty string and return." So none
of these is an event but the one that says `data:`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocksse.replay.faults.afford import afford
from mocksse.replay.faults.fault import Fault, Param, Refused, at
from mocksse.replay.faults.framing.sse_body import blocks, chosen, gap_at, gaps, id_behind, line_end, one_line
from mocksse.replay.reshape import insert

if TYPE_CHECKING:
    from mocksse.replay.draft import Layout
    from mocksse.replay.faults.fault import Args, Spot
    from mocksse.replay.reshape import Edit


def _comment_keepalive(layout: Layout, spot: Spot, args: Args) -> list[Edit]:
    body = layout.body
    text = one_line(args, "text")
    comment = b": " + text if text else b":"
    size = len(comment) if args["size"] is None else max(len(comment), args.count("size"))
    if args.text("where") == "between":
        places = gaps(layout, spot, args)
        afford(size, len(places))
        comment = comment.ljust(size, b"x")
        return [insert(place, comment + line_end(body, place) * 2) for place in places]
    first = [block.lines[0] for _, block in chosen(layout, spot, args)]
    afford(size, len(first))
    comment = comment.ljust(size, b"x")
    return [insert(line.end, body[line.end : line.next] + comment, own=False) for line in first]


def _ping_after_id(layout: Layout, spot: Spot, args: Args) -> list[Edit]:
    body = layout.body
    wanted = {block.start for _, block in chosen(layout, spot, args)}
    edits = []
    known = b""
    for block in blocks(layout):
        known = id_behind(body, block, known)
        if known and block.start in wanted:
            edits.append(insert(block.end, b": ping" + line_end(body, block.end) * 2))
    if not edits:
        raise Refused("no event has an id so far", "ids in front of it gives them some")
    return edits


def _data_wrapped_comment(layout: Layout, spot: Spot, args: Args) -> list[Edit]:
    place = gap_at(layout, spot, args)
    return [insert(place, b"data: : " + one_line(args, "text") + line_end(layout.body, place) * 2)]


def _event_without_data(layout: Layout, spot: Spot, args: Args) -> list[Edit]:
    line = b"event: " + one_line(args, "event")
    places = gaps(layout, spot, args)
    afford(len(line), len(places))
    return [insert(place, line + line_end(layout.body, place) * 2) for place in places]


FAULTS = (
    Fault(
        name="comment-keepalive",
        law="REFRAMING",
        family="framing",
        summary="comments keep the connection alive",
        cases=(36,),
        example='comment-keepalive text="OPENROUTER PROCESSING"',
        sources=(
            "deepnoodle-ai/dive#206",
            "brainlid/langchain#569",
            "tmc/langchaingo#942",
            "wpt eventsource/format-comments",
            "WHATWG HTML 9.2.6",
        ),
        params=(
            at(None, "The event in front of which, or in which, one comes; without it every event."),
            Param("text", "text", "keep-alive", "Behind the colon; empty: the colon alone."),
            Param("size", "size", None, "Of a long comment: its line is filled up to so many bytes."),
            Param(
                "where",
                "word",
                "between",
                "Between two events, in a block and an HTTP chunk of its own, or as a line inside an event.",
                ("between", "inside"),
            ),
        ),
        edits=_comment_keepalive,
        needs=("sse",),
    ),
    Fault(
        name="ping-after-id",
        law="REFRAMING",
        family="framing",
        summary="a comment behind an event with an id: nothing comes of it, though the id still counts",
        cases=(37,),
        example="ids; ping-after-id",
        sources=("theopenco/llmgateway#2334", "openai/openai-python#2722", "WHATWG HTML 9.2.6"),
        params=(at(None, "The one event; without it every event."),),
        edits=_ping_after_id,
        needs=("sse",),
        details="The comment comes behind each event as of which a client has an id, whether that event gave it or one "
        "before. Where a stream has none `ids` puts them in: those a client can come back with.",
    ),
    Fault(
        name="data-wrapped-comment",
        law="CORRUPTING",
        family="framing",
        summary="a heartbeat comment that was framed as data: an event whose data is `: keepalive`",
        cases=(38,),
        example="data-wrapped-comment",
        sources=("mnfst/llm-gateway#2053", "anomalyco/opencode#50871"),
        params=(
            at(None, "The event in front of which it comes; without it the middle one."),
            Param("text", "text", "keepalive", "Behind the colon."),
        ),
        edits=_data_wrapped_comment,
        needs=("sse",),
    ),
    Fault(
        name="event-without-data",
        law="REFRAMING",
        family="framing",
        summary="a block with a type and no data: nothing comes of it",
        cases=(40,),
        example="event-without-data",
        sources=("modelcontextprotocol/python-sdk#1670", "NousResearch/hermes-agent#111887", "WHATWG HTML 9.2.6"),
        params=(
            at(None, "The event in front of which it comes; without it every event."),
            Param("event", "text", "ping", "The type."),
        ),
        edits=_event_without_data,
        needs=("sse",),
        details="A client must have forgotten that type at the next event.",
    ),
)
