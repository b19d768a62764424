"""`mocksse plan` as its users see it: the plan that serve would run, in lines and as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from served import serving

from mocksse.cassette.load import load
from mocksse.cassette.pacing import Normal, Pacing
from mocksse.cli import run
from mocksse.replay.draft import Context
from mocksse.server.asked import Asked

if TYPE_CHECKING:
    from pathlib import Path

CHAT = """\
pacing: {seed: 7}
interactions:
  - name: rivers
    request: {method: POST, path: /v1/chat/completions}
    response:
      headers: {content-type: text/event-stream}
      head_after_ms: 10
      stream:
        - {after_ms: 20, data: {"choices":[{"index":0,"delta":{"content":"Hi"}}]}}
        - {after_ms: 1500, events: [{comment: " ping"}, {data: {"choices":[{"index":0,"delta":{"content":" you"}}]}}]}
        - {after_ms: 20, data: [DONE]}
      end: {after_ms: 1}
  - name: broken
    path: /v1/messages
    pacing: {speed: instant}
    stream: [{data: a}, {data: b}]
    faults: [reset at=event:1 times=1]
"""


@pytest.fixture(autouse=True)
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "chat.yaml").write_text(CHAT)
    return tmp_path


def lines(capsys: pytest.CaptureFixture[str], *args: str) -> list[str]:
    assert run(["plan", "chat.yaml", *args]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    found = [" ".join(line.split()) for line in out.splitlines()]
    return [line.rpartition(" · plan ")[0] or line for line in found]


def planned(capsys: pytest.CaptureFixture[str], *args: str) -> list[dict[str, Any]]:
    assert run(["plan", "chat.yaml", *args, "--json"]) == 0
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["interactions"]
    return found


def test_a_line_for_each_write(capsys: pytest.CaptureFixture[str]) -> None:
    assert lines(capsys, "rivers") == [
        "chat#rivers POST /v1/chat/completions",
        "200 · 5 writes · 3 events · 242 B · 1.55 s",
        "0.010 s +10 ms 80 B HTTP/1.1 200 OK␍⏎content-type: text/event-stream␍⏎Transfer-Encoding: chunked",
        "0.030 s +20 ms 64 B 0 Hi",
        "┊ 1.50 s of silence",
        "1.530 s +1.50 s 74 B 1 : ping you",
        "1.550 s +20 ms 19 B 2 [DONE]",
        "1.551 s +1.0 ms 5 B last chunk",
        "1.551 s +0.0 ms complete",
        "",
    ]


def test_faults_are_told_where_they_take_hold(capsys: pytest.CaptureFixture[str]) -> None:
    found = lines(capsys, "rivers", "--speed", "instant", "--fault", "drop at=event:0; reset at=byte:20")
    assert found[2:] == [
        "0.000 s +0.0 ms 80 B HTTP/1.1 200 OK␍⏎content-type: text/event-stream␍⏎Transfer-Encoding: chunked",
        "▶ drop at=event:0 events are missing, and nothing tells (1 place, -58 bytes)",
        '0.000 s +0.0 ms 24 B 0… : ping⏎⏎data: {"choi',
        "▶ reset at=byte:20 the connection is reset (RST)",
        "0.020 s +20 ms reset (RST)",
        "",
    ]


def test_all_of_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert [line for line in lines(capsys) if line.startswith("chat#")] == [
        "chat#rivers POST /v1/chat/completions",
        "chat#broken ANY /v1/messages",
    ]


def test_which_play_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    (first,), (second,) = planned(capsys, "broken"), planned(capsys, "broken", "--play", "2")
    assert (first["end"]["how"], second["end"]["how"]) == ("reset", "complete")
    assert (len(first["faults"]), second["faults"]) == (1, [])
    shown = lines(capsys, "broken", "--play", "2")
    assert shown[0] == "chat#broken ANY /v1/messages play 2"
    assert shown[2] == "not in this play: reset at=event:1 times=1"


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    (rivers,) = planned(capsys, "rivers", "--fault", "reset at=event:2")
    assert [(s["at_ms"], s["kind"], s["bytes"], s["flush"], s["events"]) for s in rivers["steps"]] == [
        (10.0, "head", 80, False, []),
        (30.0, "body", 64, False, [0]),
        (1530.0, "body", 74, False, [1]),
    ]
    assert rivers["steps"][1]["text"] == '3a\r\ndata: {"choices":[{"index":0,"delta":{"content":"Hi"}}]}\n\n\r\n'
    assert rivers["end"] == {"at_ms": 1550.0, "how": "reset", "whole": False}
    assert rivers["faults"] == [
        {"fault": "reset at=event:2", "offset": 126, "event": None, "what": "the connection is reset (RST)"}
    ]
    assert (rivers["name"], rivers["status"], rivers["notes"], rivers["play"]) == ("rivers", 200, [], 1)
    assert len(rivers["digest"]) == 64


def test_bytes_that_are_no_text(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shelf / "chat.yaml").write_text("path: /x\nstream: [{base64: /w==}]\n")
    (found,) = planned(capsys)
    assert found["steps"][1]["base64"] == "MQ0K/w0K"


def test_it_is_what_serve_writes(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Byte for byte, with a fault of the file and one of the command line."""
    (found,) = planned(capsys, "broken", "--fault", "drop at=event:0")
    wire = "".join(step["text"] for step in found["steps"]).encode()
    (_, broken) = load(shelf / "chat.yaml")
    with serving(broken, faults="drop at=event:0") as server, server.client() as client:
        client.ask("/v1/messages", "POST")
        assert client.read(len(wire)) == wire


