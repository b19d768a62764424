"""Requests in, plans out: what aiohttp hands over is matched, planned, and written by the one executor.

aiohttp listens, parses requests and minds connections. It writes nothing: the response object it gets back has no
bytes of its own, because every byte on the wire, status line and framing too, is the plan's. So every recorded head
goes out as it came, and nothing is added to it but what a browser needs to be let in.
"""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any

from aiohttp import web

from mocksse import limits
from mocksse.replay import cors
from mocksse.replay.execute import Run, Timetable
from mocksse.replay.plan import Context, Sends
from mocksse.server.access import Played
from mocksse.wire import http1_encode

if TYPE_CHECKING:
    from collections.abc import Callable

    from mocksse.server.session import Session
    from mocksse.server.tape import Tape

_CONTROL = "/__mocksse/"


class Written(web.StreamResponse):
    """The answer has been written already; aiohttp only wants to know whether the connection lives on."""

    def __init__(self, *, keep: bool) -> None:
        # Not StreamResponse's: nothing of what it sets up would be used.
        self._keep = keep

    async def prepare(self, request: web.BaseRequest) -> None:
        """Nothing to prepare."""

    async def write_eof(self, data: bytes = b"") -> None:
        """Nothing to write."""

    @property
    def keep_alive(self) -> bool:
        return self._keep


class App:
    """The server's one handler, over one session. `report` hears of every request when it is done."""

    def __init__(self, session: Session, report: Callable[[Played], None]) -> None:
        self._session = session
        self._report = report
        self._clock = Timetable(asyncio.get_running_loop())
        self.active = 0
        self.idle = asyncio.Event()
        self.idle.set()

    def server(self) -> web.Server:
        """The protocol factory for `loop.create_server`."""
        return web.Server(
            self.handle,
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
        protocol = request.protocol
        transport = request.transport
        if transport is None:
            return Written(keep=False)
        started = time.monotonic()
        context = _context(request)
        if request.headers.get("Expect", "").lower() == "100-continue":
            transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        try:
            body = await request.read() if request.body_exists else b""
        except web.HTTPRequestEntityTooLarge:
            tape, sends = (
                None,
                _error(413, f"a request body of more than {limits.MAX_REQUEST_BODY_BYTES} bytes", context),
            )
        else:
            tape, sends = self._answer(request, body, context)

        def drain() -> asyncio.Future[None] | None:
            return asyncio.ensure_future(protocol._drain_helper()) if protocol._paused else None  # noqa: SLF001

        run = Run(sends, transport, drain, self._clock)
        self.active += 1
        self.idle.clear()
        whole = False
        try:
            keep = await run.play()
            whole = True
        finally:
            self.active -= 1
            if not self.active:
                self.idle.set()
            self._report(Played(request.method, request.path_qs, sends, tape, run, time.monotonic() - started, whole))
        return Written(keep=keep)

    def _answer(self, request: web.BaseRequest, body: bytes, context: Context) -> tuple[Tape | None, Sends]:
        method, target = request.method, request.raw_path
        if method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
            return None, _preflight(request, context)
        if target.startswith(_CONTROL):
            return None, _control(target, context)
        tape = self._session.choose(method, target, body)
        if tape is not None:
            return tape, tape.play(context)
        near = self._session.explain_miss(method, target, body)
        return None, _error(404, f"no recording answers {method} {target}", context, nearest=near)


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
        request.method,
        "1.0" if old else "1.1",
        request._message.should_close or old,  # noqa: SLF001 - aiohttp's reading of Connection
        request.headers.get("Origin", ""),
    )


# --- Answers of our own


def _error(status: int, message: str, context: Context, **more: object) -> Sends:
    error = {"message": message, "type": "mocksse", "code": status, **more}
    return _own(status, {"error": error}, context)


def _control(target: str, context: Context) -> Sends:
    if target == f"{_CONTROL}health":
        return _own(200, {"status": "ok"}, context)
    return _error(404, f"no such endpoint: {target}", context)


def _own(status: int, value: object, context: Context) -> Sends:
    body = json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"
    headers = [(b"Content-Type", b"application/json"), (b"Content-Length", str(len(body)).encode())]
    if context.close:
        headers.append((b"Connection", b"close"))
    lines = cors.answer(tuple(headers), context.origin) if context.origin else tuple(headers)
    head = http1_encode.encode_head(status, None, lines)
    return _at_once(head if context.method == "HEAD" else head + body, context)


def _preflight(request: web.BaseRequest, context: Context) -> Sends:
    asked = request.headers
    return _at_once(
        cors.preflight(
            context.origin,
            asked.get("Access-Control-Request-Method", ""),
            asked.get("Access-Control-Request-Headers", ""),
            private=asked.get("Access-Control-Request-Private-Network") == "true",
        ),
        context,
    )


def _at_once(data: bytes, context: Context) -> Sends:
    return Sends((0,), (data,), (False,), 0, "fin" if context.close else "complete")
