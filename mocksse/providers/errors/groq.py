"""Groq: OpenAI's error with the status inside, under `event: error`; no `[DONE]` comes behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mocksse.providers.encode.spelling import spell
from mocksse.providers.errors import openai
from mocksse.providers.errors.shape import JSON_TYPE, REQUEST_ID, Before, Headers, Shape, event

if TYPE_CHECKING:
    from mocksse.providers.errors.failure import Failure, Kind

_ERRORS: dict[Kind, tuple[str, str, str]] = {  # where Groq has its own: type, code, message
    "overloaded": ("internal_server_error", "", "The model is currently over capacity. Please try again later."),
    "server": ("internal_server_error", "", "Internal Server Error"),
    "auth": ("invalid_request_error", "invalid_api_key", "Invalid API Key"),
    "too-large": (
        "tokens",
        "rate_limit_exceeded",
        "Request too large for model on tokens per minute (TPM): Limit 6000, Requested 6001, please reduce your "
        "message size and try again.",
    ),
    "rate-limit": (
        "requests",
        "rate_limit_exceeded",
        "Rate limit reached on requests per minute (RPM): Limit 30, Used 30, Requested 1. Please try again in 120ms.",
    ),
    "context-length": (
        "invalid_request_error",
        "context_length_exceeded",
        "Please reduce the length of the messages or completion.",
    ),
}


def _error(failure: Failure) -> dict[str, Any]:
    common = openai.error(failure)
    type_, code, message = _ERRORS.get(failure.kind, (common["type"], common["code"], common["message"]))
    error = {"message": failure.message or message, "type": type_}
    return error | ({"code": code} if code else {})


def _body(failure: Failure) -> bytes:
    return spell({"error": _error(failure)}) + b"\n"


def _headers(failure: Failure) -> Headers:
    return (JSON_TYPE, *openai.rate_limits(failure), (b"x-request-id", REQUEST_ID.encode()))


def _midstream(failure: Failure, _before: Before) -> bytes:
    return event({"error": _error(failure) | {"status_code": failure.status}}, "error")


SHAPE = Shape("groq", "Groq", _body, _headers, _midstream)
