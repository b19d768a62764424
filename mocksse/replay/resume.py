"""Coming back for the rest: what a client gets that says what it saw last. Pure.

Ids are those of the stream, recorded or given by `ids`, and count as the standard has it: "Set the last event ID string
of the event source to the value of the last event ID buffer" at every blank line, so also in a block that dispatches
nothing. The order is fixed, whatever the order of the faults: `ids` and `retry` onto the whole stream, so that an id
means the same event on every connection; then the cut; then all other faults onto the rest.

The rest keeps its gaps: its first byte is due as long after the head as it was after the event before it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from mocksse.figures import plural
from mocksse.providers.lenient import decode, integer, string
from mocksse.replay.draft import Cut
from mocksse.replay.faults.fault import Refused
from mocksse.replay.faults.grammar import parse
from mocksse.replay.faults.reconnect import RESUME, id_lines, numbered, retry_block
from mocksse.replay.reshape import Edit, Edited, edited, insert, marked, noted, put
from mocksse.wire import sse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mocksse.replay.draft import Draft, Layout
    from mocksse.replay.faults.fault import Args, Moment, Spot
    from mocksse.replay.faults.grammar import Spec

(_EXACT,) = parse(RESUME)
_WHOLE = re.compile(r"[0-9]{1,15}")
_TAIL = re.compile(r"[0-9]{1,15}\Z")
_OPENING_EVENTS = 8
"""Events in which a response has said its id."""


@dataclass(frozen=True, slots=True)
class Last:
    """What a client saw last, as it says it."""

    value: str
    is_number: bool = False
    """It counts events, as `starting_after` does, and is the id of none."""
    note: str = ""
    """What the client is to be told of its coming back."""


def ordered(specs: Sequence[Spec], last: Last | str | None, *, strict: bool = False) -> Sequence[Spec]:
    """The faults in the order in which they apply, for a client that came back with `last`; None or empty: did not.

    `strict` keeps a `resume` that nobody came back for, so that it is tried.
    """
    if isinstance(last, str):
        last = Last(last)
    came_back = last is not None and last.value != ""
    if not came_back and not any(spec.fault.family == "reconnection" for spec in specs):
        return specs
    resumes = [spec for spec in specs if spec.fault.name == RESUME]
    whole = [spec for spec in specs if spec.fault.family == "reconnection" and spec.fault.name != RESUME]
    others = [spec for spec in specs if spec.fault.family != "reconnection"]
    if last is not None and came_back:
        resumes = [_for_client(resumes[0] if resumes else _EXACT, last)]
    elif not strict:
        resumes = []
    return [*whole, *resumes, *others]


def knows(layout: Layout, last: Last, specs: Sequence[Spec] = ()) -> bool:
    """Whether an event of this stream has the id, or the sequence number; `ids` among `specs` puts its own in.

    A stream without any knows none, though it would be resumed by count.
    """
    for spec in specs:
        if spec.fault.name == "ids":
            layout = _with_ids(layout, spec)
    told = _plain(last.value)
    return told in _ids_for(layout, last) or (bool(_WHOLE.fullmatch(told)) and int(told) in _numbers(layout))


def response_id(layout: Layout) -> str | None:
    """The id under which OpenAI's Responses would be asked for this stream's rest; None where it is none of theirs."""
    if not _is_responses(layout):
        return None
    opening = (string(decode(event.data), "response", "id") for event in layout.events[:_OPENING_EVENTS])
    return next(filter(None, opening), None)


def find(layout: Layout, last: Last) -> int | None:
    """The offset behind all that a client has seen which comes back with `last`; None where nothing tells."""
    ids, told = _ids_for(layout, last), _plain(last.value)
    if told in ids or not _WHOLE.fullmatch(told):
        return ids.get(told)
    number, numbers = int(told), _numbers(layout)
    if any(known >= 0 for known in numbers):
        return _after(layout, _seen_of(numbers, number))
    return _after(layout, number) if not ids and number <= len(layout.events) else None


def _for_client(spec: Spec, last: Last) -> Spec:
    return replace(spec, fault=replace(spec.fault, inject=partial(_come_back, last)))


def _come_back(last: Last, draft: Draft, _spot: Spot, args: Args, _moment: Moment) -> Draft:
    if last.note:
        draft = noted(draft, last.note)
    mode, layout = args.text("mode"), draft.layout
    if mode == "ignore":
        return marked(draft, "", 0, "all of it again: Last-Event-ID counts for nothing")
    if mode == "restart":
        return _restart(draft, last.value)
    if not layout.events:
        raise Refused("no events in this body that could be told apart")
    cut = find(layout, last)
    if cut is None:
        raise Refused(f"no event has the id {last.value[:60]!r}: all of it again")
    seen = bisect_right(layout.events, cut, key=lambda event: event.end)
    away = args.count("events") if args["events"] is not None else 1
    what = "the rest follows"
    if mode == "replay":
        again = min(seen, away)
        cut, what = _after(layout, seen - again), f"{again:,} of them again"
    elif mode == "skip":
        lost = min(len(layout.events) - seen, away)
        cut, what = max(cut, _after(layout, seen + lost)), f"{lost:,} more lost"
    return marked(behind(draft, cut), "", 0, f"behind the id {last.value[:60]!r}: {plural(seen, 'event')} seen, {what}")


def _restart(draft: Draft, last: str) -> Draft:
    """All of it, as from a server that makes it anew: the ids go on from the client's."""
    layout, told = draft.layout, _plain(last)
    if set("\0\r\n") & set(told):
        raise Refused("an id has neither a line end nor a NUL in it")

    def make() -> Edited | None:
        lines = [line for line in id_lines(layout.body) if line.value]
        edits = [Edit(line.start, line.eol, b"id: " + _next(told, n)) for n, line in enumerate(lines, 1)]
        return edited(layout, edits) if edits else None

    changed = layout.once(("restart", told), make)
    if changed is None:
        return marked(draft, "", 0, "all of it anew; this stream has no ids")
    return marked(put(draft, changed), "", 0, f"all of it anew, with ids behind {last[:60]!r}")


