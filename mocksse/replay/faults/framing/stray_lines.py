"""Framing: lines in an event that mean nothing, and must not be taken for anything. Unknown fields, NUL, a bad retry.

WHATWG HTML 9.2.6: "Field names must be compared literally, with no case folding performed." "If the field name is
'id': if the field value does not contain U+0000 NULL, then set the last event ID buffer to the field value. Otherwise,
ignore the field." "If the field name is 'retry': if the field value consists of only ASCII digits, then interpret the
field value as an integer in base ten [...]. Otherwise, ignore the field." "Otherwise: the field is ignored."
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocksse.replay.faults.afford import afford
from mocksse.replay.faults.fault import Fault, Param, Refused, at
from mocksse.replay.faults.framing.sse_body import FIELDS, chosen, line_end, one_line
from mocksse.replay.faults.payload.text_in import middle_of, text_from
from mocksse.replay.reshape import insert

if TYPE_CHECKING:
    from mocksse.replay.draft import Layout
    from mocksse.replay.faults.fault import Args, Spot
    from mocksse.replay.reshape import Edit

_AT = at(None, "The one event that gets it; without it all of them.")
_STRANGERS = (b"foo: x", b" data: x", b"Data: x", b"da-ta: x", b"data_5", b"\0data: x")
"""What wpt has a client ignore: case, a space in front, a dash, no colon, a NUL."""


def _lines_in_front(layout: Layout, spot: Spot, args: Args, lines: tuple[bytes, ...]) -> list[Edit]:
    """More lines in front of an event's own."""
    body = layout.body
    edits = []
    blocks = chosen(layout, spot, args)
    afford(sum(map(len, lines)), len(blocks))
    for _, block in blocks:
        eol = line_end(body, block.start)
        edits.append(insert(block.start, b"".join(line + eol for line in lines), own=False))
    return edits


def _unknown_field(layout: Layout, spot: Spot, args: Args) -> list[Edit]:
    if args["line"] is None:
        return _lines_in_front(layout, spot, args, _STRANGERS)
    line = one_line(args, "line")
    name = line.partition(b":")[0]
    if name in FIELDS:
        raise Refused(f"line={args.text('line')!r} is a field that clients know")
    if not name:
        raise Refused("a line without a name is no field", "comment-keepalive sends comments")
    return _lines_in_front(layout, spot, args, (line,))


def _nul_in_id(layout: Layout, spot: Spot, args: Args) -> list[Edit]:
    body = layout.body
    edits = []
    for _, block in chosen(layout, spot, args):
        # Behind an id that counts: a client that takes this one has lost the other.
        last = block.lines[-2]
        edits.append(insert(last.end, body[last.end : last.next] + b"id: a\0b", own=False))
    return edits


def _nul_in_data(layout: Layout, spot: Spot, _args: Args) -> list[Edit]:
    start, end = text_from(layout, spot)
    return [insert(middle_of(layout, start, end), b"\0", own=False)]


def _bogus_retry(layout: Layout, spot: Spot, args: Args) -> list[Edit]:
    _, block = chosen(layout, spot, args)[0]
    value = one_line(args, "value")
    return [insert(block.start, b"retry: " + value + line_end(layout.body, block.start), own=False)]


FAULTS = (
    Fault(
        name="unknown-field",
        law="REFRAMING",
        family="framing",
        summary="fields that no client knows",
        cases=(47,),
        example="unknown-field at=event:1",
        sources=("wpt eventsource/format-field-parsing", "wpt eventsource/format-field-unknown", "WHATWG HTML 9.2.6"),
        params=(
            _AT,
            Param(
                "line",
                "text",
                None,
                "The line; without it `foo: x`, ` data: x`, `Data: x`, `da-ta: x`, `data_5`, and data behind a NUL.",
            ),
        ),
        edits=_unknown_field,
        needs=("sse",),
    ),
    Fault(
        name="nul-in-id",
        law="REFRAMING",
        family="framing",
        summary="an id with a NUL in it, which does not count",
        cases=(50,),
        example="nul-in-id",
        sources=("wpt eventsource/format-field-id-null", "LaunchDarkly/sse-contract-tests", "WHATWG HTML 9.2.6"),
        params=(_AT,),
        edits=_nul_in_id,
        needs=("sse",),
        details="The last event id stays what it was, and with it what a client asks for when it comes back.",
    ),
    Fault(
        name="nul-in-data",
        law="CORRUPTING",
        family="framing",
        summary="a NUL in the data, amid a text",
        cases=(50,),
        example="nul-in-data",
        sources=("wpt eventsource/format-null-character", "LaunchDarkly/sse-contract-tests", "WHATWG HTML 9.2.6"),
        params=(at(None, "It goes into the first text at this place or behind it; without it into the first of all."),),
        edits=_nul_in_data,
        needs=("sse", "lines", "array"),
        details="The event goes through, NUL and all; for strict readers of JSON it is then no JSON, for lenient ones "
        "the text has a NUL more.",
    ),
    Fault(
        name="bogus-retry",
        law="REFRAMING",
        family="framing",
        summary="a retry field whose value is no number, or an odd one",
        cases=(51,),
        example="bogus-retry value=03000",
        sources=("wpt eventsource/format-field-retry-bogus", "wpt eventsource/format-field-retry", "WHATWG HTML 9.2.6"),
        params=(
            Param("value", "text", "1000x", "What stands behind the colon."),
            at(None, "The event that gets it in front of its own lines; without it the first one."),
        ),
        edits=_bogus_retry,
        needs=("sse",),
        details="`1000x`, `-1` and `1e3` don't count; `03000` is three seconds; `99999999999999999999` is a number, "
        'and more than a client can wait. Nothing at all (`value=""`) can be read either way, as "only ASCII digits" '
        "is true of no characters too, and they are no number: Chromium goes back to its default of 3 s.",
    ),
)
