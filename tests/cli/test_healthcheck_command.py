"""`mocksse healthcheck` as a container sees it: 0 and `ok`, or one line and 3."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from mocksse.cli import run

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def answering(answer: bytes | None) -> Iterator[str]:
    """A server's address that gives this answer once; None: it says nothing until the client leaves."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                if answer is None:
                    connection.recv(1)
                else:
                    connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        thread.join()


def response(body: bytes, status: str = "200 OK") -> bytes:
    return b"HTTP/1.1 %b\r\nContent-Length: %d\r\n\r\n%b" % (status.encode(), len(body), body)


@pytest.mark.parametrize("scheme", ["", "http://"])
def test_well(scheme: str, capsys: pytest.CaptureFixture[str]) -> None:
    with answering(response(b'{"status":"ok"}')) as address:
        assert run(["healthcheck", scheme + address]) == 0
    assert capsys.readouterr() == ("ok\n", "")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (response(b'{"status":"ill"}'), "something answers there, but not a mocksse server"),
        (response(b'{"status":"ok"}', "503 No"), "something answers there, but not a mocksse server"),
        (response(b"{}"), "something answers there, but not a mocksse server"),
        (response(b"[]"), "something answers there, but not a mocksse server"),
        (response(b"1"), "something answers there, but not a mocksse server"),
        (response(b"\xff"), "something answers there, but not a mocksse server"),
        (response(b"<html>"), "something answers there, but not a mocksse server"),
        (response(b"")[:-1], "something answers there, but not a mocksse server"),
        (b"SSH-2.0-\x1b[2J\r\n", "something answers there, but not a mocksse server"),
        (b"", "no server answers there: Remote end closed connection without response"),
    ],
)
def test_ill(answer: bytes, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with answering(answer) as address:
        assert run(["healthcheck", address]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert err == f"mocksse: {address}: {words}\n"


def test_nobody_there(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"127.0.0.1:{closed.getsockname()[1]}"
    assert run(["healthcheck", address]) == 3
    assert capsys.readouterr().err == f"mocksse: {address}: no server answers there: Connection refused\n"


def test_a_name_that_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["healthcheck", "x" * 70]) == 3
    assert capsys.readouterr().err.startswith(f"mocksse: {'x' * 70}: no server answers there: ")


def test_silence(capsys: pytest.CaptureFixture[str]) -> None:
    with answering(None) as address:
        assert run(["healthcheck", address, "--timeout", "0.05"]) == 3
    assert capsys.readouterr().err == f"mocksse: {address}: no server answers there: timed out\n"


@pytest.mark.parametrize("url", ["ftp://x", "http://", "x:99999", "x:port", "http://[::1", "http://[x]/"])
def test_no_url(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["healthcheck", url]) == 2
    assert capsys.readouterr().err == f"mocksse: {url}: not the URL of a server (use http://HOST:PORT)\n"


@pytest.mark.parametrize("timeout", ["0", "-1", "1e9", "soon"])
def test_no_timeout(timeout: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["healthcheck", "--timeout", timeout]) == 2
    assert capsys.readouterr().err.startswith("mocksse: Invalid value for '--timeout'")
