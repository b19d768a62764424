"""What a command wrote: cassettes and other files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mocksse.cassette.load import load

if TYPE_CHECKING:
    from mocksse.cassette.model import Interaction


def only(path: str | Path) -> Interaction:
    (interaction,) = load(Path(path))
    return interaction


def names(path: str | Path) -> list[str]:
    return [interaction.name for interaction in load(Path(path))]


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
