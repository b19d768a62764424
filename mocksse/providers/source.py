"""Where in the bytes of a body a fragment came from, so that a fault can cut it or write into it.

No API has to say so. The values of an event that could be the fragment are tried: the one that is its source is the
one which, changed, changes just this fragment by just that change. What stands twice in an event (Writer's `message`
beside `delta`, OpenRouter's `reasoning_details`) is so never mistaken for what a client reads.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mocksse.providers.lenient import compact, decode
from mocksse.wire import eventstream
from mocksse.wire.json_spans import locate

if TYPE_CHECKING:
    from mocksse.providers.api import Api
    from mocksse.providers.fragment import Fragment
    from mocksse.providers.framing import Frame
    from mocksse.wire.json_spans import Path, Span

_MARK = "\0"
_TRIES = 64
"""Values that are tried: the longest ones, as only a hostile event has more that fit."""


def path_of(api: Api, event_type: str, payload: Any, position: int, fragment: Fragment) -> Path | None:
    """The path in the payload of the value that the fragment, number `position` of its event, is made of.

    Where the payload is itself the text, the path is empty. None where no value is the source, as of what base64 hides.
    The payload is as before when this returns.
    """
    if isinstance(payload, str):
        return () if fragment.text == payload else None
    for path, value, told in _candidates(payload, fragment)[:_TRIES]:
        changed, expected = _change(value, told, fragment.text)
        holder = payload
        for step in path[:-1]:
            holder = holder[step]
        holder[path[-1]] = changed
        found = api.fragments(event_type, payload)
        holder[path[-1]] = value
        if found[position : position + 1] == (replace(fragment, text=expected),):
            return path
    return None


def _candidates(payload: Any, fragment: Fragment) -> list[tuple[Path, Any, str]]:
    """Values that the fragment's text begins with, the longest first: (path, value, as text)."""
    text = fragment.text
    whole = decode(text) if fragment.kind == "tool" else None
    found: list[tuple[Path, Any, str]] = []
    open_: list[tuple[Path, Any]] = [((), payload)]
    while open_:
        path, value = open_.pop()
        if isinstance(value, dict | list):
            if path and _same(value, whole):
                found.append((path, value, text))
            members = value.items() if isinstance(value, dict) else enumerate(value)
            open_ += reversed([((*path, step), member) for step, member in members])
        elif path and value is not None and (fragment.kind == "tool" or isinstance(value, str)):
            told = value if isinstance(value, str) else compact(value)
            if told and text.startswith(told):
                found.append((path, value, told))
    return sorted(found, key=lambda candidate: -len(candidate[2]))


def _same(value: Any, whole: Any) -> bool:
    try:
        return type(value) is type(whole) and bool(value == whole)
    except RecursionError:  # it could just be decoded
        return False


def _change(value: Any, told: str, text: str) -> tuple[Any, str]:
    """Another value, and what the text is if this is its source."""
    if isinstance(value, dict | list):
        changed = {_MARK: None}
        return changed, compact(changed)
    if isinstance(value, str):
        return _MARK + value, _MARK + text
    return _MARK, _MARK + text[len(told) :]


@dataclass(frozen=True, slots=True)
class Offsets:
    """Where the bytes of a frame's data are in the body: (offset in the data, offset in the body) of each stretch."""

    stretches: tuple[tuple[int, int], ...]

    def at(self, offset: int) -> int:
        """The byte of the body; for a line feed that joins two `data:` lines, the end of the first."""
        begin, at = self.stretches[bisect_right(self.stretches, (offset, 1 << 62)) - 1]
        return at + offset - begin

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The bytes of the body from the first to the last of the data's."""
        return self.at(start), self.at(end - 1) + 1 if end > start else self.at(start)


def offsets(frame: Frame, body: bytes) -> Offsets | None:
    """For a frame of any framing; None where its data is not in its span."""
    behind = frame.start + len(frame.data)
    if body.startswith(frame.data, frame.start) and body[behind : frame.end] in (b"", b"\n", b"\r\n"):
        return Offsets(((0, frame.start),))  # a line, an element of an array, the whole body
    at = _payload_at(body[frame.start : frame.end])
    if at and body[frame.start + at : frame.end - 4] == frame.data:
        return Offsets(((0, frame.start + at),))
    return _data_lines(frame, body)


def _payload_at(block: bytes) -> int:
    """Where the payload of an AWS frame begins; 0 where the block is none."""
    if len(block) < eventstream.OVERHEAD_BYTES or int.from_bytes(block[:4]) != len(block):
        return 0
    return eventstream.PRELUDE_BYTES + int.from_bytes(block[4:8])


def _data_lines(frame: Frame, body: bytes) -> Offsets | None:
    """The `data` fields of an SSE block, which are joined by line feeds."""
    stretches: list[tuple[int, int]] = []
    values: list[bytes] = []
    size = 0
    at = frame.start
    for raw in body[frame.start : frame.end].splitlines(keepends=True):
        line = raw.rstrip(b"\r\n")
        name, _, value = line.partition(b":")
        if name == b"data":
            value = value.removeprefix(b" ")
            stretches.append((size, at + len(line) - len(value)))
            values.append(value)
            size += len(value) + 1
        at += len(raw)
    return Offsets(tuple(stretches)) if values and b"\n".join(values) == frame.data else None


def span_of(data: bytes, path: Path) -> tuple[int, int] | None:
    """The value at the path as it is written in the data; a string without its quotes.

    The empty path is that of data which is no JSON: its first line.
    """
    if not path:
        return 0, len(data.partition(b"\n")[0])
    found: Span | None = locate(data, path)
    if found is None:
        return None
    quote = int(data[found.start : found.start + 1] == b'"')
    return found.start + quote, found.end - quote
