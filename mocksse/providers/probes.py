"""Answers that clients ask for before they ask a model anything: which models there are, and whether the server lives.

Made up, small and always the same, in each provider's shape; for servers that have no recording of them. A list of
models has those it is given and no others. `/v1/models` is OpenAI's and Anthropic's: items have the members of both.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from mocksse.providers.encode.speech import CREATED
from mocksse.providers.encode.spelling import spell
from mocksse.providers.errors.shape import JSON_TYPE, JSON_UTF8_TYPE, Headers

if TYPE_CHECKING:
    from collections.abc import Sequence

_TIME = "2026-01-01T00:00:00Z"
_TEXT_TYPE = (b"content-type", b"text/plain; charset=utf-8")
_HEALTH = frozenset({"/health", "/v1/health", "/healthz", "/livez", "/readyz", "/ping", "/up"})
_GEMINI = re.compile(r"(?:/[^/]+)?/v1(?:alpha|beta)\d*/models(?:/(?P<id>[^:]+))?")
# At the root, behind a version, or as providers have it: /openai/v1 (Groq, Azure), /api/v1 (OpenRouter), and so on.
_OPENAI = re.compile(r"(?:(?:/[^/]+){0,2}/(?:v\d+|openai))?/models(?:/(?P<id>.+))?")


@dataclass(frozen=True, slots=True)
class Probe:
    """An answer, without headers of its framing. `body` is that of a GET; a HEAD gets the same without it."""

    status: int
    headers: Headers
    body: bytes


def answer(method: str, path: str, models: Sequence[str]) -> Probe | None:
    """The answer to a probe at this path, with or without its query; None for what is none.

    A single model that is not among `models` is not made up.
    """
    if method not in ("GET", "HEAD"):
        return None
    bare = path.partition("?")[0]
    bare = bare.rstrip("/") or "/"
    if bare == "/":
        return Probe(200, (_TEXT_TYPE,), b"Ollama is running")
    if bare in _HEALTH:
        return Probe(200, (JSON_TYPE,), spell({"status": "ok"}))
    if bare == "/api/version":
        return Probe(200, (JSON_UTF8_TYPE,), spell({"version": "0.0.0"}))
    if bare == "/api/tags":
        return Probe(200, (JSON_UTF8_TYPE,), spell({"models": [_ollama(name) for name in models]}))
    if found := _GEMINI.fullmatch(bare):
        listed: dict[str, Any] = {"models": [_gemini(name) for name in models]}
        return _models(found["id"], models, listed, _gemini)
    if found := _OPENAI.fullmatch(bare):
        return _models(found["id"], models, _list(models), _openai)
    return None


def _models(asked: str | None, models: Sequence[str], listed: dict[str, Any], one: Any) -> Probe | None:
    """The list, or the one model asked for."""
    if asked is None:
        return Probe(200, (JSON_TYPE,), spell(listed))
    name = unquote(asked)
    return Probe(200, (JSON_TYPE,), spell(one(name))) if name in models else None


def _openai(name: str) -> dict[str, Any]:
    ours = {"id": name, "object": "model", "created": CREATED, "owned_by": "mocksse"}
    return ours | {"type": "model", "display_name": name, "created_at": _TIME}


def _list(models: Sequence[str]) -> dict[str, Any]:
    ends = {"first_id": models[0], "last_id": models[-1]} if models else {"first_id": None, "last_id": None}
    return {"object": "list", "data": [_openai(name) for name in models], "has_more": False, **ends}


def _gemini(name: str) -> dict[str, Any]:
    return {
        "name": f"models/{name}",
        "baseModelId": name,
        "version": "001",
        "displayName": name,
        "description": "",
        "inputTokenLimit": 1048576,
        "outputTokenLimit": 65536,
        "supportedGenerationMethods": ["generateContent", "streamGenerateContent", "countTokens"],
    }


def _ollama(name: str) -> dict[str, Any]:
    details = {
        "parent_model": "",
        "format": "gguf",
        "family": "llama",
        "families": ["llama"],
        "parameter_size": "1B",
        "quantization_level": "Q4_0",
    }
    return {
        "name": name,
        "model": name,
        "modified_at": _TIME,
        "size": 1_000_000_000,
        "digest": hashlib.sha256(name.encode("utf-8", "backslashreplace")).hexdigest(),
        "details": details,
    }
