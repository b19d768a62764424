"""What a fault is: a name, a law, parameters with units, where it comes from, and a function from draft to draft.

Its law says what it may do, and one property test over the registry holds every fault to its own:

SHAPING     keeps the body's bytes: only their times, and where they are cut, are others
REFRAMING   keeps the parsed events: only how they are written is another (after content decoding)
LOSSY       leaves a prefix of the body, or a subsequence of its events
CORRUPTING  declares the spans of the body it touches, by its edits; all else stays as it was
GATING      replaces or delays the head
ENDING      keeps the body's bytes and their times: only what comes behind them is another

All: the same seed gives the same plan, the draft that came in is not touched, and limits hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias

from mocksse.cassette.pacing import decimal
from mocksse.errors import UsageError
from mocksse.replay.draft import Draft, Layout
from mocksse.replay.reshape import Edit

Law = Literal["SHAPING", "REFRAMING", "LOSSY", "CORRUPTING", "GATING", "ENDING"]
Family = Literal["transport", "framing", "payload", "freshness", "http", "reconnection"]
Unit = Literal["place", "count", "size", "duration", "text", "word", "integer"]


class Refused(UsageError):  # noqa: N818 - an answer, not a failure of ours
    """A fault that cannot apply to this stream: `reason` says why, in a few words."""

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(reason, hint)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Param:
    """`unit` says how its value is written:

    place: `event:5`, `first-text`, ... · count: a whole number of 1 or more · integer: a whole number · size: bytes,
    `64KiB`, `1MiB+1` · duration: `300ms`, `10s`, `5m` · word: one of `words` · text: anything.
    `default` None: not given.
    """

    name: str
    unit: Unit
    default: str | None
    help: str
    words: tuple[str, ...] = ()
    bare: bool = False
    """The value may stand right behind the fault's name: `status 429`."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place as it is said: `kind` is what stands before the colon, or the whole word."""

    kind: str
    number: float = 0.0

    def __str__(self) -> str:
        return f"{self.kind}:{decimal(self.number)}" if self.kind in NUMBERED else self.kind


NUMBERED = ("event", "byte", "percent", "ms")
NAMED = ("head", "first-text", "reasoning", "tool-args", "finish", "done", "end")


class Moment(Protocol):
    """What a play may ask of the moment it is made in. A plan that asked for nothing is the same for all plays."""

    def random(self) -> float:
        """The next draw, 0 up to 1, of this fault's own."""

    def now(self) -> float:
        """Seconds since 1970."""

    def target(self) -> str:
        """What the client asked for, as it wrote it: path and query."""

    @property
    def asked(self) -> bool:
        """Whether anything was asked: what came of it is no other play's."""


@dataclass(frozen=True, slots=True)
class Args:
    """The parameters of one use of a fault, read: as `Param.unit` has them, None where not given."""

    values: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def count(self, name: str) -> int:
        """A count, integer or size."""
        return int(self.values[name])

    def us(self, name: str) -> int:
        """A duration in microseconds."""
        return int(self.values[name])

    def bytes(self, name: str) -> bytes:
        """A text as it goes over the wire, in UTF-8; bytes that are none came as `surrogateescape` has them."""
        try:
            return self.text(name).encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:
            raise Refused(f"{name}= holds half a surrogate pair, which no bytes can stand for") from None

    def text(self, name: str) -> str:
        """A text or word; the empty string where not given."""
        value = self.values[name]
        return "" if value is None else str(value)

    @property
    def at(self) -> Place | None:
        """The place, where the fault has one and it was given."""
        found = self.values.get("at")
        return found if isinstance(found, Place) else None


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a fault is to take hold: an offset in the body, and the event there, None behind the last."""

    offset: int
    event: int | None


Inject: TypeAlias = Callable[[Draft, Spot, Args, Moment], Draft]
Edits: TypeAlias = Callable[[Layout, Spot, Args], Sequence[Edit]]


UNITS: Mapping[str, str] = {
    "sse": "server-sent events",
    "lines": "NDJSON",
    "array": "a JSON array",
    "eventstream": "AWS event-stream frames",
    "whole": "an answer that is no stream",
}
"""What a body is made of, in words: `Layout.unit` and `Fault.needs` have the keys."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of the catalogue. Exactly one of `inject` and `edits` is given.

    `edits` says which bytes of the body change, and is asked once for all plays, so that it can't draw; `inject` may
    change anything, and is asked for each. Both raise Refused where the fault cannot apply.
    """

    name: str
    law: Law
    family: Family
    summary: str
    """One line: what a client meets."""
    cases: tuple[int, ...]
    """Numbers of the cases in docs/faults.md."""
    example: str
    sources: tuple[str, ...]
    """Threads and sentences of specifications it rests on, e.g. `openai/openai-python#2065`."""
    params: tuple[Param, ...] = ()
    inject: Inject | None = None
    edits: Edits | None = None
    check: Callable[[Args], object] | None = None
    """Raises UsageError for parameters that can be right over no recording at all; asked when the spec is read."""
    needs: tuple[str, ...] = ()
    """What the body has to be made of: some of sse, lines, array, eventstream, whole; none: anything."""
    details: str = ""
    """What more there is to know: paragraphs for docs/faults.md."""

    def param(self, name: str) -> Param | None:
        """The parameter of that name."""
        return next((param for param in self.params if param.name == name), None)


def at(default: str | None, help: str = "Where.", *, head: bool = False) -> Param:  # noqa: A002 - Param's own word
    """The `at=` parameter of a fault; `head` where `at=head` means something to it."""
    return Param("at", "place", default, help, ("head",) if head else ())
