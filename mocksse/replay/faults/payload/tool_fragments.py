"""Payload: tool arguments in single characters, one event each, and the call's id in the first alone.

A legal stream, only finer: what a client makes of it is the same. Every event that carries a piece of arguments becomes
as many events of its shape as the piece has characters. Where a call comes in one event with its id, its name, a finish
reason or another call, as OpenAI's Chat allows, the first event begins the call and the last one ends the answer.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, groupby
from typing import TYPE_CHECKING, TypeAlias

from mocksse import limits
from mocksse.providers.lenient import array
from mocksse.replay.faults.fault import Fault, Refused
from mocksse.replay.faults.payload.aim import EVENTS
from mocksse.replay.faults.payload.events import insert, renumber
from mocksse.replay.faults.payload.json_body import Change, change, collected, copied
from mocksse.replay.faults.payload.tools import calls, is_bare
from mocksse.wire.json_spans import inside, locate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mocksse.replay.draft import Layout
    from mocksse.replay.faults.fault import Args, Spot
    from mocksse.replay.faults.payload.calls import Piece
    from mocksse.replay.faults.payload.json_body import Payload
    from mocksse.replay.reshape import Edit
    from mocksse.wire.json_spans import Path, Span

_CALLS: Path = ("choices", 0, "delta", "tool_calls")
_HERE = b"\0"
_NUMBER = b"\1"
"""Marks in a block of bytes for what differs from copy to copy: no JSON text has these bytes."""


_Split: TypeAlias = "tuple[Iterable[bytes], Change]"
"""The new events in front of one, as blocks of bytes, and the change that leaves it the last of them."""


def _fragmented(layout: Layout, _spot: Spot, _args: Args) -> Sequence[Edit]:
    made: list[Edit] = []
    changes: list[tuple[Payload, Change | None]] = []
    added: dict[int, int] = {}
    size = 0
    for index, of_one in groupby(calls(layout), key=lambda piece: piece.event.index):
        said = list(of_one)
        event = said[0].event
        split = _split(layout, said)
        if split is None:
            continue
        count = len(made)
        for block in split[0]:
            made.append(insert(layout, index, block))
            size += len(block)
            if size > limits.MAX_FAULT_BYTES:
                raise Refused(f"it would put more than {limits.MAX_FAULT_BYTES // limits.MIB} MiB into the body")
        changes.append((event, split[1]))
        added[index] = len(made) - count
    if not made:
        raise Refused("none of its events has more than one character of tool arguments as text")
    return made + collected(layout, changes + renumber(layout, added))


def _split(layout: Layout, said: Sequence[Piece]) -> _Split | None:
    """None where there is nothing to split, or no telling what else the event says."""
    event = said[0].event
    if len(said) == 1 and is_bare(layout, said[0]):
        return _bare(layout, said[0])
    if event.api == "openai-chat" and len(array(event.value, "choices")) == 1 and isinstance(event.at(_CALLS), list):
        return _chat(layout, event)
    return None


def _bare(layout: Layout, piece: Piece) -> _Split | None:
    event = piece.event
    span = locate(event.data, piece.args) if piece.args else None
    characters = _characters(event.data, span)
    if span is None or len(characters) < 2:
        return None
    mark = Change(span.start + 1, span.end - 1, _HERE)
    last = Change(span.start + 1, span.end - 1 - len(characters[-1]), b"")
    return _copies(layout, event, [mark], characters[:-1]), last


def _chat(layout: Layout, event: Payload) -> _Split | None:
    elements = [element for t, _ in enumerate(event.at(_CALLS)) for element in _elements(event, t)]
    goes_on = change(event, _CALLS[:-1], b'{"tool_calls":[' + _HERE + b"]}")
    begins = change(event, _CALLS, b"[" + elements[0] + b"]") if elements else None
    if len(elements) < 2 or goes_on is None or begins is None:
        return None
    ends = [path for path in (("choices", 0, "finish_reason"), ("usage",)) if event.at(path) is not None]
    quiet = [made for path in ends if (made := change(event, path, b"null"))]
    first = copied(layout, event, [begins, *quiet])
    others = _copies(layout, event, [goes_on, *quiet], elements[1:-1])
    return chain([first], others), replace(goes_on, data=goes_on.data.replace(_HERE, elements[-1]))


def _elements(event: Payload, number: int) -> Iterator[bytes]:
    """A call of a Chat delta as several: the first is all of it but for the later characters of its arguments."""
    whole = locate(event.data, (*_CALLS, number))
    kind, key = ("custom", "input") if event.has((*_CALLS, number, "custom")) else ("function", "arguments")
    span = locate(event.data, (*_CALLS, number, kind, key))
    characters = _characters(event.data, span)
    if whole is None:
        return
    if span is None or not characters:
        yield event.data[whole.start : whole.end]
        return
    yield event.data[whole.start : span.start + 1] + characters[0] + event.data[span.end - 1 : whole.end]
    index = event.at((*_CALLS, number, "index"))
    head = b'{"index":%d,' % index if type(index) is int else b"{"
    for character in characters[1:]:
        yield head + b'"%b":{"%b":"%b"}}' % (kind.encode(), key.encode(), character)


def _characters(data: bytes, span: Span | None) -> list[bytes]:
    """The characters of a JSON string as they are written; none where it is no string."""
    found: list[bytes] = []
    if span and data[span.start : span.start + 1] == b'"':
        at, end = span.start + 1, span.end - 1
        while at < end:
            behind = inside(data, at, end, 1)
            found.append(data[at:behind])
            at = behind
    return found


def _copies(layout: Layout, event: Payload, changes: Sequence[Change], values: Sequence[bytes]) -> Iterator[bytes]:
    """One event more for each value, which stands in the changes where the mark is."""
    if layout.unit == "eventstream":
        for value in values:
            yield copied(layout, event, [replace(c, data=c.data.replace(_HERE, value)) for c in changes])
        return
    number = event.at(("sequence_number",))
    counted = change(event, ("sequence_number",), _NUMBER) if type(number) is int else None
    block = copied(layout, event, [*changes, counted] if counted else changes)
    for i, value in enumerate(values):
        yield block.replace(_NUMBER, b"%d" % (number + i) if counted else _NUMBER).replace(_HERE, value)


FAULTS = (
    Fault(
        name="tool-args-fragmented",
        law="CORRUPTING",
        family="payload",
        summary="tool arguments come in single characters, the id only with the first",
        cases=(78,),
        example="tool-args-fragmented",
        sources=("vercel/ai#19178", "BerriAI/litellm#11407"),
        edits=_fragmented,
        needs=EVENTS,
        details="A legal stream, only finer: the answer is the same. The new events are due together with the one they "
        "were; sequence numbers go on behind them. Arguments that come as an object (Gemini, Ollama) have no pieces.",
    ),
)
