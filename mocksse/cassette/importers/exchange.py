"""The last exchange of a curl trace: its request, redacted, and its answer with times and pieces as received.

A proxy's answer to CONNECT, 1xx answers, redirects and tried passwords come before it and are left out. Credentials
of all requests in the log are blotted in everything that is kept, lengths and all times stay. How the connection ended
is told by what curl says at the end; a log that says nothing was stopped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from mocksse.cassette.asked import escape, readable, stored_request
from mocksse.cassette.importers.dots import AmbiguousError, restore
from mocksse.cassette.importers.tape import (
    CHUNKED_HEAD,
    STATUS_LINE,
    Captured,
    Ended,
    Read,
    from_body,
    from_wire,
    is_framed,
    read_head,
)
from mocksse.cassette.importers.trace import read_trace
from mocksse.cassette.model import Ending, Piece, Recorded, Request, Response
from mocksse.cassette.redact import BodyRedactor, Secrets, credentials, redact_head, redact_url
from mocksse.errors import CheckError, MocksseError
from mocksse.figures import plural
from mocksse.wire import http1
from mocksse.wire.http1_fields import parse_fields

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mocksse.cassette.importers.trace import Record, Trace

_REQUEST_LINE = re.compile(rb"([A-Za-z][A-Za-z0-9_-]*) (\S+) HTTP/[0-9.]+\r?\n")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?]*")
# The first that is found in what curl says behind the answer's head decides. Versions word these differently.
_ENDINGS: tuple[tuple[re.Pattern[bytes], Ending], ...] = (
    (re.compile(rb"[Cc]onnection (?:was )?reset"), "reset"),
    (re.compile(rb"[Oo]peration too slow"), "idle"),
    (re.compile(rb"timed out|[Ff]ail(?:ed|ure) writing|Exceeded the maximum"), "stopped"),
    (re.compile(rb"closed with|bytes missing|not closed cleanly|unexpected eof|closed abruptly|RST_STREAM"), "cut"),
    (re.compile(rb"left intact|[Cc]losing connection|shutting down connection"), "complete"),
)
_EXACT = "take the trace again with curl --trace FILE --trace-time"
_AGAIN = frozenset({401, 407})


@dataclass(slots=True)
class _Exchange:
    """What belongs to one request, as the log goes on."""

    request: bytes = b""
    body: bytes | None = None
    sent_us: int = 0
    head: bytes = b""
    head_us: int = 0
    reads: list[Read] = field(default_factory=list)
    said: list[tuple[int, bytes]] = field(default_factory=list)

    @property
    def asked(self) -> _Asked:
        return _asked(self.request, self.body)

    @property
    def status(self) -> int:
        """Of the head; 0 as long as there is none, or not all of it."""
        found = STATUS_LINE.match(self.head)
        return int(found[1]) if found and self.head.endswith((b"\n\r\n", b"\n\n")) else 0


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request as it was sent, secrets and all: it goes nowhere."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes | None

    def header(self, name: str) -> str:
        return next((v for n, v in self.headers if n.lower() == name), "")


def read_exchange(data: bytes, source: str) -> Captured:
    """The last answer in the log. Raises MocksseError, CheckError for a credential that can't be blotted."""
    trace = read_trace(data, source)
    exchanges = _exchanges(trace.records)
    answered = [e for e in exchanges if e.status >= 200 and e.asked.method != "CONNECT"]
    if not answered:
        raise MocksseError(f"{source}: there is no whole response head in this trace", "was the server there?")
    last = answered[-1]
    notes = []
    if others := sum(not (300 <= e.status < 400 or e.status in _AGAIN) for e in answered[:-1]):
        notes.append(f"{plural(others + 1, 'answer')} in this trace: the last is imported")
    secrets = _secrets(exchanges)
    asked = last.asked
    request, more = _request(asked, secrets, trace)
    notes += more
    response, more = _response(last, asked.method, trace, source)
    notes += more
    response, more = _redacted(response, secrets)
    notes += more
    if not trace.timed:
        notes.append("a trace without times: curl --trace-time has them")
    return Captured(response, request, _recorded(asked, secrets, trace), as_received=True, notes=tuple(notes))


def _exchanges(records: Sequence[Record]) -> list[_Exchange]:
    found: list[_Exchange] = []
    for record in records:
        match record.kind:
            case "send header" if _REQUEST_LINE.match(record.data) or not found:
                found.append(_Exchange(record.data, sent_us=record.at_us))
                continue
            case _ if not found:
                continue  # a log that begins in the middle
        exchange = found[-1]
        match record.kind:
            case "send header":
                exchange.request += record.data
                exchange.sent_us = record.at_us
            case "send data":
                exchange.body = (exchange.body or b"") + record.data
                if exchange.status < 200:
                    exchange.sent_us = record.at_us
            case "recv header" if not exchange.reads:
                # Of a 1xx answer some versions show the status line only: any status line begins a new head.
                exchange.head = (b"" if record.data.startswith(b"HTTP/") else exchange.head) + record.data
                exchange.head_us = record.at_us
            case "recv data" if exchange.status >= 200 and record.data:
                exchange.reads.append(Read(record.at_us, record.data))
            case "info" if exchange.status >= 200:
                exchange.said.append((record.at_us, record.data))
    return found


