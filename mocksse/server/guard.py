"""Who may ask for what. Pure: a request's host, origin and peer go in, and why it is refused comes out.

A page of any origin may read what is replayed: that is what the server is for. The control API is for whoever started
the server: on this machine by reaching it, elsewhere by a token. A name that an attacker's DNS points here (rebinding)
is none of ours; an address can't be rebound. Nobody's request decides where another request goes.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

_OWN_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Guard:
    """`local`: only this machine can reach us. `names`: more that the Host header may say. `token`: what control asks
    for, where there is one. `public`: clients with addresses of the open internet are served."""

    local: bool = True
    names: frozenset[str] = frozenset()
    token: str = field(default="", repr=False)
    public: bool = False
    control: bool = True

    def peer(self, address: str) -> str:
        """Why a client at this address gets nothing; empty where it does."""
        if self.local or self.public or not address:
            return ""
        client = ip_address(address.partition("%")[0])
        # A socket for both families has IPv4 clients as ::ffff:192.0.2.1.
        if (getattr(client, "ipv4_mapped", None) or client).is_global:
            return "clients with public addresses are refused: serve --allow-public"
        return ""

    def knows(self, host: str) -> bool:
        """Whether a Host header speaks of this server."""
        name = host_name(host)
        if name in _OWN_NAMES or name in self.names or name.endswith(".localhost"):
            return True
        try:
            address = ip_address(name)
        except ValueError:
            return False
        return address.is_loopback or not self.local

    def replay(self, host: str, origin: str) -> str:
        """Why a page may not read what is replayed; empty where it may."""
        return _stranger(host) if origin and not self.knows(host) else ""

    def may_look(self, host: str, origin: str, *, tls: bool = False) -> str:
        """Why a request may not know whether the server is well; empty where it may.

        Whoever reaches us may, but for pages of another origin. Probes that name no host are none of those.
        """
        if host and not self.knows(host):
            return _stranger(host)
        if origin and (_spelt(origin) or "") != _spelt(f"{'https' if tls else 'http'}://{host}"):
            return "the control API is not for pages of another origin"
        return ""

    def may_open(self, host: str, origin: str, *, tls: bool = False) -> str:
        """Why a request may not have the page, which holds nothing of the server's; empty where it may.

        It is all of `may_control` but the token: that is for the page to ask for.
        """
        if not self.control:
            return "the control API is switched off"
        if not host:
            return "no Host header: not a name of this server"
        if reason := self.may_look(host, origin, tls=tls):
            return reason
        if not self.token and not self.local:
            return "the control API is closed where other machines could ask: serve --token TEXT opens it"
        return ""

    def may_control(self, host: str, origin: str, authorization: str, *, tls: bool = False) -> str:
        """Why a request may not use the control API; empty where it may."""
        if reason := self.may_open(host, origin, tls=tls):
            return reason
        if self.token:
            scheme, _, given = authorization.strip().partition(" ")
            given = given.strip() if scheme.lower() == "bearer" else ""
            if not hmac.compare_digest(given.encode("utf-8", "replace"), self.token.encode("utf-8", "replace")):
                return "the control API asks for its token: Authorization: Bearer TOKEN"
        return ""


def _stranger(host: str) -> str:
    name = host_name(host)
    return f"Host {host}: not a name of this server" + (f": serve --allow-host {name}" if name else "")


def host_name(host: str) -> str:
    """The name in a Host header, without its port, in lower case."""
    found = re.fullmatch(r"\[([^\]]*)\](?::[0-9]*)?|([^:\[\]]*)(?::[0-9]*)?", host.strip())
    return (found[1] or found[2] or "").lower().rstrip(".") if found else ""


def wrong_target(method: str, target: str) -> str:
    """Why a request's target is not taken; empty where it is.

    RFC 9112, 3.2: "absolute-form" and "authority-form" are for proxies, and this is none. Of a path that goes up,
    nobody could say where it ends behind another server.
    """
    if method == "CONNECT":
        return "CONNECT: this is no proxy"
    if not target.startswith("/"):
        return "this is no proxy: ask for a path" if "://" in target else f"{method} of no path"
    path = target.partition("?")[0]
    if "." in path or "%" in path or "\\" in path:
        segments = re.split(r"[/\\]", unquote(unquote(path)))
        if ".." in segments or "." in segments:
            return "a path with . or .. in it"
    return ""


def _spelt(origin: str) -> tuple[str, str, int | None] | None:
    """An origin in one spelling; None for what is none, such as `null`."""
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    return parts.scheme, parts.hostname.rstrip("."), port or {"http": 80, "https": 443}[parts.scheme]
