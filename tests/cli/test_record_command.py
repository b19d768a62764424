"""`mocksse record` as its user meets it: what is on stdout and stderr, which file is written, how it exits."""

from __future__ import annotations

import json
import os
import shlex
import socket
import ssl
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import trustme
from upstreams import HEAD, PATIENCE, Upstream, answer, chunk, ended, events, started
from written import files, names, only

from mocksse import cli
from mocksse.cassette.load import load

if TYPE_CHECKING:
    from collections.abc import Callable


CHAT = '{"model":"m","stream":true,"messages":[{"role":"user","content":"Tell me of rivers"}]}'


class Run:
    """One command that ran in this process: exit code, stdout, stderr."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def mocksse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., Run]:
    """`mocksse(*args)` in an empty folder, without proxies."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)

    def run(*args: str | Path) -> Run:
        code = cli.run([*map(str, args)])
        return Run(code, *capfd.readouterr())

    return run


# --- What is said, and where it is written


def test_stdout_is_the_path_and_nothing_else(mocksse: Callable[..., Run]) -> None:
    with Upstream(events("hello", "[DONE]")) as upstream:
        run = mocksse("record", f"{upstream.url}/v1/chat/completions", "-d", CHAT)
        again = mocksse("record", f"{upstream.url}/v1/chat/completions", "-d", CHAT)
    assert (run.code, run.out) == (0, "cassettes/openai-chat-tell-me-of-rivers.yaml\n")
    assert again.out == "cassettes/openai-chat-tell-me-of-rivers-2.yaml\n", "nothing is ever written over"
    lines = run.err.splitlines()
    assert "200 text/event-stream" in lines[0]
    assert lines[1].endswith("hello")
    assert lines[-2].startswith("200 · 2 events · 2 chunks · 27 B · ")
    assert lines[-2].endswith(" · complete")
    assert lines[-1] == "serve it:  mocksse serve cassettes/openai-chat-tell-me-of-rivers.yaml"
    interaction = only(run.out.strip())
    assert interaction.name == "tell-me-of-rivers"
    assert interaction.request.body == CHAT.encode()
    assert interaction.response.body == b"data: hello\n\ndata: [DONE]\n\n"


def test_a_plain_get_as_eventsource_does_it(mocksse: Callable[..., Run]) -> None:
    with Upstream(events("x")) as upstream:
        run = mocksse("record", f"{upstream.url}/live/events?n=1", "--quiet")
    assert run.out == "cassettes/live-events.yaml\n"
    assert len(run.err.splitlines()) == 2, "quiet does not show the stream"
    (request,) = upstream.requests
    assert request.startswith(b"GET /live/events?n=1 HTTP/1.1\r\n")
    assert b"\r\nAccept: text/event-stream, */*\r\nAccept-Encoding: identity\r\n" in request


def test_the_line_that_serves_it_works_verbatim(mocksse: Callable[..., Run]) -> None:
    with Upstream(events("x")) as upstream:
        run = mocksse("record", upstream.url, "-o", "my talks/it's one.yaml")
    assert run.out == "my talks/it's one.yaml\n"
    words = shlex.split(run.err.splitlines()[-1].removeprefix("serve it:  "))
    assert words == ["mocksse", "serve", "my talks/it's one.yaml"]


def test_json_is_all_there_is_on_stdout(mocksse: Callable[..., Run]) -> None:
    with Upstream(events("a", "b")) as upstream:
        run = mocksse("record", f"{upstream.url}/x", "--json", "--repeat", "2", "-o", "x.yaml", "--name", "n")
    rows = [json.loads(line) for line in run.out.splitlines()]
    assert [row["name"] for row in rows] == ["n", "n-2"]
    assert {(row["file"], row["status"], row["events"], row["chunks"], row["end"]) for row in rows} == {
        ("x.yaml", 200, 2, 2, "complete")
    }


