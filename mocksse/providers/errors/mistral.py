"""Mistral: flat errors with a number as `code`, {"detail": ...} for a bad key; in mid-stream as OpenAI."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocksse.providers.encode.spelling import spell
from mocksse.providers.errors import openai
from mocksse.providers.errors.shape import JSON_TYPE, UUID, Headers, Shape

if TYPE_CHECKING:
    from mocksse.providers.errors.failure import Failure, Kind

_ERRORS: dict[Kind, tuple[str, str | None, str]] = {
    "overloaded": ("service_tier_capacity_exceeded", "3505", "Service tier capacity exceeded for this model."),
    "rate-limit": ("rate_limited", "1300", "Rate limit exceeded"),
    "server": ("internal_server_error", "1000", "Service unavailable."),
    "timeout": ("unreachable_backend", "1100", "Service unavailable."),
    "not-found": ("invalid_model", "1500", "Invalid model"),
}


def _body(failure: Failure) -> bytes:
    if failure.kind == "auth":
        return spell({"detail": failure.message or "Invalid API Key"}) + b"\n"
    usual = ("invalid_request_error", None, openai.error(failure)["message"])
    type_, code, message = _ERRORS.get(failure.kind, usual)
    return spell(
        {
            "object": "error",
            "message": failure.message or message,
            "type": type_,
            "param": None,
            "code": code,
            "raw_status_code": failure.status,
        }
    )


def _headers(_failure: Failure) -> Headers:
    return (JSON_TYPE, (b"mistral-correlation-id", UUID.encode()))


SHAPE = Shape("mistral", "Mistral", _body, _headers, openai.midstream)
