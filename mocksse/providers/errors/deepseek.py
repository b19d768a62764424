"""DeepSeek: OpenAI's errors, but `code` is the same for all and `type` tells them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mocksse.providers.encode.spelling import spell
from mocksse.providers.errors import openai
from mocksse.providers.errors.shape import JSON_TYPE, UUID, Before, Headers, Shape, event

if TYPE_CHECKING:
    from mocksse.providers.errors.failure import Failure, Kind

_ERRORS: dict[Kind, tuple[str, str]] = {
    "overloaded": ("service_unavailable_error", "Service is too busy. Please try again later."),
    "auth": ("authentication_error", "Authentication Fails, Your api key is invalid"),
    "quota": ("unknown_error", "Insufficient Balance"),
    "not-found": ("invalid_request_error", "Model Not Exist"),
}


def _error(failure: Failure) -> dict[str, Any]:
    common = openai.error(failure)
    type_, message = _ERRORS.get(failure.kind, (common["type"], common["message"]))
    return {"message": failure.message or message, "type": type_, "param": None, "code": "invalid_request_error"}


def _body(failure: Failure) -> bytes:
    return spell({"error": _error(failure)})


def _headers(_failure: Failure) -> Headers:
    return (JSON_TYPE, (b"x-ds-trace-id", UUID.replace("-", "").encode()))


def _midstream(failure: Failure, _before: Before) -> bytes:
    return event({"error": _error(failure)})


SHAPE = Shape("deepseek", "DeepSeek", _body, _headers, _midstream)
