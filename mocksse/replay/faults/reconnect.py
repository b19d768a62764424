"""Reconnection: a stream gets ids and a reconnection time, and a server has its own idea of Last-Event-ID.

WHATWG HTML, 9.2.4: "The `Last-Event-ID` HTTP request header reports an EventSource object's last event ID string to the
server when the user agent is to reestablish the connection." `ids` and `retry` write fields and leave every event as it
was; what a client that comes back gets is worked out in `replay.resume`, which alone knows what it came back with.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mocksse.errors import UsageError
from mocksse.figures import plural
from mocksse.replay.faults.afford import afford
from mocksse.replay.faults.fault import Fault, Param, Refused, at
from mocksse.replay.faults.framing.sse_body import line_end, start_of
from mocksse.replay.reshape import Edit, insert, marked

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mocksse.providers.framing import Frame
    from mocksse.replay.draft import Draft, Layout
    from mocksse.replay.faults.fault import Args, Moment, Spot

RESUME = "resume"
"""The name of the fault that says how the server takes Last-Event-ID."""
_ID = re.compile(rb"id(?::[^\r\n\0]*)?(\r\n|\r|\n)")
_LINE = re.compile(rb"[^\r\n]*(\r\n|\r|\n)")
_NUMBER = re.compile(rb"\{n(?::0(\d{1,2})d)?\}")


@dataclass(frozen=True, slots=True)
class IdLine:
    """An `id` field that counts: its line is from `start` to `end`, the line's end from `eol` on."""

    start: int
    eol: int
    end: int
    value: bytes


def id_lines(body: bytes) -> list[IdLine]:
    """The `id` fields of an SSE body. One with a NUL is none; one that the end of the body cuts off neither."""
    bom = start_of(body)
    found = []
    for line in _ID.finditer(body):
        start = line.start()
        if start in (0, bom) or body[start - 1] in b"\r\n":
            value = body[start + 3 : line.start(1)]
            found.append(IdLine(start, line.start(1), line.end(), value.removeprefix(b" ")))
    return found


