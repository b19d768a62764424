"""From settings to a running server, and its exit code: the one way in, whoever starts it.

What is wrong with the files, the sessions, the certificates or the port is said before anything is served.
"""

from __future__ import annotations

import asyncio
import sys
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from mocksse.cassette.library import ENDINGS, shelve
from mocksse.errors import EXIT_OK, EXIT_UPSTREAM, UsageError
from mocksse.server.access import AccessLog
from mocksse.server.guard import Guard
from mocksse.server.listen import Address, listening, raise_file_limit, serve
from mocksse.server.sessions import Sessions
from mocksse.server.stock import Stock
from mocksse.server.watch import watch
from mocksse.server.world import World

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from mocksse.settings.model import SessionSettings, Settings

FOLDER = Path("cassettes")
"""Where recordings go, and are looked for, when no place was named."""


def run(settings: Settings, say: Callable[[str], None], ready: Callable[[World, Address], None]) -> int:
    """Serve until a signal. `say` gets each line of talk, `ready` is called once connections are accepted.

    Gives the exit code: 3 where a recording was lost. Raises UsageError, CassetteError.
    """
    world = world_of(settings)
    tls = _tls(settings)
    sock = listening(Address(settings.host, settings.port, tls is not None))
    address = Address(settings.host, sock.getsockname()[1], tls is not None)
    local = ip_address(sock.getsockname()[0].partition("%")[0]).is_loopback
    world.guard = _guard(settings, local=local)
    world.header_control = settings.allow_header_control or local
    world.tls, world.url = tls is not None, address.url
    raise_file_limit()

    async def main() -> AccessLog:
        write = None if settings.quiet else _flushed
        log = AccessLog(write, asyncio.get_running_loop().call_later, as_json=settings.log_json)

        async def beside(stop: asyncio.Event) -> None:
            await watch(world, say, stop)

        await serve(
            world, sock, log, lambda: ready(world, address), say, tls=tls, beside=beside if settings.watch else None
        )
        return log

    log = asyncio.run(main())
    if not settings.quiet:
        say(f"\n{log.summary()}" if sys.stderr.isatty() else log.summary())
    return EXIT_UPSTREAM if world.counts.recordings["lost"] else EXIT_OK


def world_of(settings: Settings) -> World:
    """All that the server is to know, read from disk. Raises UsageError, CassetteError."""
    sessions = [settings.session, *settings.sessions.values()]
    roots = dict.fromkeys(path for session in sessions for path in session.cassettes or (FOLDER,))
    for folder in [folder_of(session) for session in sessions if session.record != "none"]:
        folder.mkdir(parents=True, exist_ok=True)
        roots[folder] = None
    recording = [session for session in sessions if session.record != "none"]
    try:
        shelved = shelve(roots)
    except UsageError:
        if not recording or any(list(root.rglob(f"*{ending}")) for root in roots for ending in ENDINGS):
            raise
        shelved = []
    stock = Stock(shelved, tuple(roots))
    made = Sessions(
        stock,
        settings.session,
        settings.sessions.values(),
        ttl=settings.session_ttl,
        most=settings.max_sessions,
        journal_size=settings.journal_size,
    )
    return World(made, made_up=settings.made_up)


def folder_of(session: SessionSettings) -> Path:
    """The folder that a session records into. Raises UsageError for a file."""
    folder = session.cassettes[0] if session.cassettes else FOLDER
    if folder.suffix in ENDINGS or (folder.exists() and not folder.is_dir()):
        raise UsageError(f"{folder}: a session records into a folder", f"use {folder.with_suffix('')}/")
    return folder


def _guard(settings: Settings, *, local: bool) -> Guard:
    names = {name.lower() for name in settings.allow_host}
    if not _is_address(settings.host):
        names.add(settings.host.lower())
    return Guard(local, frozenset(names), settings.token, settings.allow_public, settings.control)


def _is_address(host: str) -> bool:
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _tls(settings: Settings) -> ssl.SSLContext | None:
    if settings.tls_cert is None:
        if settings.tls_key is not None:
            raise UsageError("--tls-key without --tls-cert")
        return None
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(settings.tls_cert, settings.tls_key)
    except ssl.SSLError as error:
        raise UsageError(f"{settings.tls_cert}: no certificate and key in PEM: {error.reason}") from None
    except OSError as error:
        raise UsageError(f"{settings.tls_cert}, {settings.tls_key}: {error.strerror}") from None
    return context


def _flushed(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
