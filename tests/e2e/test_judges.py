"""The official SDKs as judges: what each assembles from a served cassette is what `providers.turn` merges of it.

Held on the shipped recordings and on generated ones of every API: text, reasoning, two parallel tool calls, usage.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from breaking import recording
from clients import run_client
from served import serving

from mocksse.cassette.importers import ImportOptions, parse
from mocksse.cassette.load import load
from mocksse.cassette.model import Request
from mocksse.cassette.pacing import Fixed, Pacing
from mocksse.cassette.units import api_of, units
from mocksse.generate.converted import convert
from mocksse.generate.made import Tool, Wanted, make
from mocksse.providers.encode.registry import ENCODERS
from mocksse.providers.turn import Turn, merge
from mocksse.torture.clients.asking import SSE
from mocksse.torture.clients.registry import CLIENTS
from mocksse.wire import sse

if TYPE_CHECKING:
    from mocksse.cassette.model import Interaction
    from mocksse.torture.clients.described import Can, Speaks

pytestmark = pytest.mark.long

CASSETTES = Path(__file__).parents[2] / "cassettes"
SHIPPED = ("openai-chat", "reasoning", "unicode", "openai-responses", "anthropic")
CONVERTED = ("reasoning",)
"""Those that are put before the judges of other APIs too."""
REFUSED = {("node-ai", "openai-responses"): "it demands an output_index of each event, which llama.cpp leaves out"}
"""Whole answers that a client takes for broken ones, and why."""
API_OF = {name: name if name in ENCODERS else "openai-chat" for name in SHIPPED}
TOOLS = (Tool("weather", {"city": "Köln 🌍", "days": [1, 2]}), Tool("time", {}))
MISTRAL: tuple[dict[str, Any], ...] = (
    {"role": "assistant", "content": [{"type": "thinking", "thinking": [{"type": "text", "text": "Two "}]}]},
    {
        "content": [
            {"type": "thinking", "thinking": [{"type": "text", "text": "places."}]},
            {"type": "text", "text": "Both "},
        ]
    },
    {"content": "now."},
    {
        "tool_calls": [
            {"id": "Ab1", "index": 0, "function": {"name": "weather", "arguments": '{"at": "Bern"}'}},
            {"id": "Ab2", "index": 1, "function": {"name": "time", "arguments": "{}"}},
        ]
    },
)
"""Mistral's own dialect: thoughts in a list of contents, calls whole. Its SDK takes no pieces of a call."""


@dataclass(frozen=True)
class Judge:
    """A client that knows an API, and that API."""

    client: str
    speaks: Speaks

    @property
    def api(self) -> str:
        return self.speaks.api

    def can(self, what: Can) -> bool:
        return what in self.speaks.can


JUDGES = [Judge(one.name, speaks) for one in CLIENTS.values() for speaks in one.speaks if speaks.api != SSE]
judged = pytest.mark.parametrize("judge", JUDGES, ids=lambda judge: f"{judge.client}-{judge.api}")


def turn_of(interaction: Interaction) -> Turn:
    return merge(api_of(interaction), units(interaction.response))


def assembled(judge: Judge, interaction: Interaction) -> dict[str, Any]:
    """What the SDK's caller got, from a server with this interaction alone."""
    if judge.speaks.path:
        interaction = replace(interaction, request=replace(interaction.request, path=judge.speaks.path))
    with serving(interaction) as server:
        url = judge.speaks.url(f"http://127.0.0.1:{server.port}")
        found = run_client(judge.client, url, "--api", judge.api)
    assert (found["outcome"], found["error_type"], found["error_message"]) == ("ok", None, None)
    return found


def agree(judge: Judge, found: dict[str, Any], turn: Turn, *, reasoning: bool = False) -> None:
    """Text, reasoning and calls are the same, but for what the SDK drops. `reasoning`: it drops none of this."""
    said = turn.first
    assert found["text"] == said.text
    assert found["reasoning"] == (said.reasoning if reasoning or judge.can("reasoning") else "")
    got = [(call["id"], call["name"], value_of(call["arguments"])) for call in found["tool_calls"]]
    assert got == [
        (call.id if judge.can("ids") else "", call.name, value_of(call.arguments)) for call in said.tool_calls
    ]


