"""Transport: a body in gzip, as middleware makes it: flushed, hoarded, broken, or without a word of it in the head.

RFC 9110, 8.4.1.3 has the coding, RFC 1952 its bytes. Compression comes last, behind all other faults: their places, and
the bytes they change, are those of the plain body, in whatever order they are said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mocksse.replay.draft import Coding
from mocksse.replay.faults.fault import Fault, Param, Refused
from mocksse.replay.reshape import end_with

if TYPE_CHECKING:
    from mocksse.replay.draft import Draft
    from mocksse.replay.faults.fault import Args, Moment, Spot


def _gzip(draft: Draft, _spot: Spot, args: Args, _moment: Moment) -> Draft:
    return _coded(draft, Coding(flush=args.text("flush") == "event"))


def _gzip_broken(draft: Draft, _spot: Spot, args: Args, _moment: Moment) -> Draft:
    how: Any = args.text("how")
    return _coded(draft, Coding(broken=how))


def _gzip_unlabelled(draft: Draft, _spot: Spot, _args: Args, _moment: Moment) -> Draft:
    return _coded(draft, Coding(labelled=False))


def _coded(draft: Draft, coding: Coding) -> Draft:
    layout = draft.layout
    there = layout.head.header("content-encoding")
    if there.lower() not in {"", "identity"} or layout.coding is not None:
        raise Refused(f"the body is {there or 'gzip'} already")
    if not layout.body:
        raise Refused("there is no body")
    return end_with(draft, coding=coding)


_LAST = (
    "The body is compressed when all other faults are in it: places count its plain bytes. It is sent so whatever the "
    "client's Accept-Encoding says."
)

FAULTS = (
    Fault(
        name="gzip",
        law="REFRAMING",
        family="transport",
        summary="the body is compressed, each part of the stream by itself or all in one block",
        cases=(20, 21),
        example="gzip flush=none",
        sources=(
            "Kludex/starlette#2753",
            "eclipse-ee4j/jersey#3309",
            "tower-rs/tower-http#419",
            "nexu-io/open-design#99",
        ),
        params=(
            Param(
                "flush",
                "word",
                "event",
                "event: what was recorded as one part can be read when it is there; none: when the compressor is done.",
                ("event", "none"),
            ),
        ),
        inject=_gzip,
        details=f"{_LAST} With `flush=none` most parts come out empty, and nearly all of the body comes with the last "
        "one. What is there of a body that another fault cut off can be read in both cases.",
    ),
    Fault(
        name="gzip-broken",
        law="CORRUPTING",
        family="transport",
        summary="the body is compressed, and what should undo that fails",
        cases=(22,),
        example="gzip-broken how=truncated",
        sources=("Portkey-AI/gateway#1253", "RFC 1952 2.3"),
        params=(
            Param(
                "how",
                "word",
                "corrupt",
                "corrupt: the byte in the middle is another; truncated: all that is behind it is missing.",
                ("corrupt", "truncated"),
            ),
        ),
        inject=_gzip_broken,
        details=f"{_LAST} For HTTP the message is whole: that half of it is missing a decoder alone can tell, by the "
        "checksum that never comes.",
    ),
    Fault(
        name="gzip-unlabelled",
        law="CORRUPTING",
        family="transport",
        summary="the body is compressed, and no Content-Encoding says so",
        cases=(22,),
        example="gzip-unlabelled",
        sources=("anthropics/anthropic-sdk-python#469",),
        inject=_gzip_unlabelled,
        details=f"{_LAST} What a client takes for text begins with 1f 8b.",
    ),
)
