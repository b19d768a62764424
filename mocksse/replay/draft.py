"""A replay while it is being thought about: head, body, where the body is cut, when each part is due, how it ends.

`layout` makes the first draft of a recording, faults make drafts of drafts, `lower` makes wire bytes of the last one.
What goes over the wire (Layout) and when (Draft) are apart, so that work on a body is done once and only times are
per request: what is worked out of a Layout is kept with it. Offsets count the body's bytes, without any framing and
before any compression.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from mocksse import limits
from mocksse.errors import LimitError
from mocksse.providers.framing import frames, framing_of
from mocksse.wire.http1_fields import header

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

    from mocksse.cassette import model
    from mocksse.cassette.model import Headers
    from mocksse.providers.api import Api
    from mocksse.providers.framing import Frame, Framing
    from mocksse.providers.places import Place

Finish = Literal["complete", "fin", "reset", "hold", "close-on-next-request"]
"""complete: the connection may serve another request. fin, reset: closed so. hold: silence until the client leaves.
close-on-next-request: like complete, but the connection is closed as soon as another request comes on it."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a plan needs to know of the request: nothing else of it has any influence."""

    method: Literal["GET", "HEAD"] = "GET"
    """GET stands for every method whose answer has a body."""
    http: Literal["1.0", "1.1"] = "1.1"
    close: bool = False
    """The client asked for the connection to be closed."""
    origin: str = ""
    """The Origin header of a browser's request; an empty string: no CORS."""


PLAIN = Context()
"""An ordinary request."""


@dataclass(frozen=True, slots=True)
class Head:
    """Status line and headers as recorded or as a fault has them; lengths, CORS and Connection are settled later."""

    status: int
    headers: Headers = ()
    reason: bytes | None = None
    http: Literal["1.0", "1.1"] = "1.1"

    def header(self, name: str) -> str:
        """The first header of that name, or an empty string."""
        return (header(self.headers, name.encode()) or b"").decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Cut:
    """A part of the body ends before byte `end`. `chunk`: so does an HTTP chunk. `flush`: the part is sent by itself.

    `size`: what stands in place of its size before the chunk that begins with this part; empty: its size.
    """

    end: int
    chunk: bool = True
    flush: bool = False
    size: bytes = b""


@dataclass(frozen=True, slots=True)
class Coding:
    """A gzip body. `flush`: the compressor gives out all it has at the end of every part."""

    flush: bool = True
    labelled: bool = True
    """Content-Encoding says so."""
    broken: Literal["", "truncated", "corrupt"] = ""


class Shelf:
    """What was worked out of layouts, each of which may be a body of its own: the last used, within a budget of bytes.

    A layout and all that are made of it share one, so that no number of different faults can fill the memory. With no
    budget nothing is kept: such is the shelf of a layout that no other play has.
    """

    __slots__ = ("_budget", "_kept", "_weight")

    def __init__(self, budget: int = limits.MAX_KEPT_BYTES) -> None:
        self._budget = budget
        self._kept: OrderedDict[tuple[Layout, Hashable], tuple[Any, int]] = OrderedDict()
        self._weight = 0

    def __len__(self) -> int:
        """How many things it holds."""
        return len(self._kept)

    @property
    def weight(self) -> int:
        """About how many bytes of memory they take."""
        return self._weight

    def once(self, layout: Layout, key: Hashable, make: Callable[[], Any]) -> Any:
        """What `make` makes of the layout, or what it made last time."""
        found = self._kept.get((layout, key))
        if found is not None:
            self._kept.move_to_end((layout, key))
            return found[0]
        made = make()
        if self._budget:
            weight = _weight(made)
            self._kept[layout, key] = made, weight
            self._weight += weight
            # The last one stays, however large: it is what the next play will ask for.
            while self._weight > self._budget and len(self._kept) > 1:
                self._weight -= self._kept.popitem(last=False)[1][1]
        return made


NOTHING_KEPT = Shelf(0)


