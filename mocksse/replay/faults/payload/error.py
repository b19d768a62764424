"""Payload: the provider's own error in mid-stream, behind a 200: as an event, and in ways that hide it from a client.

What it says and how it is framed is the provider's, by the stream's API or as `shape=` has it, with the line ends of
the stream; what the provider still sends behind it, such as a [DONE], comes too. The error goes between two events, and
what was due behind it is dropped unless `then=continue`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, get_args

from mocksse.providers.encode.spelling import spell
from mocksse.providers.errors.failure import KINDS, Kind, failure_of
from mocksse.providers.errors.registry import SHAPES
from mocksse.providers.errors.shape import before, pretty
from mocksse.providers.lenient import decode, integer
from mocksse.providers.source import offsets
from mocksse.replay.faults.fault import Fault, Param, Refused, at
from mocksse.replay.faults.framing.sse_body import line_end
from mocksse.replay.faults.payload.aim import EVENTS, event_at, gap_at
from mocksse.replay.faults.payload.events import insert, renumber, written
from mocksse.replay.faults.payload.json_body import collected
from mocksse.replay.faults.payload.sequence import terminal
from mocksse.replay.faults.payload.whose import known_shape
from mocksse.replay.reshape import Edit, delete
from mocksse.replay.reshape import insert as put_in
from mocksse.wire import sse
from mocksse.wire.json_spans import middle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mocksse.providers.errors.failure import Failure
    from mocksse.providers.errors.shape import Shape
    from mocksse.replay.draft import Layout
    from mocksse.replay.faults.fault import Args, Spot

_BRACKET = b"\n]"


def _failure(args: Args) -> Failure:
    kind: Kind = next(kind for kind in KINDS if kind == args.text("kind"))
    failure = failure_of(kind, args.text("message"))
    return replace(failure, status=args.count("code")) if args["code"] else failure


def _error(layout: Layout, spot: Spot, args: Args) -> list[Edit]:
    return _put_error(layout, spot, args, known_shape(layout, args))


def _error_as_field(layout: Layout, spot: Spot, args: Args) -> list[Edit]:
    return _put_error(layout, spot, args, SHAPES["llamacpp-field"])


def _put_error(layout: Layout, spot: Spot, args: Args, shape: Shape) -> list[Edit]:
    index = gap_at(layout, spot)
    error = shape.midstream(_failure(args), before(layout.events[:index]))
    blocks = [_ends_as(layout, _place(layout, index), block) for block in _framed(layout, index, error)]
    if args.text("then") == "continue":
        return [*_continued(layout, index, blocks), *_later(layout, index, _numbers_in(error))]
    blocks += _follow(layout, index, shape, args)
    if layout.unit != "array":
        return _ended(layout, index, b"".join(blocks))
    elements = [insert(layout, len(layout.events), block).data for block in blocks]
    if not index:
        elements[0] = blocks[0]
    return _ended(layout, index, b"".join(elements) + _BRACKET)


def _place(layout: Layout, index: int) -> int:
    """Where event `index` begins; behind the last where there is none."""
    events = layout.events
    return events[index].start if index < len(events) else events[-1].end


def _ends_as(layout: Layout, at_: int, block: bytes) -> bytes:
    """The block, whose lines end in LF, with the line ends that an event stream has at this place."""
    return block.replace(b"\n", line_end(layout.body, at_)) if layout.unit == "sse" else block


def _framed(layout: Layout, index: int, block: bytes) -> list[bytes]:
    """The error as events of this body: one that is made for another framing is written in this one's."""
    events = [item for item in sse.parse(block) if isinstance(item, sse.Event)]
    value = decode(block)
    like = layout.events[min(index, len(layout.events) - 1)]
    if layout.unit != "sse" and events:
        return [written(layout, like, item.data, item.type.decode()) for item in events]
    if layout.unit in {"lines", "eventstream"} and value is not None:
        return [written(layout, like, spell(value))]
    return [block]


def _follow(layout: Layout, index: int, shape: Shape, args: Args) -> list[bytes]:
    """What comes between the error and the end."""
    if shape.follow and layout.unit == "sse":
        return [_ends_as(layout, _place(layout, index), shape.follow)]
    if args.text("then") != "done":
        return []
    ends = [i for i in terminal(layout) if i >= index]
    if not ends:
        raise Refused("the terminal event is in front of this place")
    last = layout.events[ends[-1]]
    return [written(layout, last, last.data, last.type)]


def _continued(layout: Layout, index: int, blocks: Sequence[bytes]) -> list[Edit]:
    found = [insert(layout, index, block) for block in blocks]
    return [put_in(found[0].start, b"".join(edit.data for edit in found))]


def _numbers_in(error: bytes) -> int:
    """How many sequence numbers the error takes."""
    said = (decode(item.data) for item in sse.parse(error) if isinstance(item, sse.Event))
    return sum(integer(value, "sequence_number", default=-1) >= 0 for value in said)


def _later(layout: Layout, index: int, count: int) -> list[Edit]:
    """Events from `index` on have their sequence numbers behind so many more."""
    return collected(layout, renumber(layout, {index: count} if count > 0 else {}))


def _ended(layout: Layout, index: int, block: bytes) -> list[Edit]:
    """The block in front of event `index`, due when that was, and nothing behind it."""
    events = layout.events
    if index == len(events) or (layout.unit == "array" and index):
        at_ = events[index - 1].end
        gap = b"\n" if layout.unit == "lines" and layout.body[at_ - 1 : at_] != b"\n" else b""
    else:
        at_, gap = events[index].start, b""
    return [put_in(at_, gap + block), *_dropped(layout, at_)]


