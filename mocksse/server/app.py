"""Requests in, plans out: what aiohttp hands over is matched, planned, and written by the one executor.

aiohttp listens, parses requests and minds connections. It writes nothing: the response object it gets back has no
bytes of its own, because every byte on the wire, status line and framing too, is the plan's. So every recorded head
goes out as it came, and nothing is added to it but what a browser needs to be let in.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from aiohttp import web

from mocksse import limits
from mocksse.cassette.redact import credentials
from mocksse.errors import EXIT_USAGE, MocksseError
from mocksse.providers import probes
from mocksse.replay.draft import Context
from mocksse.replay.execute import Run, Timetable
from mocksse.server import own, said
from mocksse.server.access import Answer, BrokenOff, Played, brief, shown
from mocksse.server.connection import Connection, Listener

if TYPE_CHECKING:
    from collections.abc import Callable

    from mocksse.server.session import Session

_LOOKED_AT = limits.MIB
"""Bytes of a body in which credentials are looked for before anything of it is repeated."""


class Written(web.StreamResponse):
    """The answer has been written already; aiohttp only wants to know whether the connection lives on."""

    def __init__(self, connection: Connection, *, keep: bool) -> None:
        # Not StreamResponse's: nothing of what it sets up would be used.
        self._connection = connection
        self._keep = keep

    async def prepare(self, request: web.BaseRequest) -> None:
        """Nothing to prepare."""

    async def write_eof(self, data: bytes = b"") -> None:
        """Nothing to write."""

    @property
    def keep_alive(self) -> bool:
        return self._keep and not self._connection.is_last


class App:
    """The server's one handler, over one session. `report` hears of every request when it is done.

    `header_control`: requests may ask for faults and another pacing.
    """

    def __init__(self, session: Session, report: Callable[[Played], None], *, header_control: bool = True) -> None:
        self._session = session
        self._header_control = header_control
        self._report = report
        self._clock = Timetable(asyncio.get_running_loop())
        self.stopping = False
        self.active = 0
        self.idle = asyncio.Event()
        self.idle.set()

    def server(self) -> Listener:
        """The protocol factory for `loop.create_server`."""
        return Listener(
            self.handle,
            self.refuse,
            request_factory=_request,
            handler_cancellation=True,
            access_log=None,
            tcp_keepalive=False,
            keepalive_timeout=75,
            max_line_size=64 * limits.KIB,
            max_field_size=64 * limits.KIB,
            auto_decompress=True,
        )

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        connection = cast("Connection", request.protocol)
        if connection.transport is None or connection.is_cut(request):
            connection.force_close()
            return Written(connection, keep=False)
        context = _context(request)
        try:
            body = await _body(request, connection.transport)
        except _RefusedError as refused:
            # The rest of the body is not worth a connection.
            context = replace(context, close=True)
            answer = own.error(refused.status, refused.reason, context)
            written = await self._play(request, context, answer, self._clock.now_us())
            if request.content.exception() is not None:
                # To read on, as aiohttp does where a body is left, would only raise it again.
                connection.force_close()
            return written
        asked_us = self._clock.now_us()
        return await self._play(request, context, self._answered(request, body, context), asked_us)

    async def refuse(self, reason: str, request: web.BaseRequest) -> web.StreamResponse:
        """Answer what is no request: `request` is empty. A page of any origin may have sent it."""
        context = Context("GET", close=True, origin="*")
        answer = own.error(400, f"not an HTTP request: {shown(reason)}", context)
        return await self._play(request, context, answer, self._clock.now_us())

    def _answered(self, request: web.BaseRequest, body: bytes, context: Context) -> Answer:
        """The answer, whatever happens: aiohttp's own to an exception is a page, and a traceback on our terminal."""
        try:
            return self._answer(request, body, context)
        except said.ForbiddenError as error:
            return own.error(403, str(error), context)
        except MocksseError as error:
            return own.error(400 if error.exit_code == EXIT_USAGE else 500, brief(str(error)), context)
        except Exception as error:
            return own.bug(error, context)

    def _answer(self, request: web.BaseRequest, body: bytes, context: Context) -> Answer:
        method, target = request.method, request.raw_path
        if method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
            return own.preflight(
                context,
                request.headers["Access-Control-Request-Method"],
                request.headers.get("Access-Control-Request-Headers", ""),
                private=request.headers.get("Access-Control-Request-Private-Network") == "true",
            )
        if target.startswith(own.CONTROL):
            return own.control(target, context)
        header = partial(request.headers.getall, default=())
        asked = said.asked(method, target, body, context, header, control=self._header_control)
        played = self._session.play(asked)
        if played is not None:
            tape, ready = played
            return Answer(ready.status, ready.sends, tape, faults=ready.faults, notes=ready.notes)
        probe = probes.answer(method, target, self._session.models)
        if probe is not None:
            return own.probe(probe, context)
        secrets = credentials(target, tuple(request.headers.items()), body[:_LOOKED_AT])
        return own.miss(method, target, self._session.nearest(method, target, body), context, secrets)

    async def _play(self, request: web.BaseRequest, context: Context, answer: Answer, asked_us: int) -> Written:
        connection = cast("Connection", request.protocol)
        if connection.transport is None:
            return Written(connection, keep=False)
        run = Run(answer.sends, connection.transport, connection.drained, self._clock, asked_us)
        connection.begin(run)
        self.active += 1
        self.idle.clear()
        whole = False
        try:
            keep = await run.play()
            whole = True
            if answer.sends.finish == "close-on-next-request":
                connection.close_on_next()
        finally:
            connection.end()
            self.active -= 1
            if not self.active:
                self.idle.set()
            seconds = (self._clock.now_us() - asked_us) / 1e6
            broken_off: BrokenOff = "" if whole else "the server was stopped" if self.stopping else "the client left"
            self._report(Played(request.method, shown(request.raw_path), answer, run, seconds, broken_off))
        return Written(connection, keep=keep and (answer.tape is not None or not context.close))


def _request(message: Any, payload: Any, protocol: Any, writer: Any, task: asyncio.Task[None]) -> web.BaseRequest:
    return web.BaseRequest(
        message,
        payload,
        protocol,
        writer,
        task,
        task.get_loop(),
        client_max_size=limits.MAX_REQUEST_BODY_BYTES,
    )


def _context(request: web.BaseRequest) -> Context:
    old = request.version < (1, 1)
    return Context(
        "HEAD" if request.method == "HEAD" else "GET",
        "1.0" if old else "1.1",
        request._message.should_close or old,  # noqa: SLF001 - aiohttp's reading of Connection
        request.headers.get("Origin", ""),
    )


class _RefusedError(Exception):
    """A request whose body is not taken."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


async def _body(request: web.BaseRequest, transport: asyncio.Transport) -> bytes:
    """The request's body, decoded. Raises _RefusedError."""
    if not request.body_exists:
        return b""
    cap = limits.MAX_REQUEST_BODY_BYTES
    if (request.content_length or 0) > cap:
        raise _RefusedError(413, f"a request body of more than {cap} bytes")
    # RFC 9110, 10.1.1: "A server that receives a 100-continue expectation in an HTTP/1.0 request MUST ignore" it.
    if request.version >= (1, 1) and request.headers.get("Expect", "").lower() == "100-continue":
        transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise _RefusedError(413, f"a request body of more than {cap} bytes") from None
    except web.RequestPayloadError as error:
        reason = " ".join(str(error).split()).removeprefix("400, message: ")
        raise _RefusedError(400, f"the request's body can't be read: {reason}") from None
