"""Payload: whole events that are missing, come twice or in the wrong order, and streams without their last one.

An event is what a client gets: an SSE event, a line, an element of an array, an AWS frame. Each goes and comes as it is
written, so that what is left is as well formed as before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocksse.figures import plural
from mocksse.providers import registry
from mocksse.providers.source import offsets
from mocksse.replay.faults.fault import Fault, Param, Refused, at
from mocksse.replay.faults.payload.aim import EVENTS, api_of, event_at
from mocksse.replay.faults.payload.events import insert, remove_events, written
from mocksse.replay.faults.payload.json_body import payloads
from mocksse.replay.reshape import Edit, delete, keep
from mocksse.replay.reshape import insert as put_in

if TYPE_CHECKING:
    from mocksse.providers.framing import Frame
    from mocksse.replay.draft import Draft, Layout
    from mocksse.replay.faults.fault import Args, Moment, Spot

_BLOCK_ENDS = frozenset({"content_block_stop", "contentBlockStop", "content-end", "tool-call-end"})


def _drop(layout: Layout, spot: Spot, args: Args) -> list[Edit]:
    first, count = event_at(layout, spot), args.count("events")
    left = len(layout.events) - first
    if count > left:
        raise Refused(f"only {plural(left, 'event')} left from this place on")
    return remove_events(layout, range(first, first + count))


def _duplicate(layout: Layout, spot: Spot, _args: Args) -> list[Edit]:
    index = event_at(layout, spot)
    return [insert(layout, index, _copy(layout, layout.events[index]))]


def _copy(layout: Layout, frame: Frame) -> bytes:
    """The event as it is written, with all its fields, so that it can stand in front of another."""
    if layout.unit in {"lines", "array"}:
        return written(layout, frame, frame.data)  # the last line may have no end
    return layout.body[frame.start : frame.end]


def _reorder(layout: Layout, spot: Spot, _args: Args) -> list[Edit]:
    index = event_at(layout, spot)
    if index + 1 == len(layout.events):
        raise Refused("no event is behind this one to change places with")
    first, second = (_extent(layout, frame) for frame in layout.events[index : index + 2])
    one, other = layout.body[slice(*first)], layout.body[slice(*second)]
    if one == other:
        raise Refused("the two events there are the same")
    # Each takes the other's place, so that times and chunks stay.
    return [Edit(*first, other), Edit(*second, one)]


def _extent(layout: Layout, frame: Frame) -> tuple[int, int]:
    """What changes places: of a line not its end, which the last one may not have."""
    return frame.start, frame.start + len(frame.data) if layout.unit == "lines" else frame.end


def _zero_events(draft: Draft, _spot: Spot, _args: Args, _moment: Moment) -> Draft:
    if not draft.body:
        raise Refused("the body is empty already")
    return keep(draft, 0, clean=True)


def terminal(layout: Layout) -> list[int]:
    """The events that end the stream: every [DONE], and where there is none the API's own. Refused where none is."""
    events = layout.events
    found = [index for index, frame in enumerate(events) if registry.is_done_mark(frame)]
    found = found or [index for index, frame in enumerate(events) if registry.is_done(layout.api, frame)]
    if not found:
        raise Refused("no terminal event in this stream")
    return found


def _missing_done(layout: Layout, _spot: Spot, _args: Args) -> list[Edit]:
    return remove_events(layout, terminal(layout))


def _missing_finish(layout: Layout, _spot: Spot, _args: Args) -> list[Edit]:
    api = api_of(layout)
    found = [
        (index, frame)
        for index, frame in enumerate(layout.events)
        if any(fragment.kind == "finish" for fragment in registry.fragments_of(api, frame))
    ]
    if not found:
        raise Refused("no finish reason in this stream")
    if any(registry.carries_text(api, frame) for _, frame in found):
        raise Refused("its finish reason is in one event with text", "null-finish takes the reason alone")
    return remove_events(layout, [index for index, _ in found])


def _missing_message_stop(layout: Layout, _spot: Spot, _args: Args) -> list[Edit]:
    stops = [e for e in payloads(layout) if e.type in _BLOCK_ENDS or (e.hidden and not _BLOCK_ENDS.isdisjoint(e.value))]
    if not stops:
        raise Refused("no event in this stream ends a content block")
    if stops[-1].index + 1 == len(layout.events):
        raise Refused("no event is behind the end of the last content block")
    return [delete(stops[-1].frame.end, len(layout.body))]


