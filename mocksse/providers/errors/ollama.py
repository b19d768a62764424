"""Ollama: {"error": "..."}, as a body and as a line of the stream, behind which nothing comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocksse.providers.encode.spelling import spell
from mocksse.providers.errors.shape import JSON_UTF8_TYPE, Before, Headers, Shape
from mocksse.wire.jsonl import encode_line

if TYPE_CHECKING:
    from mocksse.providers.errors.failure import Failure, Kind

_MESSAGES: dict[Kind, str] = {
    "overloaded": "server busy, please try again.  maximum pending requests exceeded",
    "rate-limit": "too many requests",
    "server": "llama runner process has terminated: exit status 2",
    "invalid": "invalid JSON in request body",
    "auth": "unauthorized",
    "permission": "forbidden",
    "not-found": "model not found, try pulling it first",
    "too-large": "http: request body too large",
    "timeout": "timed out waiting for llama runner to start",
    "conflict": "conflict",
    "quota": "you have reached your usage limit, please wait or upgrade to continue",
    "content-filter": "blocked",
    "context-length": "the input length exceeds the context length",
}


def _body(failure: Failure) -> bytes:
    return spell({"error": failure.message or _MESSAGES[failure.kind]})


def _headers(_failure: Failure) -> Headers:
    return (JSON_UTF8_TYPE,)


def _midstream(failure: Failure, _before: Before) -> bytes:
    return encode_line(_body(failure))


SHAPE = Shape("ollama", "Ollama", _body, _headers, _midstream)
