"""Who is put to the test: a command, or one of the clients in the box; the APIs it speaks and what it claims it can."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mocksse.errors import UsageError, nearest
from mocksse.torture.case import APIS, EVENTS
from mocksse.torture.process import Kept, Once, Runner
from mocksse.torture.tapes import EVENTS_PATH

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CAPABILITIES = {
    "tools": "it tells of tool calls",
    "reasoning": "it tells of reasoning",
    "reconnect": "it comes back for a stream of events that broke off",
    "ndjson": "it reads newline-delimited JSON",
}
FOUND = frozenset({"tools", "reasoning"})
"""Those that a clean answer shows."""
_BASES = {"openai-chat": "/v1", "openai-responses": "/v1", EVENTS: EVENTS_PATH}


@dataclass(frozen=True, slots=True)
class Client:
    """One client. `bases`: what comes behind the server's address in its base URL, by API."""

    name: str
    argv: tuple[str, ...]
    apis: tuple[str, ...] = APIS
    kept: bool = False
    """It has `--serve`."""
    can: frozenset[str] = frozenset()
    bases: Mapping[str, str] = field(default_factory=lambda: dict(_BASES))
    said: str = ""
    """The words on the command line that mean it."""

    def runner(self) -> Runner:
        """What gives its answers."""
        return Kept(self.argv) if self.kept else Once(self.argv)

    def base(self, api: str) -> str:
        """What comes behind the server's address."""
        return self.bases.get(api, "")


def of_command(command: str, can: Iterable[str] = ()) -> Client:
    """A user's own. Raises UsageError for a command that can't be one."""
    try:
        argv = tuple(shlex.split(command))
    except ValueError as error:
        raise UsageError(f"--exec: {error}", "close the quotes") from None
    if not any("{url}" in part for part in argv):
        raise UsageError("--exec has no {url}: the client could not know where to go", "such as 'python my_client.py {url}'")
    return Client(shlex.split(command)[0], argv, can=claimed(can), said=f"--exec {shlex.quote(command)}")


def claimed(words: Iterable[str]) -> frozenset[str]:
    """Capabilities by name, separated by commas too. Raises UsageError for one that is none."""
    found = {word.strip() for text in words for word in text.split(",") if word.strip()}
    for word in sorted(found - CAPABILITIES.keys()):
        raise UsageError(f"--can {word}: no such capability", nearest(word, CAPABILITIES) or f"one of {', '.join(CAPABILITIES)}")
    return frozenset(found)