def test_existing_files(mocksse: Callable[..., Run]) -> None:
    with Upstream(events("x")) as upstream:
        url = f"{upstream.url}/x"
        assert mocksse("record", url, "-o", "x.yaml", "--name", "a").code == 0
        old = Path("x.yaml").read_bytes()
        refused = mocksse("record", url, "-o", "x.yaml")
        assert (refused.code, refused.out) == (2, "")
        assert refused.err == "mocksse: x.yaml exists (--append adds to it, --force writes over it)\n"
        assert Path("x.yaml").read_bytes() == old
        assert len(upstream.requests) == 1, "nothing was asked"
        assert mocksse("record", url, "-o", "x.yaml", "--append", "--name", "a").code == 0
        assert mocksse("record", url, "-o", "x.yaml", "--append").code == 0
        assert names("x.yaml") == ["a", "a-2", "x"]
        assert Path("x.yaml").read_bytes().startswith(old)
        assert mocksse("record", url, "-o", "x.yaml", "--force", "--repeat", "3").code == 0
        assert names("x.yaml") == ["x", "x-2", "x-3"]
        assert mocksse("record", url, "-o", "new.yml", "--append").code == 0
    assert names("new.yml") == ["x"]
    assert files(Path()) == ["new.yml", "x.yaml"]


def test_a_forced_recording_that_fails_leaves_the_old_one(mocksse: Callable[..., Run]) -> None:
    with Upstream(events("x")) as upstream:
        mocksse("record", upstream.url, "-o", "x.yaml")
    old = Path("x.yaml").read_bytes()
    assert mocksse("record", upstream.url, "-o", "x.yaml", "--force").code == 3
    assert Path("x.yaml").read_bytes() == old


# --- Failures are recorded as faithfully as answers


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (answer("401 Unauthorized", "application/json", b'{"error":"no"}'), 3),
        (answer("429 Too Many Requests", "text/plain", b"slow", "Retry-After: 3", "retry-after: 4"), 3),
        (answer("502 Bad Gateway", "text/html", b"<html>\n<h1>502</h1>\n</html>\n"), 3),
        (answer("302 Found", "text/html", b"", "Location: http://127.0.0.1:1/"), 0),
        (HEAD + chunk(b"data: x\n\n"), 3),
        (HEAD + chunk(b"data: x\n\n") + b"zz\r\n", 3),
        (events("x"), 0),
    ],
)
def test_any_answer_is_recorded_and_only_fail_exits_with_3(sent: bytes, code: int, mocksse: Callable[..., Run]) -> None:
    with Upstream(sent) as upstream:
        run = mocksse("record", upstream.url, "-o", "x.yaml")
        assert run.code == 0
        failed = mocksse("record", upstream.url, "-o", "f.yaml", "--fail")
    assert (failed.code, failed.out) == (code, "f.yaml\n")
    response = only("f.yaml").response
    assert response.status == int(sent[9:12])
    assert only("x.yaml").response.headers == response.headers
    head = sent.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]
    assert [name + b": " + value for name, value in response.headers] == head
    assert response.body in sent


def test_to_be_stopped_as_asked_is_no_failure(mocksse: Callable[..., Run]) -> None:
    def script(sock: socket.socket, _: bytes) -> None:
        sock.sendall(HEAD + chunk(b"data: x\n\n"))
        upstream.release.wait(PATIENCE)

    with Upstream(script) as upstream:
        run = mocksse("record", upstream.url, "-o", "x.yaml", "--fail", "--max-bytes", "5")
        assert run.code == 0
        assert "stopped after 9 bytes (--max-bytes)" in run.err
        run = mocksse("record", upstream.url, "-o", "y.yaml", "--fail", "--timeout", "0.05")
    assert run.code == 3
    assert "idle · nothing came for 0.05 s (--timeout)" in run.err
    assert (only("x.yaml").response.end.how, only("y.yaml").response.end.how) == ("stopped", "idle")


