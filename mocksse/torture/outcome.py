"""The answer that is right, and in what another one differs from it: text, reasoning, tool calls, events.

Only what a client tells is compared: which that is, its clean answer has shown.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mocksse.figures import plural
from mocksse.providers.turn import Turn, merge
from mocksse.testing.answers import complaint
from mocksse.torture.case import EVENTS
from mocksse.torture.clients.reading import MAX_DATA
from mocksse.torture.told import Heard, Told, sound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mocksse.providers.api import Api
    from mocksse.torture.exchange import Exchange

_DONE = "[DONE]"


@dataclass(frozen=True, slots=True)
class Want:
    """An answer, as far as it is compared. Of calls the name and the arguments: ids may be made up."""

    text: str | None = ""
    reasoning: str | None = ""
    calls: tuple[tuple[str, str], ...] | None = ()

    @classmethod
    def of_turn(cls, turn: Turn) -> Want:
        """What a tape says."""
        said = turn.first
        calls = tuple((call.name, spelt(call.arguments)) for call in said.tool_calls)
        return cls(sound(said.text), sound(said.reasoning), calls)

    @classmethod
    def of(cls, told: Told) -> Want:
        """What a client says."""
        calls = None
        if told.tool_calls is not None:
            calls = tuple((call.name, spelt(call.arguments)) for call in told.tool_calls)
        return cls(told.text, told.reasoning, calls)


@dataclass(frozen=True, slots=True)
class Tells:
    """What of an answer a client tells."""

    text: bool = True
    reasoning: bool = True
    tools: bool = True
    events: bool = False


def tells_of(want: Want, told: Told) -> Tells:
    """What it told of a clean answer. What it has of that, but otherwise, is no answer of the same: see `differs`."""
    return Tells(
        told.text is not None,
        bool(told.reasoning) and bool(want.reasoning),
        bool(told.tool_calls),
        told.events is not None,
    )


def as_sent(api: Api | None, exchanges: Sequence[Exchange]) -> Want:
    """What the last whole answer of a play says by its bytes, whatever its tape says."""
    frames = next((exchange.frames for exchange in reversed(exchanges) if exchange.frames), ())
    return Want.of_turn(merge(api, frames))


def differs(api: str, want: Want, tells: Tells, told: Told, exchanges: Sequence[Exchange]) -> str | None:
    """In what the client's answer is another; empty: in nothing. None: it does not tell enough to say so."""
    if api == EVENTS and told.events is not None:
        return _events(_dispatched(exchanges), told.events)
    got = Want.of(told)
    if not tells.text or got.text is None:
        return None
    if said := _text(want.text or "", got.text):
        return said
    if (
        tells.reasoning
        and got.reasoning is not None
        and (said := _text(want.reasoning or "", got.reasoning, "reasoning"))
    ):
        return said
    if tells.tools and got.calls is not None and got.calls != want.calls:
        return _calls(want.calls or (), got.calls)
    return ""


def _text(want: str, got: str, what: str = "text") -> str:
    lines = complaint(want, got, what).splitlines()
    return (
        " ".join(lines[1].split()) + (f" (and more: {plural(len(lines) - 2, 'place')})" if len(lines) > 2 else "")
        if lines
        else ""
    )


def _calls(want: Sequence[tuple[str, str]], got: Sequence[tuple[str, str]]) -> str:
    if len(want) != len(got):
        return f"{plural(len(got), 'tool call')} of {len(want)}: {', '.join(name or '?' for name, _ in got)}"
    for (name, arguments), (other, others) in zip(want, got, strict=True):
        if (name, arguments) != (other, others):
            return f"the call {name}({arguments[:60]}) came as {other}({others[:60]})"
    return ""


def spelt(arguments: str) -> str:
    """Arguments in one spelling, where they are JSON; as they are where they are not."""
    try:
        value: Any = json.loads(arguments or "{}")
    except ValueError:
        return arguments
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _dispatched(exchanges: Sequence[Exchange]) -> list[Heard]:
    """What the standard dispatches of all that was sent, to who listens to messages."""
    return [heard for exchange in exchanges for heard in exchange.heard]


def _events(want: Sequence[Heard], got: Sequence[Heard]) -> str:
    expected, found = _until_done(want), _until_done(got)
    for number, (one, other) in enumerate(zip(expected, found, strict=False)):
        if one != other and not _is_start(other, one):
            return f"event {number} of {len(expected)}: {_data(other)} for {_data(one)}"
    if len(expected) == len(found):
        return ""
    return f"{plural(len(found), 'event')} of {len(expected)}"


def _is_start(got: Heard, whole: Heard) -> bool:
    """Of very long data the clients in the box list the beginning."""
    return got.type == whole.type and len(got.data) == MAX_DATA and whole.data.startswith(got.data)


def _until_done(events: Sequence[Heard]) -> list[Heard]:
    """Those of the type that everybody hears, up to the last one: who has that listens no longer."""
    found = []
    for event in events:
        if event.type == "message":
            found.append(Heard("message", sound(event.data)))
            if event.data.startswith(_DONE):
                break
    return found


def _data(event: Heard) -> str:
    return repr(event.data if len(event.data) <= 60 else f"{event.data[:30]}…{event.data[-30:]}")


def shown(answer: Want, whole: Want | None = None, tells: Tells | None = None) -> str:
    """An answer in figures: `314 characters, 80 of reasoning, 2 tool calls`; `of`: of how many."""
    parts = []
    if answer.text is not None:
        of = f" of {len(whole.text or '')}" if whole is not None and len(whole.text or "") != len(answer.text) else ""
        parts.append(f"{len(answer.text):,}{of} characters of text")
    if answer.reasoning and (tells is None or tells.reasoning):
        parts.append(f"{len(answer.reasoning):,} of reasoning")
    if answer.calls:
        parts.append(plural(len(answer.calls), "tool call"))
    return ", ".join(parts)
