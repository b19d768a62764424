"""`serve --follow` elsewhere than on a terminal: a line for each event, of recordings and of what passes through."""

from __future__ import annotations

import re
import signal
from typing import TYPE_CHECKING

from served import ServeProcess
from through import Paths, ask, recordings
from upstreams import events

if TYPE_CHECKING:
    from pathlib import Path

CHAT = """\
path: /v1/chat/completions
method: POST
stream:
  - data: {"choices":[{"delta":{"content":"Hel"}}]}
  - {after_ms: 20, data: {"choices":[{"delta":{"content":"lo"}}]}}
  - data: "[DONE]"
"""


def test_what_is_played_and_what_passes_through_is_shown(tmp_path: Path) -> None:
    (tmp_path / "chat.yaml").write_text(CHAT)
    with Paths() as upstream:
        upstream.on["/through"] = events("far away")
        words = ("--follow", "--upstream", f"http://127.0.0.1:{upstream.port}", "--record", "new")
        with ServeProcess(tmp_path, *words) as server:
            fault = "x-mocksse-fault: reset at=event:1"
            assert ask(server.port, "/v1/chat/completions", "POST", fault).end == "reset"
            assert ask(server.port, "/through").status == 200
            recordings(tmp_path, 2)
            server.end(signal.SIGTERM)
    lines = [" ".join(line.split()) for line in server.err[server.err.index("▶") :].splitlines()]
    shown = [re.sub(r"^\d\S+ s (\+\S+ m?s )?", "", line) for line in lines if re.match(r"▶|\d+\.\d+ s ", line)]
    assert shown[0] == "▶ POST /v1/chat/completions · chat#1 · reset at=event:1 at byte 49"
    assert shown[1:4] == [
        "200 text/event-stream",
        "49 B text Hel",
        "end reset: the connection was reset (RST)",
    ]
    assert shown[4] == "▶ GET /through · relayed from 127.0.0.1"
    assert shown[5].startswith("200 text/event-stream")
    assert any("far away" in line for line in shown[6:])
    assert any("POST /v1/chat/completions 200 chat#1" in line for line in lines)