def numbered(layout: Layout, args: Args) -> list[Edit]:
    """What `ids` does to a body. Raises Refused."""
    body, events = layout.body, layout.events
    own = id_lines(body)
    if own and args.text("replace") == "no":
        raise Refused("this stream has ids of its own", "replace=yes puts others in their place")
    nth, start = args.count("every"), args.count("start")
    if nth > len(events):
        raise Refused(f"every={nth} of {plural(len(events), 'event')}: none would have an id")
    write = _template(args.bytes("format"))
    afford(len(write(start + len(events))), len(events) // nth)
    edits = [_without(body, line) for line in own]
    for number, event in enumerate(events, 1):
        if number % nth == 0:
            place, eol = _first_field(body, event)
            edits.append(insert(place, b"id: " + write(start + number - 1) + eol, own=False))
    return edits


def _ids(layout: Layout, _spot: Spot, args: Args) -> Sequence[Edit]:
    return numbered(layout, args)


def _template(text: bytes) -> Callable[[int], bytes]:
    """What writes the id of a number. Not str.format, which reads attributes too."""
    if set(b"{}") & set(_NUMBER.sub(b"", text)):
        raise UsageError("format=: braces are for the number only", "such as evt_{n} or evt_{n:06d}")
    if set(b"\0\r\n") & set(text):
        raise UsageError("an id has neither a line end nor a NUL in it")
    return lambda number: _NUMBER.sub(lambda found: b"%0*d" % (int(found[1] or 0), number), text)


def _first_field(body: bytes, event: Frame) -> tuple[int, bytes]:
    """Where the event's first line begins that is no comment, and how that line ends.

    Comments may have come long before, as a sign of life; the id is to come with the event.
    """
    lines = _LINE.finditer(body, event.start, event.end)
    return next((line.start(), line[1]) for line in lines if not line[0].startswith(b":"))


def _without(body: bytes, line: IdLine) -> Edit:
    """The line taken out; where CR and LF around it would become one line end, a comment stays in its place."""
    joins = body[line.start - 1 : line.start] == b"\r" and body[line.end : line.end + 1] == b"\n"
    return Edit(line.start, line.eol, b":") if joins else Edit(line.start, line.end, b"")


def _is_whole(args: Args) -> None:
    if args.us("wait") % 1000:
        raise UsageError("a retry field counts whole milliseconds")


def _retry(layout: Layout, spot: Spot, args: Args) -> Sequence[Edit]:
    if layout.body and not layout.frames:
        raise Refused("its events can't be told apart")
    return [insert(_between(layout, spot), retry_block(layout.body, b"%d" % (args.us("wait") // 1000)))]


def retry_block(body: bytes, value: bytes) -> bytes:
    """A `retry` field in a block of its own, in the line ends of the body."""
    return b"retry: " + value + line_end(body, 0) * 2


def _between(layout: Layout, spot: Spot) -> int:
    """The place before the event at the spot; before what the end of the body cut off, where there is none."""
    if spot.offset <= (start := start_of(layout.body)):
        return start
    if spot.event is not None:
        return layout.events[spot.event].start
    last = layout.frames[-1]
    return last.start if last.kind == "pending" else len(layout.body)


def check(args: Args) -> None:
    """Raises UsageError for words of `resume` that don't go together."""
    mode = args.text("mode")
    if args["events"] is not None and mode not in {"replay", "skip"}:
        raise UsageError(f"events= means nothing to mode={mode}", "it is for mode=replay and mode=skip")


def _resume(draft: Draft, _spot: Spot, _args: Args, _moment: Moment) -> Draft:
    return marked(draft, "", -1, "for a client that comes back with Last-Event-ID")


FAULTS = (
    Fault(
        name="ids",
        law="REFRAMING",
        family="reconnection",
        summary="events have ids",
        cases=(96,),
        example="ids format=evt_{n:06d}",
        sources=(
            "EventSource/eventsource#291",
            "modelcontextprotocol/typescript-sdk#2809",
            "athrvk/vayu#21",
            "WHATWG HTML 9.2.4",
        ),
        params=(
            Param("every", "count", "1", "Only each N-th event has one, counted from the first."),
            Param("start", "integer", "1", "The number of the first event; every event counts, with or without an id."),
            Param("format", "text", "{n}", "`{n}` is the event's number, `{n:06d}` the same with six digits."),
            Param("replace", "word", "no", "What becomes of ids that are there.", ("no", "yes")),
        ),
        edits=_ids,
        check=lambda args: _template(args.bytes("format")),
        needs=("sse",),
        details=(
            "A client that comes back with one of them gets what is behind the event that has it: see `resume`. `ids` "
            "comes before all faults that break the stream, wherever it stands in the list, so that an id means the "
            "same event on every connection. A stream without any ids is resumed by count: to have seen N events is "
            'the id N. With format="" the fields have no value, which makes a client forget the id it had.'
        ),
    ),
    Fault(
        name="retry",
        law="REFRAMING",
        family="reconnection",
        summary="the stream says how long to wait before coming back",
        cases=(99,),
        example="retry 100ms",
        sources=(
            "Azure/fetch-event-source#57",
            "EventSource/eventsource#122",
            "cluesmith/codev#1126",
            "WHATWG HTML 9.2.6",
        ),
        params=(
            Param("wait", "duration", "100ms", "How long; 0 is allowed.", bare=True),
            at(None, "Before the event at this place; at the very start where not given."),
        ),
        edits=_retry,
        check=_is_whole,
        needs=("sse",),
        details=(
            "A resumed stream begins with the field again, as it does with one that was recorded. A storm of "
            "reconnections: `retry 0; truncate at=event:1`."
        ),
    ),
    Fault(
        name=RESUME,
        law="LOSSY",
        family="reconnection",
        summary="the server takes Last-Event-ID in its own way",
        cases=(96, 97),
        example="resume mode=replay events=2",
        sources=("r3labs/sse#61", "athrvk/vayu#21", "modelcontextprotocol/typescript-sdk#2809"),
        params=(
            Param(
                "mode",
                "word",
                "exact",
                "exact: what is behind the event with that id, as without this fault. replay: some events again before "
                "that. skip: some events behind it are lost. ignore: all from the start, with the same ids. restart: "
                "all from the start, with ids that go on from the client's.",
                ("exact", "replay", "skip", "ignore", "restart"),
                bare=True,
            ),
            Param("events", "count", None, "How many are replayed or skipped: 1 where not given."),
        ),
        inject=_resume,
        check=check,
        needs=("sse",),
        details=(
            "It is there for a client that comes back with Last-Event-ID, or with `starting_after` of OpenAI's "
            "Responses, and means nothing to others; of several the first holds. Only connections of such clients are "
            "counted for its `times=`, `after=` and `every=`.\n\n"
            "Other faults break what such a client gets: `event:N` counts the events of the rest. Their key `on=` says "
            "which connections they are for: `reset at=event:5 on=first` breaks only the first, `reset at=event:2 "
            "on=resume` each of the others, and `status 204 on=resume` tells an EventSource to stop, as it does at any "
            "status but 200.\n\n"
            "The rest begins as long after the head as its first event came after the one before it. A client that "
            "has seen all gets a stream without events and with its proper end, and an EventSource then comes back for "
            "ever: a server stops it by 204. An id that no event has brings the whole stream and an x-mocksse-note. "
            "Where only some events have ids, what came behind the last of them comes again, as from any server. "
            "`starting_after=N` brings the events with a larger `sequence_number`."
        ),
    ),
)