@pytest.mark.parametrize(
    ("path", "body", "sent", "hint"),
    [
        ("/v1/chat/completions", '{"messages":[]}', answer("200 OK", "application/json", b"{}"), 'add "stream": true'),
        (
            "/v1beta/models/m:generateContent",
            "{}",
            answer("200 OK", "application/json", b"{}"),
            ":streamGenerateContent",
        ),
        ("/x", '{"stream":true}', answer("200 OK", "application/json", b"{}"), ""),
        ("/x", "a=b", answer("200 OK", "application/json", b"{}"), ""),
        ("/x", "{}", answer("400 Bad Request", "application/json", b"{}"), ""),
        ("/x", "{}", events("x"), ""),
    ],
)
def test_a_hint_where_no_stream_was_asked_for(
    path: str, body: str, sent: bytes, hint: str, mocksse: Callable[..., Run]
) -> None:
    with Upstream(sent) as upstream:
        run = mocksse("record", upstream.url + path, "-d", body, "-o", "x.yaml")
    assert (run.code, hint in run.err, "this is no stream" in run.err) == (0, True, bool(hint))


def test_what_is_noted_before(mocksse: Callable[..., Run]) -> None:
    with Upstream(events("x")) as upstream:
        run = mocksse("record", "-skL", upstream.url, "-o", "x.yaml")
    assert run.err.splitlines()[:2] == [
        "certificates are not checked (--insecure)",
        "redirects are recorded, not followed",
    ]


def test_a_compression_that_can_not_be_looked_into_is_told(mocksse: Callable[..., Run]) -> None:
    sent = answer("200 OK", "text/event-stream", b"\x01\x02", "Content-Encoding: rot13")
    with Upstream(sent) as upstream:
        run = mocksse("record", upstream.url, "-H", "x-api-key: 0123456789abcdef", "-o", "x.yaml")
        assert "this compression can't be looked into here" in run.err
        run = mocksse("record", upstream.url, "-o", "y.yaml")
        assert "this compression" not in run.err


# --- One clear line for each thing that fails


def failed(run: Run, code: int, *says: str) -> None:
    assert (run.code, run.out) == (code, "")
    (line,) = run.err.splitlines()
    assert line.startswith("mocksse: ")
    for word in says:
        assert word in line


