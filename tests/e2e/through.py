"""What tests of record-through share: an upstream with an answer for each path, and who asks."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from served import PATIENCE, Client
from upstreams import Upstream, events

from mocksse.cassette.load import load

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from pathlib import Path

    from served import Answer

    from mocksse.cassette.model import Interaction


class Paths(Upstream):
    """Answers a path with the bytes, or by the script, that `on` has for it, and any other with one event."""

    def __init__(self) -> None:
        super().__init__(self._answer)
        self.on: dict[str, bytes | Callable[[socket.socket, bytes], None]] = {}

    def _answer(self, sock: socket.socket, request: bytes) -> None:
        path = request.split(b" ", 2)[1].decode().partition("?")[0]
        found = self.on.get(path, events("upstream"))
        if isinstance(found, bytes):
            sock.sendall(found)
        else:
            found(sock, request)

    @property
    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [request.split(b" ", 2)[1].decode() for request in self.requests]


def ask(port: int, target: str, method: str = "GET", *headers: str, body: bytes = b"", version: str = "1.1") -> Answer:
    """One request on a connection of its own."""
    with Client(port) as client:
        client.ask(target, method, *headers, body=body, version=version)
        return client.answer(method)


def until(true: Callable[[], bool], what: str = "") -> None:
    """Wait until it is so."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.005)


def recordings(folder: Path, count: int) -> list[Interaction]:
    """What was recorded into a folder, once that many cassettes are there and nothing is on its way."""
    until(lambda: len(files(folder)) == count and not list(folder.glob("*.partial")), f"{count} cassettes")
    return [interaction for path in files(folder) for interaction in load(path)]


def files(folder: Path) -> list[Path]:
    """The cassettes in a folder."""
    return sorted(folder.glob("*.yaml"))


def recording(folder: Path, path: str) -> Interaction:
    """The one recording of that path, once it is there."""

    def found() -> list[Interaction]:
        there = [interaction for file in files(folder) for interaction in load(file)]
        return [interaction for interaction in there if interaction.request.path == path]

    until(lambda: len(found()) > 0, f"a recording of {path}")
    (one,) = found()
    return one
