"""What a suite wants of all its sessions: where cassettes are, at what pace they play, and what fails a test.

Said once, by the fixture `mocksse_config`, by the arguments of `MockServer`, or word by word by a marker.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from mocksse.errors import UsageError, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

PACING = ("speed", "ttft", "gap", "tps", "jitter", "max_gap", "seed")
"""The words of a pace, as `serve` has them."""


def _empty() -> Mapping[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Config:
    """`pacing` has words of PACING as text; without one of speed or gap, everything plays at once."""

    cassette_dir: Path | None = None
    """Where names of cassettes are looked for first."""
    pacing: Mapping[str, str] = field(default_factory=_empty)
    match: Mapping[str, object] = field(default_factory=_empty)
    """The rules of `match:` in a settings file."""
    upstream: Mapping[str, str] = field(default_factory=_empty)
    """Whom to ask when recording: URLs by the prefix of their paths, `""` for all paths."""
    allow_unmatched: bool = False
    """A request that no recording answers fails no test."""
    allow_unused: bool = False
    """A cassette that nobody asked for fails no test."""

    def over(self, words: Mapping[str, Any]) -> Config:
        """This with other words in it: those of Config, and those of PACING. Raises UsageError for one that is none."""
        known = {f.name for f in fields(self)} - {"pacing"}
        given: dict[str, Any] = {}
        for word, value in words.items():
            if word not in known and word not in PACING:
                raise UsageError(f"mocksse: {word!r} is no word of a configuration", nearest(word, (*known, *PACING)))
            if word in known:
                given[word] = value
        if isinstance(folder := given.get("cassette_dir"), str):
            given["cassette_dir"] = Path(folder)
        if isinstance(upstream := given.get("upstream"), str):
            given["upstream"] = {"": upstream}
        return replace(self, **given, pacing=MappingProxyType({**self.pacing, **pacing_words(words)}))


def pacing_words(words: Mapping[str, Any]) -> dict[str, str]:
    """Those of PACING among the words, as text."""
    return {word: str(value) for word, value in words.items() if word in PACING and value is not None}
