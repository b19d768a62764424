"""Amazon Bedrock: exceptions have a name, which a header tells; in mid-stream they are a frame, the last one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mocksse.providers.encode.spelling import spell
from mocksse.providers.errors.shape import JSON_TYPE, UUID, Before, Headers, Shape
from mocksse.wire import eventstream

if TYPE_CHECKING:
    from mocksse.providers.errors.failure import Failure, Kind

_VALIDATION = "ValidationException"
_ERRORS: dict[Kind, tuple[str, str]] = {
    "overloaded": ("ServiceUnavailableException", "Bedrock is unable to process your request."),
    "rate-limit": ("ThrottlingException", "Too many requests, please wait before trying again."),
    "server": (
        "InternalServerException",
        "The system encountered an unexpected error during processing. Try your request again.",
    ),
    "invalid": (_VALIDATION, "The provided request is not valid"),
    "auth": ("UnrecognizedClientException", "The security token included in the request is invalid."),
    "permission": ("AccessDeniedException", "You don't have access to the model with the specified model ID."),
    "not-found": ("ResourceNotFoundException", "The provided model identifier was not found."),
    "too-large": (_VALIDATION, "Input is too long for requested model."),
    "timeout": ("ModelTimeoutException", "The model timed out while processing the request."),
    "conflict": ("ConflictException", "The resource was changed by another request."),
    "quota": ("ServiceQuotaExceededException", "Your request exceeds a service quota."),
    "content-filter": (_VALIDATION, "The request was blocked by the content filter."),
    "context-length": (
        _VALIDATION,
        "The model returned the following errors: Input Tokens Exceeded: Number of input tokens exceeds maximum "
        "length. Please update the input to try again.",
    ),
}
_IN_STREAM: dict[Kind, str] = {  # a stream knows five of them
    "overloaded": "serviceUnavailableException",
    "rate-limit": "throttlingException",
    "quota": "throttlingException",
    "server": "internalServerException",
    "timeout": "modelStreamErrorException",
}


def _message(failure: Failure) -> str:
    return failure.message or _ERRORS[failure.kind][1]


def _body(failure: Failure) -> bytes:
    return spell({"message": _message(failure)})


def _headers(failure: Failure) -> Headers:
    return (
        JSON_TYPE,
        (b"x-amzn-requestid", UUID.encode()),
        (
            b"x-amzn-errortype",
            _ERRORS[failure.kind][0].encode() + b":http://internal.amazon.com/coral/com.amazon.bedrock/",
        ),
    )


def _midstream(failure: Failure, _before: Before) -> bytes:
    name = _IN_STREAM.get(failure.kind, "validationException")
    payload: dict[str, Any] = {"message": _message(failure)}
    if name == "modelStreamErrorException":
        payload |= {"originalStatusCode": failure.status, "originalMessage": _message(failure)}
    headers = (
        (":exception-type", name),
        (":content-type", "application/json"),
        (":message-type", "exception"),
    )
    return eventstream.encode(headers, spell(payload))


SHAPE = Shape("bedrock", "Amazon Bedrock", _body, _headers, _midstream)
