"""A call of the control API and what comes of it. Values only; a Problem is raised, and becomes an answer."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mocksse.errors import MocksseError
    from mocksse.server.world import World

PROBLEM = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Call:
    """`path`: the parameters in it. `query`: each name once. `value`: the JSON body; None where there was none.

    `origin`: where the caller reaches the server, such as `http://127.0.0.1:8080`.
    """

    world: World
    origin: str
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    value: Any = None

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """A whole number of the query. Raises Problem."""
        text = self.query.get(name)
        if text is None:
            return default
        if not (text.isascii() and text.isdigit() and len(text) <= 16 and least <= int(text) <= most):
            raise Problem(400, f"{name}: {text[:32]!r} is not a number from {least} to {most}")
        return int(text)

    def flag(self, name: str, *, default: bool) -> bool:
        """`true` or `false` of the query. Raises Problem."""
        text = self.query.get(name, str(default).lower())
        if text not in {"true", "false"}:
            raise Problem(400, f"{name}: {text[:32]!r} is neither true nor false")
        return text == "true"


@dataclass(frozen=True, slots=True)
class Reply:
    """`body` None: nothing but the head. `headers` beside those of the body."""

    status: int
    body: bytes | None = None
    kind: str = "application/json"
    headers: tuple[tuple[bytes, bytes], ...] = ()


def reply(value: object, status: int = 200, *headers: tuple[bytes, bytes]) -> Reply:
    """A value as JSON."""
    return Reply(status, encode(value), headers=headers)


def encode(value: object) -> bytes:
    """JSON as people read it."""
    return json.dumps(value, ensure_ascii=False, indent=1).encode("utf-8", "backslashreplace") + b"\n"


class Problem(Exception):  # noqa: N818 - RFC 9457's own noun
    """Why a call can't be done: RFC 9457's problem details."""

    def __init__(self, status: int, detail: str, hint: str = "", *headers: tuple[bytes, bytes]) -> None:
        super().__init__(detail)
        self.status, self.detail, self.hint, self.headers = status, detail, hint, headers

    @classmethod
    def of(cls, error: MocksseError, status: int = 422) -> Problem:
        """What was said is understood, and can't be."""
        return cls(status, error.message, error.hint)

    @property
    def reply(self) -> Reply:
        """As it goes out."""
        from http import HTTPStatus

        value = {"type": "about:blank", "title": HTTPStatus(self.status).phrase, "status": self.status}
        value["detail"] = self.detail
        if self.hint:
            value["hint"] = self.hint
        return Reply(self.status, encode(value), PROBLEM, self.headers)
