"""HTTP: redirects: to the same place, to another, to nowhere.

RFC 9110, 15.4.2: "Note: For historical reasons, a user agent MAY change the request method from POST to GET for the
subsequent request. If this behavior is undesired, the 308 (Permanent Redirect) status code can be used instead."
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocksse.replay.draft import Head
from mocksse.replay.faults.fault import Fault, Param
from mocksse.replay.faults.http.status import field
from mocksse.replay.reshape import answer_with

if TYPE_CHECKING:
    from mocksse.cassette.model import Headers
    from mocksse.replay.draft import Draft
    from mocksse.replay.faults.fault import Args, Moment, Spot


def _redirect(draft: Draft, _spot: Spot, args: Args, moment: Moment) -> Draft:
    head = Head(int(args.text("code")), _location(args.bytes("to"), moment), http=draft.layout.head.http)
    return answer_with(draft, head, b"")


def _location(to: bytes, moment: Moment) -> Headers:
    match to:
        case b"none":
            return ()
        case b"empty":
            return ((b"Location", b""),)
        case b"self":
            return ((b"Location", field(itself(moment.target()).encode("utf-8", "surrogateescape"))),)
        case _:
            return ((b"Location", field(to)),)


def itself(target: str) -> str:
    """A reference to the target from itself, relative, so that it holds under any prefix and behind any proxy.

    RFC 3986, 4.2: "A path segment that contains a colon character (e.g., "this:that") cannot be used as the first
    segment of a relative-path reference": Gemini's are such.
    """
    path, mark, query = target.partition("?")
    return f"./{path.rpartition('/')[2]}{mark}{query}"


FAULTS = (
    Fault(
        name="redirect",
        law="GATING",
        family="http",
        summary="a redirect, to the same place unless told otherwise",
        cases=(95,),
        example="redirect 307 times=1",
        sources=("RFC 9110 15.4", "WHATWG HTML 9.2.3", "launchdarkly/sse-contract-tests"),
        params=(
            Param("code", "word", "307", "Which one.", ("301", "302", "303", "307", "308"), bare=True),
            Param("to", "text", "self", "Location: self, a URL, empty (an empty value), or none (no such header)."),
        ),
        inject=_redirect,
        check=lambda args: field(args.bytes("to")),
        details="With times=1 the client lands on the true answer; without it is a loop.",
    ),
)
