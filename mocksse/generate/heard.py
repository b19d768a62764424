"""What a recording says and when: its turn, in its own API's words, cut and timed as it came.

The pieces are the fragments of its events. Where these do not join to what the turn holds, as of a stream that says
something whole which it had said in pieces before, the turn is right, and that part of it is one piece.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import accumulate
from typing import TYPE_CHECKING

from mocksse.cassette.match import model_of
from mocksse.cassette.units import api_of, units
from mocksse.errors import UsageError
from mocksse.providers.encode.speech import Speech
from mocksse.providers.fragment import GENERATED, Fragment, Kind
from mocksse.providers.turn import Merger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mocksse.cassette.model import Interaction, Response
    from mocksse.providers.api import Api
    from mocksse.providers.framing import Frame
    from mocksse.providers.turn import Turn

_Lane = tuple[Kind, int, int]
"""Kind, choice, and of a tool the place of its call."""


def heard(interaction: Interaction) -> tuple[Api, Speech]:
    """The API of the answer, and the answer. Raises UsageError where there is none, or none that can be read."""
    response, label = interaction.response, interaction.name
    api = api_of(interaction)
    frames = units(response)
    if response.status >= 400:
        raise UsageError(f"{label}: an error, status {response.status}", "name the recording of an answer")
    if response.size and not frames:
        raise UsageError(f"{label}: its body can't be read", "record it without Accept-Encoding")
    if api is None:
        raise UsageError(f"{label}: of no known API", "name the recording of a model's answer")
    merger, noted = Merger(api), _Noted(api)
    for frame, at_us in zip(frames, _arrivals(response, frames), strict=True):
        noted.take(merger.feed(frame), at_us)
    turn = merger.turn
    if not turn.choices:
        raise UsageError(f"{label}: has no answer in it", "name the recording of a model's answer")
    pieces = noted.pieces(turn)
    opening = noted.opening_us
    end = max([noted.end_us, *(at for _, at in pieces)])
    return api, Speech(
        turn,
        tuple(piece for piece, _ in pieces),
        turn.model or model_of(interaction.request),
        blake2b(response.body, digest_size=16).hexdigest(),
        (opening, *(at for _, at in pieces), end),
        whole=turn.done or any(choice.finish for choice in turn.choices),
    )


def _arrivals(response: Response, frames: list[Frame]) -> Iterator[int]:
    """When the last byte of each frame came, in microseconds since the request."""
    ends = list(accumulate(len(piece.data) for piece in response.pieces))
    times = response.piece_times_us
    return (times[bisect_left(ends, frame.end)] for frame in frames)


@dataclass(slots=True)
class _Noted:
    """The fragments so far, each with its moment and its lane."""

    api: Api
    opening_us: int = -1
    """Of the first frame."""
    end_us: int = 0
    """Of the last word for why it ended; of the last frame where there was none."""
    _finished: bool = False
    _found: list[tuple[_Lane, str, int]] = field(default_factory=list)
    _calls: dict[tuple[int, int], tuple[int, str]] = field(default_factory=dict)
    _known: dict[tuple[int, int, str], int] = field(default_factory=dict)
    _count: dict[int, int] = field(default_factory=dict)

    def take(self, fragments: tuple[Fragment, ...], at_us: int) -> None:
        if self.opening_us < 0:
            self.opening_us = at_us
        for fragment in fragments:
            if fragment.kind in GENERATED:
                place = self._call(fragment) if fragment.kind == "tool" else 0
                self._found.append(((fragment.kind, fragment.choice, place), fragment.text, at_us))
            elif fragment.kind == "finish":
                self.end_us, self._finished = at_us, True
        if not self._finished:
            self.end_us = at_us

    def _call(self, fragment: Fragment) -> int:
        """The place of its call, told apart as Merger does: by number, by another id, by a name where none numbers."""
        at = (fragment.choice, fragment.index)
        place, held_id = self._calls.get(at, (-1, ""))
        if fragment.id and held_id and fragment.id != held_id:
            place, held_id = self._known.get((*at, fragment.id), -1), fragment.id
        if place < 0 or (fragment.name and not self.api.numbered):
            place, held_id = self._count.get(fragment.choice, 0), ""
            self._count[fragment.choice] = place + 1
        held_id = held_id or fragment.id
        self._calls[at] = (place, held_id)
        if held_id:
            self._known.setdefault((*at, held_id), place)
        return place

    def pieces(self, turn: Turn) -> list[tuple[Fragment, int]]:
        """What joins to the turn, with its moments."""
        joined: dict[_Lane, list[str]] = {}
        last: dict[_Lane, int] = {}
        for lane, text, at_us in self._found:
            joined.setdefault(lane, []).append(text)
            last[lane] = at_us
        lanes = dict(_lanes(turn))
        as_said = {lane for lane, text in lanes.items() if lane in joined and "".join(joined[lane]) == text}
        whole = [(lane, text, last.get(lane, self.end_us)) for lane, text in lanes.items() if lane not in as_said]
        said = [piece for piece in self._found if piece[0] in as_said]
        return [_piece(*piece) for piece in sorted([*said, *whole], key=lambda piece: piece[2])]


def _piece(lane: _Lane, text: str, at_us: int) -> tuple[Fragment, int]:
    kind, choice, place = lane
    return Fragment(kind, text, choice, place), at_us


def _lanes(turn: Turn) -> Iterator[tuple[_Lane, str]]:
    for choice in turn.choices:
        said: tuple[tuple[Kind, str], ...] = (
            ("reasoning", choice.reasoning),
            ("text", choice.text),
            ("refusal", choice.refusal),
        )
        for kind, text in said:
            if text:
                yield (kind, choice.index, 0), text
        for place, call in enumerate(choice.tool_calls):
            yield ("tool", choice.index, place), call.arguments
