"""OpenAI, whose nested `error` most others have taken over. In mid-stream it is an event like any other, then the end.

Responses has two forms of its own `error` event: flat, as documented, and nested, as recorded; behind it comes
`response.failed`. Sequence numbers go on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mocksse.providers.errors.shape import JSON_TYPE, REQUEST_ID, Before, Headers, Shape, event, pretty
from mocksse.providers.lenient import get, integer

if TYPE_CHECKING:
    from mocksse.providers.errors.failure import Failure, Kind

_INVALID = "invalid_request_error"
_ERRORS: dict[Kind, tuple[str, str | None, str]] = {  # type, code, message
    "overloaded": (
        "server_error",
        None,
        "The server is currently overloaded with other requests. Sorry about that! Please retry your request.",
    ),
    "rate-limit": (
        "requests",
        "rate_limit_exceeded",
        "Rate limit reached on requests per min (RPM): Limit 500, Used 500, Requested 1. Please try again in 120ms.",
    ),
    "server": ("server_error", None, "The server had an error while processing your request. Sorry about that!"),
    "invalid": (_INVALID, None, "We could not parse the JSON body of your request."),
    "auth": (
        _INVALID,
        "invalid_api_key",
        "Incorrect API key provided. You can find your API key at https://platform.openai.com/account/api-keys.",
    ),
    "permission": (
        "request_forbidden",
        "unsupported_country_region_territory",
        "Country, region, or territory not supported",
    ),
    "not-found": (
        _INVALID,
        "model_not_found",
        "The requested model does not exist or you do not have access to it.",
    ),
    "too-large": (_INVALID, None, "Maximum content size limit (26214400) exceeded"),
    "timeout": ("server_error", None, "Request timed out."),
    "conflict": (_INVALID, None, "The resource was changed by another request."),
    "quota": (
        "insufficient_quota",
        "insufficient_quota",
        "You exceeded your current quota, please check your plan and billing details.",
    ),
    "content-filter": (
        _INVALID,
        "content_policy_violation",
        "Your request was rejected as a result of our safety system.",
    ),
    "context-length": (
        _INVALID,
        "context_length_exceeded",
        "Your input exceeds the context window of this model. Please adjust your input and try again.",
    ),
}
_PARAMS: dict[Kind, str] = {"not-found": "model", "context-length": "messages"}


def error(failure: Failure) -> dict[str, Any]:
    """What is under `error`."""
    type_, code, message = _ERRORS[failure.kind]
    return {
        "message": failure.message or message,
        "type": type_,
        "param": _PARAMS.get(failure.kind),
        "code": code,
    }


def body(failure: Failure) -> bytes:
    """{"error": {...}} on several lines."""
    return pretty({"error": error(failure)})


def midstream(failure: Failure, _before: Before) -> bytes:
    """The same as an event."""
    return event({"error": error(failure)})


def rate_limits(failure: Failure) -> Headers:
    """The rate headers of OpenAI and Groq, on a 429."""
    if failure.status != 429:
        return ()
    return (
        (b"x-ratelimit-limit-requests", b"500"),
        (b"x-ratelimit-limit-tokens", b"200000"),
        (b"x-ratelimit-remaining-requests", b"0"),
        (b"x-ratelimit-remaining-tokens", b"199000"),
        (b"x-ratelimit-reset-requests", b"120ms"),
        (b"x-ratelimit-reset-tokens", b"300ms"),
    )


def headers(failure: Failure) -> Headers:
    """With the API's version, and rate limits on a 429."""
    return (
        JSON_TYPE,
        (b"openai-processing-ms", b"12"),
        (b"openai-version", b"2020-10-01"),
        *rate_limits(failure),
        (b"x-request-id", REQUEST_ID.encode()),
    )


def _number(before: Before) -> int:
    """The next sequence number."""
    return integer(before.last, "sequence_number", default=-1) + 1


def _code(failure: Failure) -> str:
    """Responses' `code` is never null."""
    found = error(failure)
    return str(found["code"] or found["type"])


def _flat(failure: Failure, before: Before) -> bytes:
    payload = {
        "type": "error",
        "code": _code(failure),
        "message": error(failure)["message"],
        "param": error(failure)["param"],
        "sequence_number": _number(before),
    }
    return event(payload, "error")


def _responses(failure: Failure, before: Before) -> bytes:
    found = error(failure) | {"code": _code(failure)}
    number = _number(before)
    begun = get(before.first, "response")
    response = (begun if isinstance(begun, dict) else {"id": "resp_0", "object": "response", "output": []}) | {
        "status": "failed",
        "error": {"code": found["code"], "message": found["message"]},
    }
    failed = {"type": "response.failed", "sequence_number": number + 1, "response": response}
    return event({"type": "error", "sequence_number": number, "error": found}, "error") + event(
        failed, "response.failed"
    )


SHAPE = Shape("openai", "OpenAI", body, headers, midstream)
FLAT = Shape("openai-flat", "OpenAI Responses, flat error event", body, headers, _flat)
RESPONSES = Shape("openai-responses", "OpenAI Responses", body, headers, _responses)