def _dropped(layout: Layout, at_: int) -> list[Edit]:
    return [delete(at_, len(layout.body))] if at_ < len(layout.body) else []


def _unframed(layout: Layout, spot: Spot, args: Args) -> list[Edit]:
    index = gap_at(layout, spot)
    said = decode(known_shape(layout, args).body(_failure(args)))
    text = pretty(said) if args.text("style") == "pretty" else spell(said)
    raw = _ends_as(layout, _place(layout, index), text + b"\n")
    if args.text("then") == "continue":
        return [insert(layout, index, raw)]
    return _ended(layout, index, raw)


def _spliced(layout: Layout, spot: Spot, args: Args) -> list[Edit]:
    index = event_at(layout, spot)
    frame = layout.events[index]
    block = layout.body[frame.start : frame.end]
    if args.text("cut") == "line":
        at_ = frame.end - len(block.splitlines(keepends=True)[-1])  # in front of the blank line
    else:
        held = offsets(frame, layout.body)
        at_ = middle(layout.body, held.at(0) if held else frame.start, frame.start + len(block.rstrip()))
    error = known_shape(layout, args).midstream(_failure(args), before(layout.events[:index]))
    if args.text("then") == "continue":
        # The event that is no more leaves its number to the error.
        later = _later(layout, index + 1, _numbers_in(error) - 1)
        return [put_in(at_, _ends_as(layout, at_, error)), delete(at_, frame.end), *later]
    return [put_in(at_, _ends_as(layout, at_, error)), *_dropped(layout, at_)]


_AT = at("percent:50", "The first gap between two events at this place or behind it.")
_WHAT = (
    Param("kind", "word", "overloaded", "What has happened.", get_args(Kind)),
    Param("message", "text", None, "In words; else what the provider usually writes."),
    Param("code", "count", None, "The HTTP status it would have had, for shapes that tell one; else by its kind."),
)
_SHAPE = Param("shape", "word", "auto", "Whose error: that of the stream's API, or of this one.", ("auto", *SHAPES))
_THEN = Param(
    "then",
    "word",
    "end",
    "end: what this provider still sends, and the end; done: the stream's terminal event too; continue: all the rest.",
    ("end", "done", "continue"),
)
_BRIEF_THEN = Param("then", "word", "end", "What comes behind it: the end, or all the rest.", ("end", "continue"))

FAULTS = (
    Fault(
        name="error",
        law="CORRUPTING",
        family="payload",
        summary="the provider's own error in mid-stream, behind a 200",
        cases=(64, 65, 66, 67, 68),
        example="error at=percent:50 kind=overloaded",
        sources=(
            "openai/openai-python#1160",
            "openai/openai-python#2487",
            "openai/openai-node#2021",
            "anthropics/anthropic-sdk-python#1258",
            "Alcova-AI/adk-anthropic-go#32",
            "googleapis/python-genai#1162",
        ),
        params=(_AT, _SHAPE, *_WHAT, _THEN),
        edits=_error,
        needs=EVENTS,
        details="With at=event:0 it comes before any content, when a client may try again; behind content it may not. "
        "Of OpenAI's Responses a nested error event is recorded, and a flat one documented: shape=openai-flat. "
        "OpenRouter's event ends the choice as well, for the reason `error`.\n\n"
        "shape=auto goes by the API; of those whose chat is OpenAI's by the host of the recording, by its path, or by "
        "what only one of them sends, such as `x_groq`. Where nothing tells the API, shape= has to.",
    ),
    Fault(
        name="error-spliced-mid-event",
        law="CORRUPTING",
        family="payload",
        summary="the error begins inside an event that has no end",
        cases=(46,),
        example="error-spliced-mid-event at=first-text",
        sources=("Wei-Shaw/sub2api#1471",),
        params=(
            at("percent:50", "The event at this place, or the next one."),
            Param(
                "cut",
                "word",
                "line",
                "line: only the blank line is missing; amid: the data breaks off in its middle.",
                ("line", "amid"),
            ),
            _SHAPE,
            *_WHAT,
            _BRIEF_THEN,
        ),
        edits=_spliced,
        needs=("sse",),
        details="To a parser that follows the standard both are one event, and its data is no JSON.",
    ),
    Fault(
        name="error-as-field",
        law="CORRUPTING",
        family="payload",
        summary="the error is an SSE field called `error`, which clients have to ignore",
        cases=(48,),
        example="error-as-field kind=context-length",
        sources=("ggml-org/llama.cpp#16104", "ggml-org/llama.cpp#16109", "coddy-project/coddy-agent#106"),
        params=(at("event:0", "The first gap between two events at this place or behind it."), *_WHAT, _THEN),
        edits=_error_as_field,
        needs=("sse",),
        details="As llama.cpp had it, with a [DONE] behind: to whoever ignores the field, a success without content.",
    ),
    Fault(
        name="unframed-json-error",
        law="CORRUPTING",
        family="payload",
        summary="the error is raw JSON in an event stream, with no field in front",
        cases=(49, 86),
        example="unframed-json-error style=pretty",
        sources=("lemonade-sdk/lemonade#2826", "googleapis/python-genai#1162"),
        params=(
            _AT,
            Param("style", "word", "line", "line: on one line; pretty: each member on its own.", ("line", "pretty")),
            _SHAPE,
            *_WHAT,
            _BRIEF_THEN,
        ),
        edits=_unframed,
        needs=("sse",),
    ),
)
