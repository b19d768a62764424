"""From settings to a running server, and its exit code: the one way in, whoever starts it.

What is wrong with the files, the sessions, the certificates or the port is said before anything is served.
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_address
from secrets import token_hex
from typing import TYPE_CHECKING

from mocksse.cassette.library import ENDINGS, holds_any, shelve
from mocksse.cassette.redact import Rules
from mocksse.errors import EXIT_OK, EXIT_UPSTREAM, UpstreamError, UsageError
from mocksse.record.relay import Caps
from mocksse.server.access import AccessLog
from mocksse.server.banner import banner
from mocksse.server.bases import bases
from mocksse.server.clock import wall
from mocksse.server.feed import Feed
from mocksse.server.following import Following
from mocksse.server.guard import Guard
from mocksse.server.listen import Address, listening, raise_file_limit, serve
from mocksse.server.sessions import Sessions
from mocksse.server.stock import Stock
from mocksse.server.through import Throughs, folder_of, refuse_ourselves
from mocksse.server.world import World

if TYPE_CHECKING:
    import socket
    import ssl
    from collections.abc import Callable
    from pathlib import Path

    from mocksse.server.following import View
    from mocksse.settings.model import Settings


def run(
    settings: Settings,
    ready: Callable[[str], None],
    say: Callable[[str], None],
    write: Callable[[str], None],
    open_view: Callable[[str], View] | None = None,
) -> int:
    """Serve until SIGINT or SIGTERM, and give the exit code: 3 where a recording was lost.

    `ready` gets the base URL once connections are accepted; `say` lines of talk, `write` access lines as text with
    their line ends. `open_view` makes what an answer to a path is shown to, where answers are followed. Raises
    MocksseError for cassettes, sessions and certificates that can't be served, and a port in use.
    """
    world = world_of(settings)
    if open_view is not None:
        following = world.following = Following(open_view, write)
        say, write = partial(_say, following), following.write
    world.say = say
    if not settings.quiet:
        world.tell = say
    opened = open_server(settings, world)
    raise_file_limit()
    address, sock, tls = opened.address, opened.sock, opened.tls

    def up() -> None:
        if not settings.quiet:
            default = world.sessions.default
            files = len({tape.file for tape in default.tapes})
            more = [_control(settings, address.url, local=opened.local)]
            others = bases(settings, world.throughs)
            shown = banner(default.tapes, address.url, files, default.faults, default.pacing, others, more)
            say(f"mocksse listens at {address.url}" if settings.log_json else shown)
        ready(address.url)

    async def main() -> AccessLog:
        loop = asyncio.get_running_loop()
        log = AccessLog(None if settings.quiet else write, loop.call_later, as_json=settings.log_json)
        await serve(world, sock, log, up, say, tls=tls, watch=settings.watch)
        return log

    log = asyncio.run(main())
    if not settings.quiet:
        say(f"\n{log.summary()}" if sys.stderr.isatty() and not settings.log_json else log.summary())
    return EXIT_UPSTREAM if world.counts.recordings["lost"] else EXIT_OK


def _say(following: Following, text: str) -> None:
    following.write(f"{text}\n")


@dataclass(frozen=True, slots=True)
class Opened:
    """A server before it accepts anybody: its socket is bound. `local`: where only this machine reaches it."""

    world: World
    sock: socket.socket
    address: Address
    tls: ssl.SSLContext | None
    local: bool


def open_server(settings: Settings, world: World) -> Opened:
    """Bind the socket, and let the world know where it is and whom it may answer. Raises MocksseError."""
    tls = _tls(settings)
    sock = listening(Address(settings.host, settings.port, tls is not None))
    address = Address(settings.host, sock.getsockname()[1], tls is not None)
    local = ip_address(sock.getsockname()[0].partition("%")[0]).is_loopback
    world.guard = _guard(settings, local=local)
    world.header_control = settings.allow_header_control or local
    world.tls, world.url = tls is not None, address.url
    refuse_ourselves([settings.session, *settings.sessions.values()], sock)
    return Opened(world, sock, address, tls, local)


def world_of(settings: Settings) -> World:
    """All that the server is to know, read from disk. Raises MocksseError."""
    sessions = [settings.session, *settings.sessions.values()]
    roots = tuple(dict.fromkeys(path for session in sessions for path in session.cassettes))
    folders = [_made(folder) for session in sessions if (folder := folder_of(session)) is not None]
    fresh = frozenset(folder for folder in folders if not holds_any(folder))
    shelved = shelve([root for root in roots if root not in fresh]) if set(roots) - fresh else []
    redaction = Rules(**settings.redact)
    stock = Stock(shelved, roots, redaction, settings.extract)
    made = Sessions(
        stock,
        settings.session,
        settings.sessions.values(),
        ttl=settings.session_ttl,
        most=settings.max_sessions,
        journal_size=settings.journal_size,
    )
    throughs = Throughs(
        fresh,
        Caps(idle_s=settings.timeout, after_client_s=settings.record_cap),
        settings.keep_encoding,
        settings.insecure,
        redaction,
        f"mocksse-{token_hex(4)}",
    )
    return World(made, made_up=settings.made_up, throughs=throughs, feed=Feed(int(wall() * 1000)))


def _made(folder: Path) -> Path:
    """A folder to record into, made where there is none."""
    if folder.suffix in ENDINGS or (folder.exists() and not folder.is_dir()):
        raise UsageError(f"{folder}: a session records into a folder", f"use {folder.with_suffix('')}/")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UpstreamError(f"{folder}: can't be made: {error.strerror}", "record into another folder") from None
    return folder


def _control(settings: Settings, url: str, *, local: bool) -> str:
    """Where the control API is, or why it is not."""
    if not settings.control:
        return "control API: off"
    if not local and not settings.token:
        return "control API: closed, because other machines could ask (--token TEXT opens it)"
    token = " (with its token)" if settings.token else ""
    return f"look at it: {url}/__mocksse/{token} · control API: {url}/__mocksse/docs"


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
        return None
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])
    try:
        # A password, though none: OpenSSL would ask for one at the terminal.
        context.load_cert_chain(settings.tls_cert, settings.tls_key, "")
    except ssl.SSLError as error:
        files = " and ".join(dict.fromkeys(map(str, filter(None, (settings.tls_cert, settings.tls_key)))))
        known = {"": "", "KEY_VALUES_MISMATCH": ": the key is another certificate's"}
        why = known.get(error.reason or "", f": {error.reason}")
        hint = "--tls-key names the key, which must have no password"
        raise UsageError(f"{files}: no certificate with its key in PEM{why}", hint) from None
    except OSError as error:
        raise UsageError(f"{_unreadable(settings.tls_cert, settings.tls_key)}: {error.strerror}") from None
    return context


def _unreadable(*paths: Path | None) -> Path | None:
    """The one that can't be read; OpenSSL does not say which."""
    for path in paths:
        try:
            if path is not None:
                path.open("rb").close()
        except OSError:
            return path
    return paths[0]
