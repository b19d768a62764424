"""Payload: tool calls whose number or id is missing, two with one number, arguments that stop half-way.

The one rule that is behind all of them: a client may join the pieces of a call by whatever still tells them apart, but
never runs one whose arguments are not whole.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from mocksse.replay.faults.fault import Fault, Param, Refused
from mocksse.replay.faults.payload.aim import EVENTS, api_of, fragments
from mocksse.replay.faults.payload.calls import Key, Piece, pieces
from mocksse.replay.faults.payload.ends import Ending, ended
from mocksse.replay.faults.payload.events import remove_events, renumber
from mocksse.replay.faults.payload.json_body import Change, change, collected, remove
from mocksse.wire.json_spans import inside_string, locate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mocksse.replay.draft import Layout
    from mocksse.replay.faults.fault import Args, Spot
    from mocksse.replay.faults.payload.json_body import Payload
    from mocksse.replay.reshape import Edit


def calls(layout: Layout) -> list[Piece]:
    """The pieces of the stream's tool calls; Refused where it has none."""
    api_of(layout)
    found = pieces(layout)
    if not found:
        raise Refused("no tool call in this stream")
    return found


def _index_missing(layout: Layout, _spot: Spot, _args: Args) -> Sequence[Edit]:
    numbered = [(piece.event, path) for piece in calls(layout) if (path := piece.index)]
    if not numbered:
        raise Refused("its tool calls have no index")
    return collected(layout, [(event, remove(event, path)) for event, path in numbered])


def _id_missing(layout: Layout, _spot: Spot, args: Args) -> Sequence[Edit]:
    named = [(piece.event, path) for piece in calls(layout) if (path := piece.id)]
    if not named:
        raise Refused("its tool calls have no id")
    if args["kind"] == "missing":
        return collected(layout, [(event, remove(event, path)) for event, path in named])
    return collected(layout, [(event, change(event, path, b"null")) for event, path in named])


def _index_collision(layout: Layout, _spot: Spot, _args: Args) -> Sequence[Edit]:
    firsts: dict[int, int] = {}
    made: list[tuple[Payload, Change | None]] = []
    several = False
    for piece in calls(layout):
        choice, number = piece.call
        first = firsts.setdefault(choice, number)
        several = several or number != first
        if number != first and piece.index:
            made.append((piece.event, change(piece.event, piece.index, b"%d" % first)))
    if not made:
        raise Refused("its tool calls have no index" if several else "needs two tool calls in one answer")
    return collected(layout, made)


def _truncated(layout: Layout, _spot: Spot, args: Args) -> Sequence[Edit]:
    found = calls(layout)
    room = {call: size // 2 for call, size in _sizes(found).items()}
    if not any(room.values()):
        hint = "truncated-json cuts the event that they are in" if any(piece.args for piece in found) else ""
        raise Refused("its tool calls have no arguments as text that could be cut", hint)
    left = dict(room)
    made: list[tuple[Payload, Change | None]] = []
    gone: list[int] = []
    for piece in found:
        keep = room[piece.call] if piece.whole else left[piece.call]
        if not piece.whole:
            left[piece.call] = max(0, keep - len(piece.text))
        if len(piece.text) <= keep:
            continue
        if not keep and is_bare(layout, piece):
            gone.append(piece.event.index)
        else:
            made.append((piece.event, _cut(piece, keep)))
    made += renumber(layout, {index + 1: -1 for index in gone})
    ending = _ending(layout, args.text("finish"))
    made += ending.changes
    kept = [(event, c) for event, c in made if event.index not in gone]
    return collected(layout, kept, ending.types) + remove_events(layout, gone)


def _sizes(found: Sequence[Piece]) -> dict[Key, int]:
    """How many characters the arguments of each call have."""
    said: dict[Key, int] = defaultdict(int)
    repeated: dict[Key, int] = defaultdict(int)
    for piece in found:
        if piece.whole:
            repeated[piece.call] = max(repeated[piece.call], len(piece.text))
        else:
            said[piece.call] += len(piece.text)
    return {piece.call: said[piece.call] or repeated[piece.call] for piece in found}


def is_bare(layout: Layout, piece: Piece) -> bool:
    """Whether the event is there for this piece of arguments alone."""
    said = fragments(layout, piece.event)
    return not piece.whole and len(said) == 1 and not (said[0].id or said[0].name)


def _cut(piece: Piece, keep: int) -> Change | None:
    data = piece.event.data
    span = locate(data, piece.args) if piece.args else None
    return Change(inside_string(data, span, keep), span.end - 1, b"") if span else None


def _ending(layout: Layout, finish: str) -> Ending:
    if finish == "keep":
        return Ending((), {})
    return ended(layout, "incomplete" if finish == "length" else "calls")


FAULTS = (
    Fault(
        name="tool-index-missing",
        law="CORRUPTING",
        family="payload",
        summary="no piece of a tool call says of which call it is one",
        cases=(75,),
        example="tool-index-missing",
        sources=("openai/openai-python#2806", "AstrBotDevs/AstrBot#6692"),
        edits=_index_missing,
        needs=EVENTS,
        details="The number is `index` in Chat, in Cohere and of Anthropic's blocks, `output_index` in Responses, "
        "`contentBlockIndex` in Bedrock. With one call nothing is lost; several are told apart by ids and order alone.",
    ),
    Fault(
        name="tool-id-missing",
        law="CORRUPTING",
        family="payload",
        summary="the id of each tool call is null, or missing",
        cases=(76,),
        example="tool-id-missing kind=missing",
        sources=("sgl-project/sglang#7048", "anomalyco/opencode#25925", "anomalyco/opencode#30247"),
        params=(Param("kind", "word", "null", "What is there instead of the id.", ("null", "missing")),),
        edits=_id_missing,
        needs=EVENTS,
    ),
    Fault(
        name="tool-index-collision",
        law="CORRUPTING",
        family="payload",
        summary="all tool calls of an answer have the number of the first",
        cases=(77,),
        example="tool-index-collision",
        sources=("agno-agi/agno#8880",),
        edits=_index_collision,
        needs=EVENTS,
        details="Their ids still differ: a client that goes by the number alone joins the arguments of two calls.",
    ),
    Fault(
        name="truncated-tool-args",
        law="CORRUPTING",
        family="payload",
        summary="the arguments of each tool call stop half-way, and the answer ends as if it were whole",
        cases=(79,),
        example="truncated-tool-args finish=tool_calls",
        sources=("langchain-ai/langchainjs#11469", "vllm-project/vllm#46303", "cline/cline#13001"),
        params=(
            Param(
                "finish",
                "word",
                "keep",
                "keep: the finish reason stays; length: it is the API's word for a limit; tool_calls: that for tool "
                "calls.",
                ("keep", "length", "tool_calls"),
            ),
        ),
        edits=_truncated,
        needs=EVENTS,
        details="What repeats the arguments (Responses does, when they are done) stops at the same character. Those "
        "that come as an object (Gemini, Ollama) cannot be cut so.",
    ),
)
