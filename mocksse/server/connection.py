"""One client's connection: aiohttp's, but for two things that it would do otherwise.

A client may close its sending side behind the request (`nc -N`, `ncat`) and still wait for the answer. Its FIN looks
like that of a client that is gone, whose stream has to end at once; only writing could tell them apart. So a FIN is
the end of the request where it comes at once, before the answer has begun, and where there is soon something to write.
Any other, and any amid a request's body, is a client that is gone.

What can't be parsed is answered like any other request, and leaves no traceback on our terminal.

Of aiohttp's private parts this package uses, here: `RequestHandler` of `aiohttp.web_protocol`, its attributes `_loop`,
`_messages`, `_waiter`, `_current_request`, `_task_handler` and `_paused`, its methods `_drain_helper` and
`_make_error_handler` (overridden, and given an error with `exc` and `message`), and `_loop`, `_kwargs` and
`_connections` of `web.Server`; in `app`: `_message.should_close` of a request, and a response whose `__init__` is not
called.
"""

from __future__ import annotations

import asyncio
import re
import socket
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any, Protocol

from aiohttp import web
from aiohttp.http_exceptions import BadStatusLine, InvalidHeader, LineTooLong
from aiohttp.web_protocol import RequestHandler

from mocksse.server.clock import wall

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_AT_ONCE_S = 0.05
"""Between a request and a FIN that belongs to it. `nc -N` takes microseconds; a client's timeout is longer."""
_FAREWELL_S = 1.0
"""For handlers that have been cancelled."""
_TCP_CLOSE_WAIT = 8
"""The first byte of Linux's TCP_INFO once the peer's FIN is there."""


_QUOTING = (LineTooLong, InvalidHeader, BadStatusLine)
"""Errors that repeat what was read: it may be a credential."""
_QUOTE = re.compile(r"""\s(?:bytearray\()?b?['"]""")


class Going(Protocol):
    """An answer under way."""

    @property
    def sent(self) -> int:
        """Writes that were made."""

    def half_close(self) -> bool:
        """Nothing can come from the peer any longer. False: then it is not worth going on."""


class Connection(RequestHandler):
    """A protocol of the event loop. `refuse` answers what is no request: it gets the reason."""

    __slots__ = ("_begun_s", "_half_closed", "_refuse", "_run", "_stale", "made", "number")

    def __init__(
        self,
        manager: web.Server,
        refuse: Callable[[str, web.BaseRequest], Awaitable[web.StreamResponse]],
        number: int = 1,
        **options: Any,
    ) -> None:
        super().__init__(manager, **options)
        self._refuse = refuse
        self.number = number
        """Which connection it is of its server, from 1."""
        self.made = wall()
        """When, in seconds since 1970."""
        self._run: Going | None = None
        self._begun_s = 0.0
        self._half_closed = False
        self._stale = False

    @property
    def is_last(self) -> bool:
        """Whether no request can come any more."""
        return self._half_closed and not self._messages

    def is_cut(self, request: web.BaseRequest) -> bool:
        """Whether the rest of the request's body can't come any more."""
        return self._half_closed and not request.content.is_eof()

    @property
    def peer(self) -> str:
        """The client's address; empty where there is none."""
        name = self.transport.get_extra_info("peername") if self.transport is not None else None
        return str(name[0]) if isinstance(name, tuple) else ""

    def begin(self, run: Going) -> None:
        """The request is there as a whole, and this is about to answer it."""
        self._run = run
        self._begun_s = self._loop.time()
        self._half_closed = self._half_closed or _has_ended(self.transport)
        if self._half_closed:
            run.half_close()

    def end(self) -> None:
        """The answer is over."""
        self._run = None

    def close_on_next(self) -> None:
        """Look alive until another request comes, and close then without a word: now, if one waits already."""
        self._stale = True
        if self._messages:
            self.force_close()

    def data_received(self, data: bytes) -> None:
        """Bytes of a request."""
        if self._stale:
            if self.transport is not None:
                self.transport.close()
            return
        super().data_received(data)

    def cut(self) -> asyncio.Task[None] | None:
        """End it now. The task that serves it, if any, is about to be cancelled."""
        task = self._task_handler
        if self.transport is not None:
            self.transport.abort()
        return task

    def drained(self) -> asyncio.Future[None] | None:
        """What to wait for before more is written, if anything."""
        return asyncio.ensure_future(self._drain_helper()) if self._paused else None

    def eof_received(self) -> bool:  # type: ignore[override]
        """The peer's FIN. False: close."""
        if self._waiter is not None and not self._waiter.done():
            return False  # no request under way
        if self._run is not None:
            at_once = not self._run.sent and self._loop.time() - self._begun_s < _AT_ONCE_S
            self._half_closed = (self._half_closed or at_once) and self._run.half_close()
        else:
            # Either the handler reads the body, or it is yet to start and will ask `is_cut`.
            request = self._current_request
            self._half_closed = self._half_closed or request is None or request.content.is_eof()
        return self._half_closed

    def _make_error_handler(self, err_info: Any) -> Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]:
        # Behind the first paragraph it draws what it read, with a caret below.
        reason = str(err_info.message).partition("\n\n")[0]
        if isinstance(err_info.exc, _QUOTING):
            reason = _QUOTE.split(reason)[0]
        return partial(self._refuse, " ".join(reason.split()).rstrip(":"))


class Listener(web.Server):
    """What makes a Connection of every socket."""

    def __init__(
        self,
        handle: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]],
        refuse: Callable[[str, web.BaseRequest], Awaitable[web.StreamResponse]],
        **options: Any,
    ) -> None:
        super().__init__(handle, **options)
        self._refuse = refuse
        self._numbers = count(1)

    def __call__(self) -> Connection:
        return Connection(self, self._refuse, next(self._numbers), loop=self._loop, **self._kwargs)

    @property
    def connections(self) -> list[Connection]:  # type: ignore[override]
        return list(self._connections)  # type: ignore[arg-type]

    async def cut(self) -> None:
        """End all connections, whatever runs on them, and see their handlers out.

        Not `shutdown`: that waits for handlers, and a timeout of 0 means for ever to it.
        """
        tasks = [task for connection in self.connections if (task := connection.cut()) is not None]
        if tasks:
            await asyncio.wait(tasks, timeout=_FAREWELL_S)


def _has_ended(transport: asyncio.Transport | None) -> bool:
    """Whether the peer's FIN waits behind what was read; false where the system does not tell."""
    sock = transport.get_extra_info("socket") if transport is not None else None
    if sock is None or not hasattr(socket, "TCP_INFO"):
        return False
    try:
        return bool(sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == _TCP_CLOSE_WAIT)
    except OSError:
        return False