def _asked(head: bytes, body: bytes | None) -> _Asked:
    line = _REQUEST_LINE.match(head)
    fields = parse_fields(head) or ()
    headers = tuple((n.decode("latin-1"), v.decode("utf-8", "surrogateescape")) for n, v in fields)
    if line is None:
        return _Asked("", "", headers, body)
    # Bytes that no URL has, as a server would take them.
    target = escape(line[2].decode("utf-8", "surrogateescape"))
    asked = _Asked(line[1].decode().upper(), target, headers, body)
    if body is not None and "chunked" in asked.header("transfer-encoding").lower():
        return replace(asked, body=_dechunked(body))
    return asked


def _dechunked(body: bytes) -> bytes:
    parser = http1.ResponseParser()
    parser.feed(CHUNKED_HEAD)
    return b"".join(part.data for part in parser.feed(body) if isinstance(part, http1.Data))


def _secrets(exchanges: Sequence[_Exchange]) -> Secrets:
    asked = [exchange.asked for exchange in exchanges]
    return Secrets(tuple(v for a in asked for v in credentials(a.target, a.headers, a.body or b"").values))


def _request(asked: _Asked, secrets: Secrets, trace: Trace) -> tuple[Request | None, list[str]]:
    if not asked.method:
        return None, []
    absolute = _ABSOLUTE.match(asked.target)
    path = asked.target[absolute.end() :] if absolute else asked.target
    path = path.partition("#")[0]
    body, notes = asked.body, []
    if body is not None and trace.lossy:
        try:
            body = restore(body, asked.header("content-type"))
        except AmbiguousError:
            body = None
            notes = ["the request's body is left out: --trace-ascii has not all of its bytes"]
    path = path if path.startswith("/") else f"/{path}"
    return stored_request(asked.method, path, asked.headers, body, secrets), notes


def _recorded(asked: _Asked, secrets: Secrets, trace: Trace) -> Recorded:
    host, agent = asked.header("host"), asked.header("user-agent")
    upstream = readable(redact_url(f"{'https' if trace.tls else 'http'}://{host}", secrets)) if host else ""
    return Recorded(upstream=upstream, by=agent if re.fullmatch(r"curl/[\w.-]+", agent) else "curl")


def _response(exchange: _Exchange, method: str, trace: Trace, source: str) -> tuple[Response, list[str]]:
    sent_us = min(exchange.sent_us, exchange.head_us)
    head = read_head(exchange.head, method, source, exchange.head_us - sent_us)
    reads = [Read(read.at_us - sent_us, read.data) for read in exchange.reads]
    ended = _ended(exchange, sent_us)
    notes: tuple[str, ...] = ()
    if is_framed(head, reads):
        response = from_wire(head, reads, method, ended)
    else:
        response, notes = from_body(head, reads, ended)
    if not trace.lossy:
        return response, list(notes)
    response, restored = _restored(response, source)
    return response, [*notes, *restored]


def _ended(exchange: _Exchange, sent_us: int) -> Ended:
    last_us = max([exchange.head_us, *(read.at_us for read in exchange.reads)])
    for pattern, how in _ENDINGS:
        for at_us, text in exchange.said:
            if pattern.search(text):
                return Ended(how, max(at_us, last_us) - sent_us)
    return Ended("stopped", last_us - sent_us)


def _restored(response: Response, source: str) -> tuple[Response, list[str]]:
    """The response with its line feeds back, where the log is an ASCII one."""
    body = response.body
    rest = b"".join(piece.data for piece in response.end.rest)
    try:
        if response.is_coded and b"." in body:
            raise AmbiguousError(body.index(b"."))
        if b"." in rest:
            raise AmbiguousError(len(body) + rest.index(b"."))
        exact = restore(body, response.content_type)
    except AmbiguousError as error:
        raise MocksseError(
            f"{source}: --trace-ascii shows several bytes as dots, and byte {error.at:,} of the body can't be told",
            _EXACT,
        ) from None
    if exact == body:
        return response, []
    note = "--trace-ascii shows line feeds as dots; they were put back, no dot was left in doubt (--trace is exact)"
    return replace(response, pieces=_with(response.pieces, exact)), [note]


def _redacted(response: Response, secrets: Secrets) -> tuple[Response, list[str]]:
    redactor = BodyRedactor(secrets, response.header("content-type"), response.header("content-encoding"))
    body = redactor.feed(response.body)
    held = response.body[len(body) :]
    body += redactor.flush()
    if redactor.found:
        raise CheckError(
            "a credential of the request stands in the compressed answer, where it can't be blotted: nothing saved",
            "take the trace again without --compressed",
        )
    notes = ["the answer is compressed and was not looked into for credentials"] if redactor.unchecked else []
    # A credential may begin in the body and end outside it: behind a length that was announced too short, or where the
    # framing broke. So the rest is looked at together with how the body ended.
    behind = BodyRedactor(secrets)
    rest = behind.feed(held + b"".join(piece.data for piece in response.end.rest)) + behind.flush()
    rest = rest[len(held) :]
    return replace(
        response,
        headers=redact_head(response.headers, secrets),
        pieces=_with(response.pieces, body),
        end=replace(response.end, rest=_with(response.end.rest, rest)),
        trailers=redact_head(response.trailers, secrets),
    ), notes


def _with(pieces: Sequence[Piece], data: bytes) -> tuple[Piece, ...]:
    """The same pieces with other bytes, as many."""
    filled, at = [], 0
    for piece in pieces:
        filled.append(replace(piece, data=data[at : at + len(piece.data)]))
        at += len(piece.data)
    return tuple(filled)
