"""Azure OpenAI: the gateway's own errors have a `code` and a message and nothing else; in mid-stream it is OpenAI's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mocksse.providers.encode.spelling import spell
from mocksse.providers.errors import openai
from mocksse.providers.errors.shape import JSON_TYPE, UUID, Headers, Shape

if TYPE_CHECKING:
    from mocksse.providers.errors.failure import Failure, Kind

_ERRORS: dict[Kind, tuple[str, str]] = {
    "rate-limit": ("RateLimitReached", "Your requests have exceeded the rate limit. Please retry later."),
    "auth": (
        "401",
        "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an "
        "active subscription and use a correct regional API endpoint for your resource.",
    ),
    "permission": ("403", "Access denied due to Virtual Network/Firewall rules."),
    "not-found": ("DeploymentNotFound", "The API deployment for this resource does not exist."),
}
_FILTERED = {
    "message": "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. "
    "Please modify your prompt and retry.",
    "type": None,
    "param": "prompt",
    "code": "content_filter",
    "status": 400,
    "innererror": {
        "code": "ResponsibleAIPolicyViolation",
        "content_filter_result": {"violence": {"filtered": True, "severity": "medium"}},
    },
}


def _error(failure: Failure) -> dict[str, Any]:
    if failure.kind == "content-filter":
        return _FILTERED | ({"message": failure.message} if failure.message else {})
    if failure.kind in _ERRORS:
        code, message = _ERRORS[failure.kind]
        return {"code": code, "message": failure.message or message}
    return openai.error(failure)


def _body(failure: Failure) -> bytes:
    return spell({"error": _error(failure)})


def _headers(_failure: Failure) -> Headers:
    return (JSON_TYPE, (b"apim-request-id", UUID.encode()), (b"x-content-type-options", b"nosniff"))


SHAPE = Shape("azure", "Azure OpenAI", _body, _headers, openai.midstream)
