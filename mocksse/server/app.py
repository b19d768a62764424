"""Requests in, plans out: what aiohttp hands over is matched, planned, and written by the one executor.

aiohttp listens, parses requests and minds connections. It writes nothing: the response object it gets back has no
bytes of its own, because every byte on the wire, status line and framing too, is the plan's. So every recorded head
goes out as it came, and nothing is added to it but what a browser needs to be let in.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast
from zlib import crc32

from aiohttp import web

from mocksse import limits
from mocksse.cassette.redact import NO_RULES
from mocksse.errors import MocksseError
from mocksse.record.upstream import choose
from mocksse.replay.draft import Context
from mocksse.replay.execute import Run, Timetable
from mocksse.server import guard, own
from mocksse.server.access import Answer, Played, brief, shown
from mocksse.server.answering import answered, recorded
from mocksse.server.asked import Asked
from mocksse.server.clock import wall
from mocksse.server.connection import Connection, Listener
from mocksse.server.control.call import Problem
from mocksse.server.control.dispatch import EVENTS, dispatch, guarded
from mocksse.server.control.events import seen_by, send_feed
from mocksse.server.forward import Downstream
from mocksse.server.incoming import RefusedError, body_of, context_of, make_request, text
from mocksse.server.journal import BrokenOff, Record
from mocksse.server.live import EMPTY, Outlet
from mocksse.server.relaying import NoAnswerError, Relays
from mocksse.server.sessions import split

if TYPE_CHECKING:
    from collections.abc import Callable

    from mocksse.server.session import Session
    from mocksse.server.through import Through
    from mocksse.server.world import World

_DECODED = frozenset({"gzip", "deflate", "br", "zstd"})
"""What aiohttp takes off a request's body."""
_UNBROKEN = "faults are for recordings: this answer is the upstream's own"


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
    """The server's one handler, over a world of sessions. `report` hears of every request when it is done."""

    def __init__(self, world: World, report: Callable[[Played], None]) -> None:
        self.world = world
        self._report = report
        self._clock = Timetable(asyncio.get_running_loop())
        self.stopping = False
        self.active = 0
        self.idle = asyncio.Event()
        self.idle.set()
        self._relays = Relays(world)
        world.active = lambda: self.active

    async def finish(self) -> None:
        """See recordings out."""
        await self._relays.finish()

    async def settled(self, seconds: float) -> None:
        """Wait until what upstreams say is recorded, so many seconds at most."""
        await self._relays.settled(seconds)

    def server(self) -> Listener:
        """The protocol factory for `loop.create_server`."""
        return Listener(
            self.handle,
            self.refuse,
            request_factory=make_request,
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
        context = context_of(request)
        name, target = split(request.raw_path)
        control = own.is_control(target) and not name
        try:
            self._check(request, connection)
            cap = limits.MAX_CONTROL_BODY_BYTES if control else limits.MAX_REQUEST_BODY_BYTES
            body = await body_of(request, connection.transport, cap)
        except RefusedError as refused:
            # The rest of the body is not worth a connection.
            context = replace(context, close=True)
            if control:
                answer = own.control(Problem(refused.status, refused.reason).reply, context)
            else:
                answer = own.error(refused.status, refused.reason, context)
            written = await self._play(request, context, answer, self._clock.now_us())
            if request.content.exception() is not None:
                # To read on, as aiohttp does where a body is left, would only raise it again.
                connection.force_close()
            return written
        asked_us = self._clock.now_us()
        if control:
            return await self._control(request, body, context, asked_us)
        return await self._ask(request, name, target, body, context, asked_us)

    async def refuse(self, reason: str, request: web.BaseRequest) -> web.StreamResponse:
        """Answer what is no request: `request` is empty. A page of any origin may have sent it."""
        context = Context("GET", close=True, origin="*")
        answer = own.error(400, f"not an HTTP request: {shown(reason)}", context)
        return await self._play(request, context, answer, self._clock.now_us())

    def _check(self, request: web.BaseRequest, connection: Connection) -> None:
        """Raises RefusedError for a request that no session is asked."""
        if reason := guard.wrong_target(request.method, request.raw_path):
            raise RefusedError(400, reason)
        world = self.world
        if not world.guard.local and (reason := world.guard.peer(connection.peer)):
            raise RefusedError(403, reason)
        origin = request.headers.get("Origin", "")
        if origin and (reason := world.guard.replay(request.headers.get("Host", ""), origin)):
            raise RefusedError(403, reason)

    # --- The control API

    async def _control(
        self, request: web.BaseRequest, body: bytes, context: Context, asked_us: int
    ) -> web.StreamResponse:
        try:
            path = request.raw_path.partition("?")[0]
            if path == EVENTS and request.method in {"GET", "HEAD"}:
                guarded(self.world, request.headers, path)
                seen = seen_by(request.headers, request.query, self.world.feed.last)
                return await self._feed(request, context, asked_us, seen)
            reply = await dispatch(self.world, request.method, request.raw_path, request.headers, body)
        except Problem as problem:
            reply = problem.reply
        except Exception as error:
            return await self._play(request, context, own.bug(error, replace(context, origin="")), asked_us)
        return await self._play(request, context, own.control(reply, context), asked_us)

    async def _feed(self, request: web.BaseRequest, context: Context, asked_us: int, seen: int) -> web.StreamResponse:
        """What happens here, to whoever listens, until it leaves or the server stops."""
        connection = cast("Connection", request.protocol)
        if connection.transport is None:
            return Written(connection, keep=False)
        outlet = Outlet(connection.transport, connection.drained, self._clock, asked_us)
        connection.begin(outlet)
        answer = Answer(200, EMPTY, "events")
        self._enter()
        try:
            keep = await send_feed(self.world.feed, outlet, context, seen, request.query.get("session"))
        finally:
            connection.end()
            self._leave(request, answer, outlet, asked_us, None, whole=True)
        return Written(connection, keep=keep)

    # --- The sessions' requests

    async def _ask(
        self, request: web.BaseRequest, name: str, target: str, body: bytes, context: Context, asked_us: int
    ) -> web.StreamResponse:
        if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
            answer = own.preflight(
                context,
                request.headers["Access-Control-Request-Method"],
                request.headers.get("Access-Control-Request-Headers", ""),
                private=request.headers.get("Access-Control-Request-Private-Network") == "true",
            )
            return await self._play(request, context, answer, asked_us)
        session = self.world.sessions.get(name) if name else self.world.sessions.default
        if session is None:
            answer = own.error(404, self.world.sessions.why_not(name), context)
            return await self._play(request, context, answer, asked_us)
        through = self.world.throughs.of(session.settings)
        upstream = choose(through.upstreams, target) if through is not None else None
        if through is not None and upstream is not None:
            chosen = tuple((name, v) for name in session.rules.headers for v in request.headers.getall(name, ()))
            asked = Asked(request.method, target, body, context, headers=chosen)
            found = None if through.always else recorded(self.world, session, request, target, body, context)
            if found is None and not through.always and await self._relays.written(session, asked):
                asked_us = self._clock.now_us()
                found = recorded(self.world, session, request, target, body, context)
            if found is None:
                forwarded = _Forwarded(through, upstream[1], asked, asked_us)
                return await self._relay(request, session, forwarded)
        else:
            found = answered(self.world, session, request, target, body, context)
        record = self._record(session, request, target, body, asked_us)
        record.plan_is(found)
        session.journal.add(record)
        return await self._play(request, context, found, asked_us, record)

    def _record(self, session: Session, request: web.BaseRequest, target: str, body: bytes, asked_us: int) -> Record:
        connection = cast("Connection", request.protocol)
        # What has been worked out since is part of the answer's time, which counts from when the request was there.
        at = wall() - (self._clock.now_us() - asked_us) / 1e6
        return Record(
            session.journal.begun + 1,
            session.name,
            at,
            connection.number,
            request.method,
            target,
            request.raw_headers,
            body[: limits.MAX_JOURNAL_BODY_BYTES],
            len(body),
            crc32(body) if len(body) > limits.MAX_JOURNAL_BODY_BYTES else 0,
            connection.made,
            redaction=session.stock.redaction,
        )

    async def _relay(self, request: web.BaseRequest, session: Session, going: _Forwarded) -> web.StreamResponse:
        """Let the upstream answer."""
        connection = cast("Connection", request.protocol)
        if connection.transport is None:
            return Written(connection, keep=False)
        asked, context = going.asked, going.asked.context
        record = self._record(session, request, asked.target, asked.body, going.asked_us)
        headers = [(text(name), text(value)) for name, value in request.raw_headers]
        decoded = request.headers.get("Content-Encoding", "").lower() in _DECODED
        outlet = Outlet(connection.transport, connection.drained, self._clock, going.asked_us)
        client = Downstream(outlet, context)
        try:
            body = asked.body if request.body_exists else None
            out = self._relays.request(request.method, going.url, headers, body, decoded=decoded)
        except MocksseError as error:
            status = error.status if isinstance(error, NoAnswerError) else 400
            answer = own.error(status, brief(str(error)), context)
            record.plan_is(answer)
            session.journal.add(record)
            return await self._play(request, context, answer, going.asked_us, record)
        record.kind, record.note = "relayed", f"relayed from {out.origin.host}"
        session.journal.add(record)
        connection.begin(outlet)
        self.world.begun(record)
        if self.world.following is not None:
            self.world.following.begun(record)
        self._enter()
        whole, refused, keep = False, None, False
        try:
            try:
                await self._relays.pass_on(out, client, going.through, record, session, asked)
            except NoAnswerError as error:
                refused = own.error(error.status, brief(str(error)), context)
            ending = client.ended.result() if refused is None else refused.sends
            keep = ending is None or refused is not None
            if ending is not None and connection.transport is not None:
                run = Run(ending, connection.transport, connection.drained, self._clock, self._clock.now_us())
                connection.begin(run)
                keep = await run.play()
                outlet.written += run.written
            whole = True
        finally:
            connection.end()
            notes = (_UNBROKEN,) if session.faults or "x-mocksse-fault" in request.headers else ()
            answer = refused or Answer(client.status, EMPTY, record.note, "relayed", notes=notes)
            record.status, record.kind, record.note, record.notes = answer.status, answer.kind, answer.note, notes
            record.planned_us, record.sizes = tuple(outlet.wrote_us), tuple(outlet.sizes)
            session.journal.weigh(record)
            self._leave(request, answer, outlet, going.asked_us, record, whole=whole)
        return Written(connection, keep=keep and not context.close)

    async def _play(
        self,
        request: web.BaseRequest,
        context: Context,
        answer: Answer,
        asked_us: int,
        record: Record | None = None,
    ) -> Written:
        connection = cast("Connection", request.protocol)
        if connection.transport is None:
            return Written(connection, keep=False)
        run = Run(answer.sends, connection.transport, connection.drained, self._clock, asked_us)
        connection.begin(run)
        if record is not None:
            record.run = run
            self.world.begun(record)
            if self.world.following is not None:
                self.world.following.begun(record, run, answer.sends)
        self._enter()
        whole = False
        try:
            keep = await run.play()
            whole = True
            if answer.sends.finish == "close-on-next-request":
                connection.close_on_next()
        finally:
            connection.end()
            self._leave(request, answer, run, asked_us, record, whole=whole)
        return Written(connection, keep=keep and (answer.kind == "played" or not context.close))

    def _enter(self) -> None:
        self.active += 1
        self.idle.clear()

    def _leave(
        self,
        request: web.BaseRequest,
        answer: Answer,
        run: Run | Outlet,
        asked_us: int,
        record: Record | None,
        *,
        whole: bool,
    ) -> None:
        self.active -= 1
        if not self.active:
            self.idle.set()
        seconds = (self._clock.now_us() - asked_us) / 1e6
        broken_off: BrokenOff = "" if whole else "the server was stopped" if self.stopping else "the client left"
        if record is not None:
            record.done_is(run, seconds, broken_off)
            self.world.done(record)
        rules = record.redaction if record is not None else NO_RULES
        target = shown(request.raw_path, tuple(request.headers.items()), rules)
        self._report(Played(request.method, target, answer, run, seconds, broken_off, record))


@dataclass(frozen=True, slots=True)
class _Forwarded:
    """A request that goes to an upstream."""

    through: Through
    url: str
    asked: Asked
    asked_us: int
