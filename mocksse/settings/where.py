"""Where a word was said, as its writer finds it again: file:line, a variable, a flag, a field of a request.

One way for errors and for `mocksse config`, so that both name the same place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from mocksse.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mocksse.cassette.compose import Path


class Where(Protocol):
    """What leads from a value to where it was said."""

    def at(self, path: Path) -> str:
        """The place of a value, which may be one that is not there."""

    @property
    def names_word(self) -> bool:
        """Whether the place is the word itself, so that an error need not repeat it."""


@dataclass(frozen=True, slots=True)
class InFile:
    """A file and the lines of what stands in it, as far as they are known."""

    name: str
    lines: Mapping[Path, int]
    names_word: bool = False

    def at(self, path: Path) -> str:
        """`mocksse.yaml:7`, of what is not there the line of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return f"{self.name}:{self.lines[path]}" if path in self.lines else self.name


@dataclass(frozen=True, slots=True)
class InWords:
    """Flags or variables, by the names of their words."""

    names: Mapping[str, str]
    names_word: bool = True

    def at(self, path: Path) -> str:
        """`--port` or `MOCKSSE_PORT`."""
        return next((self.names[name] for n in range(len(path), 0, -1) if (name := dotted(path[:n])) in self.names), "")


@dataclass(frozen=True, slots=True)
class InValue:
    """A value that came parsed. `root` stands for the whole of it."""

    root: str
    names_word: bool = True

    def at(self, path: Path) -> str:
        """`$.pacing.speed`, `$.faults[0]`."""
        return self.root + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)


def dotted(path: Path) -> str:
    """The name of a word: `pacing.speed`."""
    return ".".join(str(step) for step in path if isinstance(step, str))


def complaint(where: Where, path: Path, message: str, hint: str = "") -> UsageError:
    """An error about the value at `path`, in one line that begins with its place.

    `message` begins with the word, `speed: ...`, unless it names it otherwise: it is to stand there once.
    """
    place = where.at(path)
    word = next((str(step) for step in reversed(path) if isinstance(step, str)), "")
    if where.names_word and word:
        message = re.sub(rf"^{re.escape(word)}(?:\[\d+\])*: ", "", message)
    return UsageError(f"{place}: {message}" if place else message, hint)
