"""What tests of recording share: no proxy but the test's own, a certificate authority, ways to a raw server,
and a recorder that tells it what was read."""

from __future__ import annotations

import ssl
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import pytest
import trustme
from tap_servers import RawServer, proxy_script
from tap_ways import Route, Script, Trust, WayTo

from mocksse.record import recorder
from mocksse.record.assemble import Assembly

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mocksse.cassette.seen import Seen


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture(scope="session")
def trust() -> Trust:
    """TLS contexts of a server on 127.0.0.1 and of a client that trusts it."""
    ca = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1", "localhost").configure_cert(server)
    client = ssl.create_default_context()
    ca.configure_trust(client)
    return Trust(server, client)


@pytest.fixture
def way_to(trust: Trust, monkeypatch: pytest.MonkeyPatch) -> WayTo:
    """`way_to(kind, script)`: a server that runs `script` for one connection, and the way there (see ROUTES)."""

    @contextmanager
    def open_way(kind: str, script: Script) -> Iterator[Route]:
        with ExitStack() as stack:
            server = stack.enter_context(RawServer(script, None if kind in ("plain", "absolute") else trust.server))
            proxy = None
            if kind in ("connect", "absolute", "tls-proxy"):
                proxy = stack.enter_context(RawServer(proxy_script, trust.server if kind == "tls-proxy" else None))
                variable = "http_proxy" if kind == "absolute" else "https_proxy"
                scheme = "https" if kind == "tls-proxy" else "http"
                monkeypatch.setenv(variable, f"{scheme}://127.0.0.1:{proxy.port}")
            yield Route(kind, server, proxy, trust.client)

    return open_way


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Callable[[RawServer, tuple[bytes, ...]], None]:
    """`heard(server, pieces)`: lets the server know of each piece that the recorder has read to its end."""

    def tell(server: RawServer, pieces: tuple[bytes, ...]) -> None:
        ends = [sum(map(len, pieces[: count + 1])) for count in range(len(pieces))]
        got = 0

        class Telling(Assembly):
            def feed(self, at_us: int, data: bytes) -> list[Seen]:
                nonlocal got
                got += len(data)
                while ends and ends[0] <= got:
                    server.heard.release()
                    del ends[0]
                return super().feed(at_us, data)

        monkeypatch.setattr(recorder, "Assembly", Telling)

    return tell
