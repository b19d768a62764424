"""What a stream lacks, in words: it broke off, never said that it was over, or left something half-written.

Pure. Empty for a whole answer; an error page is whole as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocksse.figures import plural
from mocksse.providers import registry
from mocksse.providers.framing import framing_of
from mocksse.providers.lenient import decode
from mocksse.providers.terminator import terminator_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mocksse.cassette.model import Interaction, Response
    from mocksse.providers.api import Api
    from mocksse.providers.framing import Frame
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
_FIELDS = frozenset({b"", b"data", b"event", b"id", b"retry"})
_SHOWN = 300
_BODYLESS = frozenset({204, 205, 304})


def missing(interaction: Interaction, reading: Reading) -> Iterator[str]:
    """A line for each thing that is not there and should be."""
    response = interaction.response
    if response.end.how in ENDS:
        yield ENDS[response.end.how]
    if reading.trouble:
        yield f"events can't be told: {reading.trouble}"
        return
    if not response.size:
        if response.status < 400 and response.status not in _BODYLESS:
            yield "no body"
        return
    frames = [arrival.frame for arrival in reading.arrivals]
    if not frames:
        yield "no event: nothing in the body can be read as one"
    if response.status >= 400 or not any(frame.kind in {"event", "pending"} for frame in frames):
        return
    yield from _in_frames(response, reading.api, frames)
    terminator = terminator_of(reading.api, frames)
    if terminator and not reading.turn.done and not reading.turn.errors:
        yield f"no terminator: a stream of this API ends with {terminator}"
    yield from _in_turn(reading)


def _in_frames(response: Response, api: Api | None, frames: Sequence[Frame]) -> Iterator[str]:
    """What its units lack: an end, whole JSON, a field that clients read."""
    for frame in frames:
        if frame.kind == "pending":
            yield f"{plural(frame.end - frame.start, 'byte')} of an event that never ended"
    broken = sum(registry.is_broken(api, frame) for frame in frames)
    if broken:
        yield f"whole JSON in {plural(broken, 'event')}"
    if blocks := list(unread(response, frames).values()):
        yield f"no data field in: {blocks[0]}" + (f" (and {len(blocks) - 1} more)" if len(blocks) > 1 else "")


def _in_turn(reading: Reading) -> Iterator[str]:
    """What the answer itself lacks: a reason why it ended, the rest of a tool call's arguments."""
    turn = reading.turn
    if reading.api is not None and reading.api.name not in _REASONLESS and not turn.errors:
        unfinished = [choice.index for choice in turn.choices if not choice.finish]
        if unfinished or not turn.choices:
            one_of_many = len(turn.choices) > 1
            yield "no finish reason" + (f" of choice {', '.join(map(str, unfinished))}" if one_of_many else "")
    for choice in turn.choices:
        for call in choice.tool_calls:
            if _is_cut(call.arguments):
                yield f"the arguments of {call.name or 'a tool call'} are not whole JSON"


def _is_cut(arguments: str) -> bool:
    """Whether they begin as JSON and are none: what a custom tool gets is free text."""
    return arguments.lstrip().startswith("{") and decode(arguments) is None


def unread(response: Response, frames: Iterable[Frame]) -> dict[int, str]:
    """Blocks of an event stream that are not of SSE's fields, by where they begin, each on one line.

    Such as `error: {...}` (llama.cpp), or JSON without its `data:` (Vertex AI).
    """
    blank = [frame for frame in frames if frame.kind in {"other", "pending"} and not frame.data]
    if not blank or response.header("content-encoding"):
        return {}
    body = response.body
    if framing_of(response.content_type, body) != "sse":
        return {}
    blocks = ((frame.start, body[frame.start : frame.end]) for frame in blank)
    return {start: _one_line(block) for start, block in blocks if not _is_of_fields(block)}


def _is_of_fields(block: bytes) -> bool:
    # A line that the body's end cut off may have been of a field, unless it was JSON.
    whole = [line for line in block.splitlines(keepends=True) if line.endswith((b"\r", b"\n", b"}"))]
    return {line.rstrip(b"\r\n").partition(b":")[0] for line in whole} <= _FIELDS


def _one_line(block: bytes) -> str:
    text = " ".join(block.decode("utf-8", "replace").split())
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
