"""https on either side: `serve --tls-cert`, and upstreams with a certificate that nobody trusts."""

from __future__ import annotations

import asyncio
import json
import signal
import ssl
from typing import TYPE_CHECKING

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from served import PATIENCE, Client, ServeProcess, run_mocksse
from through import recording
from upstreams import Upstream, events

from mocksse.cassette.load import load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from served import Answer

TAPE = """\
interactions:
  - path: /x
    stream: [{data: a}, {data: b}, {data: c}, {data: d}]
  - path: /slow
    stream: [{data: a}, {after_ms: 600000, data: b}]
"""
DATA = tuple(f"data: {word}\n\n".encode() for word in "abcd")


class Secure(Client):
    """A client that trusts the server's authority."""

    def __init__(self, port: int, authority: trustme.CA) -> None:
        super().__init__(port)
        self.sock = trusting(authority).wrap_socket(self.sock, server_hostname="localhost")


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    """A client's context."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    context.set_alpn_protocols(["h2", "http/1.1"])
    return context


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def folder(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cassette, and a certificate with its chain and its key: together, and apart."""
    folder = tmp_path_factory.mktemp("tls")
    (folder / "tape.yaml").write_text(TAPE)
    issued = authority.issue_cert("localhost", "127.0.0.1")
    issued.private_key_and_cert_chain_pem.write_to_path(folder / "both.pem")
    issued.private_key_pem.write_to_path(folder / "key.pem")
    for number, blob in enumerate(issued.cert_chain_pems):
        blob.write_to_path(folder / "cert.pem", append=number > 0)
    key = load_pem_private_key(issued.private_key_pem.bytes(), None)
    locked = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x"))
    (folder / "locked.pem").write_bytes(locked + (folder / "cert.pem").read_bytes())
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[ServeProcess]:
    words = ["--tls-cert", folder / "cert.pem", "--tls-key", folder / "key.pem"]
    with ServeProcess(folder / "tape.yaml", *words) as server:
        yield server


@pytest.fixture
def client(server: ServeProcess, authority: trustme.CA) -> Iterator[Secure]:
    with Secure(server.port, authority) as client:
        yield client


def play(client: Client, fault: str = "") -> Answer:
    client.ask("/x", "GET", *([f"x-mocksse-fault: {fault}"] if fault else []))
    return client.answer()


def test_a_replay(server: ServeProcess, client: Secure) -> None:
    assert server.url.startswith("https://127.0.0.1:")
    assert isinstance(client.sock, ssl.SSLSocket)
    assert client.sock.selected_alpn_protocol() == "http/1.1"
    for _ in range(3):
        got = play(client)
        assert (got.status, got.chunks, got.end) == (200, DATA, "complete")


@pytest.mark.parametrize(
    ("fault", "chunks", "end"),
    [
        ("truncate at=event:2", DATA[:2], "complete"),
        ("fin-mid-chunk at=event:2", DATA[:2], "cut"),
        ("missing-final-chunk", DATA, "cut"),
        ("split at=event:2", DATA, "complete"),
    ],
)
def test_faults_that_cut(fault: str, chunks: tuple[bytes, ...], end: str, client: Secure) -> None:
    got = play(client, fault)
    assert got.chunks[: len(chunks)] == chunks
    assert b"".join(DATA).startswith(got.body)
    assert got.end == end


@pytest.mark.parametrize(
    ("fault", "error"), [("reset at=event:2", ConnectionResetError), ("missing-final-chunk", None)]
)
def test_a_reset_is_one_below_tls_too(
    fault: str, error: type[OSError] | None, server: ServeProcess, authority: trustme.CA
) -> None:
    """Python's own sockets of TLS tell a reset from an end as little as their readers do."""

    async def read() -> tuple[bytes, OSError | None]:
        reader, writer = await asyncio.open_connection("localhost", server.port, ssl=trusting(authority))
        writer.write(f"GET /x HTTP/1.1\r\nHost: localhost\r\nx-mocksse-fault: {fault}\r\n\r\n".encode())
        data = b""
        try:
            while more := await reader.read(65536):
                data += more
        except OSError as raised:
            return data, raised
        finally:
            writer.transport.abort()
        return data, None

    data, raised = asyncio.run(asyncio.wait_for(read(), PATIENCE))
    assert b"data: b" in data
    assert type(raised) is (error or type(None))


def test_an_end_without_a_head(client: Secure) -> None:
    client.ask("/x", "GET", "x-mocksse-fault: empty-reply")
    assert client.read_to_end() == b""


