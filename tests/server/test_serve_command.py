"""`mocksse serve` as a user and as a script meet it: what it says where, what it refuses, and how it stops."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from served import ServeProcess, run_mocksse

from mocksse import cli

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILES = {
    "chat.yaml": """\
mocksse: 1
interactions:
  - name: first
    request:
      method: POST
      path: /v1/chat/completions
      json: {model: m, stream: true, messages: [{role: user, content: "it's a \\"river\\", $HOME"}]}
    response: {stream: [{data: first}]}
  - name: second
    request:
      method: POST
      path: /v1/chat/completions
      json: {model: m, stream: true, messages: [{role: user, content: "it's a \\"river\\", $HOME"}]}
    response: {stream: [{data: second}]}
""",
    "more/messages.yaml": """\
mocksse: 1
interactions:
  - name: hello
    request: {method: POST, path: /v1/messages}
    response: {stream: [{data: hello}]}
  - name: second
    request: {method: POST, path: /v1/messages?again}
    response: {stream: [{data: other second}]}
""",
    "slow.yaml": """\
mocksse: 1
interactions:
  - name: stall
    path: /stall
    stream: [{data: a}, {after_ms: 600000, data: b}]
  - name: brief
    path: /brief
    stream: [{data: a}, {after_ms: 300, data: b}]
