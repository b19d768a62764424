"""Why there is no connection, in one line each; and proxies, which are the usual reason."""

from __future__ import annotations

import base64
import socket
import ssl
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from tap_servers import PATIENCE, RawServer, read_head, reset
from tap_ways import HEAD, Trust, WayTo, run, take_all

from mocksse.errors import EXIT_UPSTREAM, EXIT_USAGE, UpstreamError, UsageError
from mocksse.record.tap import Request, open_tap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def failed_handshake(trust: Trust) -> Iterator[int]:
    """A TLS server's port; its handshake must fail."""
    server = RawServer(lambda *_: None, trust.server)
    with pytest.raises(ssl.SSLError), server:
        yield server.port


def refusal(url: str, **options: Any) -> UpstreamError | UsageError:
    """What open_tap says of `url`."""
    said: list[UpstreamError | UsageError] = []

    async def main() -> None:
        with pytest.raises((UpstreamError, UsageError)) as caught:
            async with open_tap(Request("GET", url), **{"connect_timeout": PATIENCE, **options}):
                pytest.fail("connected")
        said.append(caught.value)

    run(main())
    assert "\n" not in str(said[0])
    return said[0]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.mark.parametrize("url", ["http://nosuch.invalid/x?key=sk-0123456789", "https://nosuch.invalid"])
