"""HTTP: another status than the recorded one, in the provider's words.

What the provider would say is its own: body, headers, and their names as it writes them. When a client is to come back
is told as asked for, be it nonsense: RFC 9110, 10.2.3: "The Retry-After field value can be either an HTTP-date or a
number of seconds to delay after receiving the response".
"""

from __future__ import annotations

import math
from dataclasses import replace
from email.utils import formatdate
from typing import TYPE_CHECKING

from mocksse.errors import UsageError
from mocksse.providers.errors.failure import KINDS, failure
from mocksse.providers.errors.registry import SHAPES
from mocksse.providers.lenient import decode
from mocksse.replay.draft import Head
from mocksse.replay.faults.fault import Fault, Param, Refused
from mocksse.replay.faults.payload.error import shape_for
from mocksse.replay.faults.values import parse_duration
from mocksse.replay.layout import without
from mocksse.replay.reshape import answer_with

if TYPE_CHECKING:
    from mocksse.cassette.model import Headers
    from mocksse.providers.errors.failure import Failure
    from mocksse.replay.draft import Draft
    from mocksse.replay.faults.fault import Args, Moment, Spot


def _status(draft: Draft, _spot: Spot, args: Args, moment: Moment) -> Draft:
    code = status_code(args)
    shape = shape_for(draft.layout, args)
    told = _failure(args, code)
    is_error = code >= 400 or any(args[name] for name in ("kind", "message")) or args.text("shape") != "auto"
    headers: Headers = shape.headers(told) if is_error else ()
    body = shape.body(told) if is_error else b""
    if args["body"] is not None:
        body = args.text("body").encode("utf-8", "surrogateescape")
        headers = typed(headers, b"application/json" if decode(body) is not None else b"text/plain; charset=utf-8")
    if args["type"] is not None:
        headers = typed(headers, field(args.text("type")))
    told_when = _retry(args, moment)
    headers = (*without(headers, *(name for name, _ in told_when)), *told_when)
    return answer_with(draft, Head(code, headers, http=draft.layout.head.http), body)


def status_code(args: Args) -> int:
    """The parameter `code`, where it is a status that can be the last of an answer."""
    code = args.count("code")
    if not 200 <= code <= 599:
        raise Refused(f"{code} is no status from 200 to 599")
    return code


def _failure(args: Args, code: int) -> Failure:
    told = failure(code, args.text("message"))
    kind = next((kind for kind in KINDS if kind == args.text("kind")), told.kind)
    return replace(told, kind=kind)


def typed(headers: Headers, type_: bytes) -> Headers:
    """The headers with this content type, where the one they had was."""
    if not any(name.lower() == b"content-type" for name, _ in headers):
        return ((b"content-type", type_), *headers)
    return tuple((name, type_ if name.lower() == b"content-type" else value) for name, value in headers)


def field(text: str) -> bytes:
    """A header's value as bytes; Refused where it would end the line."""
    if any(character in text for character in "\r\n\0"):
        raise Refused("a header's value is one line")
    return text.encode("utf-8", "surrogateescape")


def _retry(args: Args, moment: Moment) -> Headers:
    found: list[tuple[bytes, bytes]] = []
    if args["retry-after"] is not None:
        found.append((b"retry-after", _retry_after(args.text("retry-after"), moment)))
    if args["retry-after-ms"] is not None:
        found.append((b"retry-after-ms", field(args.text("retry-after-ms"))))
    if args["should-retry"] is not None:
        found.append((b"x-should-retry", b"true" if args.text("should-retry") == "yes" else b"false"))
    return tuple(found)


def _retry_after(text: str, moment: Moment) -> bytes:
    """As it is written; `date:5s` is five seconds from now as a date, rounded up to whole ones, `date:-5s` is past."""
    kind, colon, wait = text.partition(":")
    if kind != "date" or not colon:
        return field(text)
    try:
        away = parse_duration(wait.removeprefix("-")) / 1_000_000
    except UsageError as error:
        raise Refused(f"retry-after=date: {error.message}", error.hint) from None
    return formatdate(math.ceil(moment.now() + (-away if wait.startswith("-") else away)), usegmt=True).encode()


CODE = Param("code", "integer", "503", "Any status from 200 to 599; 204 and 304 come without a body.", bare=True)

FAULTS = (
    Fault(
        name="status",
        law="GATING",
        family="http",
        summary="another status, with the provider's own error body and headers",
        cases=(87, 88, 89, 90, 98),
        example="status 429 retry-after=1 times=1",
        sources=(
            "Azure/azure-sdk-for-js#20817",
            "openai/openai-java#855",
            "byte5ai/omadia#122",
            "jakartaee/rest#670",
            "coder/aibridge#56",
            "EventSource/eventsource#14",
        ),
        params=(
            CODE,
            Param("shape", "word", "auto", "Whose error: that of the stream's API, or of this one.", ("auto", *SHAPES)),
            Param("kind", "word", None, "What has happened; else what the status says.", KINDS),
            Param("message", "text", None, "In words; else what the provider usually writes."),
            Param("retry-after", "text", None, "As written: 1, 0.5, soon, -1, 1e9; date:5s is five seconds from now."),
            Param("retry-after-ms", "text", None, "As written, in OpenAI's and Azure's own header."),
            Param("should-retry", "word", None, "`x-should-retry: true` or `false`.", ("yes", "no")),
            Param("body", "text", None, "Another body than the provider's."),
            Param("type", "text", None, "Another content type."),
        ),
        inject=_status,
        details="Below 400 the body is empty, unless shape, kind, message or body say what is in it. A 204 tells an "
        "EventSource to stop: `status 204 on=resume`.",
    ),
)
