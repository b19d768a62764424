"""MCP over streamable HTTP: JSON-RPC messages as events. What a tool gives back is no model's answer, and no text here.

A stream may hold a request's progress before its result, which is the last message of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mocksse.providers import fragment
from mocksse.providers.api import Api, route
from mocksse.providers.lenient import string

if TYPE_CHECKING:
    from mocksse.providers.fragment import Fragment


def fragments(_event_type: str, payload: Any) -> tuple[Fragment, ...]:
    """Errors of the protocol."""
    return fragment.error(payload)


def recognises(_event_type: str, payload: Any) -> bool:
    """By its version of JSON-RPC."""
    return string(payload, "jsonrpc") == "2.0"


def done(_event_type: str, payload: Any) -> bool:
    """A result, or the error in its place."""
    return isinstance(payload, dict) and ("result" in payload or "error" in payload)


def about(_payload: Any) -> tuple[str, str]:
    """There is no model in it, and the ids are those of requests."""
    return "", ""


API = Api(
    name="mcp",
    title="Model Context Protocol",
    routes=(route(r"(?P<base>.*)/mcp"),),
    fragments=fragments,
    recognises=recognises,
    done=done,
    about=about,
)
