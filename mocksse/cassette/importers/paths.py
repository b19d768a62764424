"""Where a body without a request is served: the path that clients of its API ask, as far as the body tells the API.

What no API is recognised in goes to /stream, by any method: an EventSource can ask for that.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mocksse.providers.lenient import decode, get, string

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mocksse.providers.api import Api
    from mocksse.providers.framing import Frame

UNKNOWN = "/stream"

_PATHS = {
    "openai-chat": "/v1/chat/completions",
    "openai-responses": "/v1/responses",
    "openai-completions": "/v1/completions",
    "anthropic": "/v1/messages",
    "cohere": "/v2/chat",
    "llamacpp": "/completion",
    "openai-assistants": "/v1/threads/runs",
    "openai-transcriptions": "/v1/audio/transcriptions",
    "gemini-interactions": "/v1beta/interactions",
    "watsonx": "/ml/v1/text/generation_stream",
    "replicate": "/v1/streams/prediction",
    "vercel-ui": "/api/chat",
    "ag-ui": "/ag-ui",
    "mcp": "/mcp",
}
_MODEL = re.compile(r"[\w.-]+", re.ASCII)


def path_of(api: Api | None, content_type: str, frames: Sequence[Frame]) -> str:
    """The canonical path of a body by the frames at its beginning."""
    if api is None:
        return UNKNOWN
    if api.name in _PATHS:
        return _PATHS[api.name]
    is_sse = content_type == "text/event-stream"
    payloads = [decode(frame.data) for frame in frames if frame.data and frame.kind != "comment"]
    match api.name:
        case "gemini":
            whole = not is_sse and frames[0].kind == "other"  # one object, not streamed
            method = "generateContent" if whole else "streamGenerateContent"
            return f"/v1beta/models/{_model(payloads)}:{method}{'?alt=sse' if is_sse else ''}"
        case "ollama":
            return "/api/generate" if any(isinstance(get(p, "response"), str) for p in payloads) else "/api/chat"
        case "bedrock":
            wrapped = any(frame.type == "chunk" for frame in frames)
            return f"/model/model-id/{'invoke-with-response-stream' if wrapped else 'converse-stream'}"
        case "tgi":
            return "/generate_stream" if is_sse else "/generate"
    return UNKNOWN


def _model(payloads: Iterable[Any]) -> str:
    """The model's name as Gemini gives it in every chunk: clients have it in their path."""
    names = (string(payload, "modelVersion").removeprefix("models/") for payload in payloads)
    return next((name for name in names if _MODEL.fullmatch(name)), "gemini")
