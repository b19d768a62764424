"""A failure apart from any provider: HTTP status, kind and message. A Shape says it as its provider does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal[
    "overloaded",
    "rate-limit",
    "server",
    "invalid",
    "auth",
    "permission",
    "not-found",
    "too-large",
    "timeout",
    "conflict",
    "quota",
    "content-filter",
    "context-length",
]
KINDS: tuple[Kind, ...] = get_args(Kind)

_KINDS: dict[int, Kind] = {
    401: "auth",
    402: "quota",
    403: "permission",
    404: "not-found",
    408: "timeout",
    409: "conflict",
    413: "too-large",
    429: "rate-limit",
    503: "overloaded",
    504: "timeout",
    529: "overloaded",
}
_STATUSES: dict[Kind, int] = {
    "overloaded": 503,
    "rate-limit": 429,
    "server": 500,
    "invalid": 400,
    "auth": 401,
    "permission": 403,
    "not-found": 404,
    "too-large": 413,
    "timeout": 504,
    "conflict": 409,
    "quota": 429,
    "content-filter": 400,
    "context-length": 400,
}


@dataclass(frozen=True, slots=True)
class Failure:
    """`message` is for people; an empty one stands for what the provider usually writes."""

    status: int
    kind: Kind
    message: str = ""


def failure(status: int, message: str = "") -> Failure:
    """The failure that an HTTP status usually means."""
    return Failure(status, _KINDS.get(status, "server" if status >= 500 else "invalid"), message)


def failure_of(kind: Kind, message: str = "") -> Failure:
    """A failure of that kind with the status that most providers give it."""
    return Failure(_STATUSES[kind], kind, message)
