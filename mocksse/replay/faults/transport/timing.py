"""Transport: the same bytes at other times. Late, in drips, held back by a proxy until a block is full.

Nothing of it breaks a rule: HTTP promises no times. Pauses and gaps are in real time, whatever the pacing's speed.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING

from mocksse import limits
from mocksse.figures import plural
from mocksse.replay.faults.fault import Fault, Param, Refused, at
from mocksse.replay.lower import finish
from mocksse.replay.reshape import delay, delay_all, recut, retime, split

if TYPE_CHECKING:
    from mocksse.replay.draft import Draft, Layout
    from mocksse.replay.faults.fault import Args, Moment, Spot


def _stall(draft: Draft, spot: Spot, args: Args, _moment: Moment) -> Draft:
    layout, wait_us = draft.layout, args.us("for")
    if not wait_us:
        raise Refused("for=0 is no pause")
    if spot.offset < 0:
        return delay_all(draft, wait_us)
    if spot.offset == len(layout.body) and not _ends_visibly(layout):
        raise Refused("nothing is behind this place that could come later", "at=head delays all of the answer")
    return delay(draft, spot.offset, wait_us)


def _ends_visibly(layout: Layout) -> bool:
    """Whether anything comes behind the body: a last chunk, bytes too many, the end of the connection."""
    last_chunk = layout.framing == "chunked" and layout.whole
    return last_chunk or bool(layout.rest) or finish(layout) in {"fin", "reset"}


def _slow_drip(draft: Draft, spot: Spot, args: Args, _moment: Moment) -> Draft:
    begin, end = spot.offset, len(draft.body)
    size, gap_us = args.count("bytes"), args.us("gap")
    if begin == end:
        raise Refused("no bytes are behind this place")
    _few(end - begin, size)
    dripping = split(draft, range(begin, end + size, size), chunk=False, flush=not gap_us)
    first = bisect_right(dripping.layout.cuts, begin, key=lambda c: c.end)
    at_us = list(dripping.at_us)
    for i in range(first + 1, len(at_us)):
        at_us[i] = max(at_us[i], at_us[i - 1] + gap_us)
    return retime(dripping, at_us)


def _buffered_burst(draft: Draft, _spot: Spot, args: Args, _moment: Moment) -> Draft:
    size = len(draft.body)
    if not size:
        raise Refused("there is no body to hold back")
    block = args.count("block") if args["block"] else size
    _few(size, block)
    held = recut(draft, [*range(block, size, block), size])
    end_us = max(draft.end_us, draft.last_us)
    # A proxy gives out what it has when its buffer is full, or there is no more to come; the head goes with that.
    at_us = (*held.at_us[:-1], end_us)
    return replace(retime(held, at_us, end_us), head_us=at_us[0])


def _few(size: int, part: int) -> None:
    """Before a million parts are made, and not after it."""
    if size // part >= limits.MAX_PLAN_WRITES:
        raise Refused(f"{plural(size, 'byte')} in parts of {part} would be more than {limits.MAX_PLAN_WRITES:,}")


def _slow_head(draft: Draft, _spot: Spot, args: Args, _moment: Moment) -> Draft:
    return replace(draft, drip=(args.count("bytes"), args.us("gap")))


FAULTS = (
    Fault(
        name="stall",
        law="SHAPING",
        family="transport",
        summary="silence for a time, and then it goes on",
        cases=(5, 17),
        example="stall at=event:3 for=61s",
        sources=(
            "earendil-works/pi#3715",
            "QwenLM/qwen-code#4711",
            "BerriAI/litellm#31865",
            "BerriAI/litellm#34374",
        ),
        params=(
            at("percent:50", "What is at this place and behind it comes later; head: all of the answer.", head=True),
            Param("for", "duration", "61s", "How long; the default is a second more than many proxies wait."),
        ),
        inject=_stall,
        details="`stall at=event:0` is a late first token, behind a head that was in time. To have silence in front of "
        "an end that another fault makes, say it behind that: `reset at=event:3; stall at=end for=10s`. Silence for "
        "ever is `hang`.",
    ),
    Fault(
        name="slow-drip",
        law="SHAPING",
        family="transport",
        summary="the body comes a few bytes at a time, with a pause behind each",
        cases=(18,),
        example="slow-drip bytes=1 gap=10ms",
        sources=("moonbitlang/openseek#343", "launchdarkly/sse-contract-tests"),
        params=(
            at("byte:0", "From here on."),
            Param("bytes", "size", "1", "How many at a time."),
            Param("gap", "duration", "10ms", "From one write to the next."),
        ),
        inject=_slow_drip,
        details="HTTP chunks stay as they were: each comes in many writes. What was recorded later than its turn comes "
        "no earlier for it.",
    ),
    Fault(
        name="buffered-burst",
        law="SHAPING",
        family="transport",
        summary="a proxy holds the answer back: all at the end, or in blocks",
        cases=(19,),
        example="buffered-burst block=4KiB",
        sources=("nginx/nginx#1505", "ggml-org/llama.cpp#20872", "mostlygeek/llama-swap#237", "Kludex/starlette#2753"),
        params=(
            Param("block", "size", None, "Given out whenever so much is there; else all at the end, in one write."),
        ),
        inject=_buffered_burst,
        details="The head comes with the first block. Each block is one chunk.",
    ),
    Fault(
        name="slow-head",
        law="GATING",
        family="transport",
        summary="the head comes a few bytes at a time, with a pause behind each",
        cases=(3,),
        example="slow-head bytes=1 gap=20ms",
        sources=("devswha/patina#577",),
        params=(
            Param("bytes", "size", "1", "How many at a time."),
            Param("gap", "duration", "20ms", "From one write to the next."),
        ),
        inject=_slow_head,
        details="All else comes later by as much as that takes.",
    ),
)
