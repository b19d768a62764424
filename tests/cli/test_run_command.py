"""`mocksse run`: what the command is told, what its end makes of the exit code, and what is said of it all."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from upstreams import Upstream, events

from mocksse.cli import run
from mocksse.server.environment import BASES, KEYS, PLACEHOLDER

CASSETTES = str(Path(__file__).parents[2] / "cassettes")
CHAT = "curl -sN $OPENAI_BASE_URL/chat/completions -d '{\"stream\": true}' -o answer.sse"


def ran(*words: str) -> int:
    return run(["run", CASSETTES, "--speed", "instant", *words])


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("MOCKSSE_PORT", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)


def test_an_sdks_variable_leads_to_the_stream(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert ran("--", "sh", "-c", CHAT) == 0
    assert (tmp_path / "answer.sse").read_bytes().endswith(b"data: [DONE]\n\n")
    title, line = capfd.readouterr().err.splitlines()
    assert re.fullmatch(r"mocksse 1 request · [\d.]+ kB", title)
    assert re.fullmatch(r"  POST /v1/chat/completions  200  \S+#\S+", line)


def test_the_environment_is_the_commands_own_and_ours(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-real")
    monkeypatch.setenv("ANTHROPIC_FOUNDRY_RESOURCE", "theirs")
    monkeypatch.setenv("OTHERS", "stay")
    assert ran("--", "env") == 0
    told = dict(line.partition("=")[::2] for line in capfd.readouterr().out.splitlines())
    assert {told[name] for name in KEYS} == {PLACEHOLDER}
    assert "ANTHROPIC_FOUNDRY_RESOURCE" not in told
    assert told["OTHERS"] == "stay"
    (url,) = {told[name].removesuffix(path) for name, path in BASES.items()}
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", url)
    assert "sk-real" not in told.values()


def test_what_the_command_is_given_after_all(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-real")
    assert ran("--", "env", "OPENAI_API_KEY=mine", "sh", "-c", "echo $OPENAI_API_KEY") == 0
    assert capfd.readouterr().out == "mine\n"


def test_an_upstream_gets_the_real_key_and_no_file_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-real-0123456789abcdef")
    heard: list[bytes] = []
    ask = 'curl -sN $OPENAI_BASE_URL/chat/completions -H "authorization: Bearer $OPENAI_API_KEY" -d {}'
    with Upstream(lambda sock, request: (heard.append(request), sock.sendall(events("a")))) as upstream:  # type: ignore[func-returns-value, arg-type]
        words = ["run", "mine", "--upstream", f"http://127.0.0.1:{upstream.port}", "--record", "once", "--"]
        assert run([*words, "sh", "-c", ask]) == 0
        assert b"Bearer sk-real-0123456789abcdef" in heard[0]
        (cassette,) = (tmp_path / "mine").glob("*.yaml")
        assert "sk-real" not in cassette.read_text()
        assert run([*words, "sh", "-c", f"{ask}; echo $OPENAI_API_KEY"]) == 0
        assert len(heard) == 1
    assert capfd.readouterr().out == "data: a\n\n" * 2 + f"{PLACEHOLDER}\n"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["no-such-command"], 127, "mocksse: no-such-command: command not found\n"),
        (["./folder"], 126, "mocksse: ./folder: Permission denied\n"),
        (["./text"], 126, "mocksse: ./text: Permission denied\n"),
    ],
)
def test_what_can_not_be_started(
    tmp_path: Path, words: list[str], code: int, said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "text").write_text("words")
    assert ran("--", *words) == code
    assert capfd.readouterr().err == said


@pytest.mark.parametrize("words", [[], ["--"]])
def test_no_command(words: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["run", *words]) == 2
    assert "what to run stands behind --" in capfd.readouterr().err


def test_words_behind_the_first_dashes_are_the_commands(capfd: pytest.CaptureFixture[str]) -> None:
    assert ran("--", "echo", "--speed", "--", "-h") == 0
    assert capfd.readouterr().out == "--speed -- -h\n"


def test_options_that_are_for_a_server_alone(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["run", "--follow", "--", "true"]) == 2
    assert "no such option: --follow" in capfd.readouterr().err


def test_wrong_cassettes_are_said_before_anything_runs(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["run", "gone.yaml", "--", "touch", "ran"]) == 2
    assert "gone.yaml" in capfd.readouterr().err
    assert not (tmp_path / "ran").exists()


def test_without_cassettes_those_that_come_with_mocksse(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["run", "--speed", "instant", "--", "sh", "-c", CHAT]) == 0
    assert "those that come with mocksse are played" in capfd.readouterr().err


def test_without_paths_the_folder_that_is_there(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "cassettes").mkdir()
    (tmp_path / "cassettes" / "mine.yaml").write_text("path: /v1/x\nstream:\n  - data: hello\n")
    assert run(["run", "--", "sh", "-c", "curl -sN $OPENAI_BASE_URL/x"]) == 0
    out, err = capfd.readouterr()
    assert out == "data: hello\n\n"
    assert err.splitlines()[1:] == ["  GET /v1/x  200  mine#1"]


def test_unmatched_requests_fail_it_and_say_how_they_differ(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "one.yaml").write_text("path: /v1/x\nstream:\n  - data: hello\n")
    ask = "for path in x y y; do curl -s $OPENAI_BASE_URL/$path -o /dev/null; done"
    assert run(["run", "one.yaml", "--", "sh", "-c", ask]) == 1
    title, *lines = capfd.readouterr().err.splitlines()
    assert title.startswith("mocksse 3 requests · 2 unmatched · ")
    assert lines == [
        "  GET /v1/x  200  one#1",
        "  GET /v1/y  404  no recording answers this: nearest is one#1, which differs in path  2 times",
        "                  path: asked /v1/y, recorded /v1/x",
    ]


def test_quiet_says_only_what_went_wrong(capfd: pytest.CaptureFixture[str]) -> None:
    assert ran("--quiet", "--", "sh", "-c", CHAT) == 0
    assert capfd.readouterr().err == ""
    assert ran("-q", "--", "sh", "-c", f"{CHAT}; curl -s $MOCKSSE_URL/nothing -o answer") == 1
    err = capfd.readouterr().err
    assert "1 unmatched" in err
    assert "/v1/chat" not in err


def test_faults_and_what_the_client_made_of_them_are_told(capfd: pytest.CaptureFixture[str]) -> None:
    fault = ["--fault", "status 429 retry-after=5 times=1"]
    assert ran(*fault, "--", "sh", "-c", f"{CHAT}; {CHAT}") == 0
    err = capfd.readouterr().err
    assert re.search(r"^ +fault status \S*429 retry-after=5 times=1$", err, re.MULTILINE)
    assert re.search(r"^  fail  retry-after-ignored +#1 #2  .*5 s", err, re.MULTILINE)


def test_the_control_api_is_no_client_of_an_api(capfd: pytest.CaptureFixture[str]) -> None:
    script = "curl -s $MOCKSSE_URL/__mocksse/nothing; curl -s $MOCKSSE_URL/__mocksse/health"
    assert ran("--", "sh", "-c", script) == 0
    assert capfd.readouterr().err == "mocksse no requests\n"


def test_a_session_that_is_not_there_is_unmatched(capfd: pytest.CaptureFixture[str]) -> None:
    assert ran("--", "sh", "-c", "curl -s $MOCKSSE_URL/@gone/v1/models -o answer") == 1
    assert "no session is called gone" in capfd.readouterr().err


def test_a_port_is_as_said(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with Upstream(b"") as other:
        assert ran("--port", str(other.port), "--", "true") == 2
        assert f"port {other.port} is in use" in capfd.readouterr().err
        (tmp_path / "mocksse.yaml").write_text(f"port: {other.port}\n")
        assert ran("--", "true") == 2


def test_streams_and_open_files_are_the_commands_own(tmp_path: Path) -> None:
    script = 'exec 3>third; "$0" -m mocksse run "$1" -- sh -c "cat; echo said >&3; echo wrong >&2"'
    done = subprocess.run(
        ["sh", "-c", script, sys.executable, CASSETTES], input="in", capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("in", "wrong\nmocksse no requests\n")
    assert (tmp_path / "third").read_text() == "said\n"


def test_a_finding_says_whose_requests_its_numbers_are(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mocksse.yaml").write_text("sessions:\n  wrong: {faults: status 400}\n")
    ask = CHAT.replace("$OPENAI_BASE_URL", "$MOCKSSE_URL/@wrong/v1")
    assert ran("--quiet", "--", "sh", "-c", f"{ask}; {ask}") == 0
    (_, line) = capfd.readouterr().err.splitlines()
    assert re.fullmatch(r"  fail  retried-for-good  #1 #2  400, .*  /@wrong", line)
