"""Record-through as the settings have it: which session asks an upstream, when, and where the answers go.

`none` replays only. `once` records into a folder that was empty when the server started, and else replays only. `new`
asks for what no recording answers, `all` for everything. Nothing of a request can choose whom we ask.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING

from mocksse.cassette.redact import Rules
from mocksse.errors import UsageError
from mocksse.record.relay import Caps
from mocksse.record.upstream import Upstream, parse_upstream
from mocksse.settings.model import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from mocksse.settings.model import SessionSettings


@dataclass(frozen=True, slots=True)
class Through:
    """How one session asks. `always`: before any recording is looked for."""

    upstreams: tuple[Upstream, ...]
    folder: Path
    always: bool


@dataclass(frozen=True, slots=True)
class Throughs:
    """What holds for all sessions. `fresh`: the folders that had no cassette when the server started. `via`: the name
    by which a request that comes back to us is known."""

    fresh: frozenset[Path] = frozenset()
    caps: Caps = field(default_factory=Caps)
    keep_encoding: bool = False
    insecure: bool = False
    rules: Rules = field(default_factory=Rules)
    via: str = "mocksse"

    def of(self, session: SessionSettings) -> Through | None:
        """How this session asks; None: it only replays."""
        if session.record == "none":
            return None
        folder = folder_of(session)
        if folder is None or (session.record == "once" and folder not in self.fresh):
            return None
        return Through(upstreams_of(session), folder, session.record in {"once", "all"})


def upstreams_of(session: SessionSettings) -> tuple[Upstream, ...]:
    """The upstreams by prefix. Raises UsageError."""
    return tuple(parse_upstream(f"{prefix}={url}" if prefix else url) for prefix, url in session.upstream.items())


def folder_of(session: SessionSettings) -> Path | None:
    """The folder that a session records into. None: it does not record."""
    if session.record == "none":
        return None
    return session.folder or next(iter(session.cassettes), None)


def refuse_ourselves(sessions: Iterable[SessionSettings], sock: socket.socket) -> None:
    """Raises UsageError where an upstream is the very server that is about to listen on the socket."""
    host, port = sock.getsockname()[:2]
    for session in sessions:
        for upstream in upstreams_of(session):
            there = _origin(upstream)
            if there[1] == port and _is_here(there[0], host):
                name = "" if session.name in {"", DEFAULT} else f"session {session.name}: "
                raise UsageError(f"{name}--upstream {upstream.url}: that is this server itself", "name another one")


def _origin(upstream: Upstream) -> tuple[str, int]:
    from mocksse.record.request import Request

    origin = Request("GET", upstream.url).origin
    return str(origin.host), int(origin.port or 0)


def _is_here(name: str, host: str) -> bool:
    """Whether a name leads to the address that we listen on; a name that leads nowhere does not."""
    try:
        found = {_reached(str(entry[4][0])) for entry in socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)}
    except OSError:
        return False
    if host not in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        return host in found
    return any(map(_is_ours, found))


def _reached(address: str) -> str:
    """Where a connection to it goes: to 0.0.0.0 is to 127.0.0.1, and ::ffff:127.0.0.1 is that too."""
    ip = ip_address(address.partition("%")[0])
    ip = getattr(ip, "ipv4_mapped", None) or ip
    if ip.is_unspecified:
        return "::1" if ip.version == 6 else "127.0.0.1"
    return str(ip)


def _is_ours(address: str) -> bool:
    """Whether it is an address of this machine: only those can be bound."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True
