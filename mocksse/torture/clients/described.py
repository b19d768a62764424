"""What is said of a client under test: how it is run, what it speaks and can, and how its user points it at mocksse.

Values only. `registry` has all of them.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from mocksse.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

Can = Literal["tools", "ids", "reasoning", "counters", "retry", "reconnect", "raw", "ndjson"]
CAN: Mapping[Can, str] = {
    "tools": "hands on tool calls that come in pieces",
    "ids": "and their ids",
    "reasoning": "hands on reasoning",
    "counters": "tells the API's own counters by their own names",
    "retry": "asks again by itself, and `--retries` says how often",
    "reconnect": "comes back to an event stream that was lost",
    "raw": "its events are those of the stream: type, data, last event id",
    "ndjson": "reads lines of JSON",
}
"""What a client can, in words; a case that needs more is not put before it."""
Language = Literal["Python", "Node", "browser"]
NODE = Path(__file__).parent / "node"
"""The programs of Node, and the package.json that names the versions they are tested with."""
ORIGIN = "http://127.0.0.1:8080"
"""Where the lines for users say that mocksse is."""


@dataclass(frozen=True, slots=True)
class Speaks:
    """One API of a client. `api` as `--api` takes it; `base`: what its base URL has behind the origin.

    `lines` are a user's own, that point the client at mocksse; `ask` streams with it. Both are run by tests.
    `path`: what it asks for behind the origin, where that is not the API's usual path.
    """

    api: str
    call: str
    lines: tuple[str, ...]
    ask: str
    base: str = ""
    can: frozenset[Can] = frozenset()
    path: str = ""

    def url(self, origin: str) -> str:
        """BASE_URL for a server there."""
        return origin + self.base

    def shown(self, origin: str = ORIGIN) -> str:
        """The lines, for a server there."""
        return "\n".join(self.lines).replace("{url}", self.url(origin))


@dataclass(frozen=True, slots=True)
class Client:
    """`program`: a module of this package, or a file of `node/`. `packages`: what has to be installed, the first names
    it; `title`: what its makers call it. `speaks`: its APIs, the default first."""

    name: str
    title: str
    language: Language
    program: str
    packages: tuple[str, ...]
    speaks: tuple[Speaks, ...]

    @property
    def package(self) -> str:
        """The one whose version counts."""
        return self.packages[0]

    @property
    def apis(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(one.api for one in self.speaks)

    def speaking(self, api: str) -> Speaks:
        """One of them. Raises UsageError."""
        for one in self.speaks:
            if one.api == api:
                return one
        raise UsageError(f"{self.name} does not speak {api}", f"it speaks {', '.join(self.apis)}")

    def argv(self) -> tuple[str, ...]:
        """The program, to which the arguments of the contract are added."""
        if self.language == "Node":
            return ("node", str(NODE / self.program))
        return (sys.executable, "-m", f"mocksse.torture.clients.{self.program}")
