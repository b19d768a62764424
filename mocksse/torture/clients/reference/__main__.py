"""The reference client as an adapter: `python -m mocksse.torture.clients.reference BASE_URL --api NAME`.

`--timeout` is for the connection, for the head and for each next byte. Where nothing but comments and pings comes, it
gives up after five times that. `--retries` is how often it asks again; of `sse`, how often it comes back.
"""

from __future__ import annotations

import time
from contextlib import nullcontext
from urllib.parse import urlsplit

from mocksse.errors import LimitError
from mocksse.providers import registry
from mocksse.providers.framing import Frame, Framer
from mocksse.record.request import Request
from mocksse.torture.clients.asking import ASKS, SSE, url_of
from mocksse.torture.clients.contract import Failure, Options, Seen, run
from mocksse.torture.clients.reading import Clock
from mocksse.torture.clients.reference import policy
from mocksse.torture.clients.reference.answer import Answer
from mocksse.torture.clients.reference.exchange import answered
from mocksse.torture.clients.reference.link import Link, Lost
from mocksse.torture.clients.reference.listen import listen

_HEARTBEATS = 5
"""Timeouts for which comments and pings alone keep an answer alive."""
_GRACE_S = 1.0
"""What may follow a reason to finish, where no event says that it is over, comes within this."""
_GZIP = b"\x1f\x8b"
_APIS = {api.name: api for api in registry.APIS}


class ReferenceOptions(Options):
    """All APIs of `asking`."""

    APIS = tuple(ASKS)


def stream(options: ReferenceOptions, seen: Seen) -> None:
    """One answer, or one event stream."""
    ask = ASKS[options.api]
    own = (("Accept-Encoding", "gzip, deflate"), ("User-Agent", "mocksse-reference"))
    more = (("anthropic-version", "2023-06-01"),) if options.api == "anthropic" else ()
    given = {name.lower() for name, _ in options.headers}
    headers = tuple(field for field in (*ask.headers, *own, *more) if field[0].lower() not in given)
    request = Request(ask.method, url_of(options.base_url, ask), (*headers, *options.headers), ask.body)
    if options.api == SSE:
        listen(request, urlsplit(request.url).path, options.retries, options.timeout, seen)
        return
    retries = policy.RETRIES if options.retries is None else options.retries
    answer = Answer(_APIS[options.api])
    try:
        with answered(request, retries, options.timeout, seen) as link:
            if link.content_type != ask.accept:
                raise Failure("reference.ContentType", link.content_type or "none")
            _read(link, Framer(link.content_type), answer, seen)
        answer.close()
    finally:
        answer.tell(seen)


def _read(link: Link, framer: Framer, answer: Answer, seen: Seen) -> None:
    """To the end of the answer, which may come before that of the body. Raises Failure."""
    clock, patience_s = Clock(), link.timeout_s
    alive_at, beats = time.monotonic(), 0
    opening: bytes | None = b""
    try:
        for data in link.body():
            if opening is not None:
                opening = _plain(opening + data)
            for frame in framer.feed(data):
                if _take(frame, answer, clock, seen):
                    alive_at, beats = time.monotonic(), 0
                else:
                    beats += 1
                if answer.over:
                    return
            if beats and time.monotonic() - alive_at > _HEARTBEATS * patience_s:
                raise Lost("reference.Timeout", f"nothing but heartbeats for {_HEARTBEATS * patience_s:g} s")
            if answer.may_be_over:
                link.timeout_s = min(_GRACE_S, patience_s)
        for frame in framer.close():
            _take(frame, answer, clock, seen)
    except LimitError as error:
        raise Failure("reference.TooLarge", str(error)) from error
    except Lost:
        if not answer.may_be_over:
            raise


def _plain(opening: bytes) -> bytes | None:
    """The first bytes of a body, until they are known to be text: None. Raises Failure for gzip that says not so."""
    if opening.startswith(_GZIP):
        raise Failure("reference.ContentEncoding", "the body is gzip, and no Content-Encoding says so")
    return opening if _GZIP.startswith(opening) else None


def _take(frame: Frame, answer: Answer, clock: Clock, seen: Seen) -> bool:
    """One frame; whether it says anything. Raises Failure."""
    if frame.kind != "event":
        return False
    try:
        return answer.take(frame)
    finally:
        seen.event(clock.raw(frame.type, frame.data.decode("utf-8", "replace")))


if __name__ == "__main__":
    run(nullcontext(stream), ReferenceOptions, "mocksse")
