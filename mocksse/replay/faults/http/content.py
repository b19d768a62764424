"""HTTP: a content type that does not fit the body, and a body that does not fit the request.

WHATWG HTML, 9.2.3, has a client look at it: "if res's status is not 200, or if res's `Content-Type` is not
`text/event-stream`, then fail the connection". Many never do.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mocksse.providers.answers import answer
from mocksse.providers.turn import merge
from mocksse.replay.faults.fault import Fault, Param, Refused
from mocksse.replay.faults.http.status import field, typed
from mocksse.replay.faults.payload.aim import api_of, need_events
from mocksse.replay.reshape import answer_with, end_with
from mocksse.wire.http1_fields import without

if TYPE_CHECKING:
    from mocksse.replay.draft import Draft, Layout
    from mocksse.replay.faults.fault import Args, Moment, Spot

_DONE = b"\n\ndata: [DONE]\n\n"


def _content_type(draft: Draft, _spot: Spot, args: Args, _moment: Moment) -> Draft:
    head, told = draft.layout.head, field(args.bytes("type"))
    headers = without(head.headers, b"content-type") if told == b"none" else typed(head.headers, told)
    if headers == head.headers:
        raise Refused("that is the content type it has")
    return end_with(draft, head=replace(head, headers=headers))


def _json_instead_of_sse(draft: Draft, _spot: Spot, args: Args, _moment: Moment) -> Draft:
    layout = draft.layout
    body = _answer(layout)
    if body is None:
        raise Refused("what this API answers without a stream depends on the model")
    if args.text("done") == "yes":
        body += _DONE
    label = b"application/json" if args.text("label") == "json" else b"text/event-stream"
    headers = without(layout.head.headers, b"transfer-encoding", b"content-length", b"content-encoding", b"trailer")
    head = replace(layout.head, headers=typed(headers, label))
    if layout.context.method == "HEAD" and head == layout.head:
        raise Refused("this answer has no body, and its head is the same")
    # A server that does not stream answers when it has all.
    return answer_with(replace(draft, head_us=draft.last_us), head, body)


def _answer(layout: Layout) -> bytes | None:
    """Text and tool calls of the stream, of its first answer where there are several, as one body."""
    api = api_of(layout)
    need_events(layout)
    said = merge(api, layout.events).first
    if not said.text and not said.tool_calls:
        raise Refused("no text and no tool call in this stream")
    try:
        return answer(api, said.text, layout.path, said.tool_calls)
    except ValueError as error:
        raise Refused(str(error)) from None


FAULTS = (
    Fault(
        name="content-type",
        law="GATING",
        family="http",
        summary="the body as it is, under another content type",
        cases=(92, 93),
        example='content-type "text/event-stream; charset=windows-1252"',
        sources=("florimondmanca/httpx-sse#22", "ollama/ollama#294", "WHATWG HTML 9.2.2"),
        params=(Param("type", "text", "text/plain", "What the body is said to be; none: nothing is said.", bare=True),),
        inject=_content_type,
        check=lambda args: field(args.bytes("type")),
    ),
    Fault(
        name="json-instead-of-sse",
        law="GATING",
        family="http",
        summary="one JSON answer with the stream's text and tool calls, as though no stream had been asked for",
        cases=(94,),
        example="json-instead-of-sse label=sse done=yes",
        sources=("devswha/patina#577",),
        params=(
            Param("label", "word", "json", "The content type: application/json or text/event-stream.", ("json", "sse")),
            Param("done", "word", "no", "Whether a stray `data: [DONE]` comes behind it.", ("yes", "no")),
        ),
        inject=_json_instead_of_sse,
        details="It comes when the last byte of the stream was due. Reasoning is not in it.",
    ),
)
