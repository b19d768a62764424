"""What is recorded from a replay is what was replayed: every head, byte, chunk and end. No time is compared here."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from served import ServeProcess, run_mocksse, serving

from mocksse.cassette.load import load, loads
from mocksse.record.recorder import Target
from mocksse.record.relay import Caps, record
from mocksse.record.request import Request

if TYPE_CHECKING:
    from mocksse.cassette.model import Interaction, Piece, Response

SHIPPED = [
    pytest.param(interaction, id=f"{path.stem}#{interaction.name}")
    for path in sorted((Path(__file__).parents[2] / "cassettes").glob("*.yaml"))
    for interaction in load(path).interactions
]

BY_HAND = """
mocksse: 1
interactions:
  - name: chunks of several reads
    path: /a
    response:
      headers: [[X-A, "1"], [x-a, "2"], [Content-Type, text/event-stream], [Transfer-Encoding, chunked]]
      stream:
        - {data: one}
        - {more: true, text: "data: two and "}
        - {more: true, text: "a half"}
        - {text: "\\n\\n"}
        - {base64: /wD+}
  - name: length
    path: /b
    response:
      headers: [[content-length, "22"], [Content-Type, text/event-stream]]
      framing: length
      stream: [{data: one}, {data: two}]
  - name: a length that was cut
    path: /c
    response:
      headers: [[Content-Length, "180"]]
      framing: length
      stream: [{data: one}]
      end: {how: cut}
  - name: close
    path: /d
    response:
      headers: [[Content-Type, text/event-stream], [Connection, close]]
      framing: close
      stream: [{data: one}, {data: two}]
  - name: close in HTTP/1.0
    path: /e
    response: {http: "1.0", reason: Fine, headers: [[Content-Type, text/plain]], framing: close, stream: [{text: old}]}
  - name: trailers
    path: /f
    response:
      headers: [[Transfer-Encoding, chunked], [Trailer, X-Sum]]
      stream: [{data: one}]
      trailers: [[X-Sum, abc], [x-sum, def]]
  - name: cut amid a chunk
    path: /g
    response:
      headers: [[Transfer-Encoding, chunked]]
      stream: [{data: one}, {of: 500, text: "data: tw"}]
      end: {how: cut}
  - name: cut between chunks
    path: /h
    response: {headers: [[Transfer-Encoding, chunked]], stream: [{data: one}, {data: two}], end: {how: cut}}
  - name: cut behind the head
    path: /i
    response: {headers: [[Transfer-Encoding, chunked]], stream: [], end: {how: cut}}
  - name: reset amid a chunk
    path: /j
    response: {headers: [[Transfer-Encoding, chunked]], stream: [{data: one}, {of: 9, text: da}], end: {how: reset}}
  - name: reset of what only a close would end
    path: /k
    response: {headers: [[X, y]], framing: close, stream: [{data: one}], end: {how: reset}}
  - name: broken chunks
    path: /l
    response:
      headers: [[Transfer-Encoding, chunked]]
      stream: [{data: one}]
      end: {how: malformed, rest: [{text: "zz\\r\\ndata: two\\n\\n"}]}
  - name: a length that is none
    path: /m
    response:
      headers: [[Content-Length, many]]
      framing: close
      stream: []
      end: {how: malformed, rest: [{text: "data: one\\n\\n"}]}
  - name: bytes behind the end
    path: /n
    response:
      headers: [[Transfer-Encoding, chunked]]
      stream: [{data: one}]
      end: {how: complete, rest: [{text: "HTTP/1.1 200 OK\\r\\n\\r\\n"}]}
  - name: silence
    path: /o
    response: {headers: [[Transfer-Encoding, chunked]], stream: [{data: one}], end: {how: idle}}
  - name: an error
    path: /p
    response: {status: 429, headers: [[Retry-After, "7"], [Content-Length, "2"]], framing: length, stream: [{text: no}]}
  - name: no content
    path: /q
    response: {status: 204, headers: [[X, y]], framing: length, stream: []}
  - name: an unknown status
    path: /r
    response: {status: 529, reason: Overloaded, headers: [[Content-Length, "0"]], framing: length, stream: []}
"""
MADE = [pytest.param(interaction, id=interaction.name) for interaction in loads(BY_HAND.encode()).interactions]


def chunks(response: Response) -> list[tuple[bytes, int | None]]:
    """The HTTP chunks: what each holds, and its announced size where it was cut. Without chunks: all in one."""
    found: list[tuple[bytes, int | None]] = []
    before: Piece | None = None
    for piece in response.pieces:
        joins = before is not None and (before.more or response.framing != "chunked")
        held = found.pop()[0] if joins else b""
        found.append((held + piece.data, piece.of))
        before = piece
    return found


def facts(response: Response) -> dict[str, object]:
    """All of a response but its times, and where its reads were cut."""
    return {
        "status": (response.http, response.status, response.reason),
        "headers": response.headers,
        "framing": response.framing,
        "chunks": chunks(response),
        "trailers": response.trailers,
        "end": response.end.how,
        "rest": b"".join(piece.data for piece in response.end.rest),
    }


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize("interaction", [*SHIPPED, *MADE])
def test_a_recording_of_a_replay_is_the_recording(interaction: Interaction, tmp_path: Path) -> None:
    asked = interaction.request
    method = asked.method or "GET"
    with serving(interaction) as server:
        request = Request(method, f"http://127.0.0.1:{server.port}{asked.path}", asked.headers, asked.body)
        target = Target(tmp_path / "again.yaml", interaction.name)
        caps = Caps(idle_s=0.3 if interaction.response.end.how == "idle" else 10)
        again = asyncio.run(record(request, target, caps, lambda _: None)).interaction
    assert facts(again.response) == facts(interaction.response)
    assert (again.request.path, again.request.body) == (asked.path, asked.body)
    (kept,) = load(tmp_path / "again.yaml").interactions
    assert replace(kept, recorded=None) == replace(again, recorded=None)


def test_the_same_through_the_command_line(tmp_path: Path) -> None:
    shipped = Path(__file__).parents[2] / "cassettes" / "openai-chat.yaml"
    (recorded,) = load(shipped).interactions
    assert recorded.request.body is not None
    again = tmp_path / "again.yaml"
    with ServeProcess(shipped, "--speed", "20") as server:
        url = f"{server.url}{recorded.request.path}"
        options = ["-d", recorded.request.body.decode(), "-o", again, "--json"]
        done = run_mocksse("record", url, *options, http_proxy="", HTTP_PROXY="")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["file"] == str(again)
    (kept,) = load(again).interactions
    assert facts(kept.response) == facts(recorded.response)
