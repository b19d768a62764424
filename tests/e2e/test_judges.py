"""The official SDKs as judges: what each assembles from a served cassette is what `providers.turn` merges of it.

Held on the shipped recordings and on generated ones of every API: text, reasoning, two parallel tool calls, usage.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from clients import run_client
from served import serving

from mocksse.cassette.load import load, loads
from mocksse.cassette.pacing import Fixed, Pacing
from mocksse.cassette.units import api_of, units
from mocksse.generate.converted import convert
from mocksse.generate.made import Tool, Wanted, make
from mocksse.providers.encode.registry import ENCODERS
from mocksse.providers.turn import Turn, merge

if TYPE_CHECKING:
    from mocksse.cassette.model import Interaction

CASSETTES = Path(__file__).parents[2] / "cassettes"
SHIPPED = ("openai-chat", "reasoning", "unicode", "openai-responses", "anthropic")
CONVERTED = ("reasoning", "unicode")
"""Those that are put before the judges of other APIs too."""
API_OF = {name: name if name in ENCODERS else "openai-chat" for name in SHIPPED}
TOOLS = (Tool("weather", {"city": "Köln 🌍", "days": [1, 2]}), Tool("time", {}))
MISTRAL = b"""
path: /v1/chat/completions
stream:
  - data: '{"id":"a","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":[{"type":"thinking","thinking":[{"type":"text","text":"Two "}]}]},"finish_reason":null}]}'
  - data: '{"id":"a","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"places."}]},{"type":"text","text":"Both "}]},"finish_reason":null}]}'
  - data: '{"id":"a","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"now."},"finish_reason":null}]}'
  - data: '{"id":"a","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"id":"Ab1","function":{"name":"weather","arguments":"{\\"at\\": \\"Bern\\"}"},"index":0},{"id":"Ab2","function":{"name":"time","arguments":"{}"},"index":1}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":9,"completion_tokens":8,"total_tokens":17}}'
  - data: '[DONE]'
"""
"""Mistral's own dialect: thoughts in a list of contents, calls whole. Its SDK takes no pieces of a call."""


@dataclass(frozen=True)
class Judge:
    """An adapter, the API it judges, where its base URL ends, and what its SDK does not hand on."""

    client: str
    api: str
    base: str = ""
    tools: bool = True
    """Whether it takes calls as the API's other clients do; and so below."""
    reasoning: bool = True
    ids: bool = True


JUDGES = [
    Judge("openai_python", "openai-chat", "/v1"),
    Judge("openai_python", "openai-responses", "/v1"),
    Judge("anthropic_python", "anthropic"),
    Judge("google_genai_python", "gemini"),
    Judge("cohere_python", "cohere"),
    Judge("mistralai_python", "openai-chat", tools=False, reasoning=False),
    Judge("ollama_python", "ollama", ids=False),
]
judged = pytest.mark.parametrize("judge", JUDGES, ids=lambda judge: f"{judge.client}-{judge.api}")


def turn_of(interaction: Interaction) -> Turn:
    return merge(api_of(interaction), units(interaction.response))


def assembled(judge: Judge, interaction: Interaction) -> dict[str, Any]:
    """What the SDK's caller got, from a server with this interaction alone."""
    with serving(interaction) as server:
        found = run_client(judge.client, f"http://127.0.0.1:{server.port}{judge.base}", "--api", judge.api)
    assert (found["outcome"], found["error_type"], found["error_message"]) == ("ok", None, None)
    return found


def agree(judge: Judge, found: dict[str, Any], turn: Turn) -> None:
    """Text, reasoning and calls are the same, but for what the SDK drops."""
    said = turn.first
    assert found["text"] == said.text
    assert found["reasoning"] == (said.reasoning if judge.reasoning else "")
    got = [(call["id"], call["name"], json.loads(call["arguments"])) for call in found["tool_calls"]]
    assert got == [(call.id if judge.ids else "", call.name, json.loads(call.arguments)) for call in said.tool_calls]


@judged
def test_what_is_generated_is_taken_whole(judge: Judge) -> None:
    tools = TOOLS if judge.tools else ()
    wanted = Wanted(judge.api, Pacing(ttft=Fixed(1)), words=30, reasoning=20, tools=tools, usage=True)
    interaction = make(wanted, 7)
    found, turn = assembled(judge, interaction), turn_of(interaction)
    agree(judge, found, turn)
    assert len(found["text"].split()) == 30
    assert [json.loads(call["arguments"]) for call in found["tool_calls"]] == [tool.arguments for tool in tools]
    assert found["usage"].items() >= turn.usage.items() != {}


@pytest.mark.parametrize(
    ("judge", "name"),
    [
        pytest.param(judge, name, id=f"{judge.client}-{name}")
        for judge in JUDGES
        for name in SHIPPED
        if API_OF[name] == judge.api or name in CONVERTED
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


def test_mistrals_own_dialect() -> None:
    judge = Judge("mistralai_python", "openai-chat")
    (interaction,) = loads(MISTRAL).interactions
    found, turn = assembled(judge, interaction), turn_of(interaction)
    agree(judge, found, turn)
    assert (turn.first.text, turn.first.reasoning, len(turn.first.tool_calls)) == ("Both now.", "Two places.", 2)
    assert found["usage"] == turn.usage


def test_there_is_a_judge_of_every_api() -> None:
    assert {judge.api for judge in JUDGES} == set(ENCODERS)
