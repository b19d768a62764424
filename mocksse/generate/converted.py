"""A recording as another API would have sent it: the same answer, its pieces at the times at which they came.

Framing, ids and the shape of every event are the other API's. A recording that broke off breaks off in the same way.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mocksse.cassette.match import last_user_message, parse_json
from mocksse.cassette.match.conversation import turns_of
from mocksse.cassette.model import End, Interaction, Recorded
from mocksse.generate.ask import request
from mocksse.generate.heard import heard
from mocksse.generate.tape import tape
from mocksse.providers.encode.carry import carry
from mocksse.providers.encode.registry import ENCODERS
from mocksse.providers.lenient import decode, get

if TYPE_CHECKING:
    from mocksse.providers.encode.speech import Speech

BY = "mocksse convert"
_BESIDES = ("tools", "system", "instructions", "systemInstruction")
"""What a request may hold besides its messages, and a conversion leaves out."""


def convert(interaction: Interaction, to: str) -> tuple[Interaction, tuple[str, ...]]:
    """The interaction in the format of the API called `to`, and what did not go over, a line each.

    Raises UsageError where there is no answer to convert.
    """
    encoder = ENCODERS[to]
    api, speech = heard(interaction)
    carried, lost = carry(replace(speech, model=speech.model or encoder.model), encoder)
    body = parse_json(interaction.request.body)
    if turns_of(body).count > 1 or any(get(body, key) for key in _BESIDES):
        lost = (*lost, "request: only what the user said last is kept of it")
    asked = request(encoder, carried.model, last_user_message(body), _called(carried), usage=bool(carried.turn.usage))
    response = interaction.response
    end = End(max(0, response.end_us - carried.at_us[-1]), response.end.how)
    recorded = replace(interaction.recorded or Recorded(), by=f"{BY}, from {api.name}")
    made = tape(encoder, carried, response.head_after_us, end)
    return replace(interaction, request=asked, response=made, recorded=recorded), lost


def _called(speech: Speech) -> dict[str, dict[str, Any]]:
    """The tools that were called, each with what it was called with."""
    found = {call.name: decode(call.arguments) for choice in speech.turn.choices for call in choice.tool_calls}
    return {name: taken if isinstance(taken, dict) else {} for name, taken in found.items()}
