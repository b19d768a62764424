"""providers/registry: the API by path and events, and what a frame says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mocksse.providers import anthropic, llamacpp, ollama, openai_chat, replicate, tgi
from mocksse.providers.extract import Extract, api_of
from mocksse.providers.fragment import Fragment
from mocksse.providers.framing import Frame, frames
from mocksse.providers.registry import APIS, carries_text, detect, fragments_of, is_broken

if TYPE_CHECKING:
    from mocksse.providers.api import Api

ORIGIN = "http://127.0.0.1:8080"
VERTEX = "/projects/p/locations/us-east5/publishers"

# path, API, and what the user exports; {} is the origin
PATHS = [
    ("/v1/chat/completions", "openai-chat", ["OPENAI_BASE_URL={}/v1"]),
    ("/chat/completions", "openai-chat", ["OPENAI_BASE_URL={}"]),
    ("/api/v1/chat/completions", "openai-chat", ["OPENAI_BASE_URL={}/api/v1"]),
    ("/v1beta/openai/chat/completions", "openai-chat", ["OPENAI_BASE_URL={}/v1beta/openai"]),
    ("/client/v4/accounts/a/ai/v1/chat/completions", "openai-chat", ["OPENAI_BASE_URL={}/client/v4/accounts/a/ai/v1"]),
    (
        "/openai/v1/chat/completions",
        "openai-chat",
        ["OPENAI_BASE_URL={}/openai/v1", "GROQ_BASE_URL={}"],
    ),
    ("/openai/deployments/gpt/chat/completions?api-version=1", "openai-chat", ["AZURE_OPENAI_ENDPOINT={}"]),
    ("/proxy/openai/deployments/gpt/chat/completions", "openai-chat", ["AZURE_OPENAI_ENDPOINT={}/proxy"]),
    ("/v1/fim/completions", "openai-chat", []),
    ("/v1/agents/completions", "openai-chat", []),
    (f"/v1{VERTEX}/mistralai/models/codestral@2501:streamRawPredict", "openai-chat", []),
    ("/v1/completions", "openai-completions", ["OPENAI_BASE_URL={}/v1"]),
    ("/completions", "openai-completions", ["OPENAI_BASE_URL={}"]),
    ("/openai/deployments/gpt/completions", "openai-completions", ["AZURE_OPENAI_ENDPOINT={}"]),
    ("/v1/responses", "openai-responses", ["OPENAI_BASE_URL={}/v1"]),
    ("/responses", "openai-responses", ["OPENAI_BASE_URL={}"]),
    ("/openai/v1/responses", "openai-responses", ["OPENAI_BASE_URL={}/openai/v1"]),
    ("/openai/responses?api-version=1", "openai-responses", ["AZURE_OPENAI_ENDPOINT={}"]),
    ("/v1/responses/resp_1?stream=true&starting_after=3", "openai-responses", ["OPENAI_BASE_URL={}/v1"]),
    ("/v1/messages", "anthropic", ["ANTHROPIC_BASE_URL={}"]),
    ("/v1/messages?beta=true", "anthropic", ["ANTHROPIC_BASE_URL={}"]),
    ("/v1/messages/", "anthropic", ["ANTHROPIC_BASE_URL={}"]),
    ("/messages", "anthropic", ["ANTHROPIC_BASE_URL={}"]),
    ("/api/v1/messages", "anthropic", ["ANTHROPIC_BASE_URL={}/api"]),
    (f"/v1{VERTEX}/anthropic/models/claude@1:streamRawPredict", "anthropic", ["ANTHROPIC_VERTEX_BASE_URL={}/v1"]),
    ("/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse", "gemini", ["GOOGLE_GEMINI_BASE_URL={}"]),
    ("/proxy/v1/models/gemini:streamGenerateContent", "gemini", ["GOOGLE_GEMINI_BASE_URL={}/proxy"]),
    ("/models/gemini:generateContent", "gemini", ["GOOGLE_GEMINI_BASE_URL={}"]),
    ("/v1beta1/publishers/google/models/gemini:streamGenerateContent", "gemini", ["GOOGLE_VERTEX_BASE_URL={}"]),
    (f"/v1beta1{VERTEX}/google/models/gemini:streamGenerateContent", "gemini", ["GOOGLE_VERTEX_BASE_URL={}"]),
    ("/v1/projects/p/locations/l/endpoints/1:streamGenerateContent", "gemini", ["GOOGLE_VERTEX_BASE_URL={}"]),
    ("/v2/chat", "cohere", ["CO_API_URL={}"]),
    ("/proxy/v2/chat", "cohere", ["CO_API_URL={}/proxy"]),
    ("/api/chat", "ollama", ["OLLAMA_HOST={}"]),
    ("/ollama/api/generate", "ollama", ["OLLAMA_HOST={}/ollama"]),
    ("/model/us.nova-v1%3A0/converse-stream", "bedrock", ["AWS_ENDPOINT_URL_BEDROCK_RUNTIME={}"]),
    ("/model/arn:aws:bedrock:x:1:p/q/invoke-with-response-stream", "bedrock", ["AWS_ENDPOINT_URL_BEDROCK_RUNTIME={}"]),
    ("/completion", "llamacpp", []),
    ("/infill", "llamacpp", []),
    ("/generate_stream", "tgi", []),
    ("/v1/chat", None, []),  # Writer's and Cohere's old one: the events tell
    ("/v1/threads/t/runs", "openai-assistants", ["OPENAI_BASE_URL={}/v1"]),
    ("/v1/threads/t/messages", None, []),
    ("/v1/messages/count_tokens", None, []),
    ("/v1/models", None, []),
    ("/v1beta/interactions", "gemini-interactions", ["GOOGLE_GEMINI_BASE_URL={}"]),
    ("/v1/audio/transcriptions", "openai-transcriptions", ["OPENAI_BASE_URL={}/v1"]),
    ("/ml/v1/text/generation_stream?version=x", "watsonx", []),
    ("/v1/streams/abc", "replicate", []),
    ("/api/pull", None, []),
    ("/agents/a/agentAliases/b/sessions/c/text", None, []),
    ("/mcp", "mcp", []),
    ("/", None, []),
    ("", None, []),
]


@pytest.mark.parametrize(("path", "name", "env"), PATHS, ids=[case[0] for case in PATHS])
def test_paths(path: str, name: str | None, env: list[str]) -> None:
    api = detect(path)
    assert (api and api.name) == name
    found = api.environment(path, ORIGIN) if api else ()
    assert [f"{variable}={value}" for variable, value in found] == [line.format(ORIGIN) for line in env]


def frame(payload: Any, type_: str = "message") -> Frame:
    return Frame(0, 1, type_, json.dumps(payload).encode())


CHAT = {"object": "chat.completion.chunk", "choices": [{"delta": {"content": "a"}}]}
LLAMA = {"content": "a", "stop": False}
COMMENT = Frame(0, 1, "", b'{"token":{"text":"a"}}', "comment")


def test_events_choose_where_the_path_says_too_little() -> None:
    assert detect("/v1/chat", [COMMENT, frame({"choices": []}), frame(CHAT)]) is openai_chat.API
    assert detect("", [frame({"type": "ping"}, "ping")]) is anthropic.API
    assert detect("", [frame({"token": {"text": "a"}})]) is tgi.API
    assert detect("/completions", [frame(LLAMA)]) is llamacpp.API
    assert detect("", [COMMENT, Frame(0, 1, "", b"[DONE]"), frame(["a"]), frame(None)]) is None


def test_a_path_is_taken_at_its_word_where_no_event_says_otherwise() -> None:
    for silent in (COMMENT, frame({"choices": []}), frame({"error": {"message": "no"}})):
        assert detect("/v1/chat/completions", [silent]) is openai_chat.API
    assert detect("/api/chat", [frame({"error": "no"})]) is ollama.API


@pytest.mark.parametrize("path", ["/api/chat", "/generate", "/api/completion", "/v1/chat/completions"])
def test_events_of_another_api_than_the_paths(path: str) -> None:
    assert detect(path, [COMMENT, frame({"type": "ping"}, "ping")]) is anthropic.API
    assert detect(path, [frame(CHAT)]) is openai_chat.API


def test_frames_are_read_only_as_far_as_needed() -> None:
    read = iter([frame(LLAMA), frame(CHAT)])
    assert detect("", read) is llamacpp.API
    assert next(read) == frame(CHAT)


@pytest.mark.parametrize(
    "silent",
    [
        Frame(0, 1, "message", b"[DONE]"),
        Frame(0, 1, "message", b'{"choices":'),
        Frame(0, 1, "message", b""),
        Frame(0, 1, "", json.dumps(CHAT).encode(), "comment"),
        Frame(0, 1, "message", json.dumps(CHAT).encode(), "pending"),
    ],
    ids=["done", "broken", "empty", "comment", "pending"],
)
def test_frames_that_say_nothing(silent: Frame) -> None:
    assert fragments_of(openai_chat.API, silent) == ()
    assert not carries_text(openai_chat.API, silent)


@pytest.mark.parametrize(
    ("api", "data", "broken"),
    [
        (openai_chat.API, b'{"choices":', True),
        (openai_chat.API, b"Hi", True),
        (openai_chat.API, b"null", False),
        (openai_chat.API, b" ", False),
        (openai_chat.API, b"[DONE]", False),
        (replicate.API, b"a time {", False),
        (api_of(Extract()), b"{a", False),
        (api_of(Extract((("text", "$.a"),))), b"Hi", False),
        (None, b"Hi", False),
        (None, b" {a", True),
    ],
)
def test_what_should_be_json_and_is_not(api: Api | None, data: bytes, broken: bool) -> None:
    assert is_broken(api, Frame(0, 1, "message", data)) is broken
    assert not is_broken(api, Frame(0, 1, "message", data, "pending"))


def test_an_error_answer_says_its_error() -> None:
    (body,) = frames("application/json", b'{\n "error": {"message": "Slow down"}\n}')
    assert fragments_of(openai_chat.API, body) == (Fragment("error", "Slow down"),)


@pytest.mark.parametrize(
    ("delta", "carries"),
    [
        ({"content": "a"}, True),
        ({"content": ""}, False),
        ({"role": "assistant"}, False),
        ({"reasoning": "a"}, True),
        ({"refusal": "a"}, True),
        ({"tool_calls": [{"index": 0, "id": "c", "function": {"name": "f", "arguments": ""}}]}, False),
        ({"tool_calls": [{"index": 0, "function": {"arguments": "{"}}]}, True),
    ],
)
def test_carries_text(delta: Any, carries: bool) -> None:
    assert carries_text(openai_chat.API, frame({"choices": [{"delta": delta, "finish_reason": "stop"}]})) is carries


def test_names_are_unique() -> None:
    assert len({api.name for api in APIS}) == len({api.title for api in APIS}) == len(APIS)


# fmt: off
KEYS = st.sampled_from([
    "type", "delta", "choices", "content", "text", "message", "index", "usage", "error", "candidates", "parts",
    "functionCall", "args", "tool_calls", "function", "arguments", "response", "output_index", "item", "done",
    "token", "details", "bytes", "contentBlockDelta", "stop", "thinking", "outputs",
])
# fmt: on
TYPES = st.sampled_from(
    ["message", "", "chunk", "error", "contentBlockDelta", "content_block_start", "message-end", "xException"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | TYPES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=300)
@given(TYPES, VALUES)
def test_no_payload_raises(type_: str, payload: Any) -> None:
    said = frame(payload, type_)
    detect("", [said])
    for api in APIS:
        assert all(isinstance(found, Fragment) for found in fragments_of(api, said))


def test_no_depth_raises() -> None:
    for depth in range(900, 1100):  # around what the JSON decoder takes by default
        said = Frame(0, 1, "error", b'{"error":' + b"[" * depth + b"]" * depth + b"}")
        for api in APIS:
            fragments_of(api, said)


@settings(max_examples=200)
@given(st.binary(max_size=40), st.text(max_size=20))
def test_no_bytes_and_no_path_raise(data: bytes, path: str) -> None:
    for api in APIS:
        fragments_of(api, Frame(0, 1, "message", data))
        api.environment(path, ORIGIN)
    detect(path, [Frame(0, 1, "message", data)])
