"""The JSON of an event as it stands in the body, so that a fault can change one value of it and leave all else alone.

A Payload is one event's JSON; a Change is a span of that JSON and what it becomes. `edits` carries changes over to the
body, whatever the event is written as there: one or several `data:` lines, CRLF, a line, an element of an array. Of an
AWS frame, with its length and checksums, and of base64, which hides its text, nothing can change by itself: there the
whole frame is replaced.

Changes of one payload must not overlap, nor be two removals of neighbours, which share a comma.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import reduce
from itertools import groupby
from typing import TYPE_CHECKING, Any

from mocksse.providers import anthropic, openai_chat, source
from mocksse.providers.lenient import decode, string
from mocksse.replay.faults.fault import Refused
from mocksse.replay.reshape import Edit
from mocksse.wire import eventstream
from mocksse.wire.json_spans import encode_string, locate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mocksse.providers.framing import Frame
    from mocksse.replay.draft import Layout
    from mocksse.wire.eventstream import HeaderValue
    from mocksse.wire.json_spans import Path

    Headers = tuple[tuple[str, HeaderValue], ...]


@dataclass(frozen=True, slots=True)
class Payload:
    """`index` is the event's in `layout.events`; `data` its JSON text, `value` what that says.

    `hidden`: `data` is what the base64 text in a Bedrock chunk stands for, and `api` is whose JSON that is.
    """

    index: int
    frame: Frame
    data: bytes
    value: Any
    api: str = ""
    hidden: bool = False

    @property
    def type(self) -> str:
        """The payload's own `type`, which clients go by, or the event's."""
        return string(self.value, "type") or self.frame.type

    def has(self, path: Path) -> bool:
        """Whether there is a value, if only null, at the end of the path."""
        return reduce(_member, path, self.value) is not _NOWHERE

    def at(self, path: Path) -> Any:
        """The value at the end of the path; None where there is none."""
        found = reduce(_member, path, self.value)
        return None if found is _NOWHERE else found


_NOWHERE = object()


def _member(value: Any, step: str | int) -> Any:
    if isinstance(value, dict):
        return value.get(step, _NOWHERE)
    if isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
        return value[step]
    return _NOWHERE


@dataclass(frozen=True, slots=True)
class Change:
    """The bytes `start` to `end` of a payload's `data` become `data`."""

    start: int
    end: int
    data: bytes


def payloads(layout: Layout) -> Iterator[Payload]:
    """Of all events that are JSON objects, in their order: not `[DONE]`, and nothing broken."""
    for index, frame in enumerate(layout.events):
        found = payload(layout, index, frame)
        if found is not None:
            yield found


def payload(layout: Layout, index: int, frame: Frame) -> Payload | None:
    """The payload of one event; None where it is no JSON object."""
    value = decode(frame.data)
    if not isinstance(value, dict):
        return None
    api = layout.api.name if layout.api else ""
    if layout.unit == "eventstream" and isinstance(value.get("bytes"), str):
        hidden = _unhide(value["bytes"])
        inner = decode(hidden)
        if isinstance(inner, dict):
            return Payload(index, frame, hidden, inner, _vendor(inner) or api, hidden=True)
    return Payload(index, frame, frame.data, value, api)


def _unhide(text: str) -> bytes:
    try:
        return base64.b64decode(text)
    except ValueError:
        return b""


def _vendor(inner: Any) -> str:
    vendors = (anthropic.API, openai_chat.API)
    return next((api.name for api in vendors if api.recognises("", inner)), "")


def change(event: Payload, path: Path, data: bytes) -> Change | None:
    """The value at the path becomes the JSON text `data`; None where the path leads nowhere."""
    span = locate(event.data, path)
    return Change(span.start, span.end, data) if span else None


def remove(event: Payload, path: Path) -> Change | None:
    """The member or element at the path is gone, with one comma; None where the path leads nowhere."""
    span = locate(event.data, path)
    return Change(span.cut_start, span.cut_end, b"") if span else None


def add(event: Payload, path: Path, key: str, data: bytes) -> Change | None:
    """The object at the path has one member more, the last; None where there is no object."""
    span = locate(event.data, path)
    held = event.at(path)
    if span is None or not isinstance(held, dict):
        return None
    comma = b"," if held else b""
    return Change(span.end - 1, span.end - 1, comma + encode_string(key, ascii=True) + b":" + data)


def changed(event: Payload, changes: Iterable[Change]) -> bytes:
    """The payload's JSON with the changes in it."""
    return _with(event.data, [(c.start, c.end, c.data) for c in changes])


def _with(data: bytes, spans: Iterable[tuple[int, int, bytes]]) -> bytes:
    parts: list[bytes] = []
    at = 0
    for start, end, new in sorted(spans, key=lambda span: span[:2]):
        if start < at:
            raise ValueError(f"changes overlap at byte {start}")
        parts += (data[at:start], new)
        at = end
    return b"".join((*parts, data[at:]))


