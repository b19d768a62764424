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
from mocksse.replay.faults.fault import Fault, Param
from mocksse.replay.faults.payload.whose import shape_for
from mocksse.replay.faults.values import parse_duration
from mocksse.replay.reshape import answer_with, noted
from mocksse.wire.http1_fields import without

if TYPE_CHECKING:
    from mocksse.cassette.model import Headers
    from mocksse.providers.errors.failure import Failure
    from mocksse.replay.draft import Draft
    from mocksse.replay.faults.fault import Args, Moment, Spot

_UNKNOWN = "the API of this stream is not known, so the error is OpenAI's: shape= says whose to send"


def _status(draft: Draft, _spot: Spot, args: Args, moment: Moment) -> Draft:
    code = status_code(args)
    known = shape_for(draft.layout, args)
    shape = known or SHAPES["openai"]
    told = _failure(args, code)
    is_error = code >= 400 or any(args[name] for name in ("kind", "message")) or args.text("shape") != "auto"
    headers: Headers = shape.headers(told) if is_error else ()
    body = shape.body(told) if is_error else b""
    if is_error and args["body"] is None and known is None:
        draft = noted(draft, _UNKNOWN)
    if args["body"] is not None:
        body = args.bytes("body")
        headers = typed(headers, b"application/json" if decode(body) is not None else b"text/plain; charset=utf-8")
    if args["type"] is not None:
        headers = typed(headers, field(args.bytes("type")))
    told_when = _retry(args, moment)
    headers = (*without(headers, *(name for name, _ in told_when)), *told_when)
    return answer_with(draft, Head(code, headers, http=draft.layout.head.http), body)


def status_code(args: Args) -> int:
    """The parameter `code`, where it is a status that can be the last of an answer."""
    code = args.count("code")
    if not 200 <= code <= 599:
        raise UsageError(f"{code} is no status from 200 to 599")
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


def field(value: bytes) -> bytes:
    """The value of a header; Refused where it would end the line.

    RFC 9110, 5.5: "Field values containing CR, LF, or NUL characters are invalid and dangerous".
    """
    if any(byte in value for byte in b"\r\n\0"):
        raise UsageError("a header's value is one line, without a NUL")
    return value


def _can_be_sent(args: Args) -> None:
    status_code(args)
    for name in ("type", "retry-after", "retry-after-ms"):
        if args[name] is not None:
            field(args.bytes(name))
    if args["retry-after"] is not None:
        _away_s(args.text("retry-after"))


def _retry(args: Args, moment: Moment) -> Headers:
    found: list[tuple[bytes, bytes]] = []
    if args["retry-after"] is not None:
        found.append((b"retry-after", _retry_after(args, moment)))
    if args["retry-after-ms"] is not None:
        found.append((b"retry-after-ms", field(args.bytes("retry-after-ms"))))
    if args["should-retry"] is not None:
        found.append((b"x-should-retry", b"true" if args.text("should-retry") == "yes" else b"false"))
    return tuple(found)


def _retry_after(args: Args, moment: Moment) -> bytes:
    """As it is written; `date:5s` is five seconds from now as a date, rounded up to whole ones, `date:-5s` is past."""
    away_s = _away_s(args.text("retry-after"))
    if away_s is None:
        return field(args.bytes("retry-after"))
    return formatdate(math.ceil(moment.now() + away_s), usegmt=True).encode()


def _away_s(text: str) -> float | None:
    """How many seconds from now `date:...` is; None for what is no date of ours."""
    kind, colon, wait = text.partition(":")
    if kind != "date" or not colon:
        return None
    try:
        away_s = parse_duration(wait.removeprefix("-")) / 1_000_000
    except UsageError as error:
        raise UsageError(f"retry-after=date: {error.message}", error.hint) from None
    return -away_s if wait.startswith("-") else away_s


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
        check=_can_be_sent,
        details="Below 400 the body is empty, unless shape, kind, message or body say what is in it. A 204 tells an "
        "EventSource to stop: `status 204 on=resume`.\n\n"
        "shape=auto is as of `error`; where nothing tells the API it is OpenAI's, and a note says so.",
    ),
)
