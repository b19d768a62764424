"""Where `at=` is in a draft at hand: a place, in words, becomes an offset in the body and the event that begins there.

`event:N` is after N events (0: right after the head; comments do not count); `byte` and `percent` count bytes of the
body, `ms` is on the paced timeline. A named place is right before the event that has what it names, so that nothing of
it has come yet; `tool-args` alone is inside: amid the first argument fragment that is not empty.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from mocksse.figures import plural, us_text
from mocksse.replay.faults.fault import Place, Refused, Spot

if TYPE_CHECKING:
    from mocksse.replay.draft import Draft, Layout

START = Spot(0, 0)
"""Where a fault without a place is."""
_WHAT = {
    "first-text": "no text",
    "reasoning": "no reasoning",
    "tool-args": "no tool arguments",
    "finish": "no finish reason",
    "done": "no terminal event",
}


def find(draft: Draft, place: Place | None) -> Spot:
    """The spot of a place; Refused where this stream has none."""
    if place is None:
        return START
    layout = draft.layout
    size = len(layout.body)
    match place.kind:
        case "head":
            return Spot(-1, None)
        case "end":
            return Spot(size, None)
        case "event":
            return _after_events(layout, int(place.number))
        case "byte":
            if place.number > size:
                raise Refused(f"{place} is beyond the body, which has {plural(size, 'byte')}")
            return spot(layout, int(place.number))
        case "percent":
            return spot(layout, int(size * place.number / 100))
        case "ms":
            return _at_time(draft, place)
        case _:
            found = layout.places.get(place.kind)
            if found is None:
                raise Refused(f"{place}: {_why_not(layout, place.kind)}")
            return Spot(found.offset, found.index)


def spot(layout: Layout, offset: int) -> Spot:
    """The spot at an offset: its event is the one in which the byte there is."""
    index = bisect_right(layout.events, offset, key=lambda event: event.end)
    return Spot(offset, index if index < len(layout.events) else None)


def _after_events(layout: Layout, count: int) -> Spot:
    events = layout.events
    if count and count > len(events):
        raise Refused(f"event:{count} is beyond the stream, which has {plural(len(events), 'event')}{_unread(layout)}")
    offset = events[count - 1].end if count else 0
    return Spot(offset, count if count < len(events) else None)


def _at_time(draft: Draft, place: Place) -> Spot:
    due_us = round(place.number * 1000)
    index = bisect_left(draft.at_us, due_us)
    if index == len(draft.at_us) and due_us > draft.last_us:
        raise Refused(f"{place} is beyond the stream: at this pace its last byte is due at {us_text(draft.last_us)}")
    return spot(draft.layout, draft.layout.cuts[index - 1].end if index else 0)


def _why_not(layout: Layout, name: str) -> str:
    if layout.bodiless or not layout.body:
        return "there is no body"
    if layout.api is None:
        return "no API that mocksse knows: places by name need one"
    return f"{_WHAT[name]} in this stream{_unread(layout)}"


def _unread(layout: Layout) -> str:
    return f" ({layout.unread})" if layout.unread else ""
