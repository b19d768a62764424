"""`mocksse scrub` as its users see it: file:line and what, never the secret; 1 on a finding when it only looks."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from pathlib import Path

import pytest
import yaml

from mocksse.cassette.load import load
from mocksse.cli import run

KEY = "sk-Zq8w_Rt5yU1iOp3aSd"
GOOD = "# a comment\npath: /x\nstream:\n  - data: a\n"
LEAK = f"""\
interactions:
  - request: {{path: /x, headers: {{Authorization: Bearer {KEY}}}}}
    response:
      headers: [[Content-Type, text/event-stream], [X-Request-Id, req_1]]
      stream:
        - data: {{"user_id": "u-1"}}
        - text: "data: half {KEY[:9]}"
        - text: "{KEY[9:]}"
"""
FINDINGS = """\
leak.yaml:2: a credential in the request header authorization
leak.yaml:4: x-request-id, in the response's headers
leak.yaml:6: an identifying field: user_id
leak.yaml:7: a credential
leak.yaml:8: a credential
"""


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("good.yaml").write_text(GOOD)
    Path("leak.yaml").write_text(LEAK)
    return tmp_path


def test_check_changes_nothing(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scrub", "--check", "good.yaml"]) == 0
    assert capsys.readouterr() == ("", "1 cassette: nothing to blot\n")
    assert run(["scrub", "--check", "."]) == 1
    out, err = capsys.readouterr()
    assert out == FINDINGS
    assert err == "2 cassettes: 5 findings\n"
    assert KEY not in out
    assert Path("leak.yaml").read_text() == LEAK
    assert Path("good.yaml").read_text() == GOOD


def test_scrub_blots_and_is_done(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scrub", "."]) == 0
    out, err = capsys.readouterr()
    assert out == FINDINGS
    assert err == "2 cassettes: 5 findings, 1 cassette scrubbed\n"
    assert Path("good.yaml").read_text() == GOOD, "without a finding nothing is written"
    (clean,) = load(Path("leak.yaml"))
    assert clean.request.headers == (("Authorization", "Bearer " + "x" * len(KEY)),)
    assert clean.response.header("x-request-id") == "xxxxx"
    assert KEY[9:].encode() not in clean.response.body
    assert KEY[:9].encode() not in clean.response.body
    assert {path.name for path in shelf.iterdir()} == {"good.yaml", "leak.yaml"}
    written = Path("leak.yaml").read_bytes()
    assert run(["scrub", "--check", "."]) == 0
    assert run(["scrub", "."]) == 0
    assert Path("leak.yaml").read_bytes() == written


def test_a_header_that_is_kept(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scrub", "leak.yaml", "--keep-header", "X-Request-ID"]) == 0
    assert "x-request-id" not in capsys.readouterr().out
    (clean,) = load(Path("leak.yaml"))
    assert clean.response.header("x-request-id") == "req_1"
    assert run(["scrub", "leak.yaml", "--keep-header", "no header"]) == 2


def test_json(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scrub", "leak.yaml", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["files"], told["scrubbed"]) == (1, ["leak.yaml"])
    where = {"where": "leak.yaml:2", "message": "a credential in the request header authorization", "hint": ""}
    assert told["findings"][0] == where


def test_a_file_that_is_not_valid(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("bad.yaml").write_text("path: /x\nsteam: []\n")
    for words in (["--check"], []):
        assert run(["scrub", ".", *words]) == 2
        assert "bad.yaml:2: a cassette has no 'steam' (did you mean stream?)\n" in capsys.readouterr().out
    (clean,) = load(Path("leak.yaml"))
    assert KEY not in repr(clean), "the others are scrubbed"


def test_what_is_compressed_can_only_be_told(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = b64encode(gzip.compress(f"data: {KEY}\n\n".encode())).decode()
    head = "interactions:\n  - path: /x\n    response:\n      headers: {content-encoding: gzip}\n"
    text = f"{head}      stream: [{{base64: {body}}}]\n"
    Path("leak.yaml").write_text(text)
    assert run(["scrub", "leak.yaml"]) == 1
    what = "a credential in a compressed answer, where it can't be blotted (record it without Accept-Encoding)"
    assert capsys.readouterr().out == f"leak.yaml:5: {what}\n"
    assert Path("leak.yaml").read_text() == text


def test_the_hooks_call_commands_that_are_there(pytestconfig: pytest.Config) -> None:
    hooks = yaml.safe_load((pytestconfig.rootpath / ".pre-commit-hooks.yaml").read_text())
    assert [hook["id"] for hook in hooks] == ["mocksse-check", "mocksse-scrub"]
    for hook in hooks:
        words = hook["entry"].split()
        assert words[0] == "mocksse"
        assert run([*words[1:], str(pytestconfig.rootpath / "cassettes" / "anthropic.yaml")]) == 0