@pytest.mark.parametrize("number", [1, 2, 5])
def test_play_n_is_the_n_th_of_serve(number: int, shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With its draws and counts, whatever heads are looked at in between."""
    faults = "status 503 p=0.4; rechunk size=1 upto=9; truncate at=event:1 after=1 times=1"
    tape = load(shelf / "chat.yaml").interactions[0]
    with serving(tape, pacing=Pacing(seed=0, gap=Normal(20, 5)), faults=faults) as server:
        session = server.session
        for _ in range(number):
            session.play(Asked("HEAD", tape.request.path, context=Context("HEAD")))
            found = session.play(Asked("POST", tape.request.path))
        assert found is not None
        served = found.ready
    args = ["--seed", "0", "--gap", "normal:20,5", "--fault", faults, "--play", str(number)]
    shelf.joinpath("tape.yaml").write_text(CHAT)
    assert run(["plan", "tape.yaml", "rivers", *args, "--json"]) == 0
    (planned,) = json.loads(capsys.readouterr().out)["interactions"]
    assert "".join(step["text"] for step in planned["steps"]).encode() == b"".join(served.sends.data)
    assert {round(step["at_ms"] * 1000) for step in planned["steps"]} == set(served.sends.at_us)


def test_a_client_that_comes_back(capsys: pytest.CaptureFixture[str]) -> None:
    (found,) = planned(capsys, "rivers", "--last-event-id", "2")
    assert "[DONE]" in found["steps"][1]["text"]
    assert [step["events"] for step in found["steps"]] == [[], [0], []]
    (found,) = planned(capsys, "rivers", "--last-event-id", "x")
    assert found["notes"]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["chat.yaml", "river"], "no interaction is called river (did you mean rivers?)"),
        (["none.yaml"], "no such file or folder: none.yaml (mocksse record URL makes a cassette in cassettes/)"),
        (["chat.yaml", "--fault", "rest"],
         "--fault: fault 'rest', column 1: no fault is called rest (did you mean reset?)"),
        (["chat.yaml", "rivers", "--fault", "reset at=event:9"],
         "fault 'reset at=event:9', column 10: event:9 is beyond the stream, which has 3 events"),
        (["chat.yaml", "--fault", "reset at=tool-args"],
         "fault 'reset at=tool-args', column 10: tool-args: no tool arguments in this stream "
         "(it can be played over none of these recordings)"),
        (["bad.yaml"], "bad.yaml:3: interactions[0].faults[0]: fault 'truncate at=event:1', column 13: event:1 is "
         "beyond the stream, which has 0 events"),
        (["chat.yaml", "--gap", "1", "--tps", "1"],
         "--gap and --tps both say how long chunks wait (keep one of them)"),
    ],
)  # fmt: skip
def test_one_line_where_there_is_no_plan(
    args: list[str], message: str, shelf: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shelf / "bad.yaml").write_text("interactions:\n  - path: /x\n    faults: [truncate at=event:1]\n")
    assert run(["plan", *args]) == 2
    assert capsys.readouterr() == ("", f"mocksse: {message}\n")


def test_of_several_with_one_name(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shelf / "other.yaml").write_text(CHAT)
    assert run(["plan", ".", "rivers"]) == 2
    assert "several interactions are called rivers (one of chat#rivers, other#rivers)" in capsys.readouterr().err
    assert run(["plan", ".", "other#rivers"]) == 0
