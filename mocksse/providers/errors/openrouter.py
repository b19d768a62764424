"""OpenRouter: `code` is the HTTP status, and in mid-stream the error rides on a chunk that also ends the choice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mocksse.providers.encode.spelling import DONE, spell
from mocksse.providers.errors.shape import JSON_TYPE, Before, Headers, Shape, event
from mocksse.providers.lenient import integer

if TYPE_CHECKING:
    from mocksse.providers.errors.failure import Failure, Kind

_MESSAGES: dict[Kind, str] = {
    "overloaded": "No instances available",
    "rate-limit": "Rate limit exceeded: limit_rpm. Please retry shortly.",
    "server": "Internal Server Error",
    "invalid": 'Input required: specify "prompt" or "messages"',
    "auth": "No auth credentials found",
    "permission": "Forbidden",
    "not-found": "No endpoints found for the requested model.",
    "too-large": "Payload too large",
    "timeout": "Request timed out",
    "conflict": "Conflict",
    "quota": "Insufficient credits. Add more using https://openrouter.ai/settings/credits",
    "content-filter": "Your chosen model requires moderation and your input was flagged",
    "context-length": "This endpoint's maximum context length is 200000 tokens. Please reduce the length of the input.",
}
_LIMITS = {"X-RateLimit-Limit": "20", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1767225600000"}


def _error(failure: Failure) -> dict[str, Any]:
    return {"code": failure.status, "message": failure.message or _MESSAGES[failure.kind]}


def _body(failure: Failure) -> bytes:
    error = _error(failure)
    if failure.status == 429:
        error["metadata"] = {"headers": _LIMITS, "provider_name": None}
    return spell({"error": error})


def _headers(failure: Failure) -> Headers:
    limits = tuple((name.lower().encode(), value.encode()) for name, value in _LIMITS.items())
    return (JSON_TYPE, *(limits if failure.status == 429 else ()))


def _midstream(failure: Failure, before: Before) -> bytes:
    choice = {"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": "error"}
    chunk = {
        "id": before.told("id") or "gen-0",
        "provider": before.told("provider") or "Unknown",
        "model": before.told("model") or "unknown",
        "object": "chat.completion.chunk",
        "created": integer(before.last, "created"),
        "error": _error(failure),
        "choices": [choice | {"native_finish_reason": "error"}],
    }
    return event(chunk)


SHAPE = Shape("openrouter", "OpenRouter", _body, _headers, _midstream, DONE)
