"""What an answer comes to once all of it is there: the turn, and the merger that makes one of a stream's frames.

Pure and incremental: fed as frames arrive, a Merger gives the fragments that each one adds, and its turn at any moment.
What a stream does not say stays empty; nothing is guessed, repaired or left out. What it says twice, in pieces and as a
whole, counts once: the pieces, and the whole only where there were none.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from mocksse.providers import registry
from mocksse.providers.fragment import error as fragment_error
from mocksse.providers.partial_args import assemble

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mocksse.providers.api import Api
    from mocksse.providers.fragment import Fragment
    from mocksse.providers.framing import Frame


@dataclass(frozen=True, slots=True)
class ToolCall:
    """`arguments`: JSON text as it came, joined; an API without ids leaves `id` empty."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the answers to a request; most have one."""

    index: int = 0
    text: str = ""
    reasoning: str = ""
    refusal: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    finish: str = ""
    """The API's own word for why it ended, behind a status and a colon where it says both (`incomplete:max_tokens`);
    empty where it gave none."""
    citations: tuple[str, ...] = ()
    """Sources as the API describes them, JSON text each."""
    images: tuple[str, ...] = ()
    """URLs and data: URLs."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A whole answer. `usage`: the API's own counters, the last of each."""

    choices: tuple[Choice, ...] = ()
    usage: Mapping[str, Any] = field(default_factory=dict)
    errors: tuple[str, ...] = ()
    """Messages, in their order."""
    done: bool = False
    """The stream said that it is over: by the API's last event, or a [DONE]; or it is no stream, and a whole body."""
    error_types: tuple[str, ...] = ()
    """The type of each of the errors, empty where it has none."""
    id: str = ""
    model: str = ""

    @property
    def citations(self) -> tuple[str, ...]:
        """Those of all choices."""
        return tuple(found for choice in self.choices for found in choice.citations)

    @property
    def images(self) -> tuple[str, ...]:
        """Those of all choices."""
        return tuple(found for choice in self.choices for found in choice.images)

    @property
    def first(self) -> Choice:
        """The answer, where there is one; an empty one where there is none."""
        return self.choices[0] if self.choices else Choice()


class Merger:
    """A turn while it comes in. `api`: None for a stream that nothing is known of: its turn has errors at most."""

    def __init__(self, api: Api | None) -> None:
        self._api = api
        self._choices: dict[int, _Open] = {}
        self._usage: dict[str, Any] = {}
        self._whole_usage: dict[str, Any] = {}
        self._errors: list[Fragment] = []
        self._done = False
        self._id = self._model = ""

    def feed(self, frame: Frame) -> tuple[Fragment, ...]:
        """What one frame adds."""
        api = self._api
        if registry.is_done_mark(frame):
            self._done = True
            return ()
        payload = registry.payload_of(api, frame)
        if payload is None:
            return ()
        if api is None:
            self._errors += (errors := fragment_error(payload))
            return errors
        pieces = api.fragments(frame.type, payload)
        for fragment in pieces:
            self._take(fragment)
        wholes = api.wholes(frame.type, payload)
        added = self._take_wholes(wholes) if wholes else ()
        if not (self._id and self._model):
            told = api.about(payload)
            self._id, self._model = self._id or told[0], self._model or told[1]
        whole_body = frame.kind == "other" and bool(pieces or wholes)
        self._done = self._done or whole_body or api.done(frame.type, payload)
        return (*pieces, *added)

    @property
    def turn(self) -> Turn:
        """What there is so far."""
        join = self._api.join if self._api is not None else ""
        choices = tuple(self._choices[index].choice(index, join) for index in sorted(self._choices))
        return Turn(
            choices,
            dict(self._usage or self._whole_usage),
            tuple(error.text for error in self._errors),
            self._done,
            tuple(error.name for error in self._errors),
            self._id,
            self._model,
        )

    def _open(self, index: int) -> _Open:
        return self._choices.setdefault(index, _Open(numbered=self._api is None or self._api.numbered))

    def _take(self, fragment: Fragment) -> None:
        match fragment.kind:
            case "usage":
                _count(self._usage, fragment)
            case "error":
                self._errors.append(fragment)
            case _:
                self._open(fragment.choice).take(fragment)

    def _take_wholes(self, wholes: Sequence[Fragment]) -> tuple[Fragment, ...]:
        """Those that nothing else had said before."""
        added: list[Fragment] = []
        told: dict[tuple[str, int, int, str], list[Fragment]] = {}
        for fragment in wholes:
            if fragment.kind == "usage":
                _count(self._whole_usage, fragment)
            else:
                told.setdefault((fragment.kind, fragment.choice, fragment.index, fragment.id), []).append(fragment)
        for (_, choice, _, _), same in told.items():
            if self._open(choice).take_whole(same):
                added += same
        return tuple(added)


