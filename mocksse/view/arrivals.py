"""A body as it comes in: each of its units with the time of its last byte, and what it says.

One reader for what was recorded and for what is still coming, so that a live view and a timeline never differ. It
reads whatever comes: a body that can't be taken apart is shown by its pieces, and why is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mocksse.cassette.redact.decode import decoder
from mocksse.cassette.units import api_of
from mocksse.errors import LimitError, MocksseError
from mocksse.providers import registry
from mocksse.providers.framing import Frame, Framer
from mocksse.providers.turn import Merger

if TYPE_CHECKING:
    from mocksse.cassette.model import Interaction
    from mocksse.providers.api import Api
    from mocksse.providers.fragment import Fragment
    from mocksse.providers.turn import Turn

_START = 12
"""Units with a payload in which the API shows; until then what the path suggests is taken."""
_PINGS = frozenset({"ping", "keepalive", "heartbeat"})
_PLAIN = frozenset({"", "identity"})
_SHORT = 300
"""Bytes of a payload that may be a ping."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A unit of the body. `at_us`: when its last byte came, in microseconds since the request was sent."""

    at_us: int
    frame: Frame
    fragments: tuple[Fragment, ...]
    lane: str
    """What it is: the kind of its first fragment, or else done, comment, ping, retry, pending, bytes, other."""
    chunk: int
    """The HTTP chunk that its last byte was in, from 0."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A whole recording. `trouble`: why its units can't be told, where they can't."""

    arrivals: tuple[Arrival, ...]
    turn: Turn
    api: Api | None
    trouble: str = ""


class Arriving:
    """A body while it comes in. `api`: where it is known; else the path and the first units tell.

    Not `inside`: a compressed body is not decoded. What comes from a recorder was redacted as it stood, and a
    credential within its compression is still there.
    """

    def __init__(
        self, path: str, content_type: str, coding: str = "", api: Api | None = None, *, inside: bool = True
    ) -> None:
        self._path = path
        self._framer: Framer | None = Framer(content_type)
        self._decoder = decoder(coding if inside or coding.strip().lower() in _PLAIN else "unknown")
        self._start: list[Frame] = []
        self._settled = api is not None
        self.api = api if api is not None else registry.detect(path)
        self._merger = Merger(self.api)
        self._size = 0
        self._last_us = 0
        self.trouble = ""
        if self._decoder is None:
            why = "which can't be looked into here" if inside else "which is not decoded while it comes"
            self._give_up(f"compressed ({coding}), {why}")

    @property
    def turn(self) -> Turn:
        """What there is of the answer so far."""
        return self._merger.turn

    def feed(self, at_us: int, data: bytes, chunk: int = 0) -> list[Arrival]:
        """The units that end in these bytes."""
        self._last_us = at_us
        start = self._size
        self._size += len(data)
        if self._framer is None or self._decoder is None:
            return [Arrival(at_us, Frame(start, self._size, "", data, "other"), (), "bytes", chunk)]
        try:
            frames = self._framer.feed(self._decoder.feed(data))
        except MocksseError as error:
            self._give_up("an event larger than can be shown" if isinstance(error, LimitError) else error.message)
            return []
        return [self._arrival(at_us, frame, chunk) for frame in frames]

    def close(self, chunk: int = 0) -> list[Arrival]:
        """The units that only the body's end brings out, at the time of its last byte."""
        if self._framer is None:
            return []
        try:
            frames = self._framer.close()
        except LimitError:
            self._give_up("an event larger than can be shown")
            return []
        return [self._arrival(self._last_us, frame, chunk) for frame in frames]

    def _give_up(self, trouble: str) -> None:
        self._framer = None
        self.trouble = trouble

    def _arrival(self, at_us: int, frame: Frame, chunk: int) -> Arrival:
        if not self._settled and frame.kind in {"event", "other"}:
            self._settle(frame)
        fragments = self._merger.feed(frame)
        return Arrival(at_us, frame, fragments, _lane(self.api, frame, fragments), chunk)

    def _settle(self, frame: Frame) -> None:
        """Whose events these are, as far as the first ones tell; what was merged as another's is merged again."""
        api = registry.detect(self._path, [*self._start, frame])
        if api is not self.api:
            self.api, self._merger = api, Merger(api)
            for before in self._start:
                self._merger.feed(before)
        self._start.append(frame)
        self._settled = len(self._start) >= _START


def _lane(api: Api | None, frame: Frame, fragments: tuple[Fragment, ...]) -> str:
    if fragments:
        return fragments[0].kind
    if frame.kind in {"comment", "pending"}:
        return frame.kind
    if frame.kind == "other":
        return "retry" if frame.type == "retry" else "other"
    if registry.is_done(api, frame):
        return "done"
    return "ping" if _is_ping(frame) else "other"


def _is_ping(frame: Frame) -> bool:
    if frame.type in _PINGS:
        return True
    # Told by the payload where there is no `event:` line.
    return len(frame.data) < _SHORT and any(b'"type":"%b"' % name.encode() in frame.data for name in _PINGS)


def read(interaction: Interaction, api: Api | None = None) -> Reading:
    """A recording, unit by unit. `api`: where the caller knows better than its path and events tell."""
    response = interaction.response
    coding = response.header("content-encoding")
    api = api if api is not None else api_of(interaction)
    arriving = Arriving(interaction.request.path, response.content_type, coding, api)
    found: list[Arrival] = []
    chunk = 0
    for at_us, piece in zip(response.piece_times_us, response.pieces, strict=True):
        found += arriving.feed(at_us, piece.data, chunk)
        chunk += not piece.more
    found += arriving.close(max(chunk - 1, 0))
    return Reading(tuple(found), arriving.turn, arriving.api, arriving.trouble)
