"""Support for tests: what a client makes of a body, put together from what its events say."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from breaking import broken, got

from mocksse.cassette.units import api_of
from mocksse.providers.framing import frames
from mocksse.providers.registry import fragments_of

if TYPE_CHECKING:
    from mocksse.cassette.model import Interaction
    from mocksse.providers.api import Api
    from mocksse.replay.compile import Play


@dataclass
class Answer:
    """Texts by kind, arguments by call, ids of calls, and why it ended."""

    text: str = ""
    reasoning: str = ""
    args: dict[tuple[int, int], str] = field(default_factory=lambda: defaultdict(str))
    ids: list[str] = field(default_factory=list)
    finish: list[str] = field(default_factory=list)
    usage: str = ""


def answer(api: Api | None, content_type: str, body: bytes) -> Answer:
    """The answer in a body."""
    found = Answer()
    for frame in frames(content_type, body) if api else ():
        for said in fragments_of(api, frame):  # type: ignore[arg-type]
            match said.kind:
                case "text":
                    found.text += said.text
                case "reasoning":
                    found.reasoning += said.text
                case "tool":
                    found.args[said.choice, said.index] += said.text
                    found.ids += [said.id] if said.id else []
                case "finish":
                    found.finish.append(said.text)
                case "usage":
                    found.usage = said.text
    return found


def body_of(spec: str, tape: Interaction, play: Play | None = None) -> bytes:
    """The body with the fault in it."""
    return got(broken(spec, tape, play=play)).body


def answers(spec: str, tape: Interaction) -> tuple[Answer, Answer]:
    """What a client makes of the recording, and of the recording with the fault."""
    api, content_type = api_of(tape), tape.response.content_type
    return answer(api, content_type, tape.response.body), answer(api, content_type, body_of(spec, tape))


def values(tape: Interaction, body: bytes | None = None) -> list[Any]:
    """The JSON of the events of a body, or of the recording; None for what is none."""
    found: list[Any] = []
    for frame in frames(tape.response.content_type, tape.response.body if body is None else body):
        if frame.kind == "event":
            try:
                found.append(json.loads(frame.data))
            except ValueError:
                found.append(None)
    return found


def edited_values(spec: str, tape: Interaction) -> list[Any]:
    """The JSON of the events, once the fault is in them."""
    return values(tape, body_of(spec, tape))
