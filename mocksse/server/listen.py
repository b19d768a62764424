"""A running server: the listening socket, signals, and a quiet end. All that is asyncio about starting and stopping."""

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

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Coroutine

    from mocksse.server.access import AccessLog
    from mocksse.server.world import World

BACKLOG = 4096
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


async def serve(
    world: World,
    sock: socket.socket,
    log: AccessLog,
    ready: Callable[[], None],
    warn: Callable[[str], None],
    *,
    tls: ssl.SSLContext | None = None,
    beside: Callable[[asyncio.Event], Coroutine[Any, Any, None]] | None = None,
) -> None:
    """Listen until SIGINT (streams are cut) or SIGTERM (they may finish for FINISH_SECONDS).

    `ready` is called once connections are accepted. `beside` runs along until the event it is given is set.
    """
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: warn(explain(context)))
    app = App(world, log)
    listener = app.server()
    server = await loop.create_server(listener, sock=sock, backlog=BACKLOG, ssl=tls)
    stopping: asyncio.Future[bool] = loop.create_future()

    def stop(finish: bool) -> None:
        if stopping.done():
            cut.set()
        else:
            stopping.set_result(finish)

    cut, over = asyncio.Event(), asyncio.Event()
    for number, finish in ((signal.SIGINT, False), (signal.SIGTERM, True)):
        with contextlib.suppress(NotImplementedError, RuntimeError):
            loop.add_signal_handler(number, stop, finish)
    along = asyncio.ensure_future(beside(over)) if beside is not None else None
    await asyncio.sleep(0)  # it looks before anybody is told that we are there
    # What was loaded stays; the collector need not look at it again while streams run.
    gc.collect()
    gc.freeze()
    # A journal's records live for a thousand requests; at Python's own pace they would be looked at again and again.
    gc.set_threshold(20_000, 20, 20)
    ready()
    try:
        finish = await stopping
        server.close()
        world.feed.close()
        if finish and app.active:
            waits = [asyncio.ensure_future(app.idle.wait()), asyncio.ensure_future(cut.wait())]
            _, left = await asyncio.wait(waits, timeout=FINISH_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            for wait in left:
                wait.cancel()
    finally:
        server.close()
        world.feed.close()
        app.stopping = True
        over.set()
        await listener.cut()
        await app.finish()
        if along is not None:
            await asyncio.wait((along,), timeout=1)
        log.flush()


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


def explain(context: dict[str, Any]) -> str:
    """What asyncio has to say about a trouble nobody awaits, in one line."""
    error = context.get("exception")
    if isinstance(error, OSError) and error.errno in {errno.EMFILE, errno.ENFILE}:
        return "no more open files: connections wait until others close (ulimit -n)"
    return f"{context.get('message', 'trouble')}{f': {error!r}' if error else ''}"
