"""All that is blotted out of a text, one kind of thing behind the other, as it comes in.

Each stage gives as many bytes as it got, holds back only what it can't decide yet, and gives the same in whatever
pieces the text comes; so does the chain of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from mocksse.cassette.redact.blot import Blotter
from mocksse.cassette.redact.fields import FieldBlotter
from mocksse.cassette.redact.paths import PathBlotter
from mocksse.cassette.redact.patterns import PatternBlotter
from mocksse.cassette.redact.shapes import account_blotters, key_blotter

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mocksse.cassette.redact.blot import Secrets
    from mocksse.cassette.redact.rules import Rules


class Stage(Protocol):
    """One kind of thing that is blotted."""

    @property
    def what(self) -> str:
        """What it looks for, or found, in words: never the thing itself."""

    @property
    def held(self) -> int:
        """How many bytes wait."""

    @property
    def blotted(self) -> bool:
        """Whether any was found so far."""

    def feed(self, data: bytes) -> bytes:
        """The bytes that can be let go now."""

    def flush(self) -> bytes:
        """The rest, at the end."""


class Chain:
    """Stages one behind the other: each gets what the one before it lets go."""

    def __init__(self, stages: Iterable[Stage]) -> None:
        self.stages = tuple(stages)

    @property
    def held(self) -> int:
        """How many bytes wait for the next ones to decide."""
        return sum(stage.held for stage in self.stages)

    @property
    def blotted(self) -> bool:
        """Whether any stage found something so far."""
        return any(stage.blotted for stage in self.stages)

    @property
    def unchecked(self) -> bool:
        """Whether there was something that a stage could not look into."""
        return any(stage.unchecked for stage in self.stages if isinstance(stage, PathBlotter))

    @property
    def what(self) -> str:
        """What was found so far, in words."""
        return "; ".join(stage.what for stage in self.stages if stage.blotted)

    def feed(self, data: bytes) -> bytes:
        """The bytes that can be let go now, blotted."""
        for stage in self.stages:
            data = stage.feed(data)
        return data

    def flush(self) -> bytes:
        """The rest, at the end of the text."""
        data = b""
        for stage in self.stages:
            data = stage.feed(data) + stage.flush()
        return data

    def whole(self, data: bytes) -> bytes:
        """A text that is all there; to be used once."""
        return self.feed(data) + self.flush()


def body_stages(secrets: Secrets, rules: Rules, content_type: str) -> list[Stage]:
    """All that is blotted out of a body."""
    return [*secret_stages(secrets, rules, content_type), *identity_stages()]


def secret_stages(secrets: Secrets, rules: Rules, content_type: str) -> list[Stage]:
    """What must not be written down: credentials, keys of known kinds, and what a user's rules name."""
    stages: list[Stage] = [Blotter(secrets)] if secrets else []
    stages.append(key_blotter())
    if rules.jsonpaths:
        stages.append(PathBlotter(rules.jsonpaths, content_type))
    stages += map(PatternBlotter, rules.patterns)
    return stages


def identity_stages() -> list[Stage]:
    """What tells who asked, and opens nothing."""
    return [FieldBlotter(), *account_blotters()]


def blot_text(data: bytes, secrets: Secrets, rules: Rules) -> bytes:
    """What is no body, a header's value, a reason phrase, a URL or a name, blotted; as long as it was."""
    stages: list[Stage] = [Blotter(secrets)] if secrets else []
    return Chain([*stages, key_blotter(), *map(PatternBlotter, rules.patterns)]).whole(data)
