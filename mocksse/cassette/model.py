"""The tape as values: one recorded exchange is an Interaction, one file of them a Cassette.

The tape is the truth: bytes as they came, when they came, and how the connection ended. Events, text, tool calls and
timing figures are derived from it and never stored here. All values are immutable; times are integer microseconds,
each relative to what came before it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mocksse.cassette.pacing import Pacing
    from mocksse.providers.extract import Extract

Headers = tuple[tuple[bytes, bytes], ...]
"""Order, case and duplicates as received; values are any bytes but CR and LF."""

Framing = Literal["chunked", "length", "close"]
Ending = Literal["complete", "cut", "reset", "idle", "malformed", "stopped"]
ENDINGS: tuple[Ending, ...] = get_args(Ending)


@dataclass(frozen=True, slots=True)
class Piece:
    """One read's share of one HTTP chunk (of the body, where the body is not chunked)."""

    after_us: int
    """Since the piece before it, or since the head."""
    data: bytes
    more: bool = False
    """The same HTTP chunk goes on in the next piece."""
    of: int | None = None
    """The chunk was announced with this size and never finished."""


@dataclass(frozen=True, slots=True)
class End:
    """How the exchange ended.

    complete: as its framing says. cut: FIN too early. reset: RST. idle: silence until the recorder's timeout.
    malformed: the framing broke. stopped: by the user or a cap.
    """

    after_us: int = 0
    how: Ending = "complete"
    rest: tuple[Piece, ...] = ()
    """Bytes outside the framing: behind the end, or from the place where the framing broke. `more`, `of` unused."""


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked, redacted. `method` None matches any; `body` None was not kept and matches any."""

    path: str
    """With its query."""
    method: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    """Bytes that are not UTF-8 stand in them as `surrogateescape` has it."""
    body: bytes | None = None

    @property
    def label(self) -> str:
        """`POST /v1/messages`, for people; it may hold what no terminal should get."""
        return f"{self.method or 'ANY'} {self.path}"


@dataclass(frozen=True, slots=True)
class Response:
    """What came back."""

    status: int
    headers: Headers
    framing: Framing
    pieces: tuple[Piece, ...]
    end: End = field(default_factory=End)
    head_after_us: int = 0
    """From the request's last byte to the whole head."""
    reason: bytes | None = None
    """None: the standard phrase of the status."""
    http: Literal["1.0", "1.1"] = "1.1"
    trailers: Headers = ()

    @property
    def body(self) -> bytes:
        """The body's bytes without any framing."""
        return b"".join(piece.data for piece in self.pieces)

    @property
    def size(self) -> int:
        """Bytes of the body."""
        return sum(len(piece.data) for piece in self.pieces)

    @property
    def failed(self) -> bool:
        """Whether this is an error, or broke off."""
        return self.status >= 400 or self.end.how not in {"complete", "stopped"}

    def header(self, name: str) -> str:
        """The first header of that name, or an empty string."""
        wanted = name.lower().encode()
        return next((v.decode("utf-8", "replace") for n, v in self.headers if n.lower() == wanted), "")

    @property
    def is_coded(self) -> bool:
        """Whether the body has a content coding, such as gzip: nothing can be read in it as it is."""
        return self.header("content-encoding").lower() not in {"", "identity"}

    @property
    def content_type(self) -> str:
        """The media type without parameters, in lower case."""
        return self.header("content-type").partition(";")[0].strip().lower()

    @property
    def piece_times_us(self) -> tuple[int, ...]:
        """When each piece came, since the request was sent."""
        return tuple(accumulate((p.after_us for p in self.pieces), initial=self.head_after_us))[1:]

    @property
    def end_us(self) -> int:
        """When the exchange ended, since the request was sent."""
        return self.head_after_us + sum(p.after_us for p in self.pieces) + self.end.after_us

    @property
    def chunks(self) -> int:
        """How many HTTP chunks (reads, where the body is not chunked)."""
        return sum(not piece.more for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Recorded:
    """Where a recording came from. `at` is RFC 3339 in UTC."""

    at: str = ""
    upstream: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Interaction:
    """One request and its answer. `name` is unique within its cassette."""

    name: str
    request: Request
    response: Response
    recorded: Recorded | None = None
    pacing: Pacing | None = None
    faults: tuple[str, ...] = ()
    extract: Extract | None = None
    """What its events mean, where no API that is known speaks like that."""


@dataclass(frozen=True, slots=True)
class Cassette:
    """One file. `source` is where it was read from, as it is shown to people; it takes no part in comparison."""

    interactions: tuple[Interaction, ...]
    pacing: Pacing | None = None
    source: str = field(default="", compare=False)

    def __iter__(self) -> Iterator[Interaction]:
        return iter(self.interactions)
