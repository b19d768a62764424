"""A server within a program: what it plays, what was asked of it, what the client made of that."""

from __future__ import annotations

import asyncio
import json
import threading
import unittest
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from mocksse.cassette.load import load
from mocksse.cassette.shipped import shipped
from mocksse.errors import CassetteError, UsageError
from mocksse.testing import MockServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message
    from pathlib import Path

CHAT = "/v1/chat/completions"
OPEN = build_opener(ProxyHandler({})).open


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    with MockServer() as running:
        yield running


def post(url: str, value: Any = None) -> bytes:
    body = json.dumps({"stream": True} if value is None else value).encode()
    with OPEN(Request(url, body, {"Content-Type": "application/json"}), timeout=10) as answer:
        return answer.read()


def refused(url: str) -> Message:
    """The headers of an answer that is an error, its status among them."""
    with pytest.raises(HTTPError) as error:
        post(url)
    error.value.close()
    error.value.headers["status"] = str(error.value.code)
    return error.value.headers


def body_of(name: str) -> bytes:
    return load(shipped() / f"{name}.yaml").interactions[0].response.body


def test_a_recording_comes_byte_for_byte_and_at_once(server: MockServer) -> None:
    with server.session() as one:
        one.play("openai-chat")
        assert post(one.url(CHAT)) == body_of("openai-chat")
        (request,) = one.requests
        assert (request.method, request.path, request.json, request.status) == ("POST", CHAT, {"stream": True}, 200)
        assert (request.kind, request.interaction) == ("played", "openai-chat#rivers")
        assert request.headers["content-type"] == "application/json"
        assert one.turn.first.text.startswith("The river")


def test_sessions_do_not_see_each_other(server: MockServer) -> None:
    with server.session("one") as one, server.session("one") as other:
        one.play("openai-chat", fault="status 429")
        other.play("openai-chat")
        refused(one.url(CHAT))
        post(other.url(CHAT))
        assert ([r.status for r in one.requests], [r.status for r in other.requests]) == ([429], [200])
        assert one.url() != other.url()


def test_faults_are_those_of_their_play_alone(server: MockServer) -> None:
    with server.session() as one:
        one.play("openai-chat", fault="status 503")
        one.play("anthropic")
        refused(one.url(CHAT))
        assert post(one.url("/v1/messages")) == body_of("anthropic")


def test_to_play_again_counts_from_the_start(server: MockServer) -> None:
    with server.session() as one:
        for _ in range(2):
            one.play("openai-chat", fault="status 429 times=1")
            refused(one.url(CHAT))
            post(one.url(CHAT))
        one.play("openai-chat")
        post(one.url(CHAT))
        assert [r.status for r in one.requests] == [429, 200, 429, 200, 200]


def test_reset_forgets(server: MockServer) -> None:
    with server.session() as one:
        one.play("openai-chat")
        post(one.url(CHAT))
        one.reset()
        assert (one.requests, one.unused) == ([], [])
        refused(one.url(CHAT))
        assert [request.target for request in one.unmatched] == [CHAT]


def test_a_stream_written_in_a_test(server: MockServer) -> None:
    with server.session() as one:
        one.stream(["data: a", "event: x\ndata: b\n\n", b"data: \xf0\x9f", b"\x8c\x8d\n\n"])
        with OPEN(one.url("/anything/at/all?x=1"), timeout=10) as answer:
            assert answer.headers["content-type"] == "text/event-stream"
            assert answer.read().decode() == "data: a\n\nevent: x\ndata: b\n\ndata: 🌍\n\n"
    with server.session() as one:
        one.stream(
            [b"{}"], path="/v1/x", method="POST", status=418, content_type="application/json", headers={"A": "b"}
        )
        headers = refused(one.url("/v1/x"))
        assert (headers["status"], headers["A"]) == ("418", "b")


@pytest.mark.parametrize(
    ("api", "path"), [("anthropic", "/v1/messages"), ("openai-chat", CHAT), ("openai-responses", "/v1/responses")]
)
def test_a_generated_answer(server: MockServer, api: str, path: str) -> None:
    with server.session() as one:
        one.generate(api, "Grüße 🌍", reasoning=5, tools={"weather": {"city": "Bern"}})
        first = post(one.url(path))
        assert one.turn.first.text == "Grüße 🌍"
        assert [(call.name, json.loads(call.arguments)) for call in one.turn.first.tool_calls] == [
            ("weather", {"city": "Bern"})
        ]
        one.generate(api, "Grüße 🌍", reasoning=5, tools={"weather": {"city": "Bern"}})
        assert post(one.url(path)) == first


def test_expect_text(server: MockServer) -> None:
    with server.session() as one:
        with pytest.raises(AssertionError, match="no stream that says anything was asked for"):
            one.expect_text("")
        one.generate("openai-chat", "All of it.", fault="truncate at=finish")
        post(one.url(CHAT))
        one.expect_text("All of it.")
        with pytest.raises(AssertionError, match=r"lost at 3 \(all that follows\)"):
            one.expect_text("All")
        with pytest.raises(AssertionError, match="reasoning"):
            one.expect_reasoning("Hm.")


