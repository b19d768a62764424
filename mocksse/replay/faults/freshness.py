"""Freshness: ids and times of creation that are new at each play, as a live server's are.

A replay says the same ids again and again, and who keeps answers by their id keeps one of them. New ones look like the
old: the same length, alphabet and prefix, dashes where they were; what was one id is one id still, wherever it stands.
Only the members that an API has for ids are looked at, so that no text changes, nor what a tool is called with. Where
they are is found out once for a body; a play costs the draws alone.
"""

from __future__ import annotations

import re
import string as letters
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mocksse.figures import plural
from mocksse.replay.faults.fault import Fault, Refused
from mocksse.replay.faults.payload.aim import api_of
from mocksse.replay.faults.payload.json_body import Change, edits, payload, payloads
from mocksse.replay.faults.times import seconds, shifted
from mocksse.replay.reshape import edit, marked
from mocksse.wire.json_spans import locate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from mocksse.replay.draft import Draft, Layout
    from mocksse.replay.faults.fault import Args, Moment, Spot
    from mocksse.replay.faults.payload.json_body import Payload
    from mocksse.replay.reshape import Edit
    from mocksse.wire.json_spans import Path

_IDS: Mapping[str, tuple[str, ...]] = {  # of events, and of answers that are no streams
    "openai-chat": (
        "id",
        "choices.*.delta.tool_calls.*.id",
        "choices.*.delta.reasoning_details.*.id",
        "choices.*.delta.audio.id",
        "choices.*.message.tool_calls.*.id",
        "x_groq.id",
    ),
    "openai-completions": ("id",),
    "openai-responses": (
        "response.id",
        "response.output.*.id",
        "response.output.*.call_id",
        "item.id",
        "item.call_id",
        "item_id",
        "id",
        "output.*.id",
        "output.*.call_id",
    ),
    "anthropic": (
        "message.id",
        "content_block.id",
        "content_block.tool_use_id",
        "id",
        "content.*.id",
        "content.*.tool_use_id",
    ),
    "gemini": ("responseId", "candidates.*.content.parts.*.functionCall.id"),
    "cohere": ("id", "delta.message.tool_calls.id", "delta.message.citations.sources.*.id", "message.tool_calls.*.id"),
    "ollama": ("message.tool_calls.*.id",),
    "bedrock": ("start.toolUse.toolUseId", "start.toolResult.toolUseId"),
}
_TIMES: Mapping[str, tuple[str, ...]] = {
    "openai-chat": ("created",),
    "openai-completions": ("created",),
    "openai-responses": ("response.created_at", "response.completed_at", "created_at", "completed_at"),
    "gemini": ("createTime",),
    "ollama": ("created_at",),
}


_PLACE_BYTES = 250
"""What one place of an id takes in memory."""
_FRAME_BYTES = 2000
"""What an AWS frame takes of which the JSON is kept."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A span of `data` of the event at hand, or of the body, and what stands there: an id, or a time."""

    start: int
    end: int
    text: str
    is_time: bool


@dataclass(frozen=True, slots=True)
class _Map:
    """Where the ids and times of a body are: in plain text by offsets of the body, in AWS frames by frame."""

    plain: tuple[_Found, ...]
    framed: tuple[tuple[Payload, tuple[_Found, ...]], ...]
    ids: tuple[str, ...]
    """Each once, as are the times, in the order of the body: that is the order of the draws."""
    times: tuple[str, ...]

    @property
    def weight(self) -> int:
        """About how many bytes of memory it takes."""
        places = len(self.plain) + sum(len(found) for _, found in self.framed)
        return 1000 + _PLACE_BYTES * places + _FRAME_BYTES * len(self.framed)


def _fresh_ids(draft: Draft, _spot: Spot, _args: Args, moment: Moment) -> Draft:
    layout = draft.layout
    found: _Map = layout.once("fresh-ids", lambda: _survey(layout))
    if not found.ids and not found.times:
        raise Refused("no id and no time of creation in this stream")
    ids = renewed(found.ids, moment.random)
    late = int(moment.now()) - (seconds(found.times[0]) or 0) if found.times else 0
    times = {time: shifted(time, late) for time in found.times}

    def fresh(place: _Found) -> bytes:
        return (times if place.is_time else ids)[place.text].encode()

    frames: list[Edit] = []
    for event, places in found.framed:
        frames += edits(layout, event, [Change(place.start, place.end, fresh(place)) for place in places])
    if frames:
        draft = edit(draft, frames)
    else:
        # All that is new is as long as what was there: nothing moves, and no cut has to be found again.
        body = bytearray(layout.body)
        for place in found.plain:
            body[place.start : place.end] = fresh(place)
        draft = replace(draft, layout=replace(layout, body=bytes(body)))
    count = len(found.plain) + sum(len(places) for _, places in found.framed)
    return marked(draft, "", -1, f"ids and times of creation are new ({plural(count, 'place')})")


