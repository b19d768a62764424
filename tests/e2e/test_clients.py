"""Real clients against the shipped cassettes: what each of them makes of a whole answer, a refusal and a cut stream.

What is asserted of an SDK here is what it does today, in the version that is installed; it is no promise of its makers.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from clients import run_client
from eventsource import hearing
from served import ServeProcess, serving

from mocksse.cassette.load import load, loads
from mocksse.cassette.model import End, Ending, Interaction, Piece, Request, Response
from mocksse.providers import registry
from mocksse.providers.framing import frames
from mocksse.torture.clients.registry import CLIENTS
from mocksse.wire import sse

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.long

CASSETTES = Path(__file__).parents[2] / "cassettes"
SPOKEN = [
    ("openai", "openai-chat", "/v1"),
    ("openai", "openai-responses", "/v1"),
    ("anthropic", "anthropic", ""),
    ("aiohttp", "openai-chat", "/v1"),
    ("aiohttp", "openai-responses", "/v1"),
    ("aiohttp", "anthropic", ""),
]
"""Each client, an API it speaks, and where its base URL ends."""
spoken = pytest.mark.parametrize(("client", "api", "base"), SPOKEN, ids=[f"{c}-{api}" for c, api, _ in SPOKEN])

AT, BERN = '{"at":', '"Bern"}'
"""A tool call's arguments, in two pieces."""


def _chunk(**delta: object) -> dict[str, object]:
    return {"choices": [{"index": 0, "delta": delta}]}


def _tool(index: int, arguments: str, **more: object) -> dict[str, object]:
    call_id = {"id": more.pop("id")} if "id" in more else {}
    return _chunk(tool_calls=[{"index": index, "function": {"arguments": arguments, **more}, **call_id}])


def _item(index: int, call_id: str, name: str) -> dict[str, object]:
    item = {"type": "function_call", "id": f"fc_{index}", "call_id": call_id, "name": name, "arguments": ""}
    return {"type": "response.output_item.added", "output_index": index, "item": item}


def _block(index: int, **block: object) -> dict[str, object]:
    return {"type": "content_block_start", "index": index, "content_block": block}


def _delta(index: int, kind: str, **delta: object) -> dict[str, object]:
    return {"type": "content_block_delta", "index": index, "delta": {"type": kind, **delta}}


