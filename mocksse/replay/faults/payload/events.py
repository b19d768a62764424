"""Events that come into a body, and events that go: what is new looks like its neighbours.

Same line ends, same space behind the colon, an `event:` line where the others have one, the same AWS headers. What is
removed leaves nothing behind: no blank line, in an array no comma. Where events are numbered the numbers can follow.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from mocksse.replay.faults.fault import Refused
from mocksse.replay.faults.payload.json_body import change, headers_of, hide, payloads, style, typed
from mocksse.replay.reshape import Edit
from mocksse.wire import eventstream, sse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mocksse.providers.framing import Frame
    from mocksse.replay.draft import Layout
    from mocksse.replay.faults.payload.json_body import Change, Payload

_SEPARATOR = b",\r\n"
"""Between two elements of an array, where there are no two to tell; Gemini's."""
_HEADERS = ((":event-type", "chunk"), (":content-type", "application/json"), (":message-type", "event"))
"""Of an AWS frame, where there is none to tell."""


def written(layout: Layout, like: Frame | None, data: bytes, type: str = "", *, named: bool = False) -> bytes:  # noqa: A002
    """An event of this type and data, written as `like` is, or where there is none as most do.

    An `event:` line is there if `like` has one, or if it is to be `named`. In an AWS frame `data` is the payload, and
    the type goes into the header. An element of an array is without its comma: `insert` knows where that goes.
    """
    match layout.unit:
        case "eventstream":
            headers = headers_of(layout.body[like.start : like.end]) if like else ()
            return eventstream.encode(typed(headers or _HEADERS, type), data)
        case "sse":
            eol, space, has_type = style(layout, like)
            name = type.encode() if type and (named or has_type) else None
            try:
                return sse.encode(data=data, event=name, eol=eol, space=space)
            except ValueError as error:
                raise Refused(f"no event can be written like those of this stream: {error}") from None
        case "array":
            return data
        case _:
            return data + (style(layout, like)[0])


def wrapped(layout: Layout, event: Payload, data: bytes) -> bytes:
    """The data of an event that is to carry this JSON as `event` does: in base64, where that one is."""
    return b'{"bytes":' + hide(data) + b"}" if layout.unit == "eventstream" and event.hidden else data


def insert(layout: Layout, index: int, block: bytes) -> Edit:
    """The event `block`, as `written` or `copied`, in front of event `index`; behind the last where there is none."""
    events = layout.events
    if layout.unit == "array" and events:
        comma = _separator(layout)
        if index < len(events):
            return Edit(events[index].start, events[index].start, block + comma, own=True)
        return Edit(events[-1].end, events[-1].end, comma + block, own=True)
    if index < len(events):
        return Edit(events[index].start, events[index].start, block, own=True)
    at = events[-1].end if events else _start(layout)
    gap = b"\n" if layout.unit == "lines" and at and layout.body[at - 1 : at] != b"\n" else b""
    return Edit(at, at, gap + block, own=True)


def _start(layout: Layout) -> int:
    """Where the first event of a body without any would be."""
    body = layout.body
    return body.find(b"[") + 1 if layout.unit == "array" else len(body) - len(body.removeprefix(sse.BOM))


def remove_events(layout: Layout, indices: Iterable[int]) -> list[Edit]:
    """These events are gone, in an array with one comma each."""
    events, gone = layout.events, sorted(set(indices))
    if layout.unit != "array":
        return [Edit(events[index].start, events[index].end, b"") for index in gone]
    found: list[Edit] = []
    for _, numbered in groupby(enumerate(gone), key=lambda pair: pair[1] - pair[0]):
        run = [index for _, index in numbered]
        start, end = events[run[0]].start, events[run[-1]].end
        if run[-1] + 1 < len(events):
            end = events[run[-1] + 1].start
        elif run[0]:
            start = events[run[0] - 1].end
        found.append(Edit(start, end, b""))
    return found


def renumber(layout: Layout, added: Mapping[int, int]) -> list[tuple[Payload, Change | None]]:
    """So many events more in front of event i: changes of each `sequence_number` (OpenAI Responses) from there on."""
    found: list[tuple[Payload, Change | None]] = []
    late = 0
    steps = sorted(added.items(), reverse=True)
    for event in payloads(layout):
        while steps and steps[-1][0] <= event.index:
            late += steps.pop()[1]
        number = event.at(("sequence_number",))
        if late and type(number) is int:
            found.append((event, change(event, ("sequence_number",), b"%d" % (number + late))))
    return found


def _separator(layout: Layout) -> bytes:
    events = layout.events
    return layout.body[events[0].end : events[1].start] if len(events) > 1 else _SEPARATOR