def _count(usage: dict[str, Any], fragment: Fragment) -> None:
    """Counters are cumulative; null takes nothing back."""
    usage |= {
        name: count for name, count in json.loads(fragment.text).items() if count is not None or name not in usage
    }


class _Open:
    """One choice on its way. `numbered`: tool calls are told apart by their index."""

    def __init__(self, *, numbered: bool) -> None:
        self._numbered = numbered
        self._said: dict[str, dict[int, _Lane]] = {}
        self._calls: list[_Call] = []
        self._at: dict[int, _Call] = {}
        self._known: dict[tuple[int, str], _Call] = {}
        self._finish = ""

    def take(self, fragment: Fragment) -> None:
        """A piece more."""
        if fragment.kind == "finish":
            self._finish = _reason(fragment) or self._finish
        elif fragment.kind == "tool":
            self._call(fragment)
        else:
            self._lane(fragment).pieces.append(fragment.text)

    def take_whole(self, same: Sequence[Fragment]) -> bool:
        """All of one kind and index; whether that is the first that was heard of it."""
        fragment = same[0]
        if fragment.kind == "finish":
            is_first = not self._finish
            self._finish = self._finish or _reason(fragment)
            return is_first
        if fragment.kind == "tool":
            count = len(self._calls)
            self._call(replace(fragment, text="")).whole = fragment.text
            return len(self._calls) > count
        lane = self._lane(fragment)
        is_first = not lane.pieces and not lane.whole
        texts = [one.text for one in same]
        # Lists of sources may be told again and again, with more in them or with less.
        more = [text for text in texts if text not in lane.whole]
        lane.whole = lane.whole + more if fragment.kind == "citation" else texts
        return is_first

    def _lane(self, fragment: Fragment) -> _Lane:
        return self._said.setdefault(fragment.kind, {}).setdefault(fragment.index, _Lane())

    def _call(self, fragment: Fragment) -> _Call:
        held = self._at.get(fragment.index)
        if held is not None and fragment.id and held.id and held.id != fragment.id:
            # A call under the number of another has an id of its own; pieces of both may come by turns.
            held = self._known.get((fragment.index, fragment.id))
        if held is None or (fragment.name and not self._numbered):
            held = _Call()
            self._calls.append(held)
        held.id, held.name = held.id or fragment.id, held.name or fragment.name
        self._at[fragment.index] = held
        if held.id:
            self._known.setdefault((fragment.index, held.id), held)
        held.pieces.append(fragment)
        return held

    def choice(self, index: int, join: str) -> Choice:
        """What there is so far. Blocks stand in the order in which they began."""
        said = {kind: [lane.texts for lane in lanes.values()] for kind, lanes in self._said.items()}
        text, reasoning, refusal = (
            join.join(piece for texts in said.get(kind, ()) for piece in texts)
            for kind in ("text", "reasoning", "refusal")
        )
        citations, images = (
            tuple(piece for texts in said.get(kind, ()) for piece in texts) for kind in ("citation", "image")
        )
        calls = tuple(ToolCall(call.id, call.name, call.arguments) for call in self._calls)
        return Choice(index, text, reasoning, refusal, calls, self._finish, citations, images)


class _Lane:
    """One block of text, reasoning or the like."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.whole: list[str] = []

    @property
    def texts(self) -> list[str]:
        return self.pieces or self.whole


class _Call:
    def __init__(self) -> None:
        self.id = self.name = self.whole = ""
        self.pieces: list[Fragment] = []

    @property
    def arguments(self) -> str:
        if any(piece.path for piece in self.pieces):
            return assemble(self.pieces)
        return "".join(piece.text for piece in self.pieces) or self.whole


def _reason(fragment: Fragment) -> str:
    return f"{fragment.name}:{fragment.text}" if fragment.name else fragment.text


def merge(api: Api | None, frames: Iterable[Frame]) -> Turn:
    """The turn of all these frames."""
    merger = Merger(api)
    for frame in frames:
        merger.feed(frame)
    return merger.turn
