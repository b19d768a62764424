"""Framing: the same bytes, cut elsewhere. Amid a character, between CR and LF, one byte at a time, many events at once.

RFC 9112, 7.1: a recipient decodes the chunked coding, and where its chunks end says nothing about what is in them. TCP
says as little. So the parsed events are those of the body, however it was cut; a client that decodes, splits or parses
what one read gave it gets others.

A cut is the end of an HTTP chunk; where the body has a length or ends with the connection it is the end of a write, by
itself on the wire. Where a body is cut is worked out once for all plays, unless it is drawn.
"""

from __future__ import annotations

import re
from itertools import chain, islice
from typing import TYPE_CHECKING

from mocksse import limits
from mocksse.errors import UsageError
from mocksse.figures import plural
from mocksse.providers.lenient import decode
from mocksse.providers.source import offsets
from mocksse.replay.faults import spot as places
from mocksse.replay.faults.fault import UNITS, Fault, Param, Place, Refused, at
from mocksse.replay.faults.framing.sse_body import FIELDS, blocks
from mocksse.replay.reshape import delay, marked, recut, split
from mocksse.wire.json_spans import middle
from mocksse.wire.sse import BOM

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mocksse.replay.draft import Draft, Layout
    from mocksse.replay.faults.fault import Args, Moment, Spot
    from mocksse.replay.faults.framing.sse_body import Block

_HALF = Place("percent", 50)
_CHARACTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


def _split(draft: Draft, spot: Spot, args: Args, _moment: Moment) -> Draft:
    layout, inside = draft.layout, args.text("in")
    if not layout.body:
        raise Refused("the body is empty")
    if inside:
        where = layout.once(("inside", inside, spot.offset), lambda: _first(layout, inside, spot.offset))
    else:
        where = (spot if args.at else places.find(draft, _HALF)).offset
    if not 0 < where < len(layout.body):
        raise Refused("there are bytes on one side of this place only")
    gap_us = args.us("gap")
    draft = split(draft, [where], flush=True)
    if gap_us:
        draft = delay(draft, where, gap_us)
    elif draft.layout.cuts == layout.cuts:
        raise Refused("the body is cut there already")
    return marked(draft, "", where, f"the body is cut in two{f' {_WHERE[inside][1]}' if inside else ''}")


def _first(layout: Layout, inside: str, offset: int) -> int:
    """The first place of that kind at or behind an offset."""
    find, what = _WHERE[inside]
    found = next((place for place in find(layout, offset) if place >= max(1, offset)), None)
    if found is None:
        raise Refused(f"no place {what} {'at or behind this one' if offset else 'in this body'}")
    return found


def _in_character(layout: Layout, offset: int) -> Iterator[int]:
    # One that began up to three bytes before may still be going on.
    for found in _CHARACTER.finditer(layout.body, max(0, offset - 3)):
        start, end = found.span()
        yield offset if start < offset < end else (start + end) // 2


def _in_crlf(layout: Layout, offset: int) -> Iterator[int]:
    at = layout.body.find(b"\r\n", max(0, offset - 1))
    if at >= 0:
        yield at + 1


