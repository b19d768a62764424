"""What the stages that hold bytes back have in common: what waits, and how it is asked for more."""

from __future__ import annotations

from abc import ABC, abstractmethod


class Holding(ABC):
    """A body in pieces, of which the end waits until the next bytes decide."""

    __slots__ = ("_held", "blotted")

    def __init__(self) -> None:
        self._held: bytes | bytearray = b""
        self.blotted = False
        """Whether anything was found so far."""

    @property
    def held(self) -> int:
        """How many bytes wait for the next ones to decide."""
        return len(self._held)

    def feed(self, data: bytes) -> bytes:
        """The bytes that can be let go now, blotted."""
        return self._advance(data, final=False)

    def flush(self) -> bytes:
        """The rest, at the end of the body."""
        return self._advance(b"", final=True)

    @abstractmethod
    def _advance(self, data: bytes, *, final: bool) -> bytes:
        """Take the data in behind what is held, and give what can go. `final`: nothing follows."""
