"""Text Generation Inference: `error` is the message, `error_type` one of four; in mid-stream the same as an event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocksse.providers.encode.spelling import spell
from mocksse.providers.errors.shape import JSON_TYPE, Before, Headers, Shape
from mocksse.wire import sse

if TYPE_CHECKING:
    from mocksse.providers.errors.failure import Failure, Kind

_ERRORS: dict[Kind, tuple[str, str]] = {
    "overloaded": ("overloaded", "Model is overloaded"),
    "rate-limit": ("overloaded", "Model is overloaded"),
    "server": ("generation", "Request failed during generation: Server error: transport error"),
    "timeout": ("incomplete_generation", "Incomplete generation"),
    "context-length": (
        "validation",
        "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096.",
    ),
}
_OTHER = ("validation", "Input validation error: `inputs` cannot be empty")


def _body(failure: Failure) -> bytes:
    type_, message = _ERRORS.get(failure.kind, _OTHER)
    return spell({"error": failure.message or message, "error_type": type_})


def _headers(_failure: Failure) -> Headers:
    return (JSON_TYPE,)


def _midstream(failure: Failure, _before: Before) -> bytes:
    return sse.encode(data=_body(failure), space=False)


SHAPE = Shape("tgi", "Text Generation Inference", _body, _headers, _midstream)
