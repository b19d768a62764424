"""Framing: how lines end, the byte order mark in front, blank lines too many, and the one that is missing at the end.

WHATWG HTML 9.2.5: `end-of-line = ( cr lf / cr / lf )`, and the stream is decoded as UTF-8, which "strips one leading
UTF-8 Byte Order Mark (BOM), if any". 9.2.6: "Once the end of the file is reached, any pending data must be discarded.
(If the file ends in the middle of an event, before the final empty line, the incomplete event is not dispatched.)"

What keeps the events keeps them whatever the line ends are, also where they are mixed already: no CR comes to stand in
front of an LF that was a line end of its own.
"""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING

from mocksse import limits
from mocksse.replay.faults.fault import Fault, Param, Refused, at
from mocksse.replay.faults.framing.sse_body import COMMENT, blocks, dispatched, line_end, one, start_of
from mocksse.replay.reshape import Edit, delete, insert
from mocksse.wire.sse import BOM

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mocksse.replay.draft import Layout
    from mocksse.replay.faults.fault import Args, Spot

_MIXED = (b"\n", b"\r", b"\r\n")
"""In this order a CR is never in front of a line that is nothing but an LF: the two would be one line end."""


def _line_ends(layout: Layout, wanted: Iterable[bytes]) -> list[Edit]:
    body = layout.body
    lines = (line for block in blocks(layout) for line in block.lines if line.next > line.end)
    ends = [(line.end, line.next, end) for line, end in zip(lines, wanted, strict=False)]
    if not ends:
        raise Refused("no line of this body ends")
    edits = [Edit(start, upto, end) for start, upto, end in ends if body[start:upto] != end]
    if not edits:
        raise Refused("every line ends so already")
    return edits


def _crlf(layout: Layout, _spot: Spot, _args: Args) -> list[Edit]:
    return _line_ends(layout, cycle([b"\r\n"]))


def _cr(layout: Layout, _spot: Spot, _args: Args) -> list[Edit]:
    return _line_ends(layout, cycle([b"\r"]))


def _mixed_eol(layout: Layout, _spot: Spot, _args: Args) -> list[Edit]:
    return _line_ends(layout, cycle(_MIXED))


def _leading_bom(layout: Layout, _spot: Spot, _args: Args) -> list[Edit]:
    _has_lines(layout)
    if layout.body.startswith(BOM):
        raise Refused("the body begins with a byte order mark already", "double-bom adds one more")
    return [insert(0, BOM, own=False)]


def _double_bom(layout: Layout, _spot: Spot, _args: Args) -> list[Edit]:
    _has_lines(layout)
    return [insert(0, BOM if layout.body.startswith(BOM) else BOM * 2, own=False)]


def _has_lines(layout: Layout) -> None:
    if not blocks(layout):
        raise Refused("the body is empty")


def _bom_mid_stream(layout: Layout, spot: Spot, args: Args) -> list[Edit]:
    _, block = dispatched(layout)[one(layout, spot, args)]
    # A comment behind a mark is a field that no client knows: nothing would be lost with it.
    field = next(line for line in block.lines if line.name != COMMENT)
    if field.start == 0:
        raise Refused("a byte order mark at the start of a stream is a good one", "leading-bom does that")
    return [insert(field.start, BOM, own=False)]


def _unterminated(layout: Layout, _spot: Spot, args: Args) -> list[Edit]:
    held = [block for block in blocks(layout) if block.data]
    if not held:
        raise Refused("no events in this body")
    last = held[-1]
    lines = last.lines[:-1] if last.finished else last.lines
    upto = lines[-1].next if args.text("cut") == "blank" else lines[-1].end
    if upto == len(layout.body):
        raise Refused("the last event is cut off so already")
    return [delete(upto, len(layout.body))]


def _extra_blank_lines(layout: Layout, _spot: Spot, args: Args) -> list[Edit]:
    body, more = layout.body, args.count("lines")
    found = [block.lines[-1] for block in blocks(layout) if block.finished]
    if not found:
        raise Refused("no events in this body")
    if 2 * more * (len(found) + 1) > limits.MAX_FAULT_BYTES:
        raise Refused(f"so many blank lines are more than {limits.MAX_FAULT_BYTES // limits.MIB} MiB")
    edits = [Edit(blank.end, blank.next, body[blank.end : blank.next] * (1 + more)) for blank in found]
    start = start_of(body)
    return [insert(start, line_end(body, start) * more, own=False), *edits]


