"""The faults of a file: read and tried at load, and refused with file:line where they can never apply."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from breaking import recording

from mocksse import limits
from mocksse.cassette.load import load, loads, whereabouts
from mocksse.cassette.pacing import parse_word
from mocksse.errors import CassetteError
from mocksse.replay.faults.written import complaints_of, faults_of

if TYPE_CHECKING:
    from pathlib import Path

TEXT = """\
interactions:
  - path: /v1/x
  - name: chat
    path: /v1/chat/completions
    stream:
      - {after_ms: 50, data: {"choices":[{"index":0,"delta":{"content":"Hi"}}]}}
      - {after_ms: 50, data: [DONE]}
    faults:
"""


def written(folder: Path, *faults: str) -> Path:
    path = folder / "chat.yaml"
    path.write_text(TEXT + "".join(f"      - {fault}\n" for fault in faults))
    return path


@pytest.mark.parametrize(
    ("faults", "canonical"),
    [
        (["reset at=event:1 times=1"], ["reset at=event:1 times=1"]),
        (["truncate at=first-text; reset"], ["truncate at=first-text", "reset"]),
        (["reset times=1", "truncate at=done"], ["reset times=1", "truncate at=done"]),
        (["reset at=ms:100"], ["reset at=ms:100"]),
    ],
)
def test_the_faults_of_an_interaction(faults: list[str], canonical: list[str], tmp_path: Path) -> None:
    path = written(tmp_path, *faults)
    _, chat = load(path)
    assert [spec.text for spec in faults_of(chat, str(path))] == canonical


def test_none() -> None:
    assert faults_of(recording(), "a.yaml") == ()


@pytest.mark.parametrize(
    ("faults", "message"),
    [
        (["reset", "rest"], "10: interactions[1].faults[1]: fault 'rest', column 1: no fault is called rest "
         "(did you mean reset?)"),
        (["reset at=envent:1"], "9: interactions[1].faults[0]: fault 'reset at=envent:1', column 10: at=envent:1: "
         "no place is called 'envent:1' (did you mean event?)"),
        (["reset times=1; truncate at=event:9"], "9: interactions[1].faults[0]: fault 'reset times=1; truncate "
         "at=event:9', column 28: event:9 is beyond the stream, which has 2 events"),
        (["reset times=1", "truncate at=tool-args"], "10: interactions[1].faults[1]: fault 'truncate at=tool-args', "
         "column 13: tool-args: no tool arguments in this stream"),
        (["truncate at=event:0", "reset at=done"], "10: interactions[1].faults[1]: fault 'reset at=done', column 10: "
         "done: there is no body"),
        (["''"], "9: interactions[1].faults[0]: fault '', column 1: an empty fault (such as 'reset at=event:5'; "
         "mocksse faults lists them all)"),
        (["reset"] * (limits.MAX_FAULTS + 1), "73: interactions[1].faults[64]: more than 64 faults (leave some out)"),
    ],
)  # fmt: skip
def test_what_can_never_apply_is_an_error_at_its_line(faults: list[str], message: str, tmp_path: Path) -> None:
    path = written(tmp_path, *faults)
    _, chat = load(path)
    with pytest.raises(CassetteError) as caught:
        faults_of(chat, str(path))
    assert str(caught.value) == f"{path}:{message}"
    assert caught.value.exit_code == 2


def test_a_time_is_held_against_the_pacing_it_is_played_at(tmp_path: Path) -> None:
    path = written(tmp_path, "reset at=ms:90")
    _, chat = load(path)
    for words in [("speed", "0.5"), ("gap", "70"), ("jitter", "5")]:
        assert len(faults_of(chat, str(path), parse_word(*words))) == 1
    with pytest.raises(CassetteError, match=r"column 10: ms:90 is beyond the stream: .* due at 50 ms"):
        faults_of(chat, str(path), parse_word("speed", "2"))


def test_all_that_is_wrong_is_said(tmp_path: Path) -> None:
    entries = ["rest", "truncate at=event:1; reset at=byte:0; reset at=event:4", "drop at=finish", "reset at=evnt:1"]
    path = written(tmp_path, *entries)
    _, chat = load(path)
    assert [error.reason.partition(": ")[0] for error in complaints_of(chat, str(path))] == [
        "interactions[1].faults[0]",
        "interactions[1].faults[3]",
        "interactions[1].faults[1]",
        "interactions[1].faults[2]",
    ]
    assert complaints_of(recording(), "") == []


def test_what_is_not_in_a_file_has_no_line(tmp_path: Path) -> None:
    (chat,) = loads(b"interactions: [{path: /x, faults: [rest]}]", "cassette")
    with pytest.raises(CassetteError, match=r"^cassette: faults\[0\]: fault 'rest', column 1"):
        faults_of(chat, "cassette")
    path = written(tmp_path, "reset")
    assert whereabouts(str(path), "chat", "faults", 0) == (f"{path}:9", "interactions[1].faults[0]")
    assert whereabouts(str(path), "2", "faults", 0) == (str(path), "faults[0]")
    assert whereabouts(str(path), "1", "path") == (f"{path}:2", "interactions[0].path")
