"""Payload: shapes that drift. A list of choices that is null, missing or empty, a delta that is null, a role that is.

What an API's own documents promise is left out by somebody who speaks it: Azure sends its first chunk without a choice,
vLLM and gateways a null, others no role. Unless a place is given nothing is lost by any of it: what is put in says
nothing, and what is changed said nothing before. So a client that looks before it reaches has the same answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mocksse.providers.lenient import array, compact, get
from mocksse.replay.faults.fault import Fault, Param, Refused, at
from mocksse.replay.faults.payload.aim import EVENTS, gap_at, json_from
from mocksse.replay.faults.payload.events import insert, wrapped, written
from mocksse.replay.faults.payload.json_body import add, change, collected, copied, payloads, remove

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mocksse.replay.draft import Layout
    from mocksse.replay.faults.fault import Args, Spot
    from mocksse.replay.faults.payload.json_body import Change, Payload
    from mocksse.replay.reshape import Edit
    from mocksse.wire.json_spans import Path

_LISTS = ("choices", "candidates")
_NO_DELTA = "no choice with a delta in this stream"
_CHAT_HINT = "OpenAI's Chat and those that speak it have one"


def _list_of(event: Payload) -> str:
    return next((key for key in _LISTS if isinstance(event.value.get(key), list)), "")


def _with_list(layout: Layout) -> list[Payload]:
    found = [event for event in payloads(layout) if _list_of(event)]
    if not found:
        raise Refused("no list of choices in this stream", "OpenAI's Chat has one, and Gemini: its candidates")
    return found


def _null_choices(layout: Layout, spot: Spot, args: Args) -> Sequence[Edit]:
    index = gap_at(layout, spot)
    events = _with_list(layout)
    like = next((event for event in events if event.index >= index), events[-1])
    path: Path = (_list_of(like),)
    made = remove(like, path) if args["kind"] == "missing" else change(like, path, b"null")
    return [insert(layout, index, copied(layout, like, [made] if made else []))]


_FILTERED: dict[str, Any] = {"filtered": False, "severity": "safe"}
_FILTER = [
    {
        "prompt_index": 0,
        "content_filter_results": dict.fromkeys(("hate", "self_harm", "sexual", "violence"), _FILTERED),
    }
]


def _empty_choices(layout: Layout, _spot: Spot, args: Args) -> Sequence[Edit]:
    events = _with_list(layout)
    made: list[Edit] = []
    if args["which"] != "last":
        made.append(_put_in(layout, events[0], events[0].index, _first(_list_of(events[0]))))
    if args["which"] != "first":
        made.append(_put_in(layout, events[-1], events[-1].index + 1, _last(events)))
    return made


def _put_in(layout: Layout, like: Payload, index: int, value: dict[str, Any]) -> Edit:
    data = wrapped(layout, like, compact(value).encode("utf-8", "backslashreplace"))
    return insert(layout, index, written(layout, like.frame, data, like.frame.type if like.hidden else ""))


def _first(key: str) -> dict[str, Any]:
    """As Azure begins: it says what its content filter made of the prompt, and nothing of itself."""
    if key == "candidates":
        return {key: []}
    return {key: [], "created": 0, "id": "", "model": "", "object": "", "prompt_filter_results": _FILTER}


def _last(events: Sequence[Payload]) -> dict[str, Any]:
    """As OpenAI ends with `include_usage`: usage, once more where there was one, without a choice."""
    key = _list_of(events[-1])
    usage = "usageMetadata" if key == "candidates" else "usage"
    none = {"promptTokenCount": 0} if key == "candidates" else {"prompt_tokens": 0, "completion_tokens": 0}
    counted = next((count for event in reversed(events) if isinstance(count := event.value.get(usage), dict)), none)
    kept = ("id", "object", "created", "model", "modelVersion", "responseId")
    return {name: events[0].value[name] for name in kept if name in events[0].value} | {key: [], usage: counted}


def _null_delta(layout: Layout, spot: Spot, args: Args) -> Sequence[Edit]:
    kind, chosen = args.text("kind"), args.at is not None
    made: list[tuple[Payload, Change | None]] = []
    has_delta = False
    for event in json_from(layout, spot) if chosen else payloads(layout):
        for c, choice in enumerate(array(event.value, "choices")):
            has_delta = has_delta or "delta" in (choice or ())
            found = _drift(event, ("choices", c), kind, silent=not chosen)
            made += [(event, found)] if found else []
        if made and chosen:
            break
    if not made:
        where = " at this place or behind it" if chosen else ""
        raise Refused(f"{_WHY_NOT[kind] if has_delta else _NO_DELTA}{where}", "" if has_delta else _CHAT_HINT)
    return collected(layout, made)


_NO_ROLE = "no delta has a role"
_WHY_NOT = {
    "delta": "each delta says something, which would be lost",
    "role": _NO_ROLE,
    "empty-role": _NO_ROLE,
    "no-role": _NO_ROLE,
    "content": "each delta has text in it",
    "no-index": "no choice has an index, or it is needed",
}


def _drift(event: Payload, choice: Path, kind: str, *, silent: bool) -> Change | None:
    """The change of one choice; None where it has not what the kind is about. `silent`: nothing may be lost."""
    delta = event.at((*choice, "delta"))
    path = (*choice, "delta")
    match kind:
        case "delta" if delta is not None and not (silent and _says_something(delta)):
            return change(event, path, b"null")
        case "role" | "empty-role" if get(delta, "role"):
            return change(event, (*path, "role"), b"null" if kind == "role" else b'""')
        case "no-role" if get(delta, "role"):
            return remove(event, (*path, "role"))
        case "content" if isinstance(delta, dict) and "content" not in delta:
            return add(event, path, "content", b"null")
        case "content" if get(delta, "content") == "" or (not silent and get(delta, "content")):
            return change(event, (*path, "content"), b"null")
        case "no-index" if event.at((*choice, "index")) == 0 and len(event.value["choices"]) == 1:
            return remove(event, (*choice, "index"))
    return None


def _says_something(delta: Any) -> bool:
    """Anything but who speaks."""
    return isinstance(delta, dict) and any(value for key, value in delta.items() if key != "role")


FAULTS = (
    Fault(
        name="null-choices",
        law="CORRUPTING",
        family="payload",
        summary="a chunk whose choices are null, or missing",
        cases=(70,),
        example="null-choices at=event:2 kind=missing",
        sources=("langchain-ai/langchain#32252", "vercel/ai#7417", "langfuse/langfuse#6658"),
        params=(
            at("event:0", "In front of which event."),
            Param("kind", "word", "null", "What is there instead of the list.", ("null", "missing")),
        ),
        edits=_null_choices,
        needs=EVENTS,
        details="An event more, otherwise like the next: nothing is lost, and the answer is the same. Gemini's choices "
        "are called candidates.",
    ),
    Fault(
        name="empty-choices",
        law="CORRUPTING",
        family="payload",
        summary="a chunk without any choice: Azure's content filter first, usage last",
        cases=(71,),
        example="empty-choices which=first",
        sources=("langfuse/langfuse#2833", "microsoft/autogen#4311", "pydantic/logfire#64"),
        params=(
            Param("which", "word", "both", "Where: as the first event, or behind the last.", ("first", "last", "both")),
        ),
        edits=_empty_choices,
        needs=EVENTS,
        details="Events more: the answer is the same. The last repeats the usage that the stream has told, if any.",
    ),
    Fault(
        name="null-delta",
        law="CORRUPTING",
        family="payload",
        summary="deltas that are null or have a null, a role that is empty or missing",
        cases=(72,),
        example="null-delta kind=role",
        sources=("eneo-ai/eneo#126", "vercel/ai#2548", "vercel/ai#16532", "vercel/ai#4031"),
        params=(
            Param(
                "kind",
                "word",
                "delta",
                "delta: the delta is null; role: its role is null; empty-role: its role is empty; no-role: it has no "
                "role; content: its content is null; no-index: the choice has no index.",
                ("delta", "role", "empty-role", "no-role", "content", "no-index"),
            ),
            at(None, "Only the first event at or behind this place that has it; not given: everywhere."),
        ),
        edits=_null_delta,
        needs=EVENTS,
        details="Everywhere means: where nothing is lost. With at= a delta is null even where it carried text.",
    ),
)