def _weight(made: object) -> int:
    """About how many bytes it takes."""
    match made:
        case Layout():
            return 1000 + 2 * len(made.body) + 150 * len(made.cuts)
        case tuple():
            return 1000 + sum(map(_weight, made))
        case bytes():
            return 50 + len(made)
        case dict() | list():
            return 1000 + 200 * len(made)
        case _:
            layout, parts = getattr(made, "layout", None), getattr(made, "parts", None)
            known: int = getattr(made, "weight", 1000)
            return known + (_weight(layout) if layout else 0) + (sum(map(_weight, parts)) if parts else 0)


@dataclass(frozen=True, eq=False)
class Layout:
    """All that goes over the wire, without its times.

    `cuts` ascend and the last one ends the body; a part of no bytes is one that a chunk begins or ends with. `whole`:
    the body's framing is finished. `missing`: bytes that were announced, by a chunk size or a Content-Length, and never
    come (negative: that come without having been announced). `torn`: the last chunk lacks these, and has no end.
    """

    context: Context
    head: Head
    body: bytes = b""
    cuts: tuple[Cut, ...] = ()
    framing: model.Framing = "chunked"
    whole: bool = True
    missing: int = 0
    torn: bool = False
    counted: bool = True
    """Content-Length follows the body; else it is as the head has it."""
    trailers: Headers = ()
    rest: tuple[bytes, ...] = ()
    """Bytes outside any framing, behind the body."""
    finish: Finish | None = None
    """None: as the framing and the request have it."""
    coding: Coding | None = None
    bodiless: bool = False
    """The head is all there is."""
    headless: bool = False
    """Not even that."""
    api: Api | None = None
    path: str = ""
    """The recorded request's, which tells dialects of an API apart."""
    host: str = ""
    """Where it was recorded, which tells them apart where the path does not."""
    shelf: Shelf = field(default_factory=Shelf, repr=False)

    def once(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What `make` makes of this layout: kept under `key`, as long as there is room."""
        return self.shelf.once(self, key, make)

    def alone(self) -> Layout:
        """The same for one play, of a draw or a moment that no other has: what is made of it is asked for once, and
        must not take the place of what others use."""
        return replace(self, shelf=NOTHING_KEPT)

    @cached_property
    def content_type(self) -> str:
        """With its parameters, as sent."""
        return self.head.header("content-type")

    @property
    def frames(self) -> Sequence[Frame]:
        """The body's units, comments too; none where `unread` says why."""
        return self._read[0]

    @property
    def unread(self) -> str:
        """Why the units of the body can't be told, for people; an empty string where they can."""
        return self._read[1]

    @cached_property
    def _read(self) -> tuple[Sequence[Frame], str]:
        coding = self.head.header("content-encoding").lower()
        if coding not in {"", "identity"}:
            return (), f"its body is {coding}"
        try:
            return frames(self.content_type, self.body), ""
        except LimitError as error:
            return (), error.message

    @cached_property
    def events(self) -> Sequence[Frame]:
        """The units that a client gets: `frames` of kind `event`."""
        return [frame for frame in self.frames if frame.kind == "event"]

    @cached_property
    def places(self) -> Mapping[str, Place]:
        """The named places (first-text, reasoning, tool-args, finish, done) that this body has."""
        from mocksse.providers.places import places

        return places(self.api, self.frames, self.body) if self.api is not None else {}

    @cached_property
    def unit(self) -> Framing:
        """What the body is made of: `sse`, `lines`, `array`, `eventstream`, or one `whole`."""
        return framing_of(self.content_type, self.body)


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a fault took hold: `offset` in the body (-1: the head, or all of it), and in words what it did."""

    fault: str
    offset: int
    what: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A layout and its times, in microseconds since the request was there; `at_us` has one for each cut."""

    layout: Layout
    head_us: int = 0
    at_us: tuple[int, ...] = ()
    end_us: int = 0
    rest_us: tuple[int, ...] = ()
    drip: tuple[int, int] | None = None
    """The head comes in pieces of so many bytes, so many microseconds apart; all else comes that much later."""
    marks: tuple[Mark, ...] = ()
    notes: tuple[str, ...] = ()
    """What could not be done: the client is told in `x-mocksse-note`, the user in the access line."""

    @property
    def body(self) -> bytes:
        """The layout's."""
        return self.layout.body

    @property
    def last_us(self) -> int:
        """When the last byte of the body is due, or the head where there is none."""
        return self.at_us[-1] if self.at_us else self.head_us
