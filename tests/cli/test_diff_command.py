"""`mocksse diff` as its users see it: 0 the same, 1 different, 2 wrong usage."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from mocksse.cli import run

if TYPE_CHECKING:
    from pathlib import Path

CHAT = """\
interactions:
  - name: one
    path: /v1/chat/completions
    stream:
      - {data: {"choices":[{"delta":{"content":"Hi"}}]}}
      - {after_ms: 20, data: "[DONE]"}
  - name: two
    path: /v1/chat/completions
    stream: [{data: {"choices":[{"delta":{"content":"Ho"}}]}}]
"""


@pytest.fixture(autouse=True)
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").write_text(CHAT)
    (tmp_path / "b.yaml").write_text(CHAT.replace("Hi", "Hey"))
    (tmp_path / "slow.yaml").write_text(CHAT.replace("20", "2000"))
    (tmp_path / "more.yaml").write_text(CHAT + "  - {name: three, path: /x}\n")
    (tmp_path / "other.yaml").write_text("interactions: [{name: x, path: /x}, {name: y, path: /y}]\n")
    (tmp_path / "bad.yaml").write_text("pth: /x\n")
    return tmp_path


@pytest.mark.parametrize(
    ("args", "code", "last"),
    [
        (["a.yaml", "a.yaml"], 0, "the same"),
        (["a.yaml", "b.yaml"], 1, "the same"),  # the second pair is
        (["a.yaml#one", "b.yaml#one"], 1, "not the same"),
        (["a.yaml#one", "a.yaml#two"], 1, "not the same"),
        (["a.yaml#one", "slow.yaml#one"], 1, "not the same: answer and events are"),
        (["a.yaml#one", "slow.yaml#one", "--no-timing"], 0, "the same"),
        (["a.yaml", "more.yaml"], 1, "+ more#three: the other file has no such interaction"),
        (["more.yaml", "a.yaml"], 1, "- more#three: the other file has no such interaction"),
    ],
)
def test_diff(args: list[str], code: int, last: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["diff", *args]) == code
    out, err = capsys.readouterr()
    assert err == ""
    assert out.splitlines()[-1] == last


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["diff", "a.yaml", "more.yaml", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["same"], found["only_a"], found["only_b"]) == (False, [], ["more#three"])
    assert [(pair["a"], pair["b"], pair["same"]) for pair in found["pairs"]] == [
        ("a#one", "more#one", True),
        ("a#two", "more#two", True),
    ]


@pytest.mark.parametrize(
    ("args", "err"),
    [
        (["a.yaml", "bad.yaml"], "bad.yaml:1: a cassette has no 'pth' (did you mean path?)"),
        (["a.yaml", "none.yaml"], "no such file or folder: none.yaml "
         "(mocksse record URL makes a cassette in cassettes/)"),
        (["a.yaml", "b.yaml#wto"], "b.yaml: no interaction is called wto (did you mean two?)"),
        (["a.yaml", "other.yaml"], "no interaction is in both files (FILE#INTERACTION says which to compare)"),
        (["a.yaml", "."], ".: a folder (diff compares two files)"),
        (["a.yaml"], "Missing argument 'B'. (mocksse diff --help)"),
    ],
)  # fmt: skip
def test_one_line_where_nothing_can_be_compared(
    args: list[str], err: str, shelf: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shelf / "bad.yaml").unlink() if args[-1] == "." else None
    assert run(["diff", *args]) == 2
    assert capsys.readouterr() == ("", f"mocksse: {err}\n")


def test_bodies_are_compared_too(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shelf / "a.sse").write_bytes(b'data: {"choices":[{"delta":{"content":"Hi"}}]}\n\ndata: [DONE]\n\n')
    assert run(["diff", "a.sse", "a.yaml#one", "--no-timing"]) == 0
    assert run(["diff", "a.sse", "a.sse"]) == 0
    assert run(["diff", "a.sse", "b.yaml#one", "--json", "--no-timing"]) == 1
    out = capsys.readouterr().out
    assert {"what": "text", "a": "Hi", "b": "Hey"} in json.loads(out[out.index('{\n "same"') :])["pairs"][0]["answer"]
