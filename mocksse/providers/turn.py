"""What an answer comes to once all of it is there: the turn, and the merger that makes one of a stream's frames.

Pure and incremental: fed as frames arrive, a Merger gives the fragments that each one adds, and its turn at any moment.
What a stream does not say stays empty; nothing is guessed, repaired or left out.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mocksse.providers import registry

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mocksse.providers.api import Api
    from mocksse.providers.fragment import Fragment
    from mocksse.providers.framing import Frame

_UNNUMBERED = frozenset({"gemini", "ollama"})
"""APIs that do not number tool calls: there each name begins another."""


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
    """The API's own word for why it ended; empty where it gave none."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A whole answer. `usage`: the API's own counters, the last of each."""

    choices: tuple[Choice, ...] = ()
    usage: Mapping[str, Any] = field(default_factory=dict)
    errors: tuple[str, ...] = ()
    """Messages, in their order."""
    done: bool = False
    """The stream said that it is over: by the API's last event, or a [DONE]."""

    @property
    def first(self) -> Choice:
        """The answer, where there is one; an empty one where there is none."""
        return self.choices[0] if self.choices else Choice()


class Merger:
    """A turn while it comes in. `api`: None for a stream that nothing is known of: its turn stays empty."""

    def __init__(self, api: Api | None) -> None:
        self._api = api
        self._choices: dict[int, _Open] = {}
        self._usage: dict[str, Any] = {}
        self._errors: list[str] = []
        self._done = False

    def feed(self, frame: Frame) -> tuple[Fragment, ...]:
        """What one frame adds."""
        self._done = self._done or registry.is_done(self._api, frame)
        fragments = registry.fragments_of(self._api, frame) if self._api is not None else ()
        for fragment in fragments:
            self._take(fragment)
        return fragments

    @property
    def turn(self) -> Turn:
        """What there is so far."""
        choices = tuple(self._choices[index].choice(index) for index in sorted(self._choices))
        return Turn(choices, dict(self._usage), tuple(self._errors), self._done)

    def _take(self, fragment: Fragment) -> None:
        match fragment.kind:
            case "usage":
                self._usage |= json.loads(fragment.text)
            case "error":
                self._errors.append(fragment.text)
            case _:
                unnumbered = self._api is not None and self._api.name in _UNNUMBERED
                self._choices.setdefault(fragment.choice, _Open()).take(fragment, unnumbered=unnumbered)


class _Open:
    """One choice on its way."""

    def __init__(self) -> None:
        self._parts: dict[str, list[str]] = {"text": [], "reasoning": [], "refusal": []}
        self._calls: list[_Call] = []
        self._at: dict[int, _Call] = {}
        self._finish = ""

    def take(self, fragment: Fragment, *, unnumbered: bool) -> None:
        if fragment.kind == "finish":
            self._finish = fragment.text or self._finish
        elif fragment.kind == "tool":
            self._call(fragment, unnumbered=unnumbered)
        else:
            self._parts[fragment.kind].append(fragment.text)

    def _call(self, fragment: Fragment, *, unnumbered: bool) -> None:
        held = self._at.get(fragment.index)
        # A second call under the number of another has an id of its own.
        another = held is not None and fragment.id and held.id and held.id != fragment.id
        if held is None or another or (unnumbered and fragment.name):
            held = self._at[fragment.index] = _Call()
            self._calls.append(held)
        held.id, held.name = held.id or fragment.id, held.name or fragment.name
        held.parts.append(fragment.text)

    def choice(self, index: int) -> Choice:
        joined = {kind: "".join(parts) for kind, parts in self._parts.items()}
        calls = tuple(ToolCall(call.id, call.name, "".join(call.parts)) for call in self._calls)
        return Choice(index, joined["text"], joined["reasoning"], joined["refusal"], calls, self._finish)


class _Call:
    def __init__(self) -> None:
        self.id = self.name = ""
        self.parts: list[str] = []


def merge(api: Api | None, frames: Iterable[Frame]) -> Turn:
    """The turn of all these frames."""
    merger = Merger(api)
    for frame in frames:
        merger.feed(frame)
    return merger.turn
