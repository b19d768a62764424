"""Google: one JSON object on many lines, whatever the wire. Into an event stream it is written raw, without `data:`.

With alt=sse even an error answer is labelled as an event stream; without, the object is an element of the array, and
the comma in front of it is there already where the error stands in place of an event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mocksse.providers.errors.shape import Before, Headers, Shape, pretty

if TYPE_CHECKING:
    from mocksse.providers.errors.failure import Failure, Kind

_ERRORS: dict[Kind, tuple[str, str]] = {
    "overloaded": ("UNAVAILABLE", "The model is overloaded. Please try again later."),
    "rate-limit": ("RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota)."),
    "server": ("INTERNAL", "An internal error has occurred."),
    "invalid": ("INVALID_ARGUMENT", "Request contains an invalid argument."),
    "auth": ("UNAUTHENTICATED", "Request had invalid authentication credentials."),
    "permission": ("PERMISSION_DENIED", "The caller does not have permission"),
    "not-found": ("NOT_FOUND", "Requested entity was not found."),
    "too-large": ("INVALID_ARGUMENT", "Request payload size exceeds the limit: 20971520 bytes."),
    "timeout": ("DEADLINE_EXCEEDED", "Deadline expired before operation could complete."),
    "conflict": ("ABORTED", "The operation was aborted."),
    "quota": (
        "RESOURCE_EXHAUSTED",
        "You exceeded your current quota, please check your plan and billing details.",
    ),
    "content-filter": ("INVALID_ARGUMENT", "The request was blocked by safety filters."),
    "context-length": (
        "INVALID_ARGUMENT",
        "The input token count (1048577) exceeds the maximum number of tokens allowed (1048576).",
    ),
}
_DELAY = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "1s"}


def _error(failure: Failure) -> dict[str, Any]:
    status, message = _ERRORS[failure.kind]
    error = {"code": failure.status, "message": failure.message or message, "status": status}
    if failure.status == 429:
        error["details"] = [_DELAY]  # the delay is told here, in no header
    return {"error": error}


def _object(failure: Failure) -> bytes:
    return pretty(_error(failure)) + b"\n"


def _array(failure: Failure) -> bytes:
    return b"[" + pretty(_error(failure)) + b"\n]"


def _event_stream(_failure: Failure) -> Headers:
    return ((b"content-type", b"text/event-stream"),)


def _json(_failure: Failure) -> Headers:
    return ((b"content-type", b"application/json; charset=UTF-8"),)


def _raw(failure: Failure, _before: Before) -> bytes:
    return _object(failure)


def _element(failure: Failure, _before: Before) -> bytes:
    return pretty(_error(failure))


SHAPE = Shape("gemini", "Google Gemini", _object, _event_stream, _raw)
PLAIN = Shape("gemini-json", "Google Gemini, not streaming", _object, _json, _raw)
VERTEX = Shape("vertex", "Google Vertex AI", _object, _event_stream, _raw)
ARRAY = Shape("gemini-array", "Google Gemini without alt=sse", _array, _json, _element, b"\n]")
