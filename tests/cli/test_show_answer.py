"""`mocksse show --text`, `--reasoning`, `--tools`, and `--json` of bodies; rules for APIs that are not known."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from mocksse.cli import run

CHAT = """\
interactions:
  - name: rivers
    path: /v1/chat/completions
    stream:
      - data: {"choices":[{"index":0,"delta":{"reasoning":"Hm","content":"Hi"}},{"index":1,"delta":{"content":"Yo"}}]}
      - data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"},{"index":1,"delta":{},"finish_reason":"stop"}]}
      - data: "[DONE]"
  - name: weather
    path: /v1/chat/completions
    stream:
      - data: {"choices":[{"delta":{"tool_calls":[{"id":"c1","function":{"name":"f","arguments":"{ \\"x\\":1}"}}]}}]}
      - data: {"choices":[{"delta":{"tool_calls":[{"index":1,"id":"c2","function":{"name":"g","arguments":"{}"}}]}}]}
      - data: {"choices":[{"delta":{},"finish_reason":"tool_calls"}]}
      - data: "[DONE]"
"""
ODD = b'data: {"result":{"text":"Hi"}}\n\ndata: {"result":{"text":"there"},"thinking":"Hm"}\n\n'


@pytest.fixture(autouse=True)
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("chat.yaml").write_text(CHAT)
    Path("odd.sse").write_bytes(ODD)
    Path("plain.sse").write_bytes(b"data: Hi\n\ndata: there\n\ndata: [DONE]\n\n")
    Path("tidy.py").write_text(
        "def loud(text):\n    return text.upper()\n\n\n"
        "def bad(text):\n    return {}[text]\n\n\n"
        "def none(text):\n    pass\n\n\n"
        "def leave(text):\n    raise SystemExit(3)\n\n\n"
        "def noisy(text):\n    print('working')\n    return text\n\n\n"
        "tone = 3\n"
    )
    Path("broken.py").write_text("def f(:\n")
    return tmp_path


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["chat.yaml", "weather", "--tools"], 'f {"x":1}  c1\ng {}  c2\n'),
        (["chat.yaml", "chat#weather", "--text"], ""),
        (["chat.yaml", "rivers", "--text"], "=== chat#rivers choice 0\nHi\n=== chat#rivers choice 1\nYo\n"),
        (["chat.yaml", "rivers", "--reasoning"], "=== chat#rivers choice 0\nHm\n"),
        (
            ["chat.yaml", "--text"],
            "=== chat#rivers choice 0\nHi\n=== chat#rivers choice 1\nYo\n=== chat#weather\n",
        ),
        (["odd.sse", "--text", "--jsonpath", "$.result.text"], "Hithere\n"),
        (["odd.sse", "--text", "--jsonpath", "text=$.result.text", "--join", " "], "Hi there\n"),
        (["odd.sse", "--reasoning", "--jsonpath", "reasoning=$.thinking"], "Hm\n"),
        (["odd.sse", "--jsonpath", "$.result.text"], "Hithere\n"),
        (["plain.sse", "--text", "--join", " "], "Hi there\n"),
        (["plain.sse", "--text", "--join", "", "--script", "tidy.py:loud"], "HITHERE\n"),
        (["plain.sse", "--script", "tidy.py:loud"], "HITHERE\n"),
        (["odd.sse", "--text", "--jsonpath", "$.result.text", "--script-each", "tidy.py:loud"], "HITHERE\n"),
    ],
)
def test_a_lane(words: list[str], expected: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", *words]) == 0
    assert capsys.readouterr() == (expected, "")


def test_what_a_script_prints_is_no_data(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", "plain.sse", "--script", "tidy.py:noisy", "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["interactions"][0]["turn"]["text"] == "Hithere"
    assert err == "working\n"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", ["missing: no body"]),
        (b'data: {"error":{"message":"Slow down","type":"busy"}}\n\n', ["error: busy: Slow down"]),
        (
            b'data: {"choices":[{"delta":{"content":"Hi"}}]}\n\ndata: {"ch',
            [
                "missing: 10 bytes of an event that never ended",
                "missing: no terminator: a stream of this API ends with data: [DONE]",
                "missing: no finish reason",
            ],
        ),
    ],
)
@pytest.mark.parametrize("view", [["--text"], ["--reasoning"], ["--tools"], ["--stats"], ["--events"], []])
def test_what_is_missing_is_said_beside_the_data(
    body: bytes, said: list[str], view: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    Path("half.sse").write_bytes(body)
    assert run(["show", "half.sse", *view]) == 0
    assert capsys.readouterr().err.splitlines() == [f"half.sse#half: {line}" for line in said]


def test_how_it_ended_is_said_beside_the_text(capsys: pytest.CaptureFixture[str]) -> None:
    Path("cut.yaml").write_text(
        "interactions:\n"
        "  - name: a\n"
        "    path: /v1/chat/completions\n"
        '    response: {stream: [{data: \'{"choices":[{"delta":{"content":"Hi"}}]}\'}], end: {how: cut}}\n'
    )
    assert run(["show", "cut.yaml", "--text"]) == 0
    out, err = capsys.readouterr()
    assert (out, err.splitlines()[0]) == (
        "Hi\n",
        "cut#a: missing: cut: the connection was closed before the body's end",
    )


def test_a_stream_of_no_known_api_is_said_to_be_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", "odd.sse", "--text"]) == 0
    assert capsys.readouterr() == (
        "",
        "odd.sse#odd: of no API that is known here (--jsonpath '$.path', or --join '')\n",
    )


def test_a_path_of_two_finds_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", "odd.sse", "--text", "--jsonpath", "$.result.text", "--jsonpath", "usage=$.tokens"]) == 0
    out, err = capsys.readouterr()
    assert out == "Hithere\n"
    assert err.startswith("--jsonpath: no event has $.tokens (the first is {")
    assert err.count("\n") == 1


def test_a_path_finds_nothing_where_there_is_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    Path("empty.sse").write_bytes(b"")
    assert run(["show", "empty.sse", "--text", "--jsonpath", "$.result.text"]) == 0
    assert capsys.readouterr() == ("", "empty.sse#empty: missing: no body\n")


@pytest.mark.parametrize("view", ["--timeline", "--stats"])
def test_views_go_by_the_rules(view: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", "odd.sse", view, "--jsonpath", "$.result.text"]) == 0
    by_rules = capsys.readouterr().out
    assert run(["show", "odd.sse", view]) == 0
    assert by_rules != capsys.readouterr().out


def test_the_page_goes_by_the_rules() -> None:
    for name, words in (("ruled", ["--jsonpath", "$.result.text"]), ("plain", [])):
        assert run(["show", "odd.sse", "--html", f"{name}.html", *words]) == 0
    assert Path("ruled.html").read_text() != Path("plain.html").read_text()


def test_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for data, name, text in ((Path("chat.yaml").read_bytes(), "rivers", "Hi"), (ODD, "body", "Hithere")):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        assert run(["show", "-", "--json", *(["--jsonpath", "$.result.text"] if name == "body" else ["rivers"])]) == 0
        (shown,) = json.loads(capsys.readouterr().out)["interactions"]
        assert (shown["file"], shown["name"], shown["turn"]["text"]) == ("-", name, text)


def test_nothing_at_all(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    Path("empty.sse").write_bytes(b"")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    for path in ("empty.sse", "-", "/dev/null"):
        assert run(["show", path, "--json"]) == 0
        (shown,) = json.loads(capsys.readouterr().out)["interactions"]
        assert (shown["turn"]["text"], shown["turn"]["missing"]) == ("", ["no body"])


def test_cassettes_and_bodies_together(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", "chat.yaml", "odd.sse", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)["interactions"]
    assert [(one["file"], one["name"], one["api"]) for one in shown] == [
        ("chat.yaml", "rivers", "openai-chat"),
        ("chat.yaml", "weather", "openai-chat"),
        ("odd.sse", "odd", None),
    ]


def test_rules_in_the_cassette(capsys: pytest.CaptureFixture[str]) -> None:
    Path("own.yaml").write_text(
        "extract: {text: $.a}\n"
        "interactions:\n"
        '  - {name: file, path: /x, stream: [{data: \'{"a":"A","b":"B"}\'}]}\n'
        '  - {name: own, path: /x, extract: {text: $.b}, stream: [{data: \'{"a":"A","b":"B"}\'}]}\n'
    )
    assert run(["show", "own.yaml", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)["interactions"]
    assert [(one["api"], one["turn"]["text"]) for one in shown] == [("extract", "A"), ("extract", "B")]


def test_half_a_surrogate_pair_is_printed_as_json_spells_it(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    Path("half.sse").write_bytes(b'data: {"choices":[{"delta":{"content":"\\ud83d"}}]}\n\n')
    assert run(["show", "half.sse", "--text"]) == 0
    assert capsysbinary.readouterr().out == b"\\ud83d\n"
    assert run(["show", "half.sse", "--json"]) == 0
    assert json.loads(capsysbinary.readouterr().out)["interactions"][0]["turn"]["text"] == "\ud83d"


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["chat.yaml", "river"], 2, "no such file or interaction: river (did you mean rivers?)"),
        (["chat.yaml", "a", "b"], 2, "no such file: a (one interaction at a time is picked by its name)"),
        (["--text", "--stats", "chat.yaml"], 2, "--text, --timeline, --stats, --events: which of them?"),
        (["odd.sse", "--jsonpath", "$.a["], 2, "'$.a[' is no JSONPath: "),
        (["odd.sse", "--jsonpath", "txt=$.a"], 2, "--jsonpath 'txt=$.a': it begins with $ or with a lane and ="),
        (["odd.sse", "--jsonpath", "$.result.txt"], 1, "--jsonpath: no event has $.result.txt (the first is {"),
        (["odd.sse", "--jsonpath", "$.x", "--timeline"], 1, "--jsonpath: no event has $.x (the first is {"),
        (["odd.sse", "--jsonpath", "$.x", "--stats"], 1, "--jsonpath: no event has $.x (the first is {"),
        (
            ["odd.sse", "--jsonpath", "$.x", "--jsonpath", "usage=$.y", "--json"],
            1,
            "--jsonpath: no event has $.x or $.y",
        ),
        (["plain.sse", "--script", "tidy.py:bad"], 1, "--script: tidy.py:6: KeyError: 'Hithere'"),
        (
            ["odd.sse", "--jsonpath", "text.a"],
            2,
            "--jsonpath 'text.a': it begins with $ or with a lane and = (--jsonpath '$.",
        ),
        (["plain.sse", "--script", "tidy.py:leave"], 1, "--script: tidy.py:14: SystemExit: 3"),
        (["plain.sse", "--script", "tidy.py:tone"], 2, "--script: no function tone in tidy.py (did you mean none?)"),
        (["odd.sse", "--script", "tidy"], 2, "--script 'tidy' names no function (--script tidy.py:strip)"),
        (["odd.sse", "--script", "none.py:f"], 2, "--script: no such file: none.py (FILE.py:FUNCTION)"),
        (["odd.sse", "--script", "tidy.py:lout"], 2, "--script: no function lout in tidy.py (did you mean loud?)"),
        (["odd.sse", "--script", "broken.py:f"], 2, "--script: broken.py:1: SyntaxError: "),
        (["chat.yaml", "--text", "--script", "tidy.py:bad"], 1, "--script: tidy.py:6: KeyError: 'Hi'"),
        (
            ["plain.sse", "--text", "--script-each", "tidy.py:none"],
            1,
            "--script-each: tidy.py:none returned NoneType, and not text",
        ),
    ],
)
def test_one_line(words: list[str], code: int, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", *words]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"mocksse: {message}")
    assert err.count("\n") == 1


def test_rules_in_the_settings_are_for_what_is_not_known(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mocksse.yaml").write_text("extract: {text: $.result.text, join: ' '}\n")
    assert run(["show", "odd.sse", "--text"]) == 0
    assert capsys.readouterr().out == "Hi there\n"
    assert run(["show", "chat.yaml", "rivers", "--reasoning"]) == 0
    assert capsys.readouterr().out.endswith("\nHm\n")
    assert run(["config"]) == 0
    assert "text=$.result.text, join= " in capsys.readouterr().out
    Path("mocksse.yaml").write_text("extract: {text: $.a, reasoning: ['$.b', '$.c[']}\n")
    assert run(["show", "odd.sse", "--text"]) == 2
    assert capsys.readouterr().err.startswith("mocksse: mocksse.yaml:1: extract: '$.c[' is no JSONPath: ")
