"""Secrets, and the streaming blotter that takes every spelling of them out of a body.

What comes out is as long as what went in, differs from it only where a secret was spelt, and is the same however the
body was cut into feeds: `secrets.blot(body)`. Nothing is held back but a tail that could be the start of a secret, and
that only until the next bytes decide. A body that ends inside a secret is blotted as well from 8 bytes of it on: a
stream that breaks off must not give most of a key away.

A blot is made of x, in base64 of the characters that decode to x, so that the text stays valid in its encodings.
"""

from __future__ import annotations

from dataclasses import dataclass

from mocksse.cassette.redact.pattern import MIN_SECRET_BYTES
from mocksse.cassette.redact.spellings import Spellings, spellings


@dataclass(frozen=True, slots=True, repr=False)
class Secrets:
    """Values that must not be written down: the longest first, each once, none shorter than 8 bytes."""

    values: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        kept = {value for value in self.values if len(value) >= MIN_SECRET_BYTES}
        object.__setattr__(self, "values", tuple(sorted(kept, key=lambda value: (-len(value), value))))

    def __repr__(self) -> str:
        # Values get into tracebacks and logs by their repr.
        return f"Secrets({len(self.values)} values)"

    def __bool__(self) -> bool:
        return bool(self.values)

    def blot(self, data: bytes) -> bytes:
        """A whole body with every spelling of every secret blotted; as long as it was."""
        return self._spellings.blot(data, final=True)[0] if self.values else data

    def find(self, data: bytes) -> bool:
        """Whether there is anything to blot in a whole body."""
        return bool(self.values and self._spellings.spans(data, final=True)[0])

    @property
    def _spellings(self) -> Spellings:
        return spellings(self.values)


class Blotter:
    """`Secrets.blot` for a body that comes in pieces."""

    __slots__ = ("_held", "_ink", "_spellings", "blotted")
    what = "a credential"

    def __init__(self, secrets: Secrets) -> None:
        self._spellings = spellings(secrets.values) if secrets else None
        self._held = b""
        self._ink = b""  # what is blotted already of the held bytes, from their start
        self.blotted = False
        """Whether any secret was found so far."""

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

    def _advance(self, data: bytes, *, final: bool) -> bytes:
        if self._spellings is None:
            return data
        data = self._held + data
        blotted, place, self._ink = self._spellings.blot(data, self._ink, final=final)
        self._held = data[place:]
        self.blotted = self.blotted or bool(self._ink) or blotted != data[:place]
        return blotted