def _survey(layout: Layout) -> _Map:
    api_of(layout)
    plain: list[_Found] = []
    framed: list[tuple[Payload, tuple[_Found, ...]]] = []
    for event in _documents(layout):
        places = tuple(_places(event))
        if layout.unit == "eventstream":
            framed += [(event, places)] if places else []
            continue
        spans = edits(layout, event, [Change(place.start, place.end, b"") for place in places])
        plain += [_Found(e.start, e.end, place.text, place.is_time) for e, place in zip(spans, places, strict=True)]
    every = [*plain, *(place for _, places in framed for place in places)]
    ids, times = (tuple(dict.fromkeys(p.text for p in every if p.is_time is is_time)) for is_time in (False, True))
    return _Map(tuple(plain), tuple(framed), ids, times)


def _documents(layout: Layout) -> Iterator[Payload]:
    """The JSON of each event; of an answer that is no stream that of its body."""
    if layout.unit != "whole":
        yield from payloads(layout)
    elif layout.frames and (body := payload(layout, 0, layout.frames[0])) is not None:
        yield body


def _places(event: Payload) -> Iterator[_Found]:
    for patterns, is_time in ((_IDS, False), (_TIMES, True)):
        for pattern in patterns.get(event.api, ()):
            for path in _paths(event.value, (), pattern.split(".")):
                found = _place(event, path, is_time=is_time)
                if found is not None:
                    yield found


def _paths(value: Any, path: Path, steps: Sequence[str]) -> Iterator[Path]:
    """Where the pattern leads: `*` is each element of an array."""
    if not steps:
        yield path
    elif steps[0] == "*" and isinstance(value, list):
        for index, member in enumerate(value):
            yield from _paths(member, (*path, index), steps[1:])
    elif isinstance(value, dict) and steps[0] in value:
        yield from _paths(value[steps[0]], (*path, steps[0]), steps[1:])


def _place(event: Payload, path: Path, *, is_time: bool) -> _Found | None:
    """The id or time there; None for what is none, or written with escapes."""
    span = locate(event.data, path)
    value = event.at(path)
    if span is None or isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    quote = int(isinstance(value, str))
    start, end = span.start + quote, span.end - quote
    text = event.data[start:end].decode("ascii", "replace")
    if is_time:
        return _Found(start, end, text, is_time=True) if seconds(text) else None
    # Behind a colon is a place in it: `get_time_x7f3:0` of Cohere's sources; `functions.weather:0` is all place.
    name, colon, _ = text.partition(":")
    if not quote or not _ID.fullmatch(name) or (colon and not any(map(str.isdigit, name))):
        return None
    return _Found(start, start + len(name), name, is_time=False)


_ID = re.compile(r"[\w.-]+", re.ASCII)
_WORDS = re.compile(r"(?:[A-Za-z]+[_.-]+)*")
_SEGMENT = re.compile(r"[^_.-]+")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-([0-9a-f])[0-9a-f]{3}-([0-9a-f])[0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)
_ALPHABETS = (
    letters.digits,
    "0123456789abcdef",
    "0123456789ABCDEF",
    letters.digits + letters.ascii_lowercase,
    letters.digits + letters.ascii_uppercase,
)
_EVERYTHING = letters.digits + letters.ascii_letters
_TRIES = 16


def renewed(ids: Sequence[str], random: Callable[[], float]) -> dict[str, str]:
    """A new id for each, all of them different; the old one where none can be found, as there are only ten digits."""
    taken = set(ids)
    new: dict[str, str] = {}
    for old in ids:
        fresh = next((drawn for _ in range(_TRIES) if (drawn := _drawn(old, random)) not in taken), old)
        taken.add(fresh)
        new[old] = fresh
    return new


def _drawn(old: str, random: Callable[[], float]) -> str:
    """Another id of this shape: the words it begins with (`msg_`, `chatcmpl-`, `toolu_bdrk_`) stay, and all signs."""
    words, uuid = _WORDS.match(old), _UUID.search(old)
    begin = uuid.start() if uuid else words.end() if words and words.end() < len(old) else 0
    kept = {uuid.start(1), uuid.start(2)} if uuid else set()  # the version and the variant: programs check them
    used = set(old[begin:]) - set("_.-")
    alphabet = next((known for known in _ALPHABETS if used <= set(known)), _EVERYTHING)
    drawn = list(old)
    for segment in _SEGMENT.finditer(old, begin):
        letters_of = letters.digits if segment[0].isdigit() and not uuid else alphabet
        for i in range(segment.start(), segment.end()):
            if i not in kept:
                drawn[i] = letters_of[int(random() * len(letters_of))]
    return "".join(drawn)


FAULTS = (
    Fault(
        name="fresh-ids",
        law="CORRUPTING",
        family="freshness",
        summary="ids and times of creation are new at each play",
        cases=(),
        example="fresh-ids",
        sources=("langchain-ai/langgraph#3338", "BerriAI/litellm#28376"),
        inject=_fresh_ids,
        details="An id is what the API has for one: of the response, the message, an item, a tool call. It keeps its "
        "length, prefix and alphabet, and is the same wherever it stands in the body; headers stay. The first time of "
        "creation becomes now, others keep their distance from it. Who keeps messages or costs by their id takes "
        "replays without this for one answer.\n\nPut it last: a body that is new at each play is new to the faults "
        "behind it too, and their work on it is done again each time; that of the faults in front is done once.",
    ),
)
