"""`mocksse convert`: data on stdout, what was lost on stderr, a line each."""

from __future__ import annotations

from pathlib import Path

import pytest

from mocksse.cassette.load import load, loads
from mocksse.cassette.units import api_of, units
from mocksse.cli import run
from mocksse.providers.turn import merge

CASSETTES = Path(__file__).parents[2] / "cassettes"
CHAT = str(CASSETTES / "openai-chat.yaml")
HOSTILE = b"""
interactions:
  - name: a
    path: /v1/chat/completions
    stream:
      - data: '{"choices":[{"index":0,"delta":{"content":"A","refusal":"No"}},{"index":1,"delta":{"content":"B"}}]}'
      - data: '{"choices":[{"index":0,"delta":{},"finish_reason":"why\\u001b[2J"}]}'
      - data: '[DONE]'
  - name: b
    path: /v1/chat/completions
    stream: [{data: '{"choices":[{"index":0,"delta":{"content":"C"}}]}'}]
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_cassette_on_stdout_or_in_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["convert", CHAT, "--to", "anthropic"]) == 0
    out, err = capsys.readouterr()
    made = loads(out.encode())
    (interaction,), (source,) = made.interactions, load(Path(CHAT)).interactions
    api = api_of(interaction)
    assert api is not None
    assert api.name == "anthropic"
    assert merge(api, units(interaction.response)).first.text
    assert interaction.name == source.name
    assert all(line.startswith("rivers: ") for line in err.splitlines())

    assert run(["convert", CHAT, "rivers", "--to", "anthropic", "-o", "new.yaml"]) == 0
    assert capsys.readouterr().out == "new.yaml\n"
    assert load(Path("new.yaml")) == made
    assert run(["convert", CHAT, "--to", "gemini", "-o", "new.yaml"]) == 2
    assert load(Path("new.yaml")) == made
    assert run(["convert", CHAT, "--to", "gemini", "-o", "new.yaml", "--force"]) == 0
    assert load(Path("new.yaml")) != made


def test_what_is_lost_is_told_a_line_each_and_controls_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    Path("c.yaml").write_bytes(HOSTILE)
    assert run(["convert", "c.yaml", "--to", "ollama"]) == 0
    out, err = capsys.readouterr()
    assert err.splitlines() == [
        "a: choices: ollama has one, 1 other left out",
        "a: refusal: ollama has no place for its text",
        "a: finish: ollama has no word for why·[2J, stop stands for it",
    ]
    assert [i.name for i in loads(out.encode())] == ["a", "b"]
    assert run(["convert", "c.yaml", "b", "--to", "ollama"]) == 0
    out, err = capsys.readouterr()
    assert [i.name for i in loads(out.encode())] == ["b"]
    assert err == ""


@pytest.mark.parametrize(
    ("args", "says"),
    [
        ((CHAT,), "--to"),
        ((CHAT, "river", "--to", "gemini"), "no interaction is called river (did you mean rivers?)"),
        (("nothing.yaml", "--to", "gemini"), "nothing.yaml"),
        ((str(CASSETTES / "errors.yaml"), "--to", "gemini"), "no-messages: an error, status "),
        ((CHAT, "--to", "gemini", "--force"), "--force needs -o"),
    ],
)
def test_what_is_refused_in_one_line(args: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["convert", *args]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert says in err


def test_a_body_is_converted_too(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.sse").write_bytes(b'data: {"choices":[{"delta":{"content":"Hi"}}]}\n\ndata: [DONE]\n\n')
    assert run(["convert", "a.sse", "--to", "gemini"]) == 0
    (interaction,) = loads(capsys.readouterr().out.encode())
    api = api_of(interaction)
    assert api is not None
    assert (api.name, merge(api, units(interaction.response)).first.text) == ("gemini", "Hi")
    assert run(["convert", ".", "--to", "gemini"]) == 2
    assert capsys.readouterr().err == "mocksse: .: a folder (convert takes one file)\n"
