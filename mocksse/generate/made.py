"""An interaction out of a seed: prose, reasoning and tool calls, said at a pace. The same seed gives the same bytes.

A piece of text counts as a token: usage and `tps` are told of what is really in the stream.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

from mocksse.cassette.model import End, Interaction, Piece, Recorded, Response
from mocksse.generate.ask import request
from mocksse.generate.cut import Cut, cut
from mocksse.generate.prose import Prose
from mocksse.generate.tape import tape
from mocksse.providers.encode import finish
from mocksse.providers.encode.counts import Counts, usage_of
from mocksse.providers.encode.registry import ENCODERS
from mocksse.providers.encode.speech import Speech
from mocksse.providers.encode.spelling import spell
from mocksse.providers.fragment import Fragment, Kind
from mocksse.providers.turn import Choice, ToolCall, Turn
from mocksse.replay.pacing import schedule

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mocksse.cassette.pacing import Pacing

BY = "mocksse generate"
_CALL_IDS = {"openai-chat": "call_", "openai-responses": "call_", "anthropic": "toolu_01", "ollama": "call_"}
_LATE_US = 1 << 62
"""A recorded head so late that `schedule` lets it come with the first piece, and no later."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A call that the answer is to have."""

    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the answer is to be. `text` None: so many `words` of prose."""

    api: str
    pacing: Pacing
    text: str | None = None
    words: int = 40
    reasoning: int = 0
    """Words of it."""
    tools: tuple[Tool, ...] = ()
    usage: bool = False
    """Only OpenAI's Chat asks: everybody else always counts."""
    locale: str = "en_US"
    cut: Cut = "token"
    prompt: str | None = None
    model: str | None = None


def make(wanted: Wanted, seed: int) -> Interaction:
    """The interaction of this seed. Its draws are its own: pace does not change words, nor words the pace's draws."""
    encoder = ENCODERS[wanted.api]
    prose = Prose(wanted.locale, Random(f"{seed}:prose"))
    prompt = prose.question() if wanted.prompt is None else wanted.prompt
    reasoning = prose.words(wanted.reasoning)
    text = prose.words(wanted.words) if wanted.text is None else wanted.text
    draw = Random(f"{seed}:cut").random
    said = _Said()
    said.lane("reasoning", cut(reasoning, wanted.cut, draw))
    said.lane("text", cut(text, wanted.cut, draw))
    calls = []
    for index, tool in enumerate(wanted.tools):
        arguments = spell(tool.arguments).decode()
        said.lane("tool", cut(arguments, "token", draw), index)
        calls.append(ToolCall(_call_id(wanted.api, seed, index), tool.name, arguments))
    why = finish.word(wanted.api, "tool" if calls else "stop")
    choice = Choice(0, said.text("text"), said.text("reasoning"), tool_calls=tuple(calls), finish=why)
    counts = Counts(len(cut(prompt, "token", draw)), len(said.fragments), said.count("reasoning"))
    usage = usage_of(wanted.api, counts) if wanted.usage or wanted.api != "openai-chat" else {}
    head_us, at_us = _times(wanted.pacing, len(said.fragments), opens=encoder.opens, draw=Random(f"{seed}:pace").random)
    model = wanted.model or encoder.model
    speech = Speech(Turn((choice,), usage), tuple(said.fragments), model, f"{wanted.api}:{seed}", at_us)
    asked = request(encoder, model, prompt, {tool.name: tool.arguments for tool in wanted.tools}, usage=wanted.usage)
    response = tape(encoder, speech, head_us, End())
    return Interaction(f"{wanted.api}-{seed}", asked, response, Recorded(by=BY))


@dataclass(slots=True)
class _Said:
    """The answer's pieces so far, in the order in which they are said."""

    fragments: list[Fragment] = field(default_factory=list)

    def lane(self, kind: Kind, pieces: Sequence[str], index: int = 0) -> None:
        self.fragments += (Fragment(kind, piece, 0, index) for piece in pieces)

    def text(self, kind: Kind) -> str:
        return "".join(piece.text for piece in self.fragments if piece.kind == kind)

    def count(self, kind: Kind) -> int:
        return sum(piece.kind == kind for piece in self.fragments)


def _call_id(api: str, seed: int, index: int) -> str:
    draw = Random(f"{seed}:call:{index}")
    prefix = _CALL_IDS.get(api, "")
    return prefix + "".join(draw.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=22))


def _times(pacing: Pacing, pieces: int, *, opens: bool, draw: Callable[[], float]) -> tuple[int, tuple[int, ...]]:
    """When the head comes, and the moments that Speech has: each piece of the answer is one of the plan's."""
    before = 1 if opens or not pieces else 0
    plan = Response(200, (), "chunked", (Piece(0, b""),) * (pieces + before), head_after_us=_LATE_US)
    times = schedule(plan, pacing, draw, (*(0,) * before, *(1,) * pieces))
    return times.head_us, (times.pieces_us[0], *times.pieces_us[before:], times.end_us)
