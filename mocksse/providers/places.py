"""Named places in a body: where its text begins, its reasoning, the arguments of a tool call, where it ends.

One rule: a named place is right in front of the first event that has what it names. Only `tool-args` is inside its
event, in the middle of the arguments as they are written, between two characters: there a cut leaves half of them. A
body has the places that it has; none is made up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mocksse.providers import registry
from mocksse.providers.source import offsets, path_of, span_of
from mocksse.wire.json_spans import middle

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mocksse.providers.api import Api
    from mocksse.providers.fragment import Fragment
    from mocksse.providers.framing import Frame

NAMES = ("first-text", "reasoning", "tool-args", "finish", "done")
_NAMED = {"text": "first-text", "reasoning": "reasoning", "tool": "tool-args", "finish": "finish"}


@dataclass(frozen=True, slots=True)
class Place:
    """`index` counts the frames of kind `event`, from 0; `offset` is in bytes of the body."""

    index: int
    offset: int


def places(api: Api, frames: Sequence[Frame], body: bytes) -> Mapping[str, Place]:
    """The places of NAMES that the body has.

    first-text, reasoning, tool-args: the first piece of it that is not empty. finish: the first reason why the answer
    ended. done: the first `[DONE]`, and where there is none the API's own last event.
    """
    found: dict[str, Place] = {}
    marked = False
    for index, frame in enumerate(frame for frame in frames if frame.kind == "event"):
        if marked and len(found) == len(NAMES):
            break
        if registry.is_done_mark(frame):
            if not marked:
                found["done"] = Place(index, frame.start)
            marked = True
            continue
        payload = registry.payload_of(api, frame)
        if payload is None:
            continue
        if "done" not in found and api.done(frame.type, payload):
            found["done"] = Place(index, frame.start)
        if len(found) - ("done" in found) == len(_NAMED):
            continue
        for position, fragment in enumerate(api.fragments(frame.type, payload)):
            name = _NAMED.get(fragment.kind)
            if name is None or name in found or (fragment.kind == "tool" and not fragment.text):
                continue
            is_inside = fragment.kind == "tool"
            offset = _inside(api, frame, body, payload, position, fragment) if is_inside else frame.start
            found[name] = Place(index, offset)
    return found


def _inside(api: Api, frame: Frame, body: bytes, payload: Any, position: int, fragment: Fragment) -> int:
    """In the middle of the fragment; of the base64 text that hides it (Bedrock's chunks); else of the frame."""
    path = path_of(api, frame.type, payload, position, fragment)
    span = span_of(frame.data, ("bytes",) if path is None else path)
    held = offsets(frame, body)
    if span is None or held is None:
        return (frame.start + frame.end) // 2
    return held.at(middle(frame.data, *span))


def text_span(api: Api, frame: Frame, body: bytes) -> tuple[int, int] | None:
    """Where the first piece of text of this event is written, else of reasoning: (start, end) within the JSON string.

    None where it has none, or base64 hides it. A JSON string is never broken over two lines, and of data that is the
    text itself only the first line counts, so that what is between start and end is the text's and nothing else.
    """
    payload = registry.payload_of(api, frame)
    if payload is None:
        return None
    said = list(enumerate(api.fragments(frame.type, payload)))
    for kind in ("text", "reasoning"):
        for position, fragment in said:
            if fragment.kind == kind:
                path = path_of(api, frame.type, payload, position, fragment)
                span = span_of(frame.data, path) if path is not None else None
                held = offsets(frame, body)
                return held.span(*span) if span and held else None
    return None
