"""One provider's way to fail, as data: the body and headers of an error answer, and an error in mid-stream.

Shapes are pure: the same failure gives the same bytes, ids are plainly made up, and no header tells a time or a server.
When to come back (`retry-after`, `retry-after-ms`) is left to whoever makes the answer: clients are tested with it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mocksse.providers.encode.spelling import spell
from mocksse.providers.lenient import decode, get, string
from mocksse.wire import sse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mocksse.providers.errors.failure import Failure
    from mocksse.providers.framing import Frame

Headers = tuple[tuple[bytes, bytes], ...]

JSON_TYPE = (b"content-type", b"application/json")
JSON_UTF8_TYPE = (b"content-type", b"application/json; charset=utf-8")
REQUEST_ID = "req_00000000000000000000000000000000"
UUID = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True)
class Before:
    """What the stream has said so far, as far as an error has to fit to it: its first and its last JSON payload."""

    first: Any = None
    last: Any = None

    def told(self, key: str) -> str:
        """A string that every event repeats, or that the first one has in its `response` or `message`; else empty."""
        events = (self.last, self.first, get(self.first, "response"), get(self.first, "message"))
        return next((found for event in events if (found := string(event, key))), "")


def before(frames: Iterable[Frame]) -> Before:
    """Of the frames in front of the error."""
    events = [frame for frame in frames if frame.kind == "event"]
    first = next((payload for frame in events if (payload := decode(frame.data)) is not None), None)
    last = next((payload for frame in reversed(events) if (payload := decode(frame.data)) is not None), None)
    return Before(first, last)


@dataclass(frozen=True, slots=True)
class Shape:
    """`name` is for options, `title` for people."""

    name: str
    title: str
    body: Callable[[Failure], bytes]
    """Of an HTTP answer with the failure's status."""
    headers: Callable[[Failure], Headers]
    """Of the same answer; the content type among them."""
    midstream: Callable[[Failure, Before], bytes]
    """What goes into the stream, framed as its wire wants it."""
    follow: bytes = b""
    """What the provider still sends behind it; then the stream ends."""


def pretty(value: Any) -> bytes:
    """JSON on lines of its own, as OpenAI and Google write error bodies."""
    return json.dumps(value, ensure_ascii=False, indent=2).encode("utf-8", "backslashreplace")


def event(payload: Any, type_: str | None = None) -> bytes:
    """One SSE event with this payload."""
    return sse.encode(data=spell(payload), event=type_.encode() if type_ else None)