def test_unknown_host(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def getaddrinfo(*_: Any, **__: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    error = refusal(url)
    assert error.message == "unknown host nosuch.invalid: Name or service not known"
    assert error.exit_code == EXIT_UPSTREAM


@pytest.mark.parametrize("host", ["a..b", "x" * 64, "127.1"])
def test_no_host_name_at_all(host: str) -> None:
    error = refusal(f"http://{host}:1/")
    assert error.message == f"{host} is neither a host name nor an address"
    assert error.exit_code == EXIT_USAGE


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_connection_refused(scheme: str) -> None:
    port = free_port()
    error = refusal(f"{scheme}://127.0.0.1:{port}/x?key=sk-0123456789")
    assert str(error) == f"connection refused: 127.0.0.1:{port} (is the server running there?)"
    assert error.exit_code == EXIT_UPSTREAM


def test_connection_refused_at_every_address(monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()

    def getaddrinfo(*_: Any, **__: Any) -> list[Any]:
        kind = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "")
        return [(*kind, ("127.0.0.1", port)), (*kind, ("127.0.0.2", port))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    assert refusal(f"http://two.example:{port}/").message == f"connection refused: two.example:{port}"


def test_an_untrusted_certificate_and_insecure(trust: Trust, way_to: WayTo) -> None:
    with failed_handshake(trust) as port:
        error = refusal(f"https://127.0.0.1:{port}/")
    assert error.message.startswith(f"TLS: the certificate of 127.0.0.1:{port} is not trusted: ")
    assert "--insecure" in error.hint

    def script(sock: socket.socket, _: RawServer) -> None:
        read_head(sock)
        sock.sendall(HEAD)

    async def main() -> None:
        async with open_tap(Request("GET", way.url), connect_timeout=PATIENCE, insecure=True) as tap:
            assert (await take_all(tap))[0] == HEAD

    with way_to("tls", script) as way:
        run(main())


def test_a_certificate_for_another_name(trust: Trust, monkeypatch: pytest.MonkeyPatch) -> None:
    def getaddrinfo(*_: Any, **__: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    with failed_handshake(trust) as port:
        error = refusal(f"https://other.example:{port}/", tls=trust.client)
    assert "not trusted: Hostname mismatch" in error.message


def test_tls_on_a_plain_port() -> None:
    def script(sock: socket.socket, server: RawServer) -> None:
        sock.recv(65536)
        sock.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        server.wait_go()

    with RawServer(script) as server:
        error = refusal(f"https://127.0.0.1:{server.port}/")
        assert str(error) == f"127.0.0.1:{server.port} does not speak TLS (http:// instead of https://?)"


@pytest.mark.parametrize("end", [reset, socket.socket.close])
def test_hung_up_in_the_handshake(end: Callable[[socket.socket], None]) -> None:
    def script(sock: socket.socket, _: RawServer) -> None:
        sock.recv(65536)
        end(sock)

    with RawServer(script) as server:
        error = refusal(f"https://127.0.0.1:{server.port}/")
        assert error.message == f"127.0.0.1:{server.port} hung up while we were connecting"


def test_connect_timeout_covers_the_handshake() -> None:
    with RawServer(lambda _, server: server.wait_go()) as server:
        error = refusal(f"https://127.0.0.1:{server.port}/", connect_timeout=0.05)
        assert str(error) == f"no connection to 127.0.0.1:{server.port} within 0.05 s (--connect-timeout SECONDS)"


# Proxies.


def through(answer: bytes, monkeypatch: pytest.MonkeyPatch) -> tuple[str, int]:
    """What is said when the proxy gives `answer` to CONNECT, and its port."""

    def script(sock: socket.socket, _: RawServer) -> None:
        read_head(sock)
        sock.sendall(answer)

    with RawServer(script) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:secret@127.0.0.1:{proxy.port}")
        error = refusal("https://api.example/x?key=sk-0123456789")
    assert "secret" not in str(error)
    assert error.exit_code == EXIT_UPSTREAM
    return str(error), proxy.port


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (
            b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 3\r\n\r\nno!",
            "it says 407 Proxy Authentication Required (HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT)",
        ),
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", "it says 403 Forbidden (NO_PROXY=HOST goes direct)"),
        (b"SSH-2.0-x\r\n\r\n", "its answer is not HTTP (is it an HTTP proxy?)"),
        (b"", "Server disconnected"),
    ],
)
def test_a_proxy_that_refuses(answer: bytes, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    said, port = through(answer, monkeypatch)
    assert said == f"no connection to api.example:443 through proxy 127.0.0.1:{port}: {says}"


def test_a_proxy_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with RawServer(lambda _, server: server.wait_go()) as proxy:
        monkeypatch.setenv("ALL_PROXY", f"127.0.0.1:{proxy.port}")
        error = refusal("https://api.example/", connect_timeout=0.05)
        assert f"api.example:443 through proxy 127.0.0.1:{proxy.port} within 0.05 s" in error.message


def test_a_proxy_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    for url in ("https://api.example/", "http://api.example/"):
        monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{port}")
        assert refusal(url).message == f"connection refused: proxy 127.0.0.1:{port}"


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1080", "http://user:secret@h:x", "http://"])
def test_a_proxy_that_cannot_be_one(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    error = refusal("https://api.example/")
    assert error.exit_code == EXIT_USAGE
    assert "HTTPS_PROXY=http://HOST:PORT" in str(error)
    assert "secret" not in str(error)


@pytest.mark.parametrize("bypass", ["127.0.0.1", "127.0.0.1:{port}", "*", "x.example, 127.0.0.1"])
def test_no_proxy(bypass: str, way_to: WayTo, monkeypatch: pytest.MonkeyPatch) -> None:
    def script(sock: socket.socket, _: RawServer) -> None:
        read_head(sock)
        sock.sendall(HEAD)

    async def main() -> None:
        async with way.open() as tap:
            assert (await take_all(tap))[0] == HEAD

    with way_to("plain", script) as way:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
        monkeypatch.setenv("NO_PROXY", bypass.format(port=way.server.port))
        run(main())


@pytest.mark.parametrize("kind", ["connect", "absolute"])
def test_a_proxy_gets_its_credentials_and_the_server_does_not(
    kind: str, way_to: WayTo, monkeypatch: pytest.MonkeyPatch
) -> None:
    def script(sock: socket.socket, server: RawServer) -> None:
        server.request = read_head(sock)
        sock.sendall(HEAD)

    async def main() -> None:
        async with way.open() as tap:
            assert (await take_all(tap))[0] == HEAD

    with way_to(kind, script) as way:
        assert way.proxy is not None
        name = "http_proxy" if kind == "absolute" else "https_proxy"
        monkeypatch.setenv(name, f"http://user:p%40ss@127.0.0.1:{way.proxy.port}")
        run(main())
        credentials = b"Proxy-Authorization: Basic " + base64.b64encode(b"user:p@ss") + b"\r\n"
        assert credentials in way.proxy.request
        # Our test proxy passes a plain request on as it is; in a tunnel it is for the proxy's eyes only.
        assert (credentials in way.server.request) is (kind == "absolute")