def edits(layout: Layout, event: Payload, changes: Iterable[Change | None], type: str = "") -> list[Edit]:  # noqa: A002
    """The changes, but for None, as edits of the body; of an AWS frame one edit, which replaces it.

    With a `type` the event is of this one, as far as its `event:` line or its AWS header goes.
    """
    found = [c for c in changes if c]
    frame = event.frame
    if layout.unit == "eventstream":
        block = rewritten(layout, event, found, type)
        return [Edit(frame.start, frame.end, block)] if found or type else []
    named = _named(layout, frame) if type else None
    renamed = [Edit(*named, type.encode())] if named else []
    return renamed + [Edit(start, end, data) for start, end, data in _spans(layout, event, found)]


def collected(
    layout: Layout, changes: Iterable[tuple[Payload, Change | None]], types: Mapping[int, str] | None = None
) -> list[Edit]:
    """The edits of changes in any order, several of an event too; `types`: other types, by the index of the event."""
    made = [(event, c) for event, c in changes if c]
    found: list[Edit] = []
    for index, of_one in groupby(sorted(made, key=lambda pair: pair[0].index), key=lambda pair: pair[0].index):
        pairs = list(of_one)
        found += edits(layout, pairs[0][0], [c for _, c in pairs], (types or {}).get(index, ""))
    return found


def rewritten(layout: Layout, event: Payload, changes: Iterable[Change], type: str = "") -> bytes:  # noqa: A002
    """All bytes of the event, from `frame.start` to `frame.end`, with the changes in them; `type` as for `edits`."""
    frame = event.frame
    block = layout.body[frame.start : frame.end]
    if layout.unit != "eventstream":
        of_body = [(e.start - frame.start, e.end - frame.start, e.data) for e in edits(layout, event, changes, type)]
        return _with(block, of_body)
    data = changed(event, changes)
    if event.hidden:
        span = locate(frame.data, ("bytes",))
        if span is None:
            return block
        data = _with(frame.data, [(span.start, span.end, hide(data))])
    return eventstream.encode(typed(headers_of(block), type), data)


def copied(layout: Layout, event: Payload, changes: Iterable[Change]) -> bytes:
    """One event more like this, with the changes: of SSE its type and data alone, no id, retry or comment."""
    block = rewritten(layout, event, changes)
    if layout.unit == "lines" and not block.endswith(b"\n"):
        return block + b"\n"  # the last line may have no end
    if layout.unit != "sse":
        return block
    kept = (b"", b"data", b"event")
    lines = block.splitlines(keepends=True)
    return b"".join(line for line in lines if line.rstrip(b"\r\n").partition(b":")[0] in kept and line[:1] != b":")


def _spans(layout: Layout, event: Payload, changes: Iterable[Change]) -> list[tuple[int, int, bytes]]:
    """Changes by offsets of the body, for all that stands there in plain text."""
    held = source.offsets(event.frame, layout.body)
    if held is None:
        raise Refused(f"event {event.index + 1} is written in a way that cannot be changed")
    line = style(layout, event.frame)[0] + b"data: "
    spans = []
    for c in changes:
        data = line.join(c.data.split(b"\n")) if layout.unit == "sse" else c.data
        spans.append((*held.span(c.start, c.end), data))
    return spans


def headers_of(block: bytes) -> Headers:
    """The headers of an AWS frame; none of a broken one."""
    (frame,) = eventstream.parse(block)
    return frame.headers if isinstance(frame, eventstream.Frame) else ()


def typed(headers: Headers, type: str) -> Headers:  # noqa: A002
    """The headers of an AWS frame for an event of this type; of the one it was, where none is given."""
    return tuple((name, type if type and name == ":event-type" else value) for name, value in headers)


def _named(layout: Layout, frame: Frame) -> tuple[int, int] | None:
    """Where an SSE event's type is written, the last time: only that counts."""
    found = None
    at = frame.start
    if layout.unit == "sse":
        for raw in layout.body[frame.start : frame.end].splitlines(keepends=True):
            name, _, value = raw.rstrip(b"\r\n").partition(b":")
            value = value.removeprefix(b" ")
            end = at + len(raw.rstrip(b"\r\n"))
            found = (end - len(value), end) if name == b"event" else found
            at += len(raw)
    return found


def hide(data: bytes) -> bytes:
    """The data in base64, as a JSON string: what `bytes` holds in a Bedrock chunk."""
    return b'"' + base64.b64encode(data) + b'"'


def style(layout: Layout, like: Frame | None) -> tuple[bytes, bool, bool]:
    """How an event is written: line end, whether a space is behind the colon, whether it has an `event:` line."""
    block = layout.body[like.start : like.end] if like else b""
    eol = b"\r\n" if b"\r\n" in block else b"\r" if b"\r" in block and b"\n" not in block else b"\n"
    fields = [line for line in block.splitlines() if line[:5] == b"data:"]
    space = not fields or fields[0][5:6] == b" "
    return eol, space, any(line[:6] == b"event:" for line in block.splitlines())