def value_of(arguments: str) -> Any:
    """As a client takes them; those that were cut short stay text."""
    try:
        return json.loads(arguments or "{}")
    except ValueError:
        return arguments


@judged
def test_what_is_generated_is_taken_whole(judge: Judge) -> None:
    tools = TOOLS if judge.can("tools") else ()
    wanted = Wanted(judge.api, Pacing(ttft=Fixed(1)), words=30, reasoning=20, tools=tools, usage=True)
    interaction = make(wanted, 7)
    found, turn = assembled(judge, interaction), turn_of(interaction)
    agree(judge, found, turn)
    assert len(found["text"].split()) == 30
    assert [json.loads(call["arguments"]) for call in found["tool_calls"]] == [tool.arguments for tool in tools]
    if judge.can("counters"):
        assert found["usage"].items() >= turn.usage.items() != {}


@pytest.mark.parametrize(
    ("judge", "name"),
    [
        pytest.param(judge, name, id=f"{judge.client}-{name}")
        for judge in JUDGES
        for name in SHIPPED
        if (API_OF[name] == judge.api or name in CONVERTED) and (judge.client, name) not in REFUSED
    ],
)
def test_a_shipped_recording_comes_to_the_same(judge: Judge, name: str) -> None:
    """As it is where it is of the judge's API, else converted to it."""
    (interaction,) = load(CASSETTES / f"{name}.yaml").interactions
    if API_OF[name] != judge.api:
        interaction, _ = convert(interaction, judge.api)
    turn = turn_of(interaction)
    agree(judge, assembled(judge, interaction), turn)
    assert turn.first.text


RECORDED = {
    "anthropic": "anthropic",
    "cohere": "cohere",
    "gemini": "google-genai",
    "groq": "groq",
    "mistral": "mistralai",
    "ollama": "ollama",
    "openai": "openai",
}
"""Folders of recorded streams, and who judges them."""
NOT_JUDGED = {
    "partialArgs": "the SDK leaves it to its caller to put arguments together",
    "n-choices": "the adapter tells the text of all choices as one",
    "ollama__": "the legacy endpoint, /api/generate",
}
"""Parts of the names of streams, and why they are left out."""


@pytest.mark.parametrize("folder", RECORDED)
def test_recorded_streams_come_to_the_same(streams: Path, folder: str) -> None:
    count = 0
    for path in sorted((streams / folder).iterdir()):
        if path.suffix not in {".sse", ".ndjson"} or any(part in path.name for part in NOT_JUDGED):
            continue
        interaction = parse(path.read_bytes(), path.name, ImportOptions()).interaction
        api = api_of(interaction)
        judge = next((j for j in JUDGES if api and (j.client, j.api) == (RECORDED[folder], api.name)), None)
        turn = turn_of(interaction)
        if judge is None or not turn.choices or turn.errors:
            continue
        interaction = replace(interaction, request=Request(ENCODERS[judge.api].path))
        agree(judge, assembled(judge, interaction), turn, reasoning=True)
        count += 1
    assert count >= 1


def test_mistrals_own_dialect() -> None:
    judge = next(judge for judge in JUDGES if judge.client == "mistralai")
    usage = {"prompt_tokens": 9, "completion_tokens": 8, "total_tokens": 17}
    chunks = [
        {
            "id": "a",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": "m",
            "choices": [{"index": 0, "delta": delta, "finish_reason": None}],
            **({"usage": usage} if delta is MISTRAL[-1] else {}),
        }
        for delta in MISTRAL
    ]
    blocks = [sse.encode(data=json.dumps(chunk).encode()) for chunk in chunks] + [sse.encode(data=b"[DONE]")]
    interaction = recording(*blocks, path="/v1/chat/completions")
    found, turn = assembled(judge, interaction), turn_of(interaction)
    agree(judge, found, turn, reasoning=True)
    assert (turn.first.text, turn.first.reasoning, len(turn.first.tool_calls)) == ("Both now.", "Two places.", 2)
    assert found["usage"] == turn.usage == usage


def test_there_is_a_judge_of_every_api() -> None:
    assert {judge.api for judge in JUDGES} == set(ENCODERS)
