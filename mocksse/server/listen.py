"""A running server: its socket, signals, and a quiet end. The one way to start an App and to stop it."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import signal
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mocksse.errors import UpstreamError, UsageError
from mocksse.server.app import App
from mocksse.server.watch import watching

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from mocksse.server.access import AccessLog, Played
    from mocksse.server.connection import Listener
    from mocksse.server.world import World

_BACKLOG = 4096
FINISH_SECONDS = 5.0
"""How long running streams may go on after SIGTERM."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen; port 0 takes a free one."""

    host: str
    port: int
    tls: bool = False

    @property
    def url(self) -> str:
        """The base URL that a client on this machine uses."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 - asked for by --host
        return f"http{'s' if self.tls else ''}://{f'[{host}]' if ':' in host else host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Accepting:
    """An App that accepts connections, from `accept` until `cut`."""

    app: App
    _listener: Listener
    _server: asyncio.Server

    def close(self) -> None:
        """Accept no more connections; what is under way goes on, but for the feed, which has no end of its own."""
        self._server.close()
        self.app.world.feed.close()

    async def cut(self) -> None:
        """Accept no more, cut what is under way, and return once what is recorded of it is written."""
        self.close()
        self.app.stopping = True
        await self._listener.cut()
        await self.app.finish()


async def accept(
    world: World, sock: socket.socket, report: Callable[[Played], None], tls: ssl.SSLContext | None = None
) -> Accepting:
    """Accept connections on a bound socket. `report` hears of each request when it is done."""
    app = App(world, report)
    listener = app.server()
    server = await asyncio.get_running_loop().create_server(listener, sock=sock, backlog=_BACKLOG, ssl=tls)
    return Accepting(app, listener, server)


def warn_of_trouble(warn: Callable[[str], None]) -> None:
    """Let `warn` have a line for what goes wrong in the running loop where nobody awaits it."""
    asyncio.get_running_loop().set_exception_handler(lambda _, context: warn(_explain(context)))


async def serve(
    world: World,
    sock: socket.socket,
    log: AccessLog,
    ready: Callable[[], None],
    warn: Callable[[str], None],
    *,
    tls: ssl.SSLContext | None = None,
    watch: bool = False,
) -> None:
    """Serve until SIGINT (streams are cut) or SIGTERM (they may finish for FINISH_SECONDS; another signal cuts them).

    `ready` is called once connections are accepted. `watch`: what changes on disk is taken while we serve.
    """
    warn_of_trouble(warn)
    stopping: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
    hurry = asyncio.Event()

    def stop(finish: bool) -> None:
        if stopping.done():
            hurry.set()
        else:
            stopping.set_result(finish)

    _on_signals(stop)
    async with watching(world) if watch else contextlib.nullcontext():
        serving = await accept(world, sock, log, tls)
        try:
            _spare_the_collector()
            ready()
            finish = await stopping
            serving.close()
            if finish and serving.app.active:
                await _either(serving.app.idle, hurry)
        finally:
            await serving.cut()
            log.flush()


def _on_signals(stop: Callable[[bool], None]) -> None:
    """Call `stop` for SIGINT and SIGTERM; with True where streams may finish."""
    for number, finish in ((signal.SIGINT, False), (signal.SIGTERM, True)):
        with contextlib.suppress(NotImplementedError, RuntimeError):
            asyncio.get_running_loop().add_signal_handler(number, stop, finish)


def _spare_the_collector() -> None:
    # What was loaded stays; the collector need not look at it again while streams run.
    gc.collect()
    gc.freeze()
    # A journal's records live for a thousand requests; at Python's own pace they would be looked at again and again.
    gc.set_threshold(20_000, 20, 20)


async def _either(one: asyncio.Event, other: asyncio.Event) -> None:
    """Until one of them is set, FINISH_SECONDS at most."""
    waits = [asyncio.ensure_future(one.wait()), asyncio.ensure_future(other.wait())]
    _, left = await asyncio.wait(waits, timeout=FINISH_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    for wait in left:
        wait.cancel()


def raise_file_limit() -> None:
    """As many open files as the system lets us: each client is one."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft < hard:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def listening(address: Address) -> socket.socket:
    """A bound socket; the port in use, or an address that is not ours, is a UsageError."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    try:
        (kind, _, _, _, where), *_ = socket.getaddrinfo(address.host, address.port, family, socket.SOCK_STREAM)
    except socket.gaierror as error:
        raise UsageError(f"--host {address.host}: {error.strerror}", "use an address of this machine") from None
    sock = socket.socket(kind, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(where)
    except OSError as error:
        sock.close()
        if error.errno == errno.EADDRINUSE:
            raise UsageError(
                f"port {address.port} is in use", "choose another with --port, or 0 for a free one"
            ) from None
        if error.errno in {errno.EACCES, errno.EPERM}:
            raise UsageError(f"port {address.port} needs a privilege", "choose one above 1023 with --port") from None
        if error.errno == errno.EADDRNOTAVAIL:
            raise UsageError(f"--host {address.host} is no address of this machine") from None
        raise UpstreamError(f"can't listen on {address.host}:{address.port}: {error.strerror}") from None
    return sock


def _explain(context: dict[str, Any]) -> str:
    """What asyncio has to say about a trouble nobody awaits, in one line."""
    error = context.get("exception")
    if isinstance(error, OSError) and error.errno in {errno.EMFILE, errno.ENFILE}:
        return "no more open files: connections wait until others close (ulimit -n)"
    return f"{context.get('message', 'trouble')}{f': {error!r}' if error else ''}"
