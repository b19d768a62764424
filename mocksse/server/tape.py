"""One interaction ready to be played many times: what does not depend on the request is worked out once.

A plan with no chance in it is the same for all requests of one kind and kept as it goes to the socket; where times
are drawn, the wire bytes are kept and only the times are new. Either is as large as the recording, so few are kept.
"""

from __future__ import annotations

from functools import cached_property, lru_cache, partial
from random import Random
from typing import TYPE_CHECKING

from mocksse.cassette import match
from mocksse.cassette.units import api_of, text_counts
from mocksse.replay.pacing import is_drawn
from mocksse.replay.plan import compile as compile_plan
from mocksse.replay.plan import frame, join

if TYPE_CHECKING:
    from mocksse.cassette.model import Interaction
    from mocksse.cassette.pacing import Pacing
    from mocksse.providers.api import Api
    from mocksse.replay.plan import Context, Sends

_KEPT = 8
"""How many kinds of request, the last ones, are kept of each interaction; a browser's Origin makes a kind."""


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
        self._frame = lru_cache(_KEPT)(partial(frame, interaction))
        self._undrawn = lru_cache(_KEPT)(self._make)

    def play(self, context: Context) -> Sends:
        """The next play, counted. Drawn times start from the seed, the interaction and the count."""
        self.plays += 1
        return self._make(context) if self._drawn else self._undrawn(context)

    def _make(self, context: Context) -> Sends:
        random = Random(f"{self.pacing.seed or 0}:{self.key}:{self.plays}:pacing")
        text = self.text_events if self.pacing.tps is not None else ()
        framed = self._frame(context) if self._drawn else None
        return join(compile_plan(self.interaction, self.pacing, context, random, text, framed))

    @cached_property
    def api(self) -> Api | None:
        """The API that this is an answer of."""
        return api_of(self.interaction)

    @cached_property
    def text_events(self) -> tuple[int, ...]:
        """How many events with text end in each piece."""
        return text_counts(self.api, self.interaction.response)