def _odd_done(layout: Layout, _spot: Spot, args: Args) -> list[Edit]:
    index = terminal(layout)[-1]
    frame = layout.events[index]
    if args.text("kind") == "double":
        return [insert(layout, index + 1, _copy(layout, frame))]
    held = offsets(frame, layout.body)
    if held is None or not registry.is_done_mark(frame):
        raise Refused("no [DONE] in this stream", "kind=double repeats the API's own last event")
    return [put_in(held.at(len(frame.data) - 1) + 1, b" ", own=False)]


FAULTS = (
    Fault(
        name="drop",
        law="LOSSY",
        family="payload",
        summary="events are missing, and nothing tells",
        cases=(82,),
        example="drop at=percent:50 events=2",
        sources=("amd/gaia#3501",),
        params=(
            at("percent:50", "The event at this place, or the next one, is the first to go."),
            Param("events", "count", "1", "How many."),
        ),
        edits=_drop,
        needs=EVENTS,
        details="With at=event:0 an Anthropic stream begins without its message_start.",
    ),
    Fault(
        name="duplicate",
        law="CORRUPTING",
        family="payload",
        summary="an event comes twice",
        cases=(),
        example="duplicate at=first-text",
        sources=("r3labs/sse#61",),
        params=(at("percent:50", "The event at this place, or the next one."),),
        edits=_duplicate,
        needs=EVENTS,
        details="The copy has all that the event has, its id too.",
    ),
    Fault(
        name="reorder",
        law="CORRUPTING",
        family="payload",
        summary="two events have changed places",
        cases=(82,),
        example="reorder at=first-text",
        sources=("maximhq/bifrost#6081",),
        params=(at("percent:50", "The event at this place, or the next one, and the one behind it."),),
        edits=_reorder,
        needs=EVENTS,
        details="Each event is sent when the other was due.",
    ),
    Fault(
        name="zero-events",
        law="LOSSY",
        family="payload",
        summary="status, headers and a proper end, and no body between them",
        cases=(69,),
        example="zero-events times=1",
        sources=("lemonade-sdk/lemonade#3448", "pydantic/pydantic-ai#3238", "coder/aibridge#56"),
        inject=_zero_events,
    ),
    Fault(
        name="missing-done",
        law="LOSSY",
        family="payload",
        summary="the stream ends without its terminal event",
        cases=(61,),
        example="missing-done",
        sources=("lemonade-sdk/lemonade#3448", "agentjido/req_llm#638", "NVIDIA/TensorRT-LLM#18289"),
        edits=_missing_done,
        needs=EVENTS,
        details="That is every [DONE]; in a stream without one the API's own last event, such as message_stop. What "
        "else is in that event is gone with it: Responses and Ollama tell the finish reason and the usage there.",
    ),
    Fault(
        name="missing-finish",
        law="LOSSY",
        family="payload",
        summary="no event tells why the answer ended",
        cases=(62,),
        example="missing-finish",
        sources=("pydantic/pydantic-ai#6610", "earendil-works/pi#4558"),
        edits=_missing_finish,
        needs=EVENTS,
        details="Every event with a finish reason is gone, and the usage with it where that is in the same event. "
        "Where a reason is in one event with text, null-finish takes the reason alone.",
    ),
    Fault(
        name="missing-message-stop",
        law="LOSSY",
        family="payload",
        summary="the stream ends behind its last content block",
        cases=(81,),
        example="missing-message-stop",
        sources=("BerriAI/litellm#32159", "openclaw/openclaw#120030", "maximhq/bifrost#6081"),
        edits=_missing_message_stop,
        needs=EVENTS,
        details="For the APIs whose answers are made of content blocks: Anthropic, Bedrock, Cohere.",
    ),
    Fault(
        name="odd-done",
        law="CORRUPTING",
        family="payload",
        summary="the terminal event comes twice, or with a space behind it",
        cases=(63,),
        example="odd-done kind=space",
        sources=("praxis-proxy/praxis#739",),
        params=(
            Param(
                "kind",
                "word",
                "double",
                "double: it comes twice; space: `[DONE] `, in streams that end with one.",
                ("double", "space"),
            ),
        ),
        edits=_odd_done,
        needs=EVENTS,
    ),
)
