"""Transport: a stream that has died and still beats. Comments or pings go on, and nothing else ever comes.

WHATWG HTML 9.2.7: "authors can include a comment line (one starting with a ':' character) every 15 seconds or so", so
that proxies keep an idle connection. A client that takes any byte for progress waits as long as that goes on.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mocksse import limits
from mocksse.figures import plural
from mocksse.replay.draft import Cut
from mocksse.replay.faults.fault import Fault, Param, Refused, at
from mocksse.replay.faults.framing.sse_body import gap, one_line
from mocksse.replay.reshape import end_with, framed, keep, marked

if TYPE_CHECKING:
    from mocksse.replay.draft import Draft, Layout
    from mocksse.replay.faults.fault import Args, Moment, Spot

_PING = b'event: ping\ndata: {"type": "ping"}\n\n'


def _heartbeat_only(draft: Draft, spot: Spot, args: Args, _moment: Moment) -> Draft:
    text = one_line(args, "text")
    return _beat(draft, spot, args, b": " + text + b"\n\n" if text else b":\n\n")


def _ping_only(draft: Draft, spot: Spot, args: Args, _moment: Moment) -> Draft:
    return _beat(draft, spot, args, _PING)


def _beat(draft: Draft, spot: Spot, args: Args, beat: bytes) -> Draft:
    every_us = args.us("gap")
    if not every_us:
        raise Refused("gap=0 leaves no time between two heartbeats")
    count = args.us("for") // every_us
    if not count:
        raise Refused("for= is shorter than gap=, so that no heartbeat would come")
    if count > limits.MAX_PLAN_WRITES or count * len(beat) > limits.MAX_FAULT_BYTES:
        raise Refused(f"{count:,} heartbeats are too many", "take a longer gap= or a shorter for=")
    if draft.layout.framing == "length":
        draft = framed(draft, "close" if draft.layout.context.http == "1.0" else "chunked")
    kept = end_with(keep(draft, gap(draft.layout, spot.event)), finish="hold")
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
        details="As Anthropic's API has them, and as its SDKs swallow them. For the client of any other API it is an "
        "event to be passed over.",
    ),
)
