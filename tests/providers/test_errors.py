"""providers/errors: every shape tells every failure in its provider's words, as an answer and in mid-stream."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from mocksse.providers import registry
from mocksse.providers.errors.failure import KINDS, Failure, Kind, failure, failure_of
from mocksse.providers.errors.registry import SHAPES, shape_of
from mocksse.providers.errors.shape import Before, before
from mocksse.providers.framing import frames
from mocksse.wire import eventstream

if TYPE_CHECKING:
    from mocksse.providers.api import Api
    from mocksse.providers.fragment import Fragment

APIS = {api.name: api for api in registry.APIS}
LIKE_OPENAI = {"openai-chat", "openai-completions", "openai-transcriptions", "openai-assistants"}
WITHOUT = {"gemini-interactions", "watsonx", "replicate", "vercel-ui", "ag-ui", "mcp"}
"""APIs whose errors are not made up."""
SSE = "text/event-stream"
JSON = "application/json"
CHUNK = b'data: {"id":"c-1","model":"m","created":7,"choices":[{"index":0,"delta":{"content":"Hi"}}]}\n\n'
CREATED = (
    b"event: response.created\n"
    b'data: {"type":"response.created","sequence_number":4,"response":{"id":"resp_1","status":"in_progress"}}\n\n'
)
BLOCK = b"event: ping\n" + b'data: {"type":"ping"}\n\n'
GEMINI = b'data: {"candidates":[{"content":{"parts":[{"text":"Hi"}]}}]}\r\n\r\n'
OLLAMA = b'{"message":{"content":"Hi"},"done":false}\n'
BEDROCK = eventstream.encode([(":event-type", "messageStart"), (":message-type", "event")], b'{"role":"assistant"}')

STREAMS: dict[str, tuple[str, str, bytes]] = {  # shape: (API, content type, the stream before the error)
    "openai": ("openai-chat", SSE, CHUNK),
    "openai-flat": ("openai-responses", SSE, CREATED),
    "openai-responses": ("openai-responses", SSE, CREATED),
    "azure": ("openai-chat", SSE, CHUNK),
    "anthropic": ("anthropic", SSE, BLOCK),
    "gemini": ("gemini", SSE, GEMINI),
    "gemini-json": ("gemini", SSE, GEMINI),
    "gemini-array": ("gemini", JSON, b'[{"candidates":[]}\n,\r\n'),
    "vertex": ("gemini", SSE, GEMINI),
    "groq": ("openai-chat", SSE, CHUNK),
    "openrouter": ("openai-chat", SSE, b": OPENROUTER PROCESSING\n\n" + CHUNK),
    "mistral": ("openai-chat", SSE, CHUNK),
    "deepseek": ("openai-chat", SSE, CHUNK),
    "cohere": ("cohere", SSE, b'event: message-start\ndata: {"type":"message-start","id":"1"}\n\n'),
    "ollama": ("ollama", "application/x-ndjson", OLLAMA),
    "llamacpp": ("llamacpp", SSE, b'data: {"content":"Hi","stop":false}\n\n'),
    "llamacpp-field": ("llamacpp", SSE, b'data: {"content":"Hi","stop":false}\n\n'),
    "tgi": ("tgi", SSE, b'data:{"token":{"text":"Hi"}}\n\n'),
    "bedrock": ("bedrock", eventstream.CONTENT_TYPE, BEDROCK),
}
# No event of the stream: that is what is wrong with them.
UNSEEN = {"gemini", "gemini-json", "vertex", "llamacpp-field"}


def stream_of(name: str, failed: Failure) -> tuple[Api, str, bytes, bytes]:
    """API, content type, the stream before the error, and the error with all behind it."""
    api, content_type, begun = STREAMS[name]
    shape = SHAPES[name]
    return APIS[api], content_type, begun, shape.midstream(failed, before(frames(content_type, begun))) + shape.follow


def test_every_shape_has_a_stream() -> None:
    assert set(STREAMS) == set(SHAPES)
    assert all(name == shape.name for name, shape in SHAPES.items())
    assert len({shape.title for shape in SHAPES.values()}) == len(SHAPES)


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("kind", KINDS)
def test_bodies_and_headers(name: str, kind: Kind) -> None:
    shape = SHAPES[name]
    usual, told = failure_of(kind), failure_of(kind, 'Böse "Welt"\n\ud83d')
    assert shape.body(usual) == shape.body(failure_of(kind))
    assert message_of(json.loads(shape.body(usual)))
    assert message_of(json.loads(shape.body(told))) == told.message
    headers = shape.headers(usual)
    names = [name for name, _ in headers]
    assert names.count(b"content-type") == 1
    assert not {b"date", b"server", b"set-cookie", b"content-length", b"retry-after", b"connection"} & set(names)
    assert all(re.fullmatch(rb"[a-z0-9-]+", name) and re.fullmatch(rb"[!-~ ]+", value) for name, value in headers)


def message_of(body: Any) -> str:
    """The text for people in an error body of any provider."""
    found = body[0] if isinstance(body, list) else body
    found = found.get("error", found)
    return found if isinstance(found, str) else found.get("message") or found["detail"]


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("kind", KINDS)
def test_midstream(name: str, kind: Kind) -> None:
    api, content_type, begun, error = stream_of(name, failure_of(kind, "Boom!"))
    all_frames = frames(content_type, begun + error)
    clean = frames(content_type, begun)
    known = [frame for frame in clean if frame.kind == "event"]
    events = [frame for frame in all_frames if frame.kind == "event"]
    assert events[: len(known)] == known
    found = [one for frame in events[len(known) :] for one in registry.fragments_of(api, frame)]
    told = [one.text for one in found if one.kind == "error"]
    if name in UNSEEN:
        assert b"Boom!" in error
        assert [frame.data for frame in events[len(known) :]] in ([], [b"[DONE]"])
    else:
        assert told
        assert set(told) == {"Boom!"}
    assert not [frame for frame in all_frames if frame.kind == "pending"] or name in UNSEEN


def test_an_array_is_whole_with_its_error() -> None:
    _, _, begun, error = stream_of("gemini-array", failure_of("overloaded"))
    first, last = json.loads(begun + error)
    assert "candidates" in first
    assert last["error"]["status"] == "UNAVAILABLE"


OVERLOADED: dict[str, bytes] = {
    "openai": b'data: {"error":{"message":"Boom","type":"server_error","param":null,"code":null}}\n\n',
    "openai-flat": b"event: error\n"
    b'data: {"type":"error","code":"server_error","message":"Boom","param":null,"sequence_number":5}\n\n',
    "openai-responses": b"event: error\n"
    b'data: {"type":"error","sequence_number":5,'
    b'"error":{"message":"Boom","type":"server_error","param":null,"code":"server_error"}}\n\n'
    b"event: response.failed\n"
    b'data: {"type":"response.failed","sequence_number":6,"response":{"id":"resp_1","status":"failed",'
    b'"error":{"code":"server_error","message":"Boom"}}}\n\n',
    "azure": b'data: {"error":{"message":"Boom","type":"server_error","param":null,"code":null}}\n\n',
    "anthropic": b'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Boom"}}\n\n',
    "gemini": b'{\n  "error": {\n    "code": 503,\n    "message": "Boom",\n    "status": "UNAVAILABLE"\n  }\n}\n',
    "groq": b'event: error\ndata: {"error":{"message":"Boom","type":"internal_server_error","status_code":503}}\n\n',
    "openrouter": b'data: {"id":"c-1","provider":"Unknown","model":"m","object":"chat.completion.chunk","created":7,'
    b'"error":{"code":503,"message":"Boom"},"choices":[{"index":0,"delta":{"role":"assistant","content":""},'
    b'"finish_reason":"error","native_finish_reason":"error"}]}\n\ndata: [DONE]\n\n',
    "mistral": b'data: {"error":{"message":"Boom","type":"server_error","param":null,"code":null}}\n\n',
    "deepseek": b'data: {"error":{"message":"Boom","type":"service_unavailable_error","param":null,'
    b'"code":"invalid_request_error"}}\n\n',
    "cohere": b"event: message-end\n"
    b'data: {"type":"message-end","delta":{"error":"Boom","finish_reason":"ERROR","usage":{}}}\n\ndata: [DONE]\n\n',
    "ollama": b'{"error":"Boom"}\n',
    "llamacpp": b'data: {"error":{"code":503,"message":"Boom","type":"unavailable_error"}}\n\n',
    "llamacpp-field": b'error: {"code":503,"message":"Boom","type":"unavailable_error"}\n\ndata: [DONE]\n\n',
    "tgi": b'data:{"error":"Boom","error_type":"overloaded"}\n\n',
}


@pytest.mark.parametrize("name", OVERLOADED)
def test_overloaded_in_mid_stream(name: str) -> None:
    assert stream_of(name, failure_of("overloaded", "Boom"))[3] == OVERLOADED[name]


def test_an_exception_frame() -> None:
    *_, error = stream_of("bedrock", failure_of("timeout", "Boom"))
    (frame,) = eventstream.parse(error)
    assert isinstance(frame, eventstream.Frame)
    assert frame.headers == (
        (":exception-type", "modelStreamErrorException"),
        (":content-type", "application/json"),
        (":message-type", "exception"),
    )
    assert json.loads(frame.payload) == {"message": "Boom", "originalStatusCode": 504, "originalMessage": "Boom"}


BODIES: list[tuple[str, Failure, Any]] = [
    (
        "openai",
        failure(401, "No"),
        {"error": {"message": "No", "type": "invalid_request_error", "param": None, "code": "invalid_api_key"}},
    ),
    (
        "openai",
        failure(404, "No"),
        {"error": {"message": "No", "type": "invalid_request_error", "param": "model", "code": "model_not_found"}},
    ),
    ("azure", failure(429, "No"), {"error": {"code": "RateLimitReached", "message": "No"}}),
    (
        "anthropic",
        failure(529, "No"),
        {
            "type": "error",
            "error": {"type": "overloaded_error", "message": "No"},
            "request_id": "req_00000000000000000000000000000000",
        },
    ),
    (
        "gemini",
        failure(429, "No"),
        {
            "error": {
                "code": 429,
                "message": "No",
                "status": "RESOURCE_EXHAUSTED",
                "details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "1s"}],
            }
        },
    ),
    ("gemini-array", failure(404, "No"), [{"error": {"code": 404, "message": "No", "status": "NOT_FOUND"}}]),
    ("groq", failure(500, "No"), {"error": {"message": "No", "type": "internal_server_error"}}),
    ("openrouter", failure(402, "No"), {"error": {"code": 402, "message": "No"}}),
    ("mistral", failure(401), {"detail": "Invalid API Key"}),
    (
        "mistral",
        failure(429, "No"),
        {
            "object": "error",
            "message": "No",
            "type": "rate_limited",
            "param": None,
            "code": "1300",
            "raw_status_code": 429,
        },
    ),
    ("cohere", failure(500, "No"), {"id": "00000000-0000-0000-0000-000000000000", "message": "No"}),
    ("ollama", failure(404, "No"), {"error": "No"}),
    ("llamacpp", failure(401, "No"), {"error": {"code": 401, "message": "No", "type": "authentication_error"}}),
    ("tgi", failure(422, "No"), {"error": "No", "error_type": "validation"}),
    ("bedrock", failure(429, "No"), {"message": "No"}),
]


@pytest.mark.parametrize(("name", "failed", "body"), BODIES)
def test_a_body(name: str, failed: Failure, body: Any) -> None:
    assert json.loads(SHAPES[name].body(failed)) == body


@pytest.mark.parametrize(
    ("name", "status", "header"),
    [
        ("openai", 500, (b"content-type", b"application/json")),
        ("openai", 429, (b"x-ratelimit-remaining-requests", b"0")),
        ("groq", 429, (b"x-ratelimit-remaining-requests", b"0")),
        ("openrouter", 429, (b"x-ratelimit-remaining", b"0")),
        ("anthropic", 429, (b"anthropic-ratelimit-requests-remaining", b"0")),
        ("anthropic", 529, (b"x-should-retry", b"true")),
        ("anthropic", 401, (b"x-should-retry", b"false")),
        ("gemini", 404, (b"content-type", b"text/event-stream")),
        ("gemini-array", 404, (b"content-type", b"application/json; charset=UTF-8")),
        ("gemini-json", 429, (b"content-type", b"application/json; charset=UTF-8")),
        (
            "bedrock",
            429,
            (b"x-amzn-errortype", b"ThrottlingException:http://internal.amazon.com/coral/com.amazon.bedrock/"),
        ),
    ],
)
def test_a_header(name: str, status: int, header: tuple[bytes, bytes]) -> None:
    assert header in SHAPES[name].headers(failure(status))


@pytest.mark.parametrize("name", SHAPES)
def test_rate_limits_are_told_on_a_429_only(name: str) -> None:
    assert not [name for name, _ in SHAPES[name].headers(failure(500)) if b"ratelimit" in name]


def test_an_error_before_everything() -> None:
    assert before([]) == Before()
    assert b'"sequence_number":0' in SHAPES["openai-responses"].midstream(failure(500), Before())
    for shape in SHAPES.values():
        assert shape.midstream(failure(500), Before("odd", ["odder"])) == shape.midstream(failure(500), Before())


def test_before_is_the_first_and_the_last_payload() -> None:
    body = b": x\n\ndata: oops\n\n" + CREATED + CHUNK + b"data: [DONE]\n\n"
    found = before(frames(SSE, body))
    assert found.first["type"] == "response.created"
    assert found.last["id"] == "c-1"
    assert Before(found.first, {}).told("id") == "resp_1"
    assert found.told("nothing") == ""


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "invalid"),
        (401, "auth"),
        (402, "quota"),
        (403, "permission"),
        (404, "not-found"),
        (408, "timeout"),
        (409, "conflict"),
        (413, "too-large"),
        (418, "invalid"),
        (422, "invalid"),
        (429, "rate-limit"),
        (500, "server"),
        (502, "server"),
        (503, "overloaded"),
        (504, "timeout"),
        (520, "server"),
        (529, "overloaded"),
    ],
)
def test_what_a_status_means(status: int, kind: Kind) -> None:
    assert failure(status, "x") == Failure(status, kind, "x")


def test_every_kind_has_a_status() -> None:
    assert all(400 <= failure_of(kind).status < 600 and failure_of(kind).kind == kind for kind in KINDS)


@pytest.mark.parametrize(
    ("api", "path", "host", "name"),
    [
        (None, "", "", None),
        (None, "/mcp", "mcp.example.com", None),
        (None, "/openai/v1/other", "api.groq.com", "groq"),
        ("openai-chat", "/v1/chat/completions", "", "openai"),
        ("openai-chat", "/v1/chat/completions", "api.deepseek.com", "deepseek"),
        ("openai-chat", "/v1/chat/completions", "api.mistral.ai", "mistral"),
        ("openai-chat", "/v1/chat/completions", "notgroq.com", "openai"),
        ("openai-chat", "/openai/v1/chat/completions", "", "openai"),
        ("openai-chat", "/openai/v1/chat/completions", "api.groq.com", "groq"),
        ("openai-chat", "/openai/v1/chat/completions", "a.openai.azure.com", "azure"),
        ("openai-chat", "/openai/deployments/d/chat/completions?api-version=1", "", "azure"),
        ("openai-chat", "/api/v1/chat/completions", "", "openrouter"),
        ("openai-chat", "/api/v1/chat/completions", "api.example.com", "openai"),
        ("openai-chat", "/api/v1/chat/completions", "openrouter.ai", "openrouter"),
        ("openai-chat", "/v1/fim/completions", "", "mistral"),
        ("openai-completions", "/openai/deployments/d/completions", "", "azure"),
        ("openai-responses", "/v1/responses", "", "openai-responses"),
        ("anthropic", "/v1/messages", "", "anthropic"),
        ("anthropic", "/api/v1/messages", "openrouter.ai", "anthropic"),
        ("gemini", "/v1beta/models/m:streamGenerateContent?alt=sse", "", "gemini"),
        ("gemini", "/v1beta/models/m:streamGenerateContent?key=x&alt=sse", "", "gemini"),
        ("gemini", "/v1beta/models/m:streamGenerateContent", "", "gemini-array"),
        ("gemini", "/v1beta/models/m:generateContent", "", "gemini-json"),
        ("gemini", "/v1beta/models/m:generateContent?alt=json", "", "gemini-json"),
        ("gemini", "/v1beta/models/m:streamGenerateContent?alt=json", "", "gemini-array"),
        ("gemini", "/v1/projects/p/publishers/google/models/m:streamGenerateContent?alt=sse", "", "vertex"),
        ("cohere", "/v2/chat", "", "cohere"),
        ("ollama", "/api/chat", "", "ollama"),
        ("llamacpp", "/completion", "", "llamacpp"),
        ("tgi", "/generate_stream", "", "tgi"),
        ("bedrock", "/model/m/converse-stream", "", "bedrock"),
    ],
)
def test_shape_of(api: str | None, path: str, host: str, name: str | None) -> None:
    found = shape_of(APIS[api] if api else None, path, host)
    assert found is (SHAPES[name] if name else None)


@pytest.mark.parametrize(
    ("server", "body", "name"),
    [
        ("", CHUNK, "openai"),
        ("llama.cpp", CHUNK, "llamacpp"),
        ("", b'data: {"choices":[],"system_fingerprint":"b7010-c27efd2bd"}\n\n', "llamacpp"),
        ("", b'data: {"choices":[],"system_fingerprint":"fp_11f3029f6b"}\n\n', "openai"),
        ("", CHUNK + b'data: {"choices":[],"x_groq":{"id":"req_1"}}\n\n', "groq"),
        ("", b": OPENROUTER PROCESSING\n\n" + CHUNK, "openrouter"),
        ("", b": keep-alive\n\n" + CHUNK, "openai"),
        ("", b'data: {"id":"gen-1","provider":"OpenAI","choices":[]}\n\n', "openrouter"),
        ("", b'data: {"id":"gen-1","choices":[]}\n\n', "openai"),
        ("", CHUNK * 16 + b'data: {"choices":[],"x_groq":{"id":"req_1"}}\n\n', "openai"),
    ],
)
def test_a_provider_shows_in_what_it_sends(server: str, body: bytes, name: str) -> None:
    chat, path = APIS["openai-chat"], "/v1/chat/completions"
    assert shape_of(chat, path, server=server, frames=frames(SSE, body)) is SHAPES[name]
    # A host, or a path of one provider only, says more.
    assert shape_of(chat, path, "api.deepseek.com", server=server, frames=frames(SSE, body)) is SHAPES["deepseek"]
    assert shape_of(APIS["anthropic"], "/v1/messages", server=server, frames=frames(SSE, body)) is SHAPES["anthropic"]


def test_every_api_has_a_shape() -> None:
    named = {api.name: shape_of(api, "") for api in registry.APIS}
    assert {name for name, shape in named.items() if shape is SHAPES["openai"]} == LIKE_OPENAI
    assert {name for name, shape in named.items() if shape is None} == WITHOUT
    own = [shape for name, shape in named.items() if name not in LIKE_OPENAI | WITHOUT]
    assert len(set(own)) == len(own)


def seen(found: list[Fragment]) -> list[str]:
    return [one.kind for one in found]


@pytest.mark.parametrize(("name", "kinds"), [("openrouter", ["finish", "error"]), ("cohere", ["finish", "error"])])
def test_an_error_that_also_ends_the_answer(name: str, kinds: list[str]) -> None:
    api, content_type, begun, error = stream_of(name, failure_of("server"))
    last = [frame for frame in frames(content_type, begun + error) if frame.kind == "event"][-2]
    assert seen(list(registry.fragments_of(api, last))) == kinds