""",
}
BODY = b'{"model":"m","stream":true,"messages":[{"role":"user","content":"it\'s a \\"river\\", $HOME"}]}'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


# --- What it says


def test_a_script_needs_only_the_one_line_on_stdout(folder: Path) -> None:
    with ServeProcess(folder) as server:
        with server.client() as client:
            for word in ("first", "second", "second"):
                client.ask("/v1/chat/completions", "POST", body=BODY)
                assert client.answer().body == f"data: {word}\n\n".encode()
            client.ask("/nowhere")
            assert client.answer().status == 404
        assert server.end(signal.SIGINT) == 0
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+\n", server.out)
        lines = server.err.splitlines()
        assert lines[0] == f"mocksse plays 6 interactions of 3 cassettes at {server.url}"
        assert f"  export OPENAI_BASE_URL={server.url}/v1" in lines
        assert f"  export ANTHROPIC_BASE_URL={server.url}" in lines
        said = [re.sub(r"^[\d:]{8} | · .*", "", line) for line in lines if re.match(r"\d\d:", line)]
        assert said == [
            "POST /v1/chat/completions 200 chat#first",
            "POST /v1/chat/completions 200 chat#second",
            "POST /v1/chat/completions 200 chat#second",
            "GET /nowhere 404 no recording answers this: nearest is slow#stall, which differs in path",
        ]
        assert re.fullmatch(r"4 requests · [\d.]+ k?B · 1 without a recording", lines[-1])


def test_with_log_json_every_line_is_an_object(folder: Path) -> None:
    (folder / "mocksse.yaml").write_text("log_json: true")
    with ServeProcess("chat.yaml", cwd=folder) as server:
        with server.client() as client:
            client.ask("/nowhere")
            client.answer()
        assert server.end(signal.SIGINT) == 0
        held, up, asked, over = map(json.loads, server.err.splitlines())
    assert {frozenset(line) for line in (held, up, over)} == {frozenset({"at", "message"})}
    assert up["message"] == f"mocksse listens at {server.url}"
    assert (asked["target"], asked["status"], asked["kind"]) == ("/nowhere", 404, "missed")


def test_the_curl_line_of_the_banner_works(folder: Path) -> None:
    with ServeProcess(folder / "chat.yaml") as server:
        assert server.process.stderr is not None
        os.set_blocking(server.process.stderr.fileno(), False)  # the banner was written before the URL
        banner = server.process.stderr.read().decode()
        (line,) = [line for line in banner.splitlines() if "curl" in line]
        done = subprocess.run(["sh", "-c", line], capture_output=True, check=True, timeout=10)
        os.set_blocking(server.process.stderr.fileno(), True)
    assert done.stdout == b"data: first\n\n"


def test_quiet_says_nothing_and_routes_take_a_name_a_file_or_both(folder: Path) -> None:
    routes = ["--route", "/by-name=hello", "--route", "/by-file=chat.yaml", "--route", "/by-both=more/messages#second"]
    with ServeProcess(folder, "--quiet", *routes, "--speed", "instant") as server:
        with server.client() as client:
            for target, word in (
                ("/by-name", "hello"),
                ("/by-file", "first"),
                ("/by-file?x", "second"),
                ("/by-both", "other second"),
            ):
                client.ask(target)
                assert client.answer().body == f"data: {word}\n\n".encode()
        assert server.end(signal.SIGINT) == 0
        assert (server.out, server.err) == (f"{server.url}\n", "")


# --- What it refuses


@pytest.fixture
def taken() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield str(listener.getsockname()[1])


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["nowhere.yaml"], "no such file or folder: nowhere.yaml"),
        (["empty"], "no cassettes in empty (mocksse record URL makes one)"),
        (["broken.yaml"], "broken.yaml:2: "),
        (["chat.yaml", "--port", "TAKEN"], "port TAKEN is in use (choose another with --port, or 0 for a free one)"),
        (["chat.yaml", "--port", "70000"], "--port"),
        (["chat.yaml", "--host", "192.0.2.1"], "--host 192.0.2.1 is no address of this machine"),
        (
            ["chat.yaml", "--route", "stream=first"],
            "--route: 'stream=first' is not a route (a path that",
        ),
        (["chat.yaml", "more", "--route", "/s=second"], "several interactions are called so (one of chat#second, mess"),
        (["chat.yaml", "--route", "/s=frist"], "no interaction is called frist (did you mean first?)"),
        (["chat.yaml", "--speed", "0"], "speed: 0 would never end"),
        (["chat.yaml", "--speed", "fast"], "speed: 'fast' is not a number"),
        (["chat.yaml", "--ttft", "normal:5"], "ttft: 'normal:5' is no duration (use milliseconds, normal:MEAN,SD"),
        (["chat.yaml", "--gap", "-1"], "gap: '-1' is not a number of 0 or more"),
        (["chat.yaml", "--gap", "from:nope.yaml"], "from:nope.yaml: no such cassette: nope.yaml"),
        (["chat.yaml", "--tps", "0"], "tps: 0 would never end"),
        (["chat.yaml", "--tps", "9", "--gap", "5"], "--gap and --tps both say how long chunks wait (keep one of them)"),
        (["chat.yaml", "--jitter", "101"], "jitter: '101' is more than 100 percent"),
        (["chat.yaml", "--max-gap", "1e"], "--max-gap: '1e' is not a number"),
        (["chat.yaml", "--seed", "x"], "seed: 'x' is not a whole number"),
        ([], "no cassettes: which? (mocksse serve PATH, or"),
    ],
)
def test_what_cannot_be_is_one_line_and_exit_code_2(
    args: list[str],
    words: str,
    folder: Path,
    taken: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(folder)
    (folder / "empty").mkdir()
    (folder / "broken.yaml").write_text("mocksse: 1\npath: [")
    assert cli.run(["serve", *(arg.replace("TAKEN", taken) for arg in args)]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert words.replace("TAKEN", taken) in err
    assert err.startswith("mocksse: ")
    assert err.count("\n") == 1


def test_a_bad_file_is_refused_before_a_server_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("path: /x\nsteam: 1\n")
    command = [sys.executable, "-X", "importtime", "-m", "mocksse", "serve", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 2
    assert "bad.yaml:2: " in done.stderr
    assert "| aiohttp" not in done.stderr


def test_a_port_in_use_is_exit_code_2_of_the_process_too(folder: Path, taken: str) -> None:
    done = run_mocksse("serve", folder, "--port", taken)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"mocksse: port {taken} is in use (choose another with --port, or 0 for a free one)\n"


# --- How it stops


def test_an_interrupt_cuts_what_runs_and_ends_with_the_sum(folder: Path) -> None:
    with ServeProcess(folder / "slow.yaml") as server, server.client() as client, server.client() as idle:
        client.ask("/stall")
        assert client.sock.recv(1000)
        assert server.end(signal.SIGINT) == 0
        assert client.read_to_end() == idle.read_to_end() == b""
        *_, line, summary = server.err.splitlines()
        assert "GET /stall 200 slow#stall" in line
        assert "the server was stopped after 1 of 2 writes" in line
        assert summary.startswith("1 request · ")


def test_a_termination_lets_a_running_stream_finish(folder: Path) -> None:
    with ServeProcess(folder / "slow.yaml") as server, server.client() as client:
        client.ask("/brief")
        begun = client.sock.recv(1000)
        assert b"data: a" in begun
        assert b"data: b" not in begun
        server.process.send_signal(signal.SIGTERM)
        client.unread = begun
        answer = client.answer()
        assert (answer.body, answer.end) == (b"data: a\n\ndata: b\n\n", "complete")
        # It does not wait for the connection, which would be kept alive.
        assert server.process.wait(10) == 0


def test_a_second_signal_does_not_wait(folder: Path) -> None:
    with ServeProcess(folder / "slow.yaml") as server, server.client() as client:
        client.ask("/stall")
        assert client.sock.recv(1000)
        server.process.send_signal(signal.SIGTERM)
        # It listens no longer: the first signal has been seen to.
        while True:
            try:
                server.client().sock.close()
            except OSError:
                break
        assert server.process.poll() is None
        assert server.end(signal.SIGINT) == 0
        assert "the server was stopped after 1 of 2 writes" in server.err


@pytest.mark.parametrize(("host", "shown"), [("0.0.0.0", "http://127.0.0.1:"), ("localhost", "http://localhost:")])
def test_the_url_is_one_that_a_client_here_can_use(folder: Path, host: str, shown: str) -> None:
    with ServeProcess(folder / "chat.yaml", "--host", host, "--quiet") as server:
        assert server.url.startswith(shown)
        with server.client() as client:
            client.ask("/__mocksse/health")
            assert client.answer().status == 200
