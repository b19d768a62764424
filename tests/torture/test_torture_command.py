"""`mocksse torture`: exit codes, patterns, what is printed where; real servers, real processes."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from mocksse.cli import run
from mocksse.torture.cases import CASES
from mocksse.torture.document import schema

HONEST = Path(__file__).parent / "programs" / "honest.py"
CLIENT = f"{shlex.quote(sys.executable)} {shlex.quote(str(HONEST))} {{url}} {{timeout}}"


def says(code: str) -> str:
    """A client that is this code."""
    return f"{shlex.quote(sys.executable)} -c {shlex.quote(code)} {{url}}"


def test_what_passes_ends_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["torture", "--exec", CLIENT, "--run", "60", "--run", "31"]) == 0
    out, err = capsys.readouterr()
    assert out.rstrip().endswith("2 PASS  0 FAIL")
    assert "honest.py over openai-chat  2 cases" in out
    assert err == ""


def test_what_fails_ends_with_1_and_can_be_played_again(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["torture", "--exec", CLIENT, "--run", "32"]) == 1
    out = capsys.readouterr().out
    assert "✗ framing/cr-and-mixed (32)  MUST M" in out
    (again,) = [line.split("again", 1)[1].strip() for line in out.splitlines() if "again " in line]
    assert run(shlex.split(again)[1:]) == 1
    assert "1 FAIL" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "nobody is put to the test (--exec 'CMD {url}', or --client NAME)"),
        (["--exec", "x {url}", "--client", "openai"], "--exec and --client are both given"),
        (["--exec", "python client.py"], "--exec has no {url}"),
        (["--exec", "'{url}"], "--exec: No closing quotation"),
        (["--exec", "no-such-program {url}"], "no-such-program: No such file or directory"),
        (["--client", "opnai"], "there is no client 'opnai' (did you mean openai?)"),
        (["--client", "anthropic", "--api", "gemini"], "anthropic does not speak gemini"),
        (["--exec", "x {url}", "--api", "openai"], "--api openai: no such API"),
        (["--exec", "x {url}", "--can", "tool"], "--can tool: no such capability (did you mean tools?)"),
        (["--exec", "x {url}", "--run", "framing/crlv"], "no case fits 'framing/crlv' (did you mean framing/crlf?)"),
        (["--exec", "x {url}", "--json", "no/such/x.json"], "no/such/x.json: no such folder"),
        (["--exec", "x {url}", "--timeout", "20s"], "--timeout: '20s' is not a valid number of seconds"),
        (["--exec", "x {url}", "--html", "."], ".: is a folder (name a file in it)"),
        (["--through", "127.0.0.1:1", "--listen", "127.0.0.1:0"], "--through 127.0.0.1:1: no URL"),
        (["--through", "http://127.0.0.1:1"], "a gateway needs --listen HOST:PORT too"),
        (["--through", "http://127.0.0.1:1", "--listen", "x"], "--listen x: no HOST:PORT"),
        (["--exec", says("pass"), "--run", "31"], "it asked nothing of the server"),
        (["--exec", says("print('hello')"), "--run", "31"], "no clean answer: garbage: it is no JSON: hello"),
        (["--exec", says("raise SystemExit(3)"), "--run", "31"], "no clean answer: crashed: exit code 3"),
    ],
)
def test_what_is_wrong_is_said_on_one_line(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["torture", *words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert len(err.splitlines()) == 1


ASKS = """
import json, sys, urllib.request
body = json.dumps({"stream": True}).encode()
asked = urllib.request.Request(sys.argv[1] + "/chat/completions", body, {"Content-Type": "application/json"})
text = urllib.request.urlopen(asked).read().decode()
"""


def test_who_does_not_ask_for_a_stream_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    client = says(ASKS.replace('{"stream": True}', "{}"))
    assert run(["torture", "--exec", client, "--run", "31"]) == 2
    assert "no recording answers POST /v1/chat/completions" in capsys.readouterr().err


def test_without_a_line_nothing_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["torture", "--exec", says(ASKS), "--run", "31", "--run", "87:seconds"]) == 1
    out = capsys.readouterr().out
    assert "it does not say what reached its caller" in out
    assert "0 PASS" in out
    assert "1 NOT JUDGED" in out


def test_a_clean_answer_that_is_another_ends_it(capsys: pytest.CaptureFixture[str]) -> None:
    client = says(f"{ASKS}print(json.dumps({{'outcome': 'ok', 'text': text[:5]}}))")
    assert run(["torture", "--exec", client, "--run", "31"]) == 2
    assert "a clean answer is another" in capsys.readouterr().err


def test_files_are_written_as_they_are_meant(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {name: tmp_path / f"report.{name}" for name in ("json", "junit", "html")}
    words = [word for name, file in files.items() for word in (f"--{name}", str(file))]
    assert run(["torture", "--exec", CLIENT, "--run", "32", "--run", "26", *words]) == 1
    jsonschema.validate(found := json.loads(files["json"].read_text()), schema())
    assert [case["status"] for case in found["reports"][0]["cases"]] == ["SKIP", "FAIL"]
    root = ET.parse(files["junit"]).getroot()
    assert (root.get("tests"), root.get("failures"), root.get("skipped")) == ("2", "1", "1")
    assert files["html"].read_text().startswith("<!doctype html>")
    assert capsys.readouterr().err.splitlines() == [f"wrote {file}" for file in files.values()]


def test_json_goes_to_stdout_and_the_summary_beside_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["torture", "--exec", CLIENT, "--run", "31", "--json"]) == 0
    out, err = capsys.readouterr()
    jsonschema.validate(json.loads(out), schema())
    assert "1 PASS" in err


def test_the_list_has_every_case(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["torture", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines if line[:3].strip().isdigit()] == [c.id for c in CASES if c.number]
    assert run(["torture", "--list", "--json", "--run", "quirks"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [case["id"] for case in found["cases"]] == [case.id for case in CASES if case.family == "quirks"]
    assert run(["torture", "--list", "--api", "sse", "--run", "payload"]) == 0
    assert capsys.readouterr().out == ""


def test_a_client_of_the_box(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["torture", "--client", "reference", "--api", "openai-chat", "--run", "framing/c*"]) == 0
    assert "6 PASS" in capsys.readouterr().out
