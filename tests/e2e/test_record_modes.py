"""`--record once`, `new` and `all`: when the upstream is asked, and what is played instead."""

from __future__ import annotations

import json
import signal
import threading
from typing import TYPE_CHECKING

import pytest
from served import ServeProcess
from through import Paths, ask, recordings
from upstreams import answer, events

if TYPE_CHECKING:
    import socket
    from pathlib import Path

    from served import Answer

pytestmark = pytest.mark.long

JSON = "Content-Type: application/json"
CHAT, MESSAGES = "/v1/chat/completions", "/v1/messages"


def asking(content: str, **more: object) -> bytes:
    """The body of a request to either API."""
    messages = [{"role": "user", "content": content}]
    return json.dumps({"model": "m", "stream": True, "messages": messages, **more}).encode()


class Model(Paths):
    """Two APIs; the second answer to the same question is another, and one question is refused."""

    def __init__(self) -> None:
        super().__init__()
        self.on |= dict.fromkeys([CHAT, MESSAGES, "/other" + CHAT], self.reply)
        self._asked: dict[bytes, int] = {}
        self._lock = threading.Lock()

    def reply(self, sock: socket.socket, request: bytes) -> None:
        body = request.partition(b"\r\n\r\n")[2]
        if b"refuse" in body:
            sock.sendall(answer("429 Slow Down", "application/json", b'{"error": {"message": "no"}}', "Retry-After: 1"))
            return
        with self._lock:
            count = self._asked[body] = self._asked.get(body, 0) + 1
        content = json.loads(body)["messages"][0]["content"]
        sock.sendall(events(f"{content}, {count}", "é\u2028 end", "[DONE]"))


def told(got: Answer) -> tuple[object, ...]:
    return got.status, got.headers, got.body, got.chunks, got.trailers, got.end, got.version


SCRIPT = [
    (CHAT, asking("rivers")),
    (MESSAGES, asking("rivers", max_tokens=9)),
    (CHAT, asking("rivers")),
    (CHAT, asking("refuse")),
    (CHAT, asking("hills")),
]


def run_script(port: int, prefix: str = "") -> list[tuple[object, ...]]:
    """What a client program gets, on one connection."""
    return [told(ask(port, prefix + path, "POST", JSON, body=body)) for path, body in SCRIPT]


def test_recorded_once_and_then_offline(tmp_path: Path) -> None:
    words = [tmp_path / "tapes", "--record", "once", "--speed", "instant"]
    with Model() as upstream:
        with ServeProcess(*words, "--upstream", upstream.url, "--quiet") as server:
            first = run_script(server.port)
            recordings(tmp_path / "tapes", len(SCRIPT))
        url = upstream.url
    assert [status for status, *_ in first] == [200, 200, 200, 429, 200]
    assert first[0] != first[2], "the second answer to the same"
    before = {path.name: path.read_bytes() for path in (tmp_path / "tapes").iterdir()}

    with ServeProcess(*words, "--upstream", url) as server:
        assert run_script(server.port) == first
        for path, body, differs in (
            (CHAT, asking("rivers", temperature=1), {"field": "$.temperature", "asked": 1, "recorded": None}),
            (
                "/v1/chat/completion",
                asking("hills"),
                {"field": "path", "asked": "/v1/chat/completion", "recorded": CHAT},
            ),
        ):
            gone = ask(server.port, path, "POST", JSON, body=body)
            assert gone.status == 404
            nearest = json.loads(gone.body)["mocksse"]["nearest"][0]
            assert nearest["request"] == f"POST {CHAT}"
            assert nearest["differs"] == [differs]
            assert gone.header("x-mocksse-note").endswith(f"which differs in {differs['field']}")
        assert server.end(signal.SIGINT) == 0
        assert f"only replays: {tmp_path}/tapes/ is not empty (record once)" in server.err
        assert server.err.count(" 404 no recording answers this: nearest is openai-chat-") == 2
    assert {path.name: path.read_bytes() for path in (tmp_path / "tapes").iterdir()} == before


