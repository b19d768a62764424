"""`mocksse healthcheck` as a container sees it: 0 and `ok`, or one line and 3."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

import pytest
import trustme

from mocksse.cli import run
from mocksse.cli.healthcheck_command import own_url
from mocksse.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def answering(answer: bytes | None, authority: trustme.CA | None = None) -> Iterator[str]:
    """A server's address that gives this answer once; None: it says nothing until the client leaves.

    With an authority over TLS.
    """
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        if authority is not None:
            secured = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            authority.issue_cert("127.0.0.1").configure_cert(secured)
            listener = stack.enter_context(secured.wrap_socket(listener, server_side=True))

        def serve() -> None:
            with suppress(ssl.SSLError):
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


def test_a_server_that_does_not_go_by_the_name_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    why = "Host mock: not a name of this server: serve --allow-host mock"
    with answering(response(f'{{"detail": "{why}"}}'.encode(), "403 Forbidden")) as address:
        assert run(["healthcheck", address]) == 3
    assert capsys.readouterr().err == f"mocksse: {address}: {why}\n"


@pytest.mark.parametrize("url", ["ftp://x", "http://", "x:99999", "x:port", "http://[::1", "http://[x]/"])
def test_no_url(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["healthcheck", url]) == 2
    assert capsys.readouterr().err == f"mocksse: {url}: not the URL of a server (use http://HOST:PORT)\n"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def test_https_is_checked_unless_told_otherwise(authority: trustme.CA, capsys: pytest.CaptureFixture[str]) -> None:
    well = response(b'{"status":"ok"}')
    with answering(well, authority) as address:
        assert run(["healthcheck", f"https://{address}"]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"mocksse: https://{address}: no server answers there: ")
    assert "certificate" in err
    with answering(well, authority) as address:
        assert run(["healthcheck", f"https://{address}", "--insecure"]) == 0
    assert capsys.readouterr().out == "ok\n"


def test_the_server_of_the_same_environment(
    authority: trustme.CA, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    well = response(b'{"status":"ok"}')
    with answering(well) as address:
        monkeypatch.setenv("MOCKSSE_PORT", address.rpartition(":")[2])
        assert run(["healthcheck"]) == 0
    with answering(well, authority) as address:
        monkeypatch.setenv("MOCKSSE_PORT", address.rpartition(":")[2])
        monkeypatch.setenv("MOCKSSE_TLS_CERT", "cert.pem")
        assert run(["healthcheck"]) == 0
    with answering(well) as address:
        monkeypatch.setenv("MOCKSSE_URL", f"http://{address}")
        assert run(["healthcheck"]) == 0
    assert capsys.readouterr() == ("ok\n" * 3, "")


@pytest.mark.parametrize(
    ("environ", "url"),
    [
        ({}, "http://127.0.0.1:8080"),
        ({"PORT": "9000", "HOST": "0.0.0.0"}, "http://127.0.0.1:9000"),
        ({"HOST": "::"}, "http://[::1]:8080"),
        ({"HOST": "mock", "TLS_CERT": "c.pem"}, "https://mock:8080"),
        ({"PORT": "", "HOST": "", "TLS_CERT": "", "URL": ""}, "http://127.0.0.1:8080"),
        ({"PORT": "x", "URL": "https://mock"}, "https://mock"),
    ],
)
def test_where_a_server_of_that_environment_is(environ: dict[str, str], url: str, tmp_path: Path) -> None:
    assert own_url({f"MOCKSSE_{name}": text for name, text in environ.items()}, tmp_path) == url


def test_a_settings_file_says_where_too(tmp_path: Path) -> None:
    (tmp_path / "mocksse.yaml").write_text("{port: 9000, host: '::', tls_cert: both.pem}\n")
    assert own_url({}, tmp_path) == "https://[::1]:9000"
    assert own_url({"MOCKSSE_PORT": "9001"}, tmp_path) == "https://[::1]:9001"
    (tmp_path / "other.toml").write_text("[tool.mocksse]\nport = 9002\n")
    assert own_url({"MOCKSSE_CONFIG": str(tmp_path / "other.toml")}, tmp_path) == "http://127.0.0.1:9002"


@pytest.mark.parametrize("port", ["x", "70000", "-1", "9" * 5000])
def test_a_port_that_is_none(port: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"^MOCKSSE_PORT: expected a whole number"):
        own_url({"MOCKSSE_PORT": port}, tmp_path)


def test_a_free_port_is_known_to_nobody(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"^port 0 is no port to ask at \(say the URL, or set MOCKSSE_URL\)"):
        own_url({"MOCKSSE_PORT": "0"}, tmp_path)


def test_a_password_is_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["healthcheck", "ftp://u:SECRET@x"]) == 2
    assert capsys.readouterr().err == "mocksse: ftp://x: not the URL of a server (use http://HOST:PORT)\n"


@pytest.mark.parametrize("timeout", ["0", "-1", "1e9", "soon"])
def test_no_timeout(timeout: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["healthcheck", "--timeout", timeout]) == 2
    assert capsys.readouterr().err.startswith("mocksse: --timeout: ")
