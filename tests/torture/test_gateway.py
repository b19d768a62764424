"""`--through`: a gateway between mocksse and a client that reads it. Real sockets: one that passes on what it gets, and
one that is wrong."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from mocksse.cli import run
from mocksse.torture import suite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mocksse.testing.session import MockSession

pytestmark = pytest.mark.long


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])


def pump(source: socket.socket, target: socket.socket, change: Callable[[bytes], bytes]) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(change(data))
        target.shutdown(socket.SHUT_WR)
    except OSError:
        for sock in (source, target):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


def join(client: socket.socket, upstream: int, change: Callable[[bytes], bytes]) -> None:
    with client, socket.create_connection(("127.0.0.1", upstream)) as server:
        back = threading.Thread(target=pump, args=(server, client, change))
        back.start()
        pump(client, server, bytes)
        back.join()


@contextmanager
def gateway(upstream: int, change: Callable[[bytes], bytes]) -> Iterator[int]:
    """Its port."""
    joined: list[threading.Thread] = []

    def serve() -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                joined.append(threading.Thread(target=join, args=(client, upstream, change)))
                joined[-1].start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = threading.Thread(target=serve)
        serving.start()
        try:
            yield int(listener.getsockname()[1])
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            for thread in (serving, *joined):
                thread.join(10)


def torture(change: Callable[[bytes], bytes], *patterns: str) -> int:
    port = free_port()
    with gateway(port, change) as front:
        words = ["--through", f"http://127.0.0.1:{front}/v1", "--listen", f"127.0.0.1:{port}"]
        return run(["torture", *words, *(word for pattern in patterns for word in ("--run", pattern))])


def test_one_that_passes_on_what_it_gets_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert torture(bytes, "framing/c*", "64", "90", "100") == 0
    out = capsys.readouterr().out
    assert "reference over openai-chat" in out
    assert "9 PASS  0 FAIL" in out


def test_one_that_swallows_errors_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert torture(lambda data: data.replace(b'"error"', b'"fault"'), "64:and on it goes", "31") == 1
    out = capsys.readouterr().out
    assert "✗ payload/error-object-midstream (64)" in out
    assert "1 PASS  1 FAIL" in out
    assert "--client reference --through http://127.0.0.1:" in out


def test_a_play_is_over_when_a_gateway_asks_for_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = ["x", "xo", "xo", "xxo", "xxx", "never looked at"]  # o: under way
    monkeypatch.setattr(suite, "_CALM_S", 0)

    class Session:
        def settle(self) -> None:
            pass

        @property
        def records(self) -> list[SimpleNamespace]:
            return [SimpleNamespace(done=one == "x") for one in looks.pop(0)]

    suite._calm(cast("MockSession", Session()))
    assert looks == ["never looked at"]