def _in_field(layout: Layout, _offset: int) -> Iterator[int]:
    lines = (line for block in _sse(layout) for line in block.lines if line.name in FIELDS)
    return (line.start + len(line.name) // 2 for line in lines)


def _in_json(layout: Layout, offset: int) -> Iterator[int]:
    for frame in layout.events:
        if frame.end <= offset or not frame.data.lstrip().startswith((b"{", b"[")) or decode(frame.data) is None:
            continue
        held = offsets(frame, layout.body)
        if held:
            first, last = held.span(0, len(frame.data))
            yield offset if first < offset < last else held.at(middle(frame.data, 0, len(frame.data)))


def _in_newlines(layout: Layout, _offset: int) -> Iterator[int]:
    return (block.lines[-1].start for block in _sse(layout) if block.finished and block.data)


def _in_bom(layout: Layout, offset: int) -> Iterator[int]:
    if layout.body.startswith(BOM) and offset < len(BOM):
        yield max(1, offset)


def _sse(layout: Layout) -> Sequence[Block]:
    if layout.unit != "sse":
        raise Refused(f"needs {UNITS['sse']}, and this is {UNITS[layout.unit]}")
    return blocks(layout)


_WHERE: dict[str, tuple[Callable[[Layout, int], Iterator[int]], str]] = {
    "utf8": (_in_character, "inside a character of several bytes"),
    "crlf": (_in_crlf, "between CR and LF"),
    "field": (_in_field, "inside a field's name"),
    "json": (_in_json, "inside an event's JSON"),
    "newlines": (_in_newlines, "between the two line ends behind an event"),
    "bom": (_in_bom, "inside a byte order mark"),
}


def _byte_at_a_time(draft: Draft, spot: Spot, args: Args, _moment: Moment) -> Draft:
    layout, start = draft.layout, max(0, spot.offset)
    size = len(layout.body)
    if start == size:
        raise Refused("no byte is behind this place" if size else "the body is empty")
    if size - start > limits.MAX_PLAN_WRITES:
        raise Refused(f"{size - start:,} bytes are more than {limits.MAX_PLAN_WRITES:,} parts", "rechunk size=1KiB")
    draft = split(draft, range(start, size), flush=_alone(layout, args))
    return _cut(draft, layout, start, "one byte at a time from here on")


def _is_range(args: Args) -> None:
    if args["upto"] is not None and args.count("upto") < args.count("size"):
        raise UsageError("upto= is less than size=")


def _rechunk(draft: Draft, _spot: Spot, args: Args, moment: Moment) -> Draft:
    layout, smallest = draft.layout, args.count("size")
    size = len(layout.body)
    largest = smallest if args["upto"] is None else args.count("upto")
    if not size:
        raise Refused("the body is empty")
    drawn = largest > smallest
    places = _drawn(size, smallest, largest, moment) if drawn else chain(range(smallest, size, smallest), (size,))
    ends = list(islice(places, limits.MAX_PLAN_WRITES + 1))
    if len(ends) > limits.MAX_PLAN_WRITES:
        raise Refused(f"so many parts are more than {limits.MAX_PLAN_WRITES:,}", "a larger size=")
    draft = recut(draft, ends, flush=_alone(layout, args), drawn=drawn)
    return _cut(draft, layout, 0, f"cut in {plural(len(ends), 'part')}")


def _drawn(size: int, smallest: int, largest: int, moment: Moment) -> Iterator[int]:
    at = 0
    while at < size:
        at = min(size, at + smallest + int(moment.random() * (largest - smallest + 1)))
        yield at


def _coalesce(draft: Draft, _spot: Spot, args: Args, _moment: Moment) -> Draft:
    layout, count = draft.layout, args["events"]
    size, events = len(layout.body), layout.events
    if not size:
        raise Refused("the body is empty")
    if count is not None and not events:
        raise Refused("no events in this body")
    # What is behind the last event stays with it.
    ends = [events[i - 1].end for i in range(count, len(events), count)] if count else []
    return _cut(recut(draft, [*ends, size]), layout, 0, f"{count} events at once" if count else "all of it at once")


def _cut(draft: Draft, before: Layout, offset: int, what: str) -> Draft:
    if draft.layout.cuts == before.cuts:
        raise Refused("the body is cut so already")
    return marked(draft, "", offset, what)


def _alone(layout: Layout, args: Args) -> bool:
    """Whether each part is by itself on the wire: without chunks there is nothing else to tell two parts."""
    return args.text("flush") == "yes" or (not args.text("flush") and layout.framing != "chunked")


_FLUSH = Param(
    "flush",
    "word",
    None,
    "Each part by itself on the wire, some ms from the next; without it only where the body has no HTTP chunks.",
    ("yes", "no"),
)

FAULTS = (
    Fault(
        name="split",
        law="SHAPING",
        family="framing",
        summary="the body is cut in two at a place where some clients must not be cut",
        cases=(27, 29, 33, 34),
        example="split in=json",
        sources=(
            "xberg-io/liter-llm#152",
            "danielmiessler/Fabric#2203",
            "brave/brave-browser#52830",
            "rexxars/eventsource-parser#17",
            "ax-llm/ax#622",
        ),
        params=(
            at(None, "The first byte of the second half; without it, and without in=, percent:50."),
            Param(
                "in",
                "word",
                None,
                "The first such place at or behind at=, or of all. utf8: inside a character of several bytes; crlf: "
                "between CR and LF; field: inside a field's name; json: inside an event's JSON; newlines: between the "
                "two line ends behind an event; bom: inside the byte order mark.",
                ("utf8", "crlf", "field", "json", "newlines", "bom"),
            ),
            Param("gap", "duration", "0", "How much later the second half comes."),
        ),
        inject=_split,
        details="The first half is by itself on the wire, and some ms before the second: so a client does read "
        "twice. `at=byte:N` for each N is a sweep over all cuts. Put `crlf` or `leading-bom` in front and there is a "
        "CR and LF, or a byte order mark, to cut in two.",
    ),
    Fault(
        name="byte-at-a-time",
        law="SHAPING",
        family="framing",
        summary="every byte in a chunk of its own, without delay",
        cases=(28, 54),
        example="byte-at-a-time at=event:1",
        sources=("deeplethe/utopia#764", "LaunchDarkly/sse-contract-tests", "rexxars/eventsource-parser#28"),
        params=(at(None, "From where on; without it all of the body."), _FLUSH),
        inject=_byte_at_a_time,
    ),
    Fault(
        name="rechunk",
        law="SHAPING",
        family="framing",
        summary="the body in chunks of another size, whatever is in them",
        cases=(29, 54),
        example="rechunk size=1 upto=64",
        sources=("graniet/llm#90", "rexxars/eventsource-parser#28", "openai/openai-node#2324"),
        params=(
            Param("size", "size", "7", "Of each chunk; the last one may have less."),
            Param("upto", "size", None, "With it the size of each chunk is drawn, from size= up to this."),
            _FLUSH,
        ),
        inject=_rechunk,
        check=_is_range,
        details="A chunk is due when the last of its bytes was. `large-event; rechunk size=1KiB` is case 54.",
    ),
    Fault(
        name="coalesce",
        law="SHAPING",
        family="framing",
        summary="many events in one chunk, when the last of them is due",
        cases=(30,),
        example="coalesce events=100",
        sources=("ggml-org/llama.cpp#14268", "LaunchDarkly/sse-contract-tests"),
        params=(Param("events", "count", None, "How many; without it all of them."),),
        inject=_coalesce,
    ),
)
