"""Where in a body a text is, so that something can be put into it: the inside of a JSON string, as it is written.

Where the API is known it is what the model said: text, else reasoning. Else, and where it said nothing, it is the
longest string of an event, keys apart, and of an event that is no JSON its first line. A JSON string is never broken
over two lines.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mocksse.providers.lenient import decode
from mocksse.providers.places import text_span
from mocksse.providers.registry import is_done_mark
from mocksse.providers.source import offsets
from mocksse.replay.faults.fault import Refused
from mocksse.replay.faults.payload.aim import event_at
from mocksse.wire.json_spans import middle

if TYPE_CHECKING:
    from mocksse.providers.framing import Frame
    from mocksse.replay.draft import Layout
    from mocksse.replay.faults.fault import Spot

_STRING = re.compile(rb'"((?:[^"\\]++|\\.)*+)"(\s*:)?', re.DOTALL)  # with the colon behind it: a key


def text_from(layout: Layout, spot: Spot) -> tuple[int, int]:
    """The first text at a place or behind it: (start, end) in the body."""
    first = event_at(layout, spot)
    events = layout.events[first:]
    api = layout.api
    said = (text_span(api, frame, layout.body) for frame in events) if api is not None else iter(())
    held = next((span for span in said if span), None)
    held = held or next((span for frame in events if (span := _longest(layout, frame))), None)
    if held is None:
        raise Refused("no text at this place or behind it" if first else "no text in this stream")
    return held


def middle_of(layout: Layout, start: int, end: int) -> int:
    """In the middle of a text, between two of its characters."""
    return middle(layout.body, start, end)


def _longest(layout: Layout, frame: Frame) -> tuple[int, int] | None:
    held = offsets(frame, layout.body)
    if decode(frame.data) is not None:
        spans = [found.span(1) for found in _STRING.finditer(frame.data) if found[1] and not found[2]]
    else:
        line, _, _ = frame.data.partition(b"\n")
        spans = [(0, len(line))] if line and not is_done_mark(frame) else []
    if held is None or not spans:
        return None
    return held.span(*max(spans, key=lambda span: span[1] - span[0]))
