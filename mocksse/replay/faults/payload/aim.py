"""What a fault aims at: the event a place means, the next one that is JSON, the texts and reasons an event has.

A place inside an event means that event; where something is to be put between two events, the gap behind it. Whoever
wants JSON or text gets the first event at or behind the place that has it. What is not there is Refused.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mocksse.providers import bedrock, registry
from mocksse.providers.lenient import compact
from mocksse.providers.source import path_of
from mocksse.replay.faults.fault import Refused
from mocksse.replay.faults.payload.json_body import Payload, hide, payload

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mocksse.providers.api import Api
    from mocksse.providers.fragment import Fragment
    from mocksse.replay.draft import Layout
    from mocksse.replay.faults.fault import Spot
    from mocksse.wire.json_spans import Path

EVENTS = ("sse", "lines", "array", "eventstream")
"""What a body has to be made of to have events."""


def event_at(layout: Layout, spot: Spot) -> int:
    """The event at the place, the next one where the place is between two."""
    need_events(layout)
    if spot.event is None:
        raise Refused("no event at this place or behind it")
    return spot.event


def gap_at(layout: Layout, spot: Spot) -> int:
    """The event in front of which something put in at the place goes; their number: behind the last."""
    need_events(layout)
    if spot.event is None:
        return len(layout.events)
    return spot.event + (spot.offset > layout.events[spot.event].start)


def need_events(layout: Layout) -> None:
    """Refused where the body has none that could be read."""
    if not layout.events:
        coding = layout.head.header("content-encoding")
        raise Refused(f"its body is {coding}, and not looked into" if coding else "no events in this body")


def json_from(layout: Layout, spot: Spot) -> Iterator[Payload]:
    """The events at and behind the place that are JSON objects."""
    for index in range(event_at(layout, spot), len(layout.events)):
        found = payload(layout, index, layout.events[index])
        if found is not None:
            yield found


def api_of(layout: Layout) -> Api:
    """The API that the stream speaks."""
    if layout.api is None:
        raise Refused("no API that mocksse knows: what its events mean is not known")
    return layout.api


def fragments(layout: Layout, event: Payload) -> tuple[Fragment, ...]:
    """What the event says; of what base64 hides, in the words of the vendor whose JSON it is."""
    api, type_ = _reader(layout, event)
    return api.fragments(type_, event.value)


def sources(layout: Layout, event: Payload, *kinds: str) -> Iterator[tuple[Fragment, Path]]:
    """The fragments of these kinds, each with the path of the value it is made of, where that can be told."""
    api, type_ = _reader(layout, event)
    for position, fragment in enumerate(api.fragments(type_, event.value)):
        if fragment.kind in kinds:
            path = path_of(api, type_, event.value, position, fragment)
            if path is not None:
                yield fragment, path


def _reader(layout: Layout, event: Payload) -> tuple[Api, str]:
    api = api_of(layout)
    if not event.hidden:
        return api, event.frame.type
    # What is no vendor's own stream, as Nova's or Titan's is not, only Bedrock can read.
    return next((other for other in registry.APIS if other.name == event.api != "bedrock"), _INSIDE_BEDROCK), ""


def _in_chunk(_type: str, inner: Any) -> tuple[Fragment, ...]:
    # hide() has it as JSON, in quotes.
    hidden = hide(compact(inner).encode("utf-8", "backslashreplace")).decode()[1:-1]
    return bedrock.fragments("chunk", {"bytes": hidden})


_INSIDE_BEDROCK = replace(bedrock.API, fragments=_in_chunk)
"""Bedrock as it reads the JSON that its chunks hold in base64."""
