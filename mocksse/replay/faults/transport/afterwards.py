"""Transport: what comes behind a complete answer. An end that is left out, a connection that is gone, bytes too many.

The client has all it asked for. Whether it notices, waits, or hands the connection to the next request as it is: that
is what these show.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mocksse.replay.faults.fault import Fault, Param, Refused
from mocksse.replay.lower import finish
from mocksse.replay.reshape import end_with, unbounded

if TYPE_CHECKING:
    from mocksse.replay.draft import Draft
    from mocksse.replay.faults.fault import Args, Moment, Spot

_BEHIND = {
    "comment": b": keep-alive\n\n",
    # What load balancers write on a connection that was idle for too long: an answer that nobody has asked for.
    "answer": b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
}


def _open_after_done(draft: Draft, _spot: Spot, _args: Args, _moment: Moment) -> Draft:
    layout = draft.layout
    if not layout.whole and layout.finish == "hold" and layout.framing != "length":
        raise Refused("the connection is held open already")
    # With a length the end would be known when its last byte is there.
    return replace(end_with(unbounded(draft), whole=False, finish="hold", trailers=(), rest=()), rest_us=())


def _stale_keepalive(draft: Draft, _spot: Spot, _args: Args, _moment: Moment) -> Draft:
    if finish(draft.layout) != "complete":
        raise Refused("the connection is closed behind this answer anyway", "it takes one that may be used again")
    return end_with(draft, finish="close-on-next-request")


def _bytes_after_end(draft: Draft, _spot: Spot, args: Args, _moment: Moment) -> Draft:
    layout = draft.layout
    if not layout.whole:
        raise Refused("the answer has no end that bytes could be behind")
    if layout.framing == "close":
        raise Refused("the body ends with the connection: bytes behind it would be part of it")
    data = _BEHIND[args.text("as")] if args["text"] is None else args.bytes("text")
    if not data:
        raise Refused("text= is empty: there is nothing to send")
    ended = end_with(draft, rest=(*layout.rest, data), finish=finish(layout))
    # A message with a length is over with its last byte, however long the connection was left open.
    over_us = draft.end_us if layout.framing == "chunked" else draft.last_us
    return replace(ended, rest_us=(*draft.rest_us, max(over_us, *draft.rest_us, 0) + args.us("gap")))


FAULTS = (
    Fault(
        name="open-after-done",
        law="ENDING",
        family="transport",
        summary="all of the answer, and then neither the end of the body nor of the connection",
        cases=(24,),
        example="open-after-done",
        sources=("openai/openai-python#3440", "openai/openai-python#3520", "openai/openai-python#3580"),
        inject=_open_after_done,
        details="A client that waits for the end of HTTP behind the terminal event waits for ever. An answer that was "
        "recorded with a length is sent without one.",
    ),
    Fault(
        name="stale-keepalive",
        law="ENDING",
        family="transport",
        summary="a complete answer on a connection that is closed as the next request is written on it",
        cases=(23,),
        example="stale-keepalive times=1",
        sources=("open-webui/terminals#24", "NousResearch/hermes-agent#91460", "run-llama/llama_index#12866"),
        inject=_stale_keepalive,
        details="The race that a pool of connections can't win: a connection that was closed while it was idle is seen "
        "to be, this one is not until the request is on its way.",
    ),
    Fault(
        name="bytes-after-end",
        law="ENDING",
        family="transport",
        summary="bytes behind the end of the message, on a connection that stays open",
        cases=(25,),
        example="bytes-after-end as=answer",
        sources=("openai/openai-python#3580", "RFC 9112 6.3"),
        params=(
            Param("as", "word", "comment", "A comment, as a stream has them; an answer (408).", ("comment", "answer")),
            Param("text", "text", None, "Or these bytes."),
            Param("gap", "duration", "5ms", "How long behind the end; 0: in one write with the message's last bytes."),
        ),
        inject=_bytes_after_end,
        details="A client that takes the connection for another request finds them where it looks for the answer, and "
        "an answer that it never asked for is then the answer to that.",
    ),
)
