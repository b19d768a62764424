"""What a killed recording left: every command that looks at the place says so, and how to get it back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mocksse.cli.options import note

if TYPE_CHECKING:
    from collections.abc import Iterable


def find_remains(places: Iterable[str | Path]) -> list[Path]:
    """The partial files in the folders, and beside the files, that nobody is writing any longer."""
    from mocksse.record.journal import SUFFIX, is_running

    folders = {place if place.is_dir() else place.parent for place in map(Path, places)}
    partial = sorted(path for folder in folders if folder.is_dir() for path in folder.glob(f"*{SUFFIX}"))
    return [path for path in partial if not is_running(path)]


def offer_remains(places: Iterable[str | Path]) -> None:
    """One line for each, on stderr."""
    for path in find_remains(places):
        note(f"an interrupted recording lies in {path}: keep it with  mocksse recover {path}")
