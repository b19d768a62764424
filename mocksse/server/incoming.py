"""Requests as aiohttp hands them over: what of them a plan needs to know, and their bodies, within a cap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from mocksse import limits
from mocksse.replay.draft import Context

if TYPE_CHECKING:
    import asyncio


def text(data: bytes) -> str:
    """A header's bytes as the rest of mocksse has them."""
    return data.decode("utf-8", "surrogateescape")


def make_request(message: Any, payload: Any, protocol: Any, writer: Any, task: asyncio.Task[None]) -> web.BaseRequest:
    """What aiohttp's server makes of a parsed head."""
    return web.BaseRequest(
        message,
        payload,
        protocol,
        writer,
        task,
        task.get_loop(),
        client_max_size=limits.MAX_REQUEST_BODY_BYTES,
    )


def context_of(request: web.BaseRequest) -> Context:
    """What a plan needs to know of the request."""
    old = request.version < (1, 1)
    return Context(
        "HEAD" if request.method == "HEAD" else "GET",
        "1.0" if old else "1.1",
        request._message.should_close or old,  # noqa: SLF001 - aiohttp's reading of Connection
        request.headers.get("Origin", ""),
    )


class RefusedError(Exception):
    """A request whose body is not taken."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


async def body_of(request: web.BaseRequest, transport: asyncio.Transport, cap: int) -> bytes:
    """The request's body, decoded. Raises RefusedError for one that is announced to be larger than `cap`, and for any
    that is larger than a request's may be."""
    if not request.body_exists:
        return b""
    if (request.content_length or 0) > cap:
        raise RefusedError(413, f"a request body of more than {cap} bytes")
    # RFC 9110, 10.1.1: "A server that receives a 100-continue expectation in an HTTP/1.0 request MUST ignore" it.
    if request.version >= (1, 1) and request.headers.get("Expect", "").lower() == "100-continue":
        transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise RefusedError(413, f"a request body of more than {limits.MAX_REQUEST_BODY_BYTES} bytes") from None
    except web.RequestPayloadError as error:
        reason = " ".join(str(error).split()).removeprefix("400, message: ")
        raise RefusedError(400, f"the request's body can't be read: {reason}") from None
