"""Payload: the reason why an answer ended, odd, early, twice, or null where there should be one.

Where a reason is written is learned from the stream's own: the value which, changed, changes what a client reads. So
the same place is known in its other events, and no API has to say it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocksse.replay.faults.afford import afford
from mocksse.replay.faults.fault import Fault, Param, Refused
from mocksse.replay.faults.payload.aim import EVENTS, api_of, fragments, sources
from mocksse.replay.faults.payload.events import insert
from mocksse.replay.faults.payload.json_body import Change, Payload, add, change, collected, copied, edits, payloads
from mocksse.wire.json_spans import encode_string, locate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mocksse.replay.draft import Layout
    from mocksse.replay.faults.fault import Args, Spot
    from mocksse.replay.reshape import Edit
    from mocksse.wire.json_spans import Path

_GENERATED = ("text", "reasoning", "refusal")
_PROBE = "\0"


def _reasons(layout: Layout) -> Iterator[tuple[Payload, Path]]:
    """Every reason in the stream: the event it is in, and where."""
    for event in payloads(layout):
        for _, path in sources(layout, event, "finish"):
            yield event, path


def _first_reason(layout: Layout) -> tuple[Payload, Path]:
    api_of(layout)
    found = next(_reasons(layout), None)
    if found is None:
        raise Refused("no finish reason in this stream")
    return found


def _null_finish(layout: Layout, _spot: Spot, _args: Args) -> list[Edit]:
    _first_reason(layout)
    return collected(layout, [(event, change(event, path, b"null")) for event, path in _reasons(layout)])


def _odd_finish_reason(layout: Layout, _spot: Spot, args: Args) -> list[Edit]:
    _, path = _first_reason(layout)
    value = encode_string(args.text("value"), ascii=False)
    found: list[Edit] = []
    for event in payloads(layout):
        afford(len(value), len(found) + 1)
        empty = [place for place in _alike(event, path) if event.at(place) is None and _is_read(layout, event, place)]
        found += edits(layout, event, [_put(event, place, value) for place in empty])
    if not found:
        raise Refused("in this API the reason has an event of its own, which comes once")
    return found


def _early_finish(layout: Layout, _spot: Spot, args: Args) -> list[Edit]:
    reason, path = _first_reason(layout)
    value = _written(reason, path)
    early = [event for event in payloads(layout) if event.index < reason.index and _said(layout, event)]
    if not early:
        raise Refused("no text or tool call is in front of the finish reason")
    if args.text("events") == "first":
        early = early[:1]
    found: list[Edit] = []
    for event in early:
        places = [place for place in _alike(event, path) if _is_read(layout, event, place)]
        found += edits(layout, event, [_put(event, place, value) for place in places])
    if not found and args.text("events") == "all":
        raise Refused("in this API the reason has an event of its own", "events=first puts that before the text")
    return found or [insert(layout, early[0].index, copied(layout, reason, _silence(layout, reason)))]


def _duplicate_finish(layout: Layout, _spot: Spot, _args: Args) -> list[Edit]:
    _first_reason(layout)
    *_, (last, _) = _reasons(layout)
    return [insert(layout, last.index + 1, copied(layout, last, _silence(layout, last)))]


def _silence(layout: Layout, event: Payload) -> list[Change]:
    """Changes that leave an event without its text: it comes again, and the text must not."""
    found = list(sources(layout, event, *_GENERATED))
    if len(found) < _said(layout, event):
        raise Refused("its finish reason is in one event with a tool call")
    return [c for _, path in found if (c := change(event, path, b'""'))]


def _said(layout: Layout, event: Payload) -> int:
    """How many pieces of text, and of arguments, the event has."""
    return sum(bool(f.text) and f.kind in (*_GENERATED, "tool") for f in fragments(layout, event))


def _alike(event: Payload, path: Path) -> list[Path]:
    """The path in this event, in each element of the arrays on its way; only where there is an object to hold it."""
    found: list[Path] = [()]
    for step in path:
        if isinstance(step, int):
            found = [(*p, i) for p in found if isinstance(held := event.at(p), list) for i in range(len(held))]
        else:
            found = [(*p, step) for p in found]
    return [p for p in found if isinstance(event.at(p[:-1]), dict)]


def _put(event: Payload, path: Path, value: bytes) -> Change | None:
    return change(event, path, value) if event.has(path) else add(event, path[:-1], str(path[-1]), value)


def _is_read(layout: Layout, event: Payload, path: Path) -> bool:
    """Whether a reason at the path would be one to a client: Anthropic's `delta` has one in message_delta alone.

    It is tried on the payload, which is as before when this returns.
    """
    holder, key = event.at(path[:-1]), path[-1]
    was_there, before = event.has(path), event.at(path)
    holder[key] = _PROBE
    found = any(f.kind == "finish" and f.text == _PROBE for f in fragments(layout, event))
    if was_there:
        holder[key] = before
    else:
        del holder[key]
    return found


def _written(event: Payload, path: Path) -> bytes:
    span = locate(event.data, path)
    return event.data[span.start : span.end] if span else b'""'


FAULTS = (
    Fault(
        name="null-finish",
        law="CORRUPTING",
        family="payload",
        summary="the finish reason is null, to the end",
        cases=(62,),
        example="null-finish",
        sources=("pydantic/pydantic-ai#6610", "earendil-works/pi#4558"),
        edits=_null_finish,
        needs=EVENTS,
    ),
    Fault(
        name="odd-finish-reason",
        law="CORRUPTING",
        family="payload",
        summary="events that end nothing have a finish reason that is none",
        cases=(73,),
        example="odd-finish-reason value=None",
        sources=("ollama/ollama#4357", "vercel/ai#2548"),
        params=(Param("value", "text", "", 'What stands for null, such as "None" or "null".'),),
        edits=_odd_finish_reason,
        needs=EVENTS,
        details="An empty string on every chunk, where others have null or nothing. The true reason stays.",
    ),
    Fault(
        name="early-finish",
        law="CORRUPTING",
        family="payload",
        summary="a finish reason comes with text, or before it, and the answer goes on",
        cases=(74,),
        example="early-finish events=all",
        sources=("BerriAI/litellm#2195", "vllm-project/vllm#36944"),
        params=(
            Param(
                "events",
                "word",
                "first",
                "On the first event with text or tool arguments, or on all.",
                ("first", "all"),
            ),
        ),
        edits=_early_finish,
        needs=EVENTS,
        details="Where the reason has an event of its own, that event comes before the first text as well.",
    ),
    Fault(
        name="duplicate-finish",
        law="CORRUPTING",
        family="payload",
        summary="two events tell the finish reason",
        cases=(74,),
        example="duplicate-finish",
        sources=("foundation-model-stack/fms-guardrails-orchestrator#482",),
        edits=_duplicate_finish,
        needs=EVENTS,
        details="The second has no text, so that nothing is said twice.",
    ),
)
