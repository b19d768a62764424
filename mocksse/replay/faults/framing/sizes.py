"""Framing: events and lines of a size that clients do not expect, and characters that only look like line ends.

WHATWG HTML 9.2.5 sets no limit to a line, and knows three line ends, CRLF, LF and CR. U+2028, U+2029 and U+0085 are
none of them, and JSON (RFC 8259, 7) allows them in a string as they are; `splitlines` and its like split there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocksse.figures import bytes_text
from mocksse.providers.lenient import decode
from mocksse.providers.source import offsets
from mocksse.replay.faults.fault import Fault, Param, Refused, at
from mocksse.replay.faults.payload.aim import event_at
from mocksse.replay.faults.payload.text_in import middle_of, text_from
from mocksse.replay.reshape import Edit, insert

if TYPE_CHECKING:
    from mocksse.replay.draft import Layout
    from mocksse.replay.faults.fault import Args, Spot

_CHARACTERS = {"2028": "\u2028", "2029": "\u2029", "85": "\u0085"}


def _large_event(layout: Layout, spot: Spot, args: Args) -> list[Edit]:
    text = args.text("in") == "text"
    where = middle_of(layout, *text_from(layout, spot)) if text else _opening(layout, spot, args)
    size = _size(layout, where)
    more = args.count("size") - size
    if more <= 0:
        raise Refused(f"it has {bytes_text(size)} already")
    return [insert(where, (b"x" if text else b" ") * more, own=False)]


def _opening(layout: Layout, spot: Spot, args: Args) -> int:
    """Behind the first bracket of the first JSON at the place or behind it; without a place, of the middle event."""
    events = layout.events
    first = event_at(layout, spot) if args.at is not None else len(events) // 2
    # Without a place an event in front will do as well: the middle one of two may be a [DONE].
    for frame in (*events[first:], *(reversed(events[:first]) if args.at is None else ())):
        begin = len(frame.data) - len(frame.data.lstrip())
        held = offsets(frame, layout.body)
        if held and frame.data[begin : begin + 1] in (b"{", b"[") and decode(frame.data) is not None:
            return held.at(begin) + 1
    raise Refused("no JSON at this place or behind it" if first else "no JSON in this stream")


def _size(layout: Layout, at: int) -> int:
    """Of the line in which a byte is, without its line end; in an array, which needs no lines, of the element."""
    body = layout.body
    if layout.unit == "array":
        return next(frame.end - frame.start for frame in layout.events if at < frame.end)
    before = max(body.rfind(b"\n", 0, at), body.rfind(b"\r", 0, at)) + 1
    ends = [end for end in (body.find(b"\n", at), body.find(b"\r", at)) if end >= 0]
    return min(ends, default=len(body)) - before


def _endless_line(layout: Layout, spot: Spot, args: Args) -> list[Edit]:
    events = layout.events
    if not events:
        raise Refused("no events in this body")
    start = events[spot.event].start if spot.event is not None else events[-1].end
    field = b"data: " if layout.unit == "sse" else b""
    line = field + b"x" * max(1, args.count("size") - len(field))
    return [Edit(start, len(layout.body), line)]


def _unicode_line_separator(layout: Layout, spot: Spot, args: Args) -> list[Edit]:
    start, end = text_from(layout, spot)
    character = _CHARACTERS[args.text("char")].encode()
    return [insert(middle_of(layout, start, end), character, own=False)]


FAULTS = (
    Fault(
        name="large-event",
        law="CORRUPTING",
        family="framing",
        summary="one event is larger than a client's buffers: white space in its JSON, or a very long text",
        cases=(53, 54),
        example="large-event size=128KiB+1; rechunk size=1KiB",
        sources=(
            "openai/openai-go#368",
            "googleapis/python-genai#2497",
            "cloudwego/hertz#1441",
            "rexxars/eventsource-parser#28",
            "openai/openai-node#2324",
        ),
        params=(
            Param("size", "size", "1MiB", "Of its line in the end, without the line end; in an array, of the element."),
            at(None, "The first JSON (in=text: text) at this place or behind it; without it the middle (first) one."),
            Param(
                "in",
                "word",
                "padding",
                "White space, which leaves the value what it was, or text.",
                ("padding", "text"),
            ),
        ),
        edits=_large_event,
        needs=("sse", "lines", "array"),
        details="Limits that were met: 64 KiB (Go's Scanner), 128 KiB (aiohttp's lines), 512 KiB. With `rechunk` "
        "behind it the event comes in many small reads (case 54): a client that goes over all it has at each of them "
        "takes quadratic time.",
    ),
    Fault(
        name="endless-line",
        law="CORRUPTING",
        family="framing",
        summary="a line that goes on and on: the newline never comes, nor anything behind it",
        cases=(55,),
        example="endless-line size=1MiB",
        sources=("KarpelesLab/teamclaude#341", "rexxars/eventsource-parser maxBufferSize"),
        params=(
            at("percent:50", "The event in which or in front of which the line begins; it and all behind it is gone."),
            Param("size", "size", "16MiB", "Of the line."),
        ),
        edits=_endless_line,
        needs=("sse", "lines"),
        details="Behind the line the body ends as it would have ended: properly, as far as HTTP goes. For a line that "
        "is still open when the connection breaks, put a fault that ends it behind this one.",
    ),
    Fault(
        name="unicode-line-separator",
        law="CORRUPTING",
        family="framing",
        summary="a character in a text that is no line end, though some take it for one",
        cases=(52,),
        example="unicode-line-separator char=85",
        sources=("florimondmanca/httpx-sse#34", "openai/openai-python#1230", "modelcontextprotocol/python-sdk#1356"),
        params=(
            Param("char", "word", "2028", "U+2028, U+2029 or U+0085 (NEL).", ("2028", "2029", "85")),
            at(None, "It goes into the first text at this place or behind it; without it into the first of all."),
        ),
        edits=_unicode_line_separator,
        needs=("sse", "lines", "array"),
        details="It stands there in UTF-8, not as an escape; the text has this one character more.",
    ),
)
