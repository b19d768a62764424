"""Servers to record from, each connection on a thread of its own, and `mocksse` as a user starts it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

    Script = Callable[[socket.socket, bytes], None]

PATIENCE = 15.0
"""Seconds after which a test that hangs fails."""
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
END = b"0\r\n\r\n"


def chunk(data: bytes) -> bytes:
    """One HTTP chunk."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def events(*texts: str) -> bytes:
    """A whole answer, an event a chunk."""
    return HEAD + b"".join(chunk(f"data: {text}\n\n".encode()) for text in texts) + END


def answer(status: str, kind: str, body: bytes, *more: str) -> bytes:
    """A whole answer with a length."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *more]
    return "\r\n".join([*lines, "", ""]).encode() + body


def read_request(sock: socket.socket) -> bytes:
    """Head and body of a request; a TLS hello as it comes."""
    data = b""
    while b"\r\n\r\n" not in data and not data.startswith(b"\x16") and (more := sock.recv(65536)):
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    size = next(
        (int(n) for k, _, n in (f.partition(b":") for f in head.split(b"\r\n")) if k.lower() == b"content-length"), 0
    )
    while len(body) < size and (more := sock.recv(65536)):
        body += more
    return head + b"\r\n\r\n" + body


class Upstream:
    """Answers each request with `script(socket, request)`, or with these bytes. `release`: set when a test is over."""

    def __init__(self, script: Script | bytes, tls: ssl.SSLContext | None = None) -> None:
        self._script: Script = (lambda sock, _: sock.sendall(script)) if isinstance(script, bytes) else script
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._threads: list[threading.Thread] = []
        self.port: int = self._listener.getsockname()[1]
        self.url = f"{'http' if tls is None else 'https'}://127.0.0.1:{self.port}"
        self.requests: list[bytes] = []
        self.release = threading.Event()

    def __enter__(self) -> Self:
        self._threads.append(threading.Thread(target=self._accept))
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self.release.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(PATIENCE)
        self._listener.close()
        assert not any(thread.is_alive() for thread in self._threads), "a server's script hangs"

    def _accept(self) -> None:
        with suppress(OSError):  # the listener was shut down
            while True:
                sock, _ = self._listener.accept()
                thread = threading.Thread(target=self._serve, args=(sock,))
                self._threads.append(thread)
                thread.start()

    def _serve(self, sock: socket.socket) -> None:
        # A client that hangs up is no failure: some tests kill it.
        with sock, suppress(OSError):
            sock.settimeout(PATIENCE)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._tls.wrap_socket(sock, server_side=True) if self._tls else sock as talk:
                request = read_request(talk)
                self.requests.append(request)
                self._script(talk, request)


def environment(**more: str) -> dict[str, str]:
    """A user's, without proxies."""
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return {**kept, "PYTHONPATH": str(Path(__file__).parents[1]), **more}


@contextmanager
def started(*args: str | Path, cwd: Path, program: str = "", **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """`mocksse ARGS` while it runs, killed at the end. `program`: Python code that runs it instead."""
    how = ["-c", program] if program else ["-m", "mocksse"]
    process = subprocess.Popen(
        [sys.executable, *how, *map(str, args)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=cwd,
        env=environment(**more),
    )
    try:
        yield process
    finally:
        process.kill()
        with suppress(ValueError):  # communicate() was called before
            process.communicate()


def ended(process: subprocess.Popen[bytes]) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a process that ends by itself."""
    out, err = process.communicate(timeout=PATIENCE)
    return process.returncode, out.decode(), err.decode()
