"""`mocksse check` as its users see it: findings on stdout, one a line; talk on stderr; 2 if there are any."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from mocksse.cli import run

if TYPE_CHECKING:
    from pathlib import Path

GOOD = "path: /x\nstream:\n  - data: a\n"
TWO = "interactions:\n  - path: /x\n  - path: /y\n"
BAD = "path: /x\nsteam: []\n"
BROKEN = """\
interactions:
  - path: /x
    stream: [{data: a}]
    faults: [reset at=event:1]
  - path: /y
    faults:
      - reset times=1
      - rest at=event:1
  - path: /z
    faults: [truncate at=event:1]
  - path: /late
    pacing: {speed: 2}
    stream: [{after_ms: 100, data: a}]
    faults: [reset at=ms:40 times=1, reset at=ms:90]
"""
ODD = "path: /x\nstream:\n  - {data: a, more: true, of: 99}\n"


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in {"good.yaml": GOOD, "sub/two.yml": TWO, "sub/bad.yaml": BAD, "odd.yaml": ODD}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


BAD_LINE = "sub/bad.yaml:2: a cassette has no 'steam' (did you mean stream?)\n"
ODD_LINES = (
    "odd.yaml:3: more: on the last entry of the stream (nothing follows that could go on: leave it out)\n"
    "odd.yaml:3: a chunk that was cut in a stream that ended complete (end: {how: cut}, or leave out of:)\n"
)


@pytest.mark.parametrize(
    ("args", "code", "out", "err"),
    [
        (["good.yaml"], 0, "", "1 cassette, 1 interaction: all valid\n"),
        (["good.yaml", "sub/two.yml"], 0, "", "2 cassettes, 3 interactions: all valid\n"),
        (["sub/bad.yaml"], 2, BAD_LINE, ""),
        (["odd.yaml"], 2, ODD_LINES, ""),
        (["good.yaml", "sub/bad.yaml"], 2, BAD_LINE, "2 cassettes, 1 interaction: 1 finding\n"),
        (["."], 2, ODD_LINES + BAD_LINE, "4 cassettes, 4 interactions: 3 findings\n"),
        (["none.yaml"], 2, "", "mocksse: no such file or folder: none.yaml "
         "(mocksse record URL makes a cassette in cassettes/)\n"),
        (["empty"], 2, "", "mocksse: no cassettes in empty (mocksse record URL makes one)\n"),
        ([], 2, "", "mocksse: Missing argument 'PATHS...'. (mocksse check --help)\n"),
    ],
)  # fmt: skip
def test_check(args: list[str], code: int, out: str, err: str, shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shelf / "empty").mkdir()
    assert run(["check", *args]) == code
    assert capsys.readouterr() == (out, err)


def test_the_faults_of_a_file_are_tried(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shelf / "broken.yaml").write_text(BROKEN)
    assert run(["check", "broken.yaml"]) == 2
    assert capsys.readouterr().out == (
        "broken.yaml:8: interactions[1].faults[1]: fault 'rest at=event:1', column 1: no fault is called rest "
        "(did you mean reset?)\n"
        "broken.yaml:10: interactions[2].faults[0]: fault 'truncate at=event:1', column 13: event:1 is beyond "
        "the stream, which has 0 events\n"
        "broken.yaml:14: interactions[3].faults[1]: fault 'reset at=ms:90', column 10: ms:90 is beyond the "
        "stream: at this pace its last byte is due at 50 ms\n"
    )


@pytest.mark.usefixtures("shelf")
def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "good.yaml", "sub", "--json"]) == 2
    out, err = capsys.readouterr()
    assert err == ""
    assert json.loads(out) == {
        "files": 3,
        "interactions": 3,
        "findings": [
            {
                "where": "sub/bad.yaml:2",
                "message": "a cassette has no 'steam'",
                "hint": "did you mean stream?",
                "rule": "invalid",
            }
        ],
        "notes": [],
    }
    assert run(["check", "good.yaml", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"files": 1, "interactions": 1, "findings": [], "notes": []}


@pytest.mark.usefixtures("shelf")
def test_what_an_interrupted_recording_left_is_offered(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shelf / "good.yaml.partial").write_text('{"mocksse_partial":1}\n')
    assert run(["check", "good.yaml"]) == 0
    assert capsys.readouterr().err == (
        "an interrupted recording lies in good.yaml.partial: keep it with  mocksse recover good.yaml.partial\n"
        "1 cassette, 1 interaction: all valid\n"
    )


LINT = """\
interactions:
  - path: /v1/chat/completions
    response:
      stream:
        - {data: {"choices":[{"delta":{"content":"Hi"}}]}}
        - {after_ms: 31000, data: {"choices":[{"delta":{"content":"%s"}}]}}
        - {data: {"choices": oops}}
        - {data: {"id":"x"}}
        - {text: "data: {"}
  - name: died
    path: /v1/messages
    response:
      stream: [{event: ping, data: {"type":"ping"}}]
      end: {how: cut}
  - path: /key
    stream: [{data: "sk-proj-%s"}]
"""


@pytest.fixture
def odd(shelf: Path) -> Path:
    (shelf / "lint.yaml").write_text(LINT % ("x" * 1025, "aB3" * 16 + "T3BlbkFJ" + "aB3" * 16))
    return shelf


@pytest.mark.usefixtures("odd")
def test_lint_tells_each_rule_and_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "lint.yaml"]) == 1
    out, err = capsys.readouterr()
    assert [(line.split(": ")[0], line.rsplit("[")[-1].rstrip("]")) for line in out.splitlines()] == [
        ("lint.yaml:6", "long-gap"),
        ("lint.yaml:6", "large-fragment"),
        ("lint.yaml:7", "broken-json"),
        ("lint.yaml:8", "unknown-event"),
        ("lint.yaml:9", "unfinished"),
        ("lint.yaml:9", "no-terminator"),
        ("lint.yaml:16", "secret"),
    ]
    assert err == "lint.yaml:14: died ended cut after 0.0 ms\n"


@pytest.mark.usefixtures("odd")
def test_a_rule_is_switched_off_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    off = ["large-fragment", "broken-json", "unknown-event", "unfinished", "no-terminator", "secret"]
    assert run(["check", "lint.yaml", *(word for name in off for word in ("--off", name))]) == 1
    assert capsys.readouterr().out == "lint.yaml:6: a silence of 31.00 s (pacing: {max_gap: MS}) [long-gap]\n"
    assert run(["check", "lint.yaml", "--longest-gap", "31", *(w for n in off for w in ("--off", n))]) == 0
    assert run(["check", "lint.yaml", "--off", "large"]) == 2
    assert "--off: 'large' is not one of" in capsys.readouterr().err


@pytest.mark.usefixtures("odd")
def test_what_is_not_valid_outweighs_what_lint_finds(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", ".", "--json"]) == 2
    found = json.loads(capsys.readouterr().out)
    assert {finding["rule"] for finding in found["findings"]} >= {"invalid", "secret", "long-gap"}
    assert [note["rule"] for note in found["notes"]] == ["broke-off"]
