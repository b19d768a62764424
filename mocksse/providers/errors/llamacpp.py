"""llama.cpp: OpenAI's nesting with a number as `code`; in mid-stream an event, behind which nothing comes.

Up to September 2025 it was an SSE field called `error`, which no client sees, and a `[DONE]` behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mocksse.providers.encode.spelling import DONE, spell
from mocksse.providers.errors.shape import JSON_UTF8_TYPE, Before, Headers, Shape, event

if TYPE_CHECKING:
    from mocksse.providers.errors.failure import Failure, Kind

_ERRORS: dict[Kind, tuple[str, str]] = {
    "overloaded": ("unavailable_error", "Loading model"),
    "rate-limit": ("unavailable_error", "no slot available"),
    "server": ("server_error", "Compute error."),
    "invalid": ("invalid_request_error", '"messages" is required'),
    "auth": ("authentication_error", "Invalid API Key"),
    "permission": ("permission_error", "Permission denied"),
    "not-found": ("not_found_error", "File Not Found"),
    "too-large": ("invalid_request_error", "input is too large to process. increase the physical batch size"),
    "timeout": ("server_error", "Request timed out"),
    "conflict": ("invalid_request_error", "Conflict"),
    "quota": ("permission_error", "Quota exceeded"),
    "content-filter": ("invalid_request_error", "Blocked"),
    "context-length": (
        "exceed_context_size_error",
        "request (4097 tokens) exceeds the available context size (4096 tokens), try increasing it",
    ),
}


def _error(failure: Failure) -> dict[str, Any]:
    type_, message = _ERRORS[failure.kind]
    return {"code": failure.status, "message": failure.message or message, "type": type_}


def _body(failure: Failure) -> bytes:
    return spell({"error": _error(failure)})


def _headers(_failure: Failure) -> Headers:
    return (JSON_UTF8_TYPE,)


def _midstream(failure: Failure, _before: Before) -> bytes:
    return event({"error": _error(failure)})


def _field(failure: Failure, _before: Before) -> bytes:
    return b"error: " + spell(_error(failure)) + b"\n\n"


SHAPE = Shape("llamacpp", "llama.cpp", _body, _headers, _midstream)
FIELD = Shape("llamacpp-field", "llama.cpp up to September 2025", _body, _headers, _field, DONE)