FAULTS = (
    Fault(
        name="crlf",
        law="REFRAMING",
        family="framing",
        summary="every line ends in CRLF",
        cases=(31, 33),
        example="crlf",
        sources=("hey-api/hey-api#3054", "miruamel/xuan#194", "earendil-works/pi#9037", "WHATWG HTML 9.2.5"),
        edits=_crlf,
        needs=("sse",),
        details="`crlf; split in=crlf` is case 33: CR in one read, LF in the next, and that is one line end.",
    ),
    Fault(
        name="cr",
        law="REFRAMING",
        family="framing",
        summary="every line ends in CR alone",
        cases=(32,),
        example="cr",
        sources=("praxis-proxy/praxis#739", "wpt eventsource/format-newlines", "WHATWG HTML 9.2.5"),
        edits=_cr,
        needs=("sse",),
    ),
    Fault(
        name="mixed-eol",
        law="REFRAMING",
        family="framing",
        summary="lines end in LF, CR and CRLF by turns",
        cases=(32,),
        example="mixed-eol",
        sources=("praxis-proxy/praxis#739", "wpt eventsource/format-newlines", "WHATWG HTML 9.2.5"),
        edits=_mixed_eol,
        needs=("sse",),
        details="By turns in this order, the first line in LF: so a CR and an LF never meet that are two line ends.",
    ),
    Fault(
        name="leading-bom",
        law="REFRAMING",
        family="framing",
        summary="the body begins with a byte order mark",
        cases=(34,),
        example="leading-bom",
        sources=("openai/openai-python#3819", "a2aproject/a2a-python#1259", "wpt eventsource/format-bom"),
        edits=_leading_bom,
        needs=("sse",),
        details="`leading-bom; split in=bom` cuts the mark in two.",
    ),
    Fault(
        name="double-bom",
        law="CORRUPTING",
        family="framing",
        summary="the body begins with two byte order marks: the second one spoils the first field",
        cases=(34,),
        example="double-bom",
        sources=("wpt eventsource/format-bom-2", "WHATWG HTML 9.2.5"),
        edits=_double_bom,
        needs=("sse",),
        details="A client that follows the standard strips one mark, and loses the first line: the name of its field "
        "begins with the other mark, and that is no field it knows.",
    ),
    Fault(
        name="bom-mid-stream",
        law="CORRUPTING",
        family="framing",
        summary="a byte order mark in front of an event amid the stream spoils its first field",
        cases=(34,),
        example="bom-mid-stream at=event:1",
        sources=("wpt eventsource/format-bom", "WHATWG HTML 9.2.5"),
        params=(at(None, "The event that gets the mark in front of its first field; without it the middle one."),),
        edits=_bom_mid_stream,
        needs=("sse",),
        details="An event whose first field is its only data line is lost for a client that follows the standard.",
    ),
    Fault(
        name="unterminated-final-event",
        law="LOSSY",
        family="framing",
        summary="the body ends right behind the last event's lines, without the blank line that ends an event",
        cases=(35,),
        example="unterminated-final-event cut=line",
        sources=("openai/openai-node#2726", "google-gemini/gemini-cli#29059", "a2aproject/a2a-python#1216"),
        params=(
            Param(
                "cut",
                "word",
                "blank",
                "What is missing: the blank line, or the end of the event's last line too.",
                ("blank", "line"),
            ),
        ),
        edits=_unterminated,
        needs=("sse",),
        details="The standard has such an event discarded; many clients take it. To make another event the last one, "
        "cut the stream behind it first: `truncate at=done; unterminated-final-event`.",
    ),
    Fault(
        name="extra-blank-lines",
        law="REFRAMING",
        family="framing",
        summary="blank lines in front of the first event, and more of them behind each",
        cases=(56,),
        example="extra-blank-lines lines=2",
        sources=("Mintplex-Labs/anything-llm#1475", "LaunchDarkly/sse-contract-tests linefeeds", "WHATWG HTML 9.2.6"),
        params=(Param("lines", "count", "1", "How many at each place."),),
        edits=_extra_blank_lines,
        needs=("sse",),
    ),
)
