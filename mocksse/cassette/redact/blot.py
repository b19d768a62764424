"""Secrets, and the streaming blotter that takes every spelling of them out of a body.

What comes out is as long as what went in, differs from it only where a secret was spelt, and is the same however the
body was cut into feeds: `secrets.blot(body)`. Nothing is held back but a tail that could be the start of a secret, and
that only until the next bytes decide. A body that ends inside a secret is blotted as well from 8 bytes of it on: a
stream that breaks off must not give most of a key away.

A blot is made of x, in base64 of the characters that decode to x, so that the text stays valid in its encodings.
"""

from __future__ import annotations

from dataclasses import dataclass

from mocksse.cassette.redact.holding import Holding
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


class Blotter(Holding):
    """`Secrets.blot` for a body that comes in pieces."""

    __slots__ = ("_ink", "_spellings")
    what = "a credential"

    def __init__(self, secrets: Secrets) -> None:
        super().__init__()
        self._spellings = spellings(secrets.values) if secrets else None
        self._ink = b""  # what is blotted already of the held bytes, from their start

    def _advance(self, data: bytes, *, final: bool) -> bytes:
        if self._spellings is None:
            return data
        data = bytes(self._held + data)
        blotted, place, self._ink = self._spellings.blot(data, self._ink, final=final)
        self._held = data[place:]
        self.blotted = self.blotted or bool(self._ink) or blotted != data[:place]
        return blotted