def test_no_connection(mocksse: Callable[..., Run], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    failed(mocksse("record", "http://nosuch.invalid/"), 3, "unknown host nosuch.invalid")
    failed(mocksse("record", f"http://127.0.0.1:{port}/"), 3, "connection refused: 127.0.0.1", "is the server running")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with Upstream(events("x"), context) as upstream:
        failed(mocksse("record", upstream.url), 3, "TLS: the certificate of 127.0.0.1", "--insecure")
    with Upstream(events("x")) as upstream:
        failed(mocksse("record", upstream.url.replace("http:", "https:")), 3, "does not speak TLS")
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"https://127.0.0.1:{deaf.getsockname()[1]}/"
        run = mocksse("record", url, "--connect-timeout", "0.05")
        failed(run, 3, "no connection to 127.0.0.1", "within 0.05 s", "--connect-timeout")
    assert files(tmp_path) == []


def test_no_answer(mocksse: Callable[..., Run], tmp_path: Path) -> None:
    with Upstream(b"") as upstream:
        failed(mocksse("record", upstream.url), 3, "closed the connection without an answer")
    with Upstream(b"SSH-2.0-x\r\n") as upstream:
        failed(mocksse("record", upstream.url), 3, "does not answer in HTTP/1.x")
    with Upstream(lambda sock, _: upstream.release.wait(PATIENCE) and None) as upstream:
        failed(mocksse("record", upstream.url, "--timeout", "0.05"), 3, "did not answer within 0.05 s")
    assert files(tmp_path) == []


def test_files_that_can_not_be_written_or_read(mocksse: Callable[..., Run], tmp_path: Path) -> None:
    Path("file").write_text("")
    Path("broken.yaml").write_text("mocksse: 1\ninteractions:\n  - name: [x\n")
    Path("folder.yaml").mkdir()
    with Upstream(events("x")) as upstream:
        for target, code, *says in (
            ("file/x.yaml", 3, "file is not a folder", "-o"),
            ("file/below/x.yaml", 3, "can't write: Not a directory", "-o"),
            ("/proc/nowhere/x.yaml", 3, "can't write: ", "-o"),
            ("folder.yaml", 2, "folder.yaml: is a folder"),
            ("x.json", 2, "ends in .yaml or .yml", "x.json.yaml"),
            (f"{'x' * 300}.yaml", 3, "File name too long"),
        ):
            failed(mocksse("record", upstream.url, "-o", target), code, *says)
        failed(mocksse("record", upstream.url, "-o", "broken.yaml", "--append"), 2, "broken.yaml:")
        failed(mocksse("record", upstream.url, "--append"), 2, "need -o FILE")
        failed(mocksse("record", upstream.url, "-d", "@missing"), 2, "-d @missing: No such file")
        failed(mocksse("record", upstream.url, "--name", "a\nb"), 2, "--name")
        assert upstream.requests == []
    assert files(tmp_path) == ["broken.yaml", "file"]


LIMITED = """
import resource, signal, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
from mocksse.cli import main
main(sys.argv[2:])
"""


@pytest.mark.parametrize(
    ("room", "kept"),
    [(10, "nothing"), (1500, "a part"), (8000, "all")],
)
def test_a_full_disk(room: int, kept: str, tmp_path: Path, mocksse: Callable[..., Run]) -> None:
    """As it fills up: with the first line of the journal, in the midst of it, and when the cassette is written."""
    texts = [f"{number:04} {'x' * 90}" for number in range(20)]
    path = tmp_path / "x.yaml"
    path.write_text("mocksse: 1\npath: /old\nstream:\n" + f"  - data: {'y' * 60}\n" * 100)
    old = path.read_bytes()
    with Upstream(events(*texts)) as upstream:
        args = ["record", upstream.url, "-o", path, "--append", "--quiet"]
        with started(room, *args, cwd=tmp_path, program=LIMITED) as process:
            code, out, err = ended(process)
    assert path.read_bytes() == old
    failed(Run(code, out, err), 3, "can't write: File too large")
    assert files(tmp_path) == ["x.yaml"] + ["x.yaml.partial"] * (kept != "nothing")
    if kept != "nothing":
        offered = err.partition("kept: ")[2].removesuffix(")\n")
        assert mocksse(*shlex.split(offered)[1:]).out == f"{path}\n"
        _, interaction = load(path)
        body = b"".join(f"data: {text}\n\n".encode() for text in texts)
        assert body.startswith(interaction.response.body)
        assert (interaction.response.body == body) == (kept == "all")
        assert files(tmp_path) == ["x.yaml"]


# --- Whose request it was

HEAD_WITH_ID = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nRequest-Id: req_7\r\nContent-Length: 29\r\n\r\n"


def test_the_request_id_is_shown_and_not_stored_unless_it_is_kept(mocksse: Callable[..., Run]) -> None:
    with Upstream(HEAD_WITH_ID + b'data: {"user_id": "u-0815"}\n\n') as upstream:
        run = mocksse("record", upstream.url, "-o", "a.yaml")
        kept = mocksse("record", upstream.url, "-o", "b.yaml", "--keep-header", "Request-ID")
        wrong = mocksse("record", upstream.url, "-o", "c.yaml", "--keep-header", "a: b")
    assert run.err.splitlines()[-2].endswith(
        "complete · request id req_7 (not in the file: --keep-header request-id keeps it)"
    )
    response = only("a.yaml").response
    assert response.header("request-id") == "xxxxx"
    assert response.body == b'data: {"user_id": "xxxxxx"}\n\n'
    assert kept.err.splitlines()[-2].endswith("complete · request id req_7")
    assert only("b.yaml").response.header("request-id") == "req_7"
    assert wrong.code == 2
    assert "'a: b' is no name of a header" in wrong.err
    assert files(Path()) == ["a.yaml", "b.yaml"]
