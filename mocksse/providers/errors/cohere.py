"""Cohere: errors have a message and no type; in mid-stream the answer ends for the reason ERROR, with [DONE] behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocksse.providers.encode.spelling import DONE, spell
from mocksse.providers.errors.shape import JSON_TYPE, UUID, Before, Headers, Shape, event

if TYPE_CHECKING:
    from mocksse.providers.errors.failure import Failure, Kind

_MESSAGES: dict[Kind, str] = {
    "overloaded": "service unavailable, please try again later",
    "rate-limit": "You are past the per minute request limit, please wait and try again later.",
    "server": "internal server error",
    "invalid": "invalid request: at least one message is required.",
    "auth": "Incorrect API key provided. You can find your API key at https://dashboard.cohere.com/api-keys.",
    "permission": "the api token does not have access to this resource",
    "not-found": "model not found, make sure the correct model ID was used and that you have access to the model.",
    "too-large": "request entity too large",
    "timeout": "request timed out",
    "conflict": "conflict",
    "quota": "You have reached the limit of your plan, please check your billing details.",
    "content-filter": "invalid request: blocked by the content filter.",
    "context-length": "too many tokens: the total number of tokens in the prompt cannot exceed 128000.",
}


def _message(failure: Failure) -> str:
    return failure.message or _MESSAGES[failure.kind]


def _body(failure: Failure) -> bytes:
    return spell({"id": UUID, "message": _message(failure)})


def _headers(_failure: Failure) -> Headers:
    return (JSON_TYPE, (b"x-debug-trace-id", b"00000000000000000000000000000000"))


def _midstream(failure: Failure, _before: Before) -> bytes:
    delta = {"error": _message(failure), "finish_reason": "ERROR", "usage": {}}
    return event({"type": "message-end", "delta": delta}, "message-end")


SHAPE = Shape("cohere", "Cohere", _body, _headers, _midstream, DONE)
