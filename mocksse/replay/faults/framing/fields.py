"""Framing: the ways to write a field. With a space behind its colon, without, without a colon, over several lines.

WHATWG HTML 9.2.6: "Collect the characters on the line before the first U+003A COLON character (:), and let field be
that string. Collect the characters on the line after the first U+003A COLON character (:), and let value be that
string. If value starts with a U+0020 SPACE character, remove it from value." A line without a colon is a field with an
empty value. The order of the fields of an event does not matter, but for that of its data lines.

A fault that keeps the events leaves the bytes of their data as they are. One that keeps no more than the JSON in them
is CORRUPTING; where it would make something else of a `[DONE]` it leaves that alone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mocksse.providers.lenient import decode
from mocksse.providers.registry import is_done_mark
from mocksse.providers.source import offsets
from mocksse.replay.faults.fault import Fault, Param, Refused, at
from mocksse.replay.faults.framing.sse_body import COMMENT, FIELDS, blocks, chosen, line_end
from mocksse.replay.reshape import Edit, delete, insert

if TYPE_CHECKING:
    from mocksse.replay.draft import Layout
    from mocksse.replay.faults.fault import Args, Spot
    from mocksse.replay.faults.framing.sse_body import Line

_AT = at(None, "The one event it is done to; without it all of them.")
_BREAKS = re.compile(rb'"(?:[^"\\]++|\\.)*+"|([{\[,])', re.DOTALL)


def _lines(layout: Layout, spot: Spot, args: Args) -> list[Line]:
    """The field lines: those of the event at the place, without a place all."""
    where = blocks(layout) if args.at is None else [block for _, block in chosen(layout, spot, args)]
    return [line for block in where for line in block.lines if line.name in FIELDS]


def _no_space(layout: Layout, spot: Spot, args: Args) -> list[Edit]:
    body = layout.body
    # Of two spaces the second is the value's: it may not become the first.
    lines = [line for line in _lines(layout, spot, args) if line.spaced and body[line.value : line.value + 1] != b" "]
    if not lines:
        raise Refused("no field has a space behind its colon that it could do without")
    return [delete(line.value - 1, line.value) for line in lines]


def _extra_space(layout: Layout, spot: Spot, args: Args) -> list[Edit]:
    body = layout.body
    wanted = b":  " if args.text("kind") == "space" else b":\t"
    edits = []
    for frame, block in chosen(layout, spot, args):
        if is_done_mark(frame):
            continue
        for line in block.data:
            name_end = line.start + len(line.name)
            colon = int(body[name_end : line.value] != b"")
            edits.append(Edit(name_end + colon, line.value, wanted[colon:]))
    if not edits:
        raise Refused("no event here but a [DONE], which would be none behind a space")
    return edits


def _colonless_field(layout: Layout, spot: Spot, args: Args) -> list[Edit]:
    body = layout.body
    edits = []
    for _, block in chosen(layout, spot, args):
        eol = line_end(body, block.start)
        edits.append(insert(block.start, b"event" + eol + b"retry" + eol, own=False))
        for line in block.lines:
            name_end = line.start + len(line.name)
            if line.name in FIELDS and line.value == line.end > name_end:
                edits.append(delete(name_end, line.end))
    return edits


def _colonless_data(layout: Layout, spot: Spot, args: Args) -> list[Edit]:
    body = layout.body
    lines = [block.data[-1] for frame, block in chosen(layout, spot, args) if not is_done_mark(frame)]
    if not lines:
        raise Refused("no event here but a [DONE], which would be none with a line more")
    return [insert(line.end, body[line.end : line.next] + b"data", own=False) for line in lines]


def _multiline_data(layout: Layout, spot: Spot, args: Args) -> list[Edit]:
    body = layout.body
    edits = []
    for frame, block in chosen(layout, spot, args):
        held = offsets(frame, body)
        if held is None or not frame.data.lstrip().startswith((b"{", b"[")) or decode(frame.data) is None:
            continue
        first = block.data[0]
        broken = body[first.end : first.next] + (b"data: " if first.spaced else b"data:")
        for found in _BREAKS.finditer(frame.data):
            behind = found.end()
            # There may be a line feed in the data already, for the end of a data line.
            if found[1] and frame.data[behind : behind + 1] not in (b"\n", b""):
                edits.append(insert(held.at(behind), broken, own=False))
    if not edits:
        raise Refused("no event here is JSON that could be broken over several lines")
    return edits


def _field_order(layout: Layout, spot: Spot, args: Args) -> list[Edit]:
    body = layout.body
    edits = []
    for _, block in chosen(layout, spot, args):
        lines, data = block.lines[:-1], block.data
        others = tuple(line for line in lines if line.name != b"data")
        fields = tuple(line for line in lines if line.name != COMMENT)
        if fields == data:
            last = data[-1]
            edits.append(insert(last.end, body[last.end : last.next] + b"event: message", own=False))
        elif fields[: len(data)] != data:
            # Line ends stay where they are: moved along, a CR and an LF could meet.
            turned = zip(data + others, lines, strict=True)
            text = b"".join(body[line.start : line.end] + body[place.end : place.next] for line, place in turned)
            edits.append(Edit(block.start, lines[-1].next, text))
    if not edits:
        raise Refused("data is in front of the other fields already")
    return edits


def _double_prefix(layout: Layout, spot: Spot, args: Args) -> list[Edit]:
    found = chosen(layout, spot, args)
    return [insert(line.value, b"data: ", own=False) for _, block in found for line in block.data]


FAULTS = (
    Fault(
        name="no-space",
        law="REFRAMING",
        family="framing",
        summary="no space behind the colon of a field",
        cases=(41,),
        example="no-space",
        sources=("openai/openai-python#498", "karthink/gptel#592", "WHATWG HTML 9.2.6"),
        params=(_AT,),
        edits=_no_space,
        needs=("sse",),
    ),
    Fault(
        name="extra-space",
        law="CORRUPTING",
        family="framing",
        summary="one space too many behind the colon of a data field: it is the data's",
        cases=(42,),
        example="extra-space kind=tab",
        sources=("wpt eventsource/format-leading-space", "LaunchDarkly/sse-contract-tests", "WHATWG HTML 9.2.6"),
        params=(
            Param("kind", "word", "space", "Two spaces, or a tab and no space.", ("space", "tab")),
            _AT,
        ),
        edits=_extra_space,
        needs=("sse",),
        details="The JSON stays what it was, white space in front of it means nothing. A `[DONE]` is left alone: "
        "behind a space it is another word.",
    ),
    Fault(
        name="colonless-field",
        law="REFRAMING",
        family="framing",
        summary="field names that stand on a line alone, without a colon",
        cases=(43,),
        example="colonless-field",
        sources=("wpt eventsource/format-field-data", "wpt eventsource/format-field-retry-empty", "WHATWG HTML 9.2.6"),
        params=(_AT,),
        edits=_colonless_field,
        needs=("sse",),
        details="Each event begins with a line `event`, the empty type, which is the default one unless another line "
        "follows, and a line `retry`, which counts for nothing. Fields that are empty anyhow lose their colon. None "
        "is called `id`: that would take away the last event id. `colonless-data` is the same with data.",
    ),
    Fault(
        name="colonless-data",
        law="CORRUPTING",
        family="framing",
        summary="a line `data` without a colon ends the data of an event: a line feed is added to it",
        cases=(43,),
        example="colonless-data",
        sources=("wpt eventsource/format-field-data", "WHATWG HTML 9.2.6"),
        params=(_AT,),
        edits=_colonless_data,
        needs=("sse",),
        details="The JSON stays what it was. A `[DONE]` is left alone.",
    ),
    Fault(
        name="multiline-data",
        law="CORRUPTING",
        family="framing",
        summary="the JSON of an event over several data lines: line feeds come into it",
        cases=(44,),
        example="multiline-data",
        sources=("SamSaffron/term-llm#454", "profullstack/sh1pt#705", "mpetazzoni/sseclient#11", "WHATWG HTML 9.2.6"),
        params=(_AT,),
        edits=_multiline_data,
        needs=("sse",),
        details="Broken behind every brace, bracket and comma that opens or parts something: there JSON allows white "
        "space, and the value stays what it was.",
    ),
    Fault(
        name="field-order",
        law="REFRAMING",
        family="framing",
        summary="data comes before the other fields of an event",
        cases=(58,),
        example="field-order",
        sources=("LaunchDarkly/sse-contract-tests reverse order", "WHATWG HTML 9.2.6"),
        params=(_AT,),
        edits=_field_order,
        needs=("sse",),
        details="An event that has only data gets a line `event: message` behind it, which is the type it has anyhow.",
    ),
    Fault(
        name="double-data-prefix",
        law="CORRUPTING",
        family="framing",
        summary="`data: ` stands twice in front of the data",
        cases=(57,),
        example="double-data-prefix",
        sources=("openclaw/openclaw#97474",),
        params=(_AT,),
        edits=_double_prefix,
        needs=("sse",),
        details="As if something on the way had framed once more what was framed already.",
    ),
)