_REASONING = "response.reasoning_summary_text.delta"
_ARGUMENTS = "response.function_call_arguments.delta"
TOOLS: dict[str, tuple[str, list[dict[str, object]]]] = {
    "openai-chat": (
        "/v1/chat/completions",
        [
            _chunk(role="assistant", reasoning_content="Two "),
            _chunk(reasoning_content="places."),
            _tool(0, "", id="call_a", name="weather"),
            _tool(0, AT),
            _tool(1, "{}", id="call_b", name="time"),
            _tool(0, BERN),
            {"choices": None},
            {"choices": [{"index": 0, "delta": None, "finish_reason": "tool_calls"}]},
        ],
    ),
    "openai-responses": (
        "/v1/responses",
        [
            {"type": "response.created", "response": {"id": "resp_1"}},
            {"type": _REASONING, "output_index": 0, "summary_index": 0, "delta": "Two "},
            {"type": _REASONING, "output_index": 0, "summary_index": 0, "delta": "places."},
            _item(1, "call_a", "weather"),
            {"type": _ARGUMENTS, "output_index": 1, "delta": AT},
            _item(2, "call_b", "time"),
            {"type": _ARGUMENTS, "output_index": 2, "delta": "{}"},
            {"type": _ARGUMENTS, "output_index": 1, "delta": BERN},
            {"type": "response.function_call_arguments.done", "output_index": 1, "arguments": AT + BERN},
            {"type": "response.completed", "response": {"id": "resp_1", "status": "completed"}},
        ],
    ),
    "anthropic": (
        "/v1/messages",
        [
            {"type": "message_start", "message": {"id": "msg_1", "role": "assistant", "content": []}},
            _block(0, type="thinking", thinking="Two "),
            _delta(0, "thinking_delta", thinking="places."),
            _block(1, type="tool_use", id="call_a", name="weather", input={}),
            _delta(1, "input_json_delta", partial_json=AT),
            _block(2, type="tool_use", id="call_b", name="time", input={}),
            _delta(2, "input_json_delta", partial_json="{}"),
            _delta(1, "input_json_delta", partial_json=BERN),
            {"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 9}},
            {"type": "message_stop"},
        ],
    ),
}
"""Two calls whose arguments come in turns, behind some reasoning: of each API the path and the payloads."""

BUSY = b"""
interactions:
  - {path: /chat/completions, response: {status: 503, headers: {retry-after-ms: 1}, stream: [{text: busy}]}}
  - {path: /v1/messages, response: {status: 503, headers: {retry-after-ms: 1}, stream: [{text: busy}]}}
"""
"""An answer to try again after, without a wait that a test would feel."""


def written(api: str) -> Interaction:
    """The stream of TOOLS, with event types where the API has them."""
    path, payloads = TOOLS[api]
    blocks = [
        sse.encode(
            event=str(payload["type"]).encode() if "type" in payload else None, data=json.dumps(payload).encode()
        )
        for payload in payloads
    ]
    if api == "openai-chat":
        blocks.append(sse.encode(data=b"[DONE]"))
    headers = ((b"Content-Type", b"text/event-stream"),)
    return Interaction("tools", Request(path), Response(200, headers, "chunked", tuple(Piece(0, b) for b in blocks)))


def recorded(name: str) -> Interaction:
    (interaction,) = load(CASSETTES / f"{name}.yaml").interactions
    return interaction


def said(interaction: Interaction) -> str:
    """The text of its answer, as the tape has it."""
    found = frames(interaction.response.header("content-type"), interaction.response.body)
    api = registry.detect(interaction.request.path, found)
    assert api is not None
    return "".join(part.text for frame in found for part in registry.fragments_of(api, frame) if part.kind == "text")


@pytest.fixture(scope="module")
def server() -> Iterator[ServeProcess]:
    """The shipped cassettes, one of each API, and as fast as they go."""
    names = ("openai-chat", "openai-responses", "anthropic")
    routes = ("--route", "/stream=openai-chat.yaml")
    with ServeProcess(*(CASSETTES / f"{name}.yaml" for name in names), *routes, "--speed", "instant") as running:
        yield running


@spoken
def test_a_whole_answer_is_read_whole(server: ServeProcess, client: str, api: str, base: str) -> None:
    found = run_client(client, server.url + base, "--api", api)
    assert found["text"] == said(recorded(api)) != ""
    assert (found["outcome"], found["error_type"], found["error_message"]) == ("ok", None, None)
    assert (found["reasoning"], found["tool_calls"], found["attempts"]) == ("", [], 1)


@spoken
def test_tool_calls_and_reasoning_are_joined(client: str, api: str, base: str) -> None:
    with serving(written(api)) as server:
        found = run_client(client, f"http://127.0.0.1:{server.port}{base}", "--api", api)
    assert (found["outcome"], found["text"], found["reasoning"]) == ("ok", "", "Two places.")
    assert found["tool_calls"] == [
        {"id": "call_a", "name": "weather", "arguments": '{"at":"Bern"}'},
        {"id": "call_b", "name": "time", "arguments": "{}"},
    ]


@pytest.mark.parametrize(
    ("client", "base", "error"),
    [
        ("openai", "/v2", "openai.NotFoundError"),
        ("anthropic", "/v2", "anthropic.NotFoundError"),
        ("aiohttp", "/v2", "aiohttp_sse.Status"),
    ],
)
def test_a_refusal_reaches_the_caller_as_the_clients_own_error(
    server: ServeProcess, client: str, base: str, error: str
) -> None:
    found = run_client(client, server.url + base)
    assert (found["outcome"], found["error_type"], found["text"]) == ("error", error, "")
    assert "no recording answers POST /v2/" in found["error_message"]
    assert found["attempts"] == 1, "no use in trying again"


def half(api: str, how: Ending) -> Interaction:
    """The first half of the recording, and an end like that."""
    whole = recorded(api)
    pieces = whole.response.pieces
    return replace(whole, response=replace(whole.response, pieces=pieces[: len(pieces) // 2], end=End(0, how)))


# Of the half of a chunked stream, by how it ends: what the caller gets to see. None tries again once it has begun.
# cut: HTTP's own last chunk is missing. OpenAI's says no more than "Connection error."; Anthropic's, which has an
#   APIConnectionError too, lets the transport's through.
# idle: nothing comes for as long as the client was told to wait.
# complete: all is well with HTTP, but neither [DONE] nor message_stop came. Both SDKs take it for the whole.
HALF: dict[tuple[str, Ending], str | None] = {
    ("openai", "cut"): "openai.APIConnectionError",
    ("openai", "idle"): "openai.APITimeoutError",
    ("openai", "complete"): None,
    ("anthropic", "cut"): "httpx2.RemoteProtocolError",
    ("anthropic", "idle"): "httpx2.ReadTimeout",
    ("anthropic", "complete"): None,
    ("aiohttp", "cut"): "aiohttp.client_exceptions.ClientPayloadError",
    ("aiohttp", "idle"): "aiohttp.client_exceptions.SocketTimeoutError",
    ("aiohttp", "complete"): "aiohttp_sse.Truncated",
}


@spoken
@pytest.mark.parametrize("how", ["cut", "idle", "complete"])
def test_what_clients_do_today_with_half_an_answer(how: Ending, client: str, api: str, base: str) -> None:
    error = HALF[client, how]
    with serving(half(api, how)) as server:
        wait = "0.5" if how == "idle" else "30"
        found = run_client(client, f"http://127.0.0.1:{server.port}{base}", "--api", api, "--timeout", wait)
    assert (found["outcome"], found["error_type"], found["attempts"]) == ("error" if error else "ok", error, 1)
    assert found["text"] == said(half(api, how))
    assert len(found["text"]) > 20


@pytest.mark.parametrize("client", ["openai", "aiohttp"])
def test_a_recording_of_a_server_that_died_is_an_error_with_half_the_text(client: str) -> None:
    with ServeProcess(CASSETTES / "cut.yaml", "--speed", "instant") as server:
        found = run_client(client, f"{server.url}/v1")
    assert (found["outcome"], found["error_type"], found["attempts"]) == ("error", HALF[client, "cut"], 1)
    assert found["text"] == said(recorded("cut"))


@pytest.mark.parametrize(
    ("client", "error"),
    [("openai", "openai.InternalServerError"), ("anthropic", "anthropic.ServiceUnavailableError")],
)
@pytest.mark.parametrize(("arguments", "attempts"), [((), 3), (("--retries", "0"), 1), (("--retries", "4"), 5)])
def test_retries_are_the_clients_own_and_counted(
    client: str, error: str, arguments: tuple[str, ...], attempts: int
) -> None:
    with serving(*loads(BUSY).interactions) as server:
        found = run_client(client, f"http://127.0.0.1:{server.port}", *arguments)
        asked = [server.next_played() for _ in range(attempts)]
    assert (found["outcome"], found["error_type"], found["attempts"]) == ("error", error, attempts)
    assert {played.answer.status for played in asked} == {503}


@pytest.mark.parametrize(("client", "api", "base"), [SPOKEN[0], SPOKEN[2], SPOKEN[3]], ids=lambda value: value)
def test_headers_are_sent_and_a_client_may_leave_early(
    client: str, api: str, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with hearing(monkeypatch) as heard, serving(recorded(api)) as server:
        url = f"http://127.0.0.1:{server.port}{base}"
        found = run_client(client, url, "--api", api, "--events", "3", "--header", "x-any: a b")
    assert (found["outcome"], len(found["events"])) == ("ok", 3)
    assert said(recorded(api)).startswith(found["text"])
    assert [request.headers["x-any"] for request in heard.requests] == ["a b"]


@pytest.mark.usefixtures("chromium")
def test_an_event_source_is_a_client_too(server: ServeProcess) -> None:
    found = run_client("chromium-eventsource", f"{server.url}/stream")
    assert (found["outcome"], found["text"], found["attempts"]) == ("ok", said(recorded("openai-chat")), 1)
    assert found["events"][0]["kind"] == "open"
    assert found["events"][-1]["data"] == "[DONE]"

    found = run_client("chromium-eventsource", f"{server.url}/nothing")
    assert (found["outcome"], found["error_type"], found["attempts"]) == ("error", "EventSource.Closed", 1)
    assert [(e["kind"], e["readyState"]) for e in found["events"]] == [("error", 2)]


def test_one_answer_from_the_command_line_whatever_the_environment_says(server: ServeProcess) -> None:
    nowhere = "http://127.0.0.1:9"
    environment = {"OPENAI_BASE_URL": nowhere, "OPENAI_API_KEY": "sk-real", "HTTP_PROXY": nowhere, "ALL_PROXY": nowhere}
    done = subprocess.run(
        [sys.executable, "-m", "mocksse.torture.clients.openai_python", f"{server.url}/v1"],
        capture_output=True,
        check=True,
        timeout=30,
        env={**environment, "PYTHONPATH": str(CASSETTES.parent)},
    )
    assert json.loads(done.stdout)["text"] == said(recorded("openai-chat"))
    assert done.stderr == b""


@pytest.mark.usefixtures("chromium")
def test_where_there_is_no_browser_one_line_says_so() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mocksse.torture.clients.chromium_eventsource", "http://127.0.0.1:9/x"],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
        env={"PATH": "", "PLAYWRIGHT_BROWSERS_PATH": os.devnull, "PYTHONPATH": str(CASSETTES.parent)},
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("no Chromium starts: ")
    assert done.stderr.endswith("(install one, or run: playwright install chromium)\n")
    assert done.stderr.count("\n") == 1


def test_a_client_that_does_not_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CLIENTS, "nobody", replace(CLIENTS["openai"], program="nobody"))  # type: ignore[index]
    with pytest.raises(AssertionError, match=r"No module named mocksse\.torture\.clients\.nobody"):
        run_client("nobody", "http://127.0.0.1:9")