def _next(told: str, n: int) -> bytes:
    """The n-th id behind one: its last number goes on, in as many digits; one without a number gets one."""
    tail = _TAIL.search(told)
    if tail is None:
        return f"{told}.{n}".encode()
    return f"{told[: tail.start()]}{int(tail[0]) + n:0{len(tail[0])}d}".encode()


def behind(draft: Draft, cut: int) -> Draft:
    """The draft without its first `cut` bytes, which end with a block; a `retry` that was among them comes first."""
    if not cut:
        return draft
    layout = draft.layout
    shift_us = draft.at_us[bisect_left(layout.cuts, cut, key=lambda c: c.end)] - draft.head_us
    first = bisect_right(layout.cuts, cut, key=lambda c: c.end)
    rest, opened = layout.once(("behind", cut), lambda: _rest(layout, cut, first))
    at_us = tuple(t - shift_us for t in draft.at_us[first:])
    draft = replace(
        draft,
        layout=rest,
        at_us=at_us or (draft.head_us,) * len(rest.cuts),
        end_us=draft.end_us - shift_us,
        rest_us=tuple(t - shift_us for t in draft.rest_us),
        marks=tuple(replace(m, offset=max(0, m.offset - cut)) if m.offset > 0 else m for m in draft.marks),
    )
    return put(draft, opened) if opened else draft


def _rest(layout: Layout, cut: int, first: int) -> tuple[Layout, Edited | None]:
    """The layout behind `cut`, from part `first` on, and with what has to stand before it."""
    cuts = tuple(replace(c, end=c.end - cut) for c in layout.cuts[first:])
    if not cuts and layout.missing > 0 and layout.framing == "chunked":
        cuts = (Cut(0),)
    rest = replace(layout, body=layout.body[cut:], cuts=cuts)
    opening = _opening(layout, cut)
    return rest, edited(rest, [insert(0, opening)]) if opening else None


def _opening(layout: Layout, cut: int) -> bytes:
    """What has to stand before the rest: the last `retry` so far, which a server says on each connection. Or a BOM,
    where the rest begins with one that was not the first of its stream: a client would strip that.
    """
    retries = [f.data for f in layout.frames if f.kind == "other" and f.type == "retry" and f.end <= cut]
    if retries:
        return retry_block(layout.body, retries[-1])
    return sse.BOM if layout.body.startswith(sse.BOM, cut) else b""


def _after(layout: Layout, count: int) -> int:
    """The offset behind so many events."""
    return layout.events[count - 1].end if count else 0


def _ids_for(layout: Layout, last: Last) -> Mapping[str, int]:
    return {} if last.is_number else _ids(layout)


def _ids(layout: Layout) -> Mapping[str, int]:
    """Behind which offset the stream goes on for a client that has this id: its last, where several events have it."""
    ids: Mapping[str, int] = layout.once(("ids",), lambda: _read_ids(layout))
    return ids


def _read_ids(layout: Layout) -> Mapping[str, int]:
    lines = id_lines(layout.body) if layout.events else []
    if not lines:
        return {}
    # Of two in one block only the second is ever the last event id.
    ends = [item.end for item in sse.parse(layout.body) if isinstance(item, sse.Event | sse.Block)]
    values: dict[int, bytes] = {bisect_left(ends, line.end): line.value for line in lines}
    values.pop(len(ends), None)
    return {_plain(value.decode("utf-8", "replace")): ends[block] for block, value in values.items() if value}


def _plain(told: str) -> str:
    """An id as a header can say it: without white space around it, and in UTF-8, which is what a browser sends."""
    return told.encode("utf-8", "surrogateescape").decode("utf-8", "replace").strip(" \t")


def _numbers(layout: Layout) -> Sequence[int]:
    """The sequence number of each event of a Responses stream, -1 where it has none; of others nothing."""
    if not _is_responses(layout):
        return ()
    numbers: Sequence[int] = layout.once(
        ("numbers",), lambda: [integer(decode(event.data), "sequence_number", default=-1) for event in layout.events]
    )
    return numbers


def _seen_of(numbers: Sequence[int], last: int) -> int:
    """How many events come before the first with a larger number; what has no number goes with the one before it."""
    return next((index for index, number in enumerate(numbers) if number > last), len(numbers))


def _is_responses(layout: Layout) -> bool:
    return layout.api is not None and layout.api.name == "openai-responses"


def _with_ids(layout: Layout, spec: Spec) -> Layout:
    """The layout as `ids` leaves it; as it was where that can't apply."""

    def make() -> Layout:
        with suppress(Refused):
            return edited(layout, numbered(layout, spec.args)).layout
        return layout

    numbers: Layout = layout.once(("numbered", spec), make)
    return numbers
