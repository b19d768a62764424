"""What a stream lacks, in words: it broke off, never said that it was over, or left something half-written.

Pure. Empty for a whole answer; an error page is whole as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocksse.figures import plural
from mocksse.providers.lenient import decode
from mocksse.providers.terminator import terminator_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mocksse.cassette.model import Interaction
    from mocksse.view.arrivals import Reading

ENDS = {
    "cut": "cut: the connection was closed before the body's end",
    "reset": "reset: the connection was reset (RST)",
    "idle": "idle: nothing came any more, and the recorder gave up",
    "malformed": "malformed: the HTTP framing broke",
    "stopped": "stopped: whoever recorded wanted no more",
}
"""How a recording ended that is not complete."""


_REASONLESS = frozenset({"openai-transcriptions", "replicate", "tgi", "vercel-ui", "mcp", "extract"})
"""APIs that need not say why an answer ended."""


def missing(interaction: Interaction, reading: Reading) -> Iterator[str]:
    """A line for each thing that is not there and should be."""
    response = interaction.response
    if response.end.how in ENDS:
        yield ENDS[response.end.how]
    if reading.trouble:
        yield f"events can't be told: {reading.trouble}"
        return
    if not response.size:
        yield "no body"
        return
    frames = [arrival.frame for arrival in reading.arrivals]
    if not frames:
        yield "no event: nothing in the body can be read as one"
    if response.status >= 400 or not any(frame.kind in {"event", "pending"} for frame in frames):
        return
    for frame in frames:
        if frame.kind == "pending":
            yield f"{plural(frame.end - frame.start, 'byte')} of an event that never ended"
    yield from _in_turn(reading)


def _in_turn(reading: Reading) -> Iterator[str]:
    """What the answer itself lacks: its terminator, a reason why it ended, the rest of a tool call's arguments."""
    turn = reading.turn
    terminator = terminator_of(reading.api, frames)
    if terminator and not turn.done and not turn.errors:
        yield f"no terminator: a stream of this API ends with {terminator}"
    if reading.api is not None and reading.api.name not in _REASONLESS and not turn.errors:
        unfinished = [choice.index for choice in turn.choices if not choice.finish]
        if unfinished or not turn.choices:
            one_of_many = len(turn.choices) > 1
            yield "no finish reason" + (f" of choice {', '.join(map(str, unfinished))}" if one_of_many else "")
    for choice in turn.choices:
        for call in choice.tool_calls:
            if call.arguments and decode(call.arguments) is None:
                yield f"the arguments of {call.name or 'a tool call'} are not whole JSON"
