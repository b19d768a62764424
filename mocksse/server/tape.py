"""One interaction ready to be played many times: what does not depend on the request is worked out once.

A plan with no chance in it is the same for all requests of one kind and kept as it goes to the socket; where times
are drawn, the wire bytes are kept and only the times are new.
"""

from __future__ import annotations

from functools import cached_property
from random import Random
from typing import TYPE_CHECKING

from mocksse.cassette import match
from mocksse.cassette.units import api_of, text_counts
from mocksse.replay.pacing import is_drawn, schedule
from mocksse.replay.plan import Context, Framed, Sends, assemble, frame, join

if TYPE_CHECKING:
    from mocksse.cassette.model import Interaction
    from mocksse.cassette.pacing import Pacing
    from mocksse.providers.api import Api

_KEPT = 64
"""How many kinds of request are kept of each interaction; a browser's Origin makes a kind."""


class Tape:
    """An interaction, its name in the server (`file#interaction`), and its pacing."""

    def __init__(self, file: str, interaction: Interaction, pacing: Pacing) -> None:
        self.file = file
        self.key = f"{file}#{interaction.name}"
        self.interaction = interaction
        self.pacing = pacing
        self.asked = match.recorded(interaction.request)
        self.plays = 0
        self._drawn = is_drawn(pacing)
        self._sends: dict[Context, Sends] = {}
        self._framed: dict[Context, Framed] = {}

    def play(self, context: Context) -> Sends:
        """The next play, counted. Drawn times start from the seed, the interaction and the count."""
        self.plays += 1
        sends = self._sends.get(context)
        if sends is not None:
            return sends
        framed = self._framed.get(context)
        if framed is None:
            framed = frame(self.interaction, context)
            if len(self._framed) < _KEPT:
                self._framed[context] = framed
        draw = Random(f"{self.pacing.seed or 0}:{self.key}:{self.plays}:pacing").random
        text = self.text_events if self.pacing.tps is not None else ()
        times = schedule(self.interaction.response, self.pacing, draw, text)
        sends = join(assemble(framed, times))
        if not self._drawn and len(self._sends) < _KEPT:
            self._sends[context] = sends
        return sends

    @property
    def failed(self) -> bool:
        """Whether this is an error, or a stream that broke off."""
        response = self.interaction.response
        return response.status >= 400 or response.end.how not in {"complete", "stopped"}

    @cached_property
    def api(self) -> Api | None:
        """The API that this is an answer of."""
        return api_of(self.interaction)

    @cached_property
    def text_events(self) -> tuple[int, ...]:
        """How many events with text end in each piece."""
        return text_counts(self.api, self.interaction.response)
