"""Timelines of what was asked: the very plan that was played, with the times of its writes, and no secret in it."""

from __future__ import annotations

import gc
import json
from typing import TYPE_CHECKING, Any

import pytest
from served import Serving, serving, serving_folder
from upstreams import Upstream, answer, events
from wire_tapes import EVENTS, stalling, tape

from mocksse.cassette.pacing import Pacing
from mocksse.server.access import shown
from mocksse.server.run import world_of
from mocksse.settings.resolve import settings_of

if TYPE_CHECKING:
    from pathlib import Path

TIMES = "/sessions/default/requests/{}/timeline"


def ask(server: Serving, *headers: str, target: str = "/a") -> None:
    """Ask, and wait until it is over."""
    with server.client() as client:
        client.ask(target, "GET", *headers)
        client.answer()
    server.next_played()


def timeline(server: Serving, number: int = 1) -> dict[str, Any]:
    status, value = server.call("GET", TIMES.format(number))
    assert status == 200, value
    return dict(value)


def wire(value: dict[str, Any]) -> str:
    return "".join(step["text"] for step in value["steps"])


def test_it_is_what_went_out_and_when() -> None:
    with serving(tape("/a"), pacing=Pacing(speed=1)) as server:
        ask(server)
        value = timeline(server)
        record = server.session.journal.get(1)
    assert record is not None
    assert len(wire(value)) == record.written
    assert (value["exact"], value["clock"], value["running_ms"]) == (True, "written", None)
    assert [frame["data"] for frame in value["frames"]] == [str(n) for n in range(len(EVENTS))]
    for step in value["steps"]:
        assert step["written_ms"] >= step["at_ms"]


def test_a_play_is_told_by_what_fired_for_it_then() -> None:
    """Counters go on, and the session changes: what was played stays what it was."""
    with serving(tape("/a"), faults="reset at=event:2 times=1") as server:
        with server.client() as client:
            client.ask("/a")
            client.answer()
        server.next_played()
        ask(server, "x-mocksse-fault: comment-keepalive")
        server.call("DELETE", "/sessions/default/faults")
        first, second = timeline(server, 1), timeline(server, 2)
    assert [fault["fault"] for fault in first["faults"]] == ["reset at=event:2 times=1"]
    assert first["end"]["how"] == "reset"
    assert {frame["kind"] for frame in second["frames"]} == {"event", "comment"}
    assert first["exact"]
    assert second["exact"]


def test_while_it_runs_it_says_what_went_out_so_far() -> None:
    with serving(stalling("/a"), pacing=Pacing(speed=1)) as server, server.client() as client:
        client.ask("/a")
        client.read(len(b"HTTP/1.1 200 OK\r\n"))
        while True:
            value = timeline(server)
            if value["steps"][1]["written_ms"] is not None:
                break
        assert value["running_ms"] > 0
        assert value["steps"][2]["written_ms"] is None


def test_what_asked_for_the_time_of_day_is_not_called_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter(range(1_800_000_000, 1_900_000_000, 60))
    monkeypatch.setattr("mocksse.server.tape.wall", lambda: next(now))
    with serving(tape("/a"), faults="status 503 retry-after=date:60s") as server:
        ask(server)
        assert not timeline(server)["exact"]


def test_a_key_in_the_target_is_in_no_timeline() -> None:
    """The fault sends the client back to the very target that it asked for."""
    key = "sk-proj-" + "a1B2" * 10
    target = f"/a?api_key={key}"
    with serving(tape(shown(target)), faults="redirect") as server:
        ask(server, target=target)
        value = timeline(server)
    assert "Location: ./a?api_key=xxx" in wire(value)
    assert value["exact"]
    assert key not in json.dumps(value)


@pytest.mark.parametrize(
    ("target", "why"), [("/none", "no recording answered it"), ("/v1/models", "no recording answered it")]
)
def test_what_no_recording_answered_has_none(target: str, why: str) -> None:
    with serving(tape("/a")) as server:
        ask(server, target=target)
        status, value = server.call("GET", TIMES.format(1))
    assert (status, value["detail"]) == (404, f"request 1 has no timeline: {why}")


def test_of_a_recording_that_has_changed_nothing_is_made_up(tmp_path: Path) -> None:
    file = tmp_path / "tape.yaml"
    file.write_text("path: /a\nstream: [{data: old}]\n")
    with serving_folder(tmp_path) as server:
        ask(server)
        assert "old" in wire(timeline(server))
        file.write_text("path: /a\nstream: [{data: new, after_ms: 1}]\n")
        server.call("POST", "/cassettes/reload")
        ask(server)
        gc.collect()
        status, value = server.call("GET", TIMES.format(1))
        assert (status, "has changed since" in value["detail"]) == (404, True)
        assert "new" in wire(timeline(server, 2))


def test_a_relayed_answer_is_its_recording(tmp_path: Path) -> None:
    with Upstream(answer("200 OK", "text/event-stream", events("a", "b"))) as upstream:
        flags = {"cassettes": (str(tmp_path),), "upstream": (upstream.url,), "record": "all"}
        with Serving(world_of(settings_of(flags, {}))) as server:
            ask(server)
            while (record := server.session.journal.get(1)) is None or not record.recorded:
                pass
            value = timeline(server)
    assert value["clock"] == "recorded"
    assert [frame["data"] for frame in value["frames"] if frame["kind"] == "event"] == ["a", "b"]


def test_plans_are_drawn_without_being_played() -> None:
    with serving(tape("/a"), tape("/b")) as server:
        status, value = server.call("GET", "/timelines?fault=reset%20at=event:1&interaction=/b")
        assert status == 200
        (only,) = value["timelines"]
        assert (only["title"], only["clock"], only["end"]["how"]) == ("tape#/b", "planned", "reset")
        assert server.session.journal.begun == 0
