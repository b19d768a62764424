"""Transport: how an answer breaks off. RST, FIN amid a chunk, a last chunk that never comes, silence for ever.

RFC 9112, 8: "A message body that uses the chunked transfer coding is incomplete if the zero-sized chunk that terminates
the encoding has not been received", and one with a Content-Length "if the size of the message body received (in octets)
is less than the value given".
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mocksse.figures import plural
from mocksse.replay.faults.fault import Fault, Refused, at
from mocksse.replay.faults.transport.message import chunked
from mocksse.replay.lower import finish
from mocksse.replay.reshape import answer_with, end_with, keep, lacking, marked, unbounded

if TYPE_CHECKING:
    from mocksse.replay.draft import Draft, Finish, Layout
    from mocksse.replay.faults.fault import Args, Moment, Spot


def _reset(draft: Draft, spot: Spot, args: Args, _moment: Moment) -> Draft:
    if spot.offset < 0:
        return _silent(draft, "reset")
    return _changed(draft, end_with(_upto(draft, spot, args, torn=True), finish="reset"))


def _truncate(draft: Draft, spot: Spot, args: Args, _moment: Moment) -> Draft:
    return _changed(draft, _upto(draft, spot, args, clean=True))


def _missing_final_chunk(draft: Draft, spot: Spot, args: Args, _moment: Moment) -> Draft:
    return _changed(draft, _upto(chunked(draft), spot, args))


def _fin_mid_chunk(draft: Draft, spot: Spot, args: Args, _moment: Moment) -> Draft:
    whole = chunked(draft)
    layout, upto = whole.layout, spot.offset
    size = len(layout.body)
    if not size:
        raise Refused("there is no body")
    missing = lacking(layout, upto)
    if missing is None:
        # Between two chunks: half of the next one comes, all of a chunk that has no half, and nothing of one behind
        # the last. What has no next half was announced as longer than it ever was.
        more = 0 if upto == size else 1 + (lacking(layout, upto + 1) or 0)
        upto, missing = (upto + more // 2, more - more // 2) if more > 1 else (upto + more, 1)
    kept = end_with(keep(whole, upto), torn=True, missing=missing)
    what = f"FIN, and the last chunk lacks {plural(missing, 'byte')}" if missing else "FIN before the last chunk's end"
    return marked(_changed(draft, _timely(kept, args)), "", upto, what)


def _hang(draft: Draft, spot: Spot, args: Args, _moment: Moment) -> Draft:
    if spot.offset < 0:
        return _silent(draft, "hold")
    kept = _upto(draft, spot, args, torn=True)
    if kept.layout.framing == "length" and kept.layout.missing <= 0:
        # All that was announced has come: to a client that is the end. So the length is not told.
        kept = end_with(unbounded(kept), whole=False)
    return _changed(draft, end_with(kept, finish="hold"))


def _empty_reply(draft: Draft, _spot: Spot, _args: Args, _moment: Moment) -> Draft:
    return _silent(draft, "fin")


def _no_reply(draft: Draft, _spot: Spot, _args: Args, _moment: Moment) -> Draft:
    return _silent(draft, "hold")


def _silent(draft: Draft, finish: Finish) -> Draft:
    """Not even a head."""
    return end_with(answer_with(draft, draft.layout.head, b""), bodiless=True, headless=True, finish=finish)


def _upto(draft: Draft, spot: Spot, args: Args, *, torn: bool = False, clean: bool = False) -> Draft:
    return _timely(keep(draft, spot.offset, torn=torn, clean=clean), args)


def _timely(kept: Draft, args: Args) -> Draft:
    """A draft cut off at a place: it ends with the last byte before the place, but at the moment where that is one."""
    if args.at is None or args.at.kind != "ms":
        return kept
    return replace(kept, end_us=max(kept.end_us, round(args.at.number * 1000)))


def _changed(before: Draft, after: Draft) -> Draft:
    """`after`; Refused where it ends just as `before` did."""
    if _ending(before.layout) == _ending(after.layout):
        raise Refused("the answer ends like that already")
    return after


def _ending(layout: Layout) -> tuple[object, ...]:
    size = len(layout.body)
    return size, layout.framing, layout.whole, layout.missing, layout.torn, layout.rest, finish(layout)


FAULTS = (
    Fault(
        name="reset",
        law="LOSSY",
        family="transport",
        summary="the connection is reset (RST)",
        cases=(1, 6, 100),
        example="reset at=event:5 times=1",
        sources=(
            "anthropics/claude-code#51076",
            "BerriAI/litellm#33404",
            "vercel/ai#9775",
            "NousResearch/hermes-agent#115289",
            "Azure/fetch-event-source#54",
        ),
        params=(at("percent:50", "What is at this place and behind it never comes; head: nothing does.", head=True),),
        inject=_reset,
        details="What was written is given 20 ms to be read: an RST takes with it what the client has not read yet. A "
        "chunk that the place is in the middle of was announced in full, as the server that died had meant to send it.",
    ),
    Fault(
        name="fin-mid-chunk",
        law="LOSSY",
        family="transport",
        summary="the connection is closed (FIN) in the middle of a chunk",
        cases=(7,),
        example="fin-mid-chunk at=tool-args",
        sources=("openai/openai-python#2065", "openai/openai-python#2356", "open-webui/pipelines#564", "RFC 9112 8"),
        params=(at("percent:50", "Between two chunks: half of the next one comes too."),),
        inject=_fin_mid_chunk,
        details="At the end of the body, the last chunk was announced as one byte longer than it is. An answer that "
        "was not recorded in chunks is sent in chunks; HTTP/1.0 has none, and there the fault cannot apply.",
    ),
    Fault(
        name="missing-final-chunk",
        law="LOSSY",
        family="transport",
        summary="whole chunks, then the connection is closed (FIN) without the chunk of size 0 that ends a body",
        cases=(8, 10),
        example="missing-final-chunk",
        sources=("openai/openai-python#2356", "sudoprivacy/sudocode#576", "earendil-works/pi#1524", "RFC 9112 8"),
        params=(at("end", "What is at this place and behind it is missing too."),),
        inject=_missing_final_chunk,
        details="At the end all of the answer is there, its terminal event too: a client that looks for that has all "
        "it needs. At a place before it the answer is cut off as well. An answer that was not recorded in chunks is "
        "sent in chunks; HTTP/1.0 has none, and there the fault cannot apply.",
    ),
    Fault(
        name="truncate",
        law="LOSSY",
        family="transport",
        summary="the answer ends early, and for HTTP that is its proper end",
        cases=(9, 13, 61, 69, 81),
        example="truncate at=finish",
        sources=(
            "pydantic/pydantic-ai#6610",
            "NVIDIA/TensorRT-LLM#18289",
            "getodk/central#1736",
            "BerriAI/litellm#32159",
        ),
        params=(at("percent:50", "What is at this place and behind it is missing."),),
        inject=_truncate,
        details="A Content-Length follows the body that is left. `truncate at=done` takes the terminal event and no "
        "more, `truncate at=event:0` leaves no event at all, and behind `close-delimited` the end of the connection is "
        "the only end there is.",
    ),
    Fault(
        name="hang",
        law="LOSSY",
        family="transport",
        summary="silence for ever, on a connection that stays open",
        cases=(3, 4, 15),
        example="hang at=event:0",
        sources=(
            "anthropics/anthropic-sdk-typescript#867",
            "deepseek-ai/DeepSeek-V3#1608",
            "moonbitlang/openseek#343",
            "BerriAI/litellm#34374",
        ),
        params=(at("percent:50", "What is at this place and behind it never comes; head: nothing does.", head=True),),
        inject=_hang,
        details="Neither FIN nor RST: only a timeout of the client's own ends it. `stall` goes on after a time. An "
        "answer that was recorded with a length, all of which is there, is sent without one.",
    ),
    Fault(
        name="empty-reply",
        law="GATING",
        family="transport",
        summary="the connection is closed (FIN) without as much as a status line",
        cases=(2, 99),
        example="empty-reply times=1",
        sources=("run-llama/llama_index#12866", "ollama/ollama-python#436", "Azure/fetch-event-source#57"),
        inject=_empty_reply,
        details="When the head was due.",
    ),
    Fault(
        name="no-reply",
        law="GATING",
        family="transport",
        summary="never a status line, on a connection that stays open",
        cases=(3,),
        example="no-reply",
        sources=("devswha/patina#577",),
        inject=_no_reply,
        details="Until the client leaves.",
    ),
)
