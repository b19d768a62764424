"""Anthropic: `event: error` in mid-stream, and nothing behind it. The API tells its SDKs whether to try again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mocksse.providers.encode.spelling import spell
from mocksse.providers.errors.shape import JSON_TYPE, REQUEST_ID, Before, Headers, Shape, event

if TYPE_CHECKING:
    from mocksse.providers.errors.failure import Failure, Kind

_ERRORS: dict[Kind, tuple[str, str]] = {
    "overloaded": ("overloaded_error", "Overloaded"),
    "rate-limit": (
        "rate_limit_error",
        "This request would exceed your organization's rate limit of 50 requests per minute. Please try again later.",
    ),
    "server": ("api_error", "Internal server error"),
    "invalid": ("invalid_request_error", "messages: at least one message is required"),
    "auth": ("authentication_error", "invalid x-api-key"),
    "permission": (
        "permission_error",
        "Your API key does not have permission to use the specified resource.",
    ),
    "not-found": ("not_found_error", "The requested resource was not found."),
    "too-large": ("request_too_large", "Request exceeds the maximum size"),
    "timeout": ("timeout_error", "Request timed out"),
    "conflict": ("invalid_request_error", "The resource was changed by another request."),
    "quota": ("billing_error", "Your credit balance is too low to access the Anthropic API."),
    "content-filter": ("invalid_request_error", "Output blocked by content filtering policy"),
    "context-length": ("invalid_request_error", "prompt is too long: 200001 tokens > 200000 maximum"),
}


def _error(failure: Failure) -> dict[str, Any]:
    type_, message = _ERRORS[failure.kind]
    return {"type": "error", "error": {"type": type_, "message": failure.message or message}}


def _body(failure: Failure) -> bytes:
    return spell(_error(failure) | {"request_id": REQUEST_ID})


def _headers(failure: Failure) -> Headers:
    limits = (
        (b"anthropic-ratelimit-requests-limit", b"50"),
        (b"anthropic-ratelimit-requests-remaining", b"0"),
        (b"anthropic-ratelimit-requests-reset", b"2026-01-01T00:00:00Z"),
    )
    again = failure.status in (408, 409, 429) or failure.status >= 500
    return (
        JSON_TYPE,
        *(limits if failure.status == 429 else ()),
        (b"request-id", REQUEST_ID.encode()),
        (b"x-should-retry", b"true" if again else b"false"),
    )


def _midstream(failure: Failure, _before: Before) -> bytes:
    return event(_error(failure), "error")


SHAPE = Shape("anthropic", "Anthropic", _body, _headers, _midstream)