def test_a_client_that_leaves_is_noticed(server: ServeProcess, authority: trustme.CA) -> None:
    with Secure(server.port, authority) as client:
        client.ask("/slow")
        client.read(60)
    with Secure(server.port, authority) as client:
        for _ in range(200):
            client.ask("/__mocksse/sessions/default/requests")
            left = [r for r in json.loads(client.answer().body)["requests"] if r["broken_off"]]
            if left:
                break
    assert [record["broken_off"] for record in left] == ["the client left"]


def test_the_control_api(client: Secure) -> None:
    client.ask(
        "/__mocksse/sessions", "POST", "Content-Type: application/json", body=b'{"name": "cut", "faults": ["reset"]}'
    )
    made = json.loads(client.answer().body)
    assert made["base_url"] == "https://localhost/@cut"


def test_healthcheck(server: ServeProcess, folder: Path) -> None:
    done = run_mocksse("healthcheck", server.url, "--insecure")
    assert (done.returncode, done.stdout) == (0, "ok\n")
    done = run_mocksse("healthcheck", server.url)
    assert done.returncode == 3
    assert "certificate" in done.stderr
    done = run_mocksse("healthcheck", MOCKSSE_PORT=str(server.port), MOCKSSE_TLS_CERT=str(folder / "cert.pem"))
    assert (done.returncode, done.stdout) == (0, "ok\n")


def test_what_is_not_tls_harms_nobody(server: ServeProcess, authority: trustme.CA) -> None:
    with server.client() as plain:
        plain.ask("/x")
        assert plain.read_to_end() == b""
    with server.client() as silent, Secure(server.port, authority) as client:
        silent.send(b"\x16\x03\x01")
        assert play(client).chunks == DATA


def test_a_stop_says_nothing_of_tls(folder: Path, authority: trustme.CA) -> None:
    with ServeProcess(folder / "tape.yaml", "--tls-cert", folder / "both.pem") as server:
        with server.client() as plain:
            plain.ask("/x")
            plain.read_to_end()
        with server.client(), Secure(server.port, authority) as client:
            client.ask("/slow")
            client.read(60)
            assert server.end(signal.SIGINT) == 0
    assert "Traceback" not in server.err
    assert "SSL" not in server.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--tls-cert", "tape.yaml"], "tape.yaml: no certificate with its key in PEM"),
        (["--tls-cert", "cert.pem"], "cert.pem: no certificate with its key in PEM"),
        (
            ["--tls-cert", "cert.pem", "--tls-key", "tape.yaml"],
            "cert.pem and tape.yaml: no certificate with its key in PEM",
        ),
        (["--tls-cert", "locked.pem"], "locked.pem: no certificate with its key in PEM"),
        (["--tls-cert", "nowhere.pem"], "nowhere.pem: No such file or directory"),
        (["--tls-cert", "cert.pem", "--tls-key", "nowhere.pem"], "nowhere.pem: No such file or directory"),
        (["--tls-key", "key.pem"], "--tls-key"),
    ],
)
def test_certificates_that_are_none(
    words: list[str], says: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from mocksse import cli

    monkeypatch.chdir(folder)
    assert cli.run(["serve", "tape.yaml", "--port", "0", *words]) == 2
    err = capsys.readouterr().err
    assert says in err
    assert len(err.splitlines()) == 1
    assert "None" not in err


# --- An upstream with TLS


def test_recording_from_one(authority: trustme.CA, tmp_path: Path, folder: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    with Upstream(events("secret", "words"), context) as upstream:
        words = ["--upstream", upstream.url, "--record", "new", "--speed", "instant"]
        with ServeProcess(tmp_path, *words) as server:
            with server.client() as client:
                client.ask("/x")
                got = client.answer()
                assert got.status == 502
                assert "certificate" in got.header("x-mocksse-note")
                assert "--insecure" in got.header("x-mocksse-note")
            assert not list(tmp_path.iterdir())
        tls = ["--tls-cert", folder / "both.pem"]
        with ServeProcess(tmp_path, *words, *tls, "--insecure") as server:
            for _ in range(2):
                with Secure(server.port, authority) as client:
                    client.ask("/x")
                    assert client.answer().chunks == (b"data: secret\n\n", b"data: words\n\n")
                recorded = recording(tmp_path, "/x")
            assert recorded.recorded is not None
            assert recorded.recorded.upstream == upstream.url
            assert server.end(signal.SIGINT) == 0
            assert "certificates are not checked (--insecure)" in server.err
    assert sum(request.startswith(b"GET /x") for request in upstream.requests) == 1
    assert load(tmp_path / "x.yaml").interactions == (recorded,)
