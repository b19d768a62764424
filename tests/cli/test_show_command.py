"""`mocksse show` as its users see it: a table, every chunk, JSON; one line where a file can't be shown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from mocksse.cli import run

if TYPE_CHECKING:
    from pathlib import Path

CHAT = """\
interactions:
  - name: rivers
    request: {method: POST, path: /v1/chat/completions}
    response:
      headers: {content-type: text/event-stream}
      head_after_ms: 12
      stream:
        - {after_ms: 30, data: {"choices":[{"delta":{"content":"Hi \U0001f600"}}]}}
        - {after_ms: 20, more: true, text: "data: [DO"}
        - {after_ms: 1, text: "NE]\\n\\n"}
        - {after_ms: 1, base64: /w==, of: 9}
      end: {after_ms: 2, how: cut}
  - name: busy
    path: /v1/messages
    response: {status: 429, headers: {}, stream: []}
"""


@pytest.fixture(autouse=True)
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "chat.yaml").write_text(CHAT)
    return tmp_path


def lines(capsys: pytest.CaptureFixture[str], *args: str) -> list[str]:
    assert run(["show", *args]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return [" ".join(line.split()) for line in out.splitlines()]


def test_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert lines(capsys, "chat.yaml") == [
        "interaction request status events chunks bytes first byte duration end",
        "chat#rivers POST /v1/chat/completions 200 2 3 68 B 42 ms 66 ms cut",
        "chat#busy ANY /v1/messages 429 0 0 0 B - 0.0 ms complete",
    ]


def test_a_folder_has_all_its_files(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shelf / "sub").mkdir()
    (shelf / "sub" / "a.yaml").write_text("path: /x\nstream: [{data: Hi}]\n")
    assert [line.split()[0] for line in lines(capsys, ".")] == ["interaction", "chat#rivers", "chat#busy", "sub/a#1"]


def test_events(capsys: pytest.CaptureFixture[str]) -> None:
    assert lines(capsys, "--events", "chat.yaml") == [
        "chat.yaml#rivers POST /v1/chat/completions",
        "200 · 2 events · 3 chunks · 68 B · first byte 42 ms · 66 ms · cut",
        "0.012 s +12 ms head, 1 header",
        '0.042 s +30 ms 53 B data: {"choices":[{"delta":{"content":"Hi \U0001f600"}}]}',
        "0.062 s +20 ms 9 B … data: [DO",
        "0.063 s +1.0 ms 5 B NE]",
        "0.064 s +1.0 ms 1 B of 9 \N{REPLACEMENT CHARACTER}",
        "0.066 s +2.0 ms cut",
        "",
        "chat.yaml#busy ANY /v1/messages",
        "429 · 0 chunks · 0 B · 0.0 ms · complete",
        "0.000 s +0.0 ms head, 0 headers",
        "0.000 s +0.0 ms complete",
        "",
    ]


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", "chat.yaml", "--json"]) == 0
    rivers, busy = json.loads(capsys.readouterr().out)["interactions"]
    assert rivers.pop("stats")["first_text_ms"] == 42.0
    assert rivers.pop("turn") == {
        "id": None,
        "model": None,
        "text": "Hi \U0001f600",
        "reasoning": "",
        "refusal": None,
        "tool_calls": [],
        "finish": None,
        "usage": {},
        "errors": [],
        "citations": [],
        "images": [],
        "done": True,
        "choices": [
            {
                "index": 0,
                "text": "Hi \U0001f600",
                "reasoning": "",
                "refusal": None,
                "tool_calls": [],
                "finish": None,
            }
        ],
        "missing": [
            "cut: the connection was closed before the body's end",
            "1 byte of an event that never ended",
            "no finish reason",
        ],
    }
    assert rivers == {
        "file": "chat.yaml",
        "name": "rivers",
        "method": "POST",
        "path": "/v1/chat/completions",
        "api": "openai-chat",
        "status": 200,
        "content_type": "text/event-stream",
        "events": 2,
        "chunks": 3,
        "bytes": 68,
        "head_ms": 12.0,
        "first_byte_ms": 42.0,
        "duration_ms": 66.0,
        "end": "cut",
    }
    assert (busy["method"], busy["first_byte_ms"], busy["status"]) == (None, None, 429)


def test_json_with_events(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", "chat.yaml", "--json", "--events"]) == 0
    rivers, busy = json.loads(capsys.readouterr().out)["interactions"]
    assert rivers["stream"][1:] == [
        {"at_ms": 62.0, "after_ms": 20.0, "bytes": 9, "more": True, "data": "data: [DO"},
        {"at_ms": 63.0, "after_ms": 1.0, "bytes": 5, "data": "NE]\n\n"},
        {"at_ms": 64.0, "after_ms": 1.0, "bytes": 1, "of": 9, "base64": "/w=="},
    ]
    assert busy["stream"] == []


def test_a_terminal_is_not_written_to_by_the_recording(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shelf / "bell.yaml").write_text('path: /x\nstream: [{data: "\\e[2J\\a\\u202e"}]\n')
    out = "\n".join(lines(capsys, "bell.yaml", "--events"))
    assert "data: ·[2J··" in out


@pytest.mark.parametrize(
    ("args", "err"),
    [
        (["bad.yaml"], "bad.yaml:1: a cassette has no 'pth' (did you mean path?)"),
        (["chat.yaml", "bad.yaml"], "bad.yaml:1: a cassette has no 'pth' (did you mean path?)"),
        (["--json", "bad.yaml"], "bad.yaml:1: a cassette has no 'pth' (did you mean path?)"),
        (["none.yaml"], "no such file or folder: none.yaml (mocksse record URL makes a cassette in cassettes/)"),
        (["empty"], "no cassettes in empty (mocksse record URL makes one)"),
        ([], "Missing argument 'FILE|-... [INTERACTION]'. (mocksse show --help)"),
    ],
)
def test_one_line_where_nothing_can_be_shown(
    args: list[str], err: str, shelf: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shelf / "bad.yaml").write_text("pth: /x\n")
    (shelf / "empty").mkdir()
    assert run(["show", *args]) == 2
    assert capsys.readouterr() == ("", f"mocksse: {err}\n")


def test_a_clock_is_that_of_the_timeline(capsys: pytest.CaptureFixture[str]) -> None:
    assert lines(capsys, "chat.yaml", "--clock", "gap") == lines(capsys, "chat.yaml", "--timeline", "--clock", "gap")