def test_a_verdict(server: MockServer) -> None:
    with server.session() as one:
        one.play("openai-chat", fault="status 400 times=1")
        refused(one.url(CHAT))
        one.verdict.assert_ok()
        post(one.url(CHAT))
        assert [finding.check for finding in one.verdict.findings] == ["retried-for-good"]
        with pytest.raises(AssertionError, match="retried-for-good"):
            one.verdict.assert_ok()
        one.verdict.assert_ok(allow={"retried-for-good"})


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda one: one.play("opnai-chat"), UsageError, "did you mean openai-chat"),
        (lambda one: one.play("openai-chat", fault="rset"), UsageError, "did you mean reset"),
        (lambda one: one.play("openai-chat", fault="stall at=tool-args"), UsageError, "no tool arguments"),
        (lambda one: one.play("openai-chat", pace=3), UsageError, "no pacing word"),
        (lambda one: one.play("openai-chat", speed=0), UsageError, "never end"),
        (lambda one: one.generate("claude", "x"), UsageError, "no stream of 'claude' can be made"),
        (lambda one: one.play("broken"), CassetteError, "broken.yaml:2"),
    ],
)
def test_what_is_wrong_is_said_at_once(
    server: MockServer, tmp_path: Path, call: Any, error: type[Exception], words: str
) -> None:
    (tmp_path / "broken.yaml").write_text("mocksse: 1\nintractions: []\n")
    with server.session(cassette_dir=tmp_path) as one, pytest.raises(error) as raised:
        call(one)
    assert words in str(raised.value)


def test_names_are_looked_for_in_the_folder_first(server: MockServer, tmp_path: Path) -> None:
    (tmp_path / "chat").mkdir()
    (tmp_path / "chat" / "short.yaml").write_text("mocksse: 1\npath: /x\nstream:\n- data: mine\n")
    with server.session(cassette_dir=tmp_path) as one:
        one.play("chat/short.yaml")
        assert one.unused == ["chat/short"]
        assert post(one.url("/x")) == b"data: mine\n\n"
        assert one.unused == []
        one.play(tmp_path)


def test_pace(server: MockServer) -> None:
    with server.session(gap=1) as one:
        one.generate("openai-chat", words=3)
        post(one.url(CHAT))
        planned = one.records[-1].planned_us
        assert {after - before for before, after in pairwise(planned)} == {1000}
        one.generate("openai-chat", words=3, speed="instant")
        post(one.url(CHAT))
        assert one.records[-1].planned_us == (0,)


def test_a_key_is_not_in_the_timeline() -> None:
    key = "sk-proj-0123456789abcdefghijABCDEFGHIJ"
    with MockServer("anthropic") as server:
        refused(server.url(f"/v1/nowhere?api_key={key}&user={key}"))
        server.stream(["data: x"], path="/v1/x?user=me")
        with pytest.raises(HTTPError) as error:
            OPEN(Request(server.url(f"/v1/x?user={key}"), headers={"Authorization": f"Bearer {key}"}), timeout=10)
        error.value.close()
        shown = server.timeline()
        assert "query.user: asked" in shown
        assert key not in shown


def test_other_machines_may_not_ask_the_control_api() -> None:
    with MockServer("openai-chat") as server:
        assert OPEN(server.url("/__mocksse/health"), timeout=10).read()
        OPEN(server.url("/__mocksse/sessions"), timeout=10).close()
    with MockServer("openai-chat", host="0.0.0.0") as server:
        assert server.url().startswith("http://127.0.0.1:")
        assert post(server.url(CHAT))
        with pytest.raises(HTTPError) as error:
            OPEN(server.url("/__mocksse/sessions"), timeout=10)
        error.value.close()
        assert error.value.code == 403


def test_in_an_event_loop() -> None:
    async def main() -> None:
        async with MockServer("openai-chat", fault="ids") as server:
            body = await asyncio.to_thread(post, server.url(CHAT))
            assert body.startswith(b"id: 1\n")
            assert server.requests[0].faults == ("ids at byte 0",)

    asyncio.run(main())


def test_nothing_is_left_behind() -> None:
    before = threading.active_count()
    with MockServer("openai-chat") as server:
        port = server.port
        post(server.url(CHAT))
    assert threading.active_count() == before
    with MockServer(port=port):
        pass
    with MockServer(port=port), pytest.raises(UsageError, match="in use"):
        MockServer(port=port).start()
    with pytest.raises(UsageError):
        MockServer("nowhere").start()
    assert threading.active_count() == before


class InUnittest(unittest.TestCase):
    def setUp(self) -> None:
        self.server = MockServer("openai-chat").start()
        self.addCleanup(self.server.stop)

    def test_it(self) -> None:
        assert post(self.server.url(CHAT)) == body_of("openai-chat")


def test_what_was_asked_can_be_looked_at_when_it_is_stopped() -> None:
    with MockServer("openai-chat") as server:
        post(server.url("v1/chat/completions"))
    server.stop()
    assert [request.status for request in server.requests] == [200]
    server.expect_text(server.turn.first.text)
    server.verdict.assert_ok()
    assert server.unused == []


def test_before_it_is_started_it_says_so() -> None:
    server = MockServer("openai-chat")
    server.stop()
    for use in (lambda: server.url("/v1"), lambda: server.requests, lambda: server.play("anthropic")):
        with pytest.raises(UsageError, match="this MockServer was not started"):
            use()