def test_new_requests_are_forwarded_once(tmp_path: Path) -> None:
    with Model() as upstream:
        words = [tmp_path, "--record", "new", "--upstream", upstream.url]
        with ServeProcess(*words, "--quiet", "--speed", "instant") as server:
            first = ask(server.port, CHAT, "POST", JSON, body=asking("rivers"))
            recordings(tmp_path, 1)
            for _ in range(2):
                assert told(ask(server.port, CHAT, "POST", JSON, body=asking("rivers"))) == told(first)
            assert len(upstream.requests) == 1
            other = ask(server.port, CHAT, "POST", JSON, body=asking("hills"))
            assert other.chunks[0] == b"data: hills, 1\n\n"
            refused = ask(server.port, CHAT, "POST", JSON, body=asking("refuse"))
            recordings(tmp_path, 3)
            assert told(ask(server.port, CHAT, "POST", JSON, body=asking("refuse"))) == told(refused)
            assert told(ask(server.port, CHAT, "POST", JSON, body=asking("hills"))) == told(other)
            assert len(upstream.requests) == 3
        with ServeProcess(*words, "--quiet", "--speed", "instant") as server:
            assert told(ask(server.port, CHAT, "POST", JSON, body=asking("hills"))) == told(other)
            assert len(upstream.requests) == 3
            assert ask(server.port, CHAT, "POST", JSON, body=asking("dales")).chunks[0] == b"data: dales, 1\n\n"


def test_who_asks_again_at_once_is_answered_by_the_recording(tmp_path: Path) -> None:
    with (
        Model() as upstream,
        ServeProcess(
            tmp_path, "--record", "new", "--upstream", upstream.url, "--quiet", "--speed", "instant"
        ) as server,
    ):
        for question in ("rivers", "hills", "dales"):
            first, second = (ask(server.port, CHAT, "POST", JSON, body=asking(question)) for _ in range(2))
            assert told(second) == told(first)
        assert len(upstream.requests) == 3
        journal = json.loads(ask(server.port, "/__mocksse/sessions/default/requests").body)["requests"]
        assert [(one["number"], one["kind"]) for one in journal] == [
            (number, "played" if number % 2 == 0 else "relayed") for number in range(1, 7)
        ]


def test_all_is_always_forwarded(tmp_path: Path) -> None:
    with Model() as upstream:
        words = [tmp_path, "--record", "all", "--quiet", "--upstream", upstream.url]
        with ServeProcess(*words) as server:
            for count in (1, 2):
                got = ask(server.port, CHAT, "POST", JSON, body=asking("rivers"))
                assert got.chunks[0] == b"data: rivers, %d\n\n" % count
            recordings(tmp_path, 2)
        with ServeProcess(*words) as server:
            assert ask(server.port, CHAT, "POST", JSON, body=asking("rivers")).chunks[0] == b"data: rivers, 3\n\n"
            recordings(tmp_path, 3)


SETTINGS = """\
cassettes: tapes
pacing: {{speed: instant}}
sessions:
  one: {{cassettes: one, upstream: {one}, record: once}}
  two: {{cassettes: two, upstream: {{/other: {two}/other}}, record: once}}
"""


def test_sessions_that_record_for_themselves(tmp_path: Path) -> None:
    (tmp_path / "tapes").mkdir()
    (tmp_path / "tapes" / "x.yaml").write_text("interactions: [{path: /x, stream: [{data: tape}]}]\n")
    with Model() as one, Model() as two:
        two.on["/other/v1/chat/completions"] = events("two")
        (tmp_path / "mocksse.yaml").write_text(SETTINGS.format(one=one.url, two=two.url))
        with ServeProcess("--quiet", cwd=tmp_path) as server:
            assert ask(server.port, CHAT, "POST", JSON, body=asking("rivers")).status == 404
            assert ask(server.port, "/x").body == b"data: tape\n\n"
            first = run_script(server.port, "/@one")
            got = ask(server.port, f"/@two/other{CHAT}", "POST", JSON, body=asking("rivers"))
            assert got.body == b"data: two\n\n"
            assert ask(server.port, f"/@two{CHAT}", "POST", JSON, body=asking("rivers")).status == 404
            recordings(tmp_path / "one", len(SCRIPT))
            (other,) = recordings(tmp_path / "two", 1)
            assert other.request.path == f"/other{CHAT}"
        assert (len(one.requests), len(two.requests)) == (len(SCRIPT), 1)
        with ServeProcess("--quiet", cwd=tmp_path) as server:
            assert run_script(server.port, "/@one") == first
            assert ask(server.port, f"/@two/other{CHAT}", "POST", JSON, body=asking("rivers")).body == got.body
            assert ask(server.port, "/@one/x").status == 404
        assert (len(one.requests), len(two.requests)) == (len(SCRIPT), 1)
    assert sorted(path.name for path in (tmp_path / "tapes").iterdir()) == ["x.yaml"]
