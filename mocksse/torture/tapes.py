"""The tapes that cases are played over: answers out of a seed, of each API, in several scripts. No file is read.

`text` has reasoning and text, `tools` two parallel calls as well, `call` one, `empty` a finish and no text. The stream
of events is the chat's `text` behind a GET, with its `[DONE]`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from mocksse.cassette.model import Request
from mocksse.cassette.pacing import Fixed, Pacing
from mocksse.cassette.units import api_of, units
from mocksse.generate.made import Tool, Wanted, make
from mocksse.providers.turn import Turn, merge
from mocksse.torture.case import EVENTS
from mocksse.torture.quirk_tapes import QUIRKS

if TYPE_CHECKING:
    from mocksse.cassette.model import Interaction

SEED = 7
EVENTS_PATH = "/stream"
TEXT = (
    "Grüße aus Köln: 🌍 turns, and nobody notices. Ελλάδα, Россия, ישראל, مصر, भारत, 日本語, 한국어 — "
    "ein “Zitat”, 𝔘nicode, ﬁn. Families 👩‍👩‍👧 and flags 🏳️‍🌈 are long; "  # noqa: RUF001 - four bytes in UTF-8
    "naïve cafés are not. Zahlen: 1½ · 10⁻³ € 99.\n\nSecond paragraph, plain ASCII, to the end."
)
SHORT = "One moment, ich schaue nach 🔎."
TOOLS = (Tool("weather", {"city": "Köln 🌍", "days": [1, 2]}), Tool("time", {"zone": "Asia/東京", "exact": True}))
_REASONING = 12
_TOOLS_OF = {"text": (), "tools": TOOLS, "call": TOOLS[:1], "empty": ()}
NAMES = tuple(_TOOLS_OF)
"""Those that there are of every API."""


@dataclass(frozen=True, slots=True)
class Tape:
    """One tape, and the answer that is on it."""

    interaction: Interaction
    turn: Turn


@cache
def tape_of(api: str, name: str) -> Tape:
    """The tape of that name of an API; KeyError for one that it has not."""
    interaction = QUIRKS[name].interaction if name in QUIRKS else _made(api, name)
    return Tape(interaction, merge(api_of(interaction), units(interaction.response)))


def _made(api: str, name: str) -> Interaction:
    tools = _TOOLS_OF[name]
    text = {"text": TEXT, "empty": ""}.get(name, SHORT)
    wanted = Wanted(
        "openai-chat" if api == EVENTS else api,
        Pacing(ttft=Fixed(1)),
        text,
        reasoning=0 if name == "empty" else _REASONING,
        locale="ru_RU",
        tools=tools,
        usage=True,
        prompt="Say anything.",
    )
    interaction = replace(make(wanted, SEED), name=name)
    return replace(interaction, request=Request(EVENTS_PATH, "GET")) if api == EVENTS else interaction
