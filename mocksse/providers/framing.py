"""The units of any body: SSE events, NDJSON lines, elements of a JSON array, AWS frames; else the body as one piece.

Which one it is says the content type, and where that says nothing, the first bytes. A body that is labelled as an event
stream is read as one, whatever it holds: that is what a client does with it.

`Framer` keeps the contract of `wire.incremental`: how the body is cut never shows, bad bytes are frames, LimitError is
the one exception.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, Literal, Protocol

from mocksse import limits
from mocksse.wire import eventstream, jsonl, sse
from mocksse.wire.incremental import Incremental, T

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Framing = Literal["sse", "lines", "array", "eventstream", "whole"]

_LABELS: dict[str, Framing] = {
    "text/event-stream": "sse",
    eventstream.CONTENT_TYPE: "eventstream",
    "application/x-ndjson": "lines",
    "application/ndjson": "lines",
    "application/jsonl": "lines",
    "application/x-jsonlines": "lines",
    "application/stream+json": "lines",
}
_SSE_OPENINGS = (b":", b"data:", b"event:", b"id:", b"retry:")
_OPENING_SIZE = 1024
"""Bytes that may pass, all of them white space, before a body without a telling label counts as of no known framing."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One unit and its span in the body. `kind`:

    event: what a client gets. `type` is an SSE event's or an AWS frame's, else empty; `data` is the payload.
    comment: an SSE comment; `data` is the text behind the colon.
    pending: what the end of the body left unfinished.
    other: what no client gets as an event: an SSE `retry` (its `type`) or a block without data, an array's closing
        bracket, bytes out of place; and a body of no known framing, all of it in `data` up to MAX_EVENT_BYTES.

    An SSE comment or retry stands before the event in whose block, and so in whose span, it is.
    """

    start: int
    end: int
    type: str
    data: bytes
    kind: Literal["event", "comment", "pending", "other"] = "event"


class Framer(Incremental[Frame]):
    """Incremental form of `frames`. As in `wire.sse`, a span ends right behind a CR, without the LF that may follow."""

    def __init__(self, content_type: str = "") -> None:
        super().__init__()
        label, self._is_json = _label(content_type)
        self._opening = b""  # the first bytes, until they tell the framing
        self._reader: _Reader | None = None
        self.framing: Framing | None = _LABELS.get(label)
        """None until it is known."""

    def _scan(self, data: bytes, items: list[Frame]) -> None:
        if self._reader is None:
            data = self._opening + data
            if self.framing is None:
                self.framing = _sniff(data, self._is_json)
            if self.framing is None:
                self._opening = data
                return
            self._reader = _READERS[self.framing]()
            self._opening = b""
        items += self._reader.feed(data)

    def _finish(self, items: list[Frame]) -> None:
        if self._reader is None:
            self.framing = self.framing or "whole"
            self._reader = _READERS[self.framing]()
            items += self._reader.feed(self._opening)
        items += self._reader.close()


def frames(content_type: str, body: bytes) -> list[Frame]:
    """All frames of a whole body. A span that ends in CRLF covers both bytes; LimitError as Framer has it."""
    if framing_of(content_type, body) == "sse":
        return _present(map(_Sse(), sse.parse(body)))
    framer = Framer(content_type)
    return framer.feed(body) + framer.close()


def framing_of(content_type: str, body: bytes) -> Framing:
    """How a whole body is to be read."""
    label, is_json = _label(content_type)
    return _LABELS.get(label) or _sniff(body, is_json) or "whole"


def _label(content_type: str) -> tuple[str, bool]:
    """Without its parameters, and whether it says JSON."""
    label = content_type.partition(";")[0].strip().lower()
    return label, label.endswith(("/json", "+json"))


def _sniff(opening: bytes, is_json: bool) -> Framing | None:
    """The framing by the first bytes of the body; None where more of them are needed."""
    head = opening[:_OPENING_SIZE].removeprefix(sse.BOM).lstrip()
    if head.startswith(b"["):
        return "array"
    if head.startswith(b"{"):
        return "whole" if is_json else "lines"
    if head.startswith(_SSE_OPENINGS):
        return "sse"
    undecided = sse.BOM.startswith(opening) or any(name.startswith(head) for name in _SSE_OPENINGS)
    return None if undecided and len(opening) < _OPENING_SIZE else "whole"


class _Reader(Protocol):
    def feed(self, data: bytes) -> list[Frame]: ...
    def close(self) -> list[Frame]: ...


class _Items(Generic[T]):
    """The items of a parser of `wire` as frames. `last` is for those that only the end of the body brings out."""

    def __init__(
        self,
        parser: Incremental[T],
        frame: Callable[[T], Frame | None],
        last: Callable[[T], Frame | None] | None = None,
    ) -> None:
        self._parser = parser
        self._frame = frame
        self._last = last or frame

    def feed(self, data: bytes) -> list[Frame]:
        return _present(map(self._frame, self._parser.feed(data)))

    def close(self) -> list[Frame]:
        return _present(map(self._last, self._parser.close()))


def _present(found: Iterable[Frame | None]) -> list[Frame]:
    return [frame for frame in found if frame is not None]


class _Sse:
    """A block that only carries comments and retries is no frame of its own, nor is a blank line; any other is."""

    def __init__(self) -> None:
        self._noted = 0  # where the last comment or retry ends

    def __call__(self, item: sse.Item) -> Frame | None:
        match item:
            case sse.Event():
                return Frame(item.start, item.end, item.type.decode("utf-8", "replace"), item.data)
            case sse.Comment():
                self._noted = item.end
                return Frame(item.start, item.end, "", item.text, "comment")
            case sse.Retry():
                self._noted = item.end
                return Frame(item.start, item.end, "retry", b"%d" % item.ms, "other")
            case sse.Block():
                is_blank = item.end - item.start <= 2  # a CRLF at most
                return None if is_blank or self._noted > item.start else Frame(item.start, item.end, "", b"", "other")
            case sse.Pending():
                return Frame(item.start, item.end, item.type.decode("utf-8", "replace"), item.data, "pending")


def _line(item: jsonl.Line) -> Frame:
    # Clients that split a body into lines take the last one without its LF, if it can be read.
    whole = item.complete or item.data.rstrip().endswith(b"}")
    return Frame(item.start, item.end, "", item.data, "event" if whole else "pending")


def _element(item: jsonl.ArrayItem) -> Frame:
    match item:
        case jsonl.Element():
            return Frame(item.start, item.end, "", item.data)
        case jsonl.Pending():
            return Frame(item.start, item.end, "", item.data, "pending")
        case jsonl.Closing():
            return Frame(item.start, item.end, "", b"]", "other")
        case jsonl.Stray():
            return Frame(item.start, item.end, "", b"", "other")


def _aws(item: eventstream.Item) -> Frame:
    if isinstance(item, eventstream.Broken):
        return Frame(item.start, item.end, "", b"", "other")
    names = (":event-type", ":exception-type", ":error-code")
    type_ = next((value for name in names if isinstance(value := item.header(name), str)), "")
    return Frame(item.start, item.end, type_, item.payload)


def _aws_last(item: eventstream.Item) -> Frame:
    return replace(_aws(item), kind="pending")


class _Whole(Incremental[Frame]):
    """One frame, at the end of the body; without its data where that would be too much to keep."""

    def __init__(self) -> None:
        super().__init__()
        self._body = bytearray()
        self._size = 0

    def _scan(self, data: bytes, _items: list[Frame]) -> None:
        self._size += len(data)
        if self._size <= limits.MAX_EVENT_BYTES:
            self._body += data
        else:
            self._body.clear()

    def _finish(self, items: list[Frame]) -> None:
        if self._size:
            items.append(Frame(0, self._size, "", bytes(self._body), "other"))


_READERS: dict[Framing, Callable[[], _Reader]] = {
    "sse": lambda: _Items(sse.Parser(), _Sse()),
    "lines": lambda: _Items(jsonl.LineParser(), _line),
    "array": lambda: _Items(jsonl.ArrayParser(), _element),
    "eventstream": lambda: _Items(eventstream.Parser(), _aws, _aws_last),
    "whole": _Whole,
}
