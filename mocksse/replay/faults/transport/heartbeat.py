"""Transport: a stream that has died and still beats. Comments or pings go on, and nothing else ever comes.

WHATWG HTML 9.2.7: "authors can include a comment line (one starting with a ':' character) every 15 seconds or so", so
that proxies keep an idle connection. A client that takes any byte for progress waits as long as that goes on.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mocksse.errors import UsageError
from mocksse.figures import plural
from mocksse.replay.draft import Cut
from mocksse.replay.faults.afford import afford
from mocksse.replay.faults.fault import Fault, Param, at
from mocksse.replay.faults.framing.sse_body import gap, line_end, one_line
from mocksse.replay.reshape import end_with, keep, marked, unbounded

if TYPE_CHECKING:
    from mocksse.replay.draft import Draft, Layout
    from mocksse.replay.faults.fault import Args, Moment, Spot

_MOST = 20_000
"""Heartbeats of one answer: each is a part, and a write, of its own. More than an hour of them, five a second."""
_PING = (b"event: ping", b'data: {"type": "ping"}')


def _heartbeat_only(draft: Draft, spot: Spot, args: Args, _moment: Moment) -> Draft:
    text = one_line(args, "text")
    return _beat(draft, spot, args, b": " + text if text else b":")


def _ping_only(draft: Draft, spot: Spot, args: Args, _moment: Moment) -> Draft:
    return _beat(draft, spot, args, *_PING)


def _can_beat(args: Args) -> None:
    if not args.us("gap"):
        raise UsageError("gap=0 leaves no time between two heartbeats")
    count = args.us("for") // args.us("gap")
    if not count:
        raise UsageError("for= is shorter than gap=, so that no heartbeat would come")
    if count > _MOST:
        raise UsageError(f"{count:,} heartbeats are too many: {_MOST:,} is the most", "a longer gap= or a shorter for=")


def _beat(draft: Draft, spot: Spot, args: Args, *lines: bytes) -> Draft:
    every_us = args.us("gap")
    count = args.us("for") // every_us
    place = gap(draft.layout, spot.event)
    end = line_end(draft.body, place)
    beat = b"".join(line + end for line in (*lines, b""))
    afford(len(beat), count)
    kept = end_with(keep(unbounded(draft), place), finish="hold")
    layout = kept.layout
    beating = layout.once(("heartbeats", count, beat), lambda: _beating(layout, count, beat))
    beats_us = tuple(kept.end_us + every_us * (i + 1) for i in range(count))
    ended = replace(kept, layout=beating, at_us=(*kept.at_us, *beats_us), end_us=beats_us[-1])
    return marked(ended, "", len(layout.body), f"{plural(count, 'heartbeat')} instead of the rest, then silence")


def _beating(layout: Layout, count: int, beat: bytes) -> Layout:
    begin, size = len(layout.body), len(beat)
    cuts = tuple(Cut(begin + size * (i + 1)) for i in range(count))
    return replace(layout, body=layout.body + beat * count, cuts=(*layout.cuts, *cuts))


_PARAMS = (
    at("percent:50", "In front of the event here."),
    Param("gap", "duration", "1s", "From one heartbeat to the next."),
    Param("for", "duration", "10m", "How long they go on; then there is silence."),
)

FAULTS = (
    Fault(
        name="heartbeat-only",
        law="LOSSY",
        family="transport",
        summary="nothing comes any longer but comments, on a connection that stays open",
        cases=(16,),
        example="heartbeat-only at=event:2 gap=15s",
        sources=("mastra-ai/mastra#22416", "BerriAI/litellm#37322", "WHATWG HTML 9.2.7"),
        params=(*_PARAMS, Param("text", "text", "keep-alive", "What the comments say.")),
        needs=("sse",),
        inject=_heartbeat_only,
        check=_can_beat,
    ),
    Fault(
        name="ping-only",
        law="CORRUPTING",
        family="transport",
        summary="nothing comes any longer but ping events, on a connection that stays open",
        cases=(16,),
        example="ping-only at=event:2 gap=15s",
        sources=("anthropics/anthropic-sdk-typescript#749",),
        params=_PARAMS,
        needs=("sse",),
        inject=_ping_only,
        check=_can_beat,
        details="As Anthropic's API has them, and as its SDKs swallow them. For the client of any other API it is an "
        "event to be passed over.",
    ),
)
