"""Servers that say exactly what a test tells them to, on threads and raw sockets: one connection, one script."""

from __future__ import annotations

import select
import socket
import struct
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

PATIENCE = 10.0
"""Seconds after which a test that hangs fails."""


def reset(sock: socket.socket) -> None:
    """Close with RST instead of FIN."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def read_head(sock: socket.socket) -> bytes:
    """A request's head, and what came in the same read behind it."""
    head = b""
    while b"\r\n\r\n" not in head and (data := sock.recv(65536)):
        head += data
    return head


class RawServer:
    """Serves one connection with `script(socket, server)`; an exception in the script fails the test on exit."""

    def __init__(self, script: Callable[[socket.socket, RawServer], None], tls: ssl.SSLContext | None = None) -> None:
        self._script = script
        self._tls = tls
        self._error: BaseException | None = None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._run)
        self.port: int = self._listener.getsockname()[1]
        self.request = b""
        self.heard = threading.Semaphore(0)
        """Released by the client for each piece it has."""
        self.go = threading.Event()
        """Set by the client when the script may go on."""
        self.done = threading.Event()
        """Set when the script has run and its socket is closed."""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.go.set()
        self.heard.release(1000)
        # Wakes an accept() that nobody came to.
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(PATIENCE)
        self._listener.close()
        assert not self._thread.is_alive(), "the server's script hangs"
        if self._error is not None:
            raise self._error

    def wait_heard(self) -> None:
        assert self.heard.acquire(timeout=PATIENCE)

    def wait_go(self) -> None:
        assert self.go.wait(PATIENCE)

    def _run(self) -> None:
        try:
            sock, _ = self._listener.accept()
        except OSError:
            return
        try:
            # Or a reset discards what Nagle still holds back, and it never was on the wire.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.settimeout(PATIENCE)
            if self._tls is not None:
                sock = self._tls.wrap_socket(sock, server_side=True)
            with sock:
                self._script(sock, self)
        except BaseException as exc:
            self._error = exc
        finally:
            sock.close()
            self.done.set()


def proxy_script(sock: socket.socket, server: RawServer) -> None:
    """An HTTP proxy for one connection: CONNECT, or a request in absolute form. Passes RST on as RST."""
    head = read_head(sock)
    server.request = head
    method, target, _ = head.split(b" ", 2)
    if method != b"CONNECT":
        origin = b"/".join(target.split(b"/", 3)[:3])
        target = origin.removeprefix(b"http://")
    host, _, port = target.decode().rpartition(":")
    with socket.create_connection((host, int(port)), PATIENCE) as upstream:
        upstream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if method == b"CONNECT":
            sock.sendall(b"HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n")
        else:
            upstream.sendall(head.replace(origin, b"", 1))
        _relay(sock, upstream)


def _relay(client: socket.socket, upstream: socket.socket) -> None:
    other = {client: upstream, upstream: client}
    while True:
        for sock in select.select([client, upstream], [], [], PATIENCE)[0]:
            try:
                data = sock.recv(65536)
                other[sock].sendall(data)
            except ConnectionError:
                reset(other[sock])
                return
            if not data:
                return
