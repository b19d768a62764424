"""`mocksse import BODY -o c.yaml && mocksse show c.yaml --json`, for every recorded stream; and for what is left of it.

What is expected of each, and where the bytes say something else, is in expected_turns.py.
"""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from expected_turns import EXPLAINED, recordings_of, value_of

from mocksse.cassette.importers import ImportOptions, parse
from mocksse.cli import root
from mocksse.errors import MocksseError
from mocksse.view.answer import turn_json
from mocksse.view.arrivals import read
from mocksse.view.missing import missing

if TYPE_CHECKING:
    from pathlib import Path


def found(turn: dict[str, Any]) -> dict[str, Any]:
    """What was printed, in the form of the expectations."""
    choices = turn["choices"]
    return {
        "text": {str(choice["index"]): choice["text"] for choice in choices if choice["text"]},
        "reasoning": {str(choice["index"]): choice["reasoning"] for choice in choices if choice["reasoning"]},
        "tool_calls": [(call["id"] or "", call["name"], value_of(call["arguments"])) for call in turn["tool_calls"]],
        "refusal": turn["refusal"] or "",
        "finish": {str(choice["index"]): choice["finish"] for choice in choices if choice["finish"]},
        "usage": turn["usage"],
        "errors": [(error["message"], error["type"] or "") for error in turn["errors"]],
        "citations": len(turn["citations"]),
    }


@pytest.mark.long
def test_import_and_show(streams: Path, tmp_path: Path) -> None:
    runner, differing = CliRunner(), set()
    for recording in recordings_of(streams):
        cassette = str(tmp_path / f"{recording.name}.yaml")
        assert runner.invoke(root, ["import", str(recording.path), "-o", cassette]).exit_code == 0
        shown = runner.invoke(root, ["show", cassette, "--json"])
        assert shown.exit_code == 0
        (interaction,) = json.loads(shown.stdout)["interactions"]
        turn = found(interaction["turn"])
        differing |= {(recording.name, key) for key, value in recording.expected.items() if turn[key] != value}
    assert differing == EXPLAINED.keys()


def test_whatever_is_left_of_a_stream_is_shown(streams: Path) -> None:
    """Cut anywhere, with a hole in it, or with bytes that are none of its own: never a failure."""
    for recording in recordings_of(streams)[::4]:
        whole = recording.body[:20_000]
        draws = random.Random(recording.name)
        at, upto = sorted((draws.randrange(len(whole)), draws.randrange(1, len(whole) + 1)))
        for broken in (whole[: at + 1], whole[:at] + whole[upto:], whole[:at] + b"\xff\x00{" + whole[at:]):
            try:
                interaction = parse(broken, recording.path.name, ImportOptions()).interaction
            except MocksseError:
                continue  # what import can't read, such as nothing
            reading = read(interaction)
            said = turn_json(reading.turn, missing(interaction, reading))
            assert json.loads(json.dumps(said)) == said
            assert all("\n" not in line for line in said["missing"])


@pytest.mark.parametrize(
    ("body", "missing_words"),
    [
        (b'data: {"choices":[{"delta":{"content":"Hi"}}]}\n\n', ["no terminator", "no finish reason"]),
        (
            b'data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\ndata: [DO',
            ["9 bytes of an event that never ended", "no terminator"],
        ),
        (b'data: {"candidates":[{"content":{"parts":[{"text":"Hi"}]}}]}\r\n\r\n', ["no finish reason"]),
        (b'data: {"candidates":[{"content":{"parts":[{"text":"Hi"}]},"finishReason":"STOP"}]}\r\n\r\n', []),
    ],
)
def test_what_is_missing(body: bytes, missing_words: list[str], tmp_path: Path) -> None:
    (tmp_path / "a.sse").write_bytes(body)
    shown = CliRunner().invoke(root, ["show", str(tmp_path / "a.sse"), "--json"])
    (interaction,) = json.loads(shown.stdout)["interactions"]
    assert interaction["turn"]["text"] == "Hi"
    said = interaction["turn"]["missing"]
    assert len(said) == len(missing_words)
    assert all(line.startswith(words) for line, words in zip(said, missing_words, strict=True))
