"""What a killed recording left: every command that looks at the place says so, and how to get it back."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from mocksse.cli.options import note

if TYPE_CHECKING:
    from collections.abc import Iterable


def find_remains(places: Iterable[str | Path]) -> list[Path]:
    """The partial files in the folders and all that is below, and beside the files, that nobody is writing."""
    from mocksse.cassette.naming import PARTIAL
    from mocksse.record.journal import is_partial, is_running

    found: set[Path] = set()
    for place in map(Path, places):
        found.update(place.rglob(f"*{PARTIAL}") if place.is_dir() else place.parent.glob(f"*{PARTIAL}"))
    return sorted(path for path in found if is_partial(path) and path.is_file() and not is_running(path))


def offer_remains(places: Iterable[str | Path]) -> None:
    """One line for each, on stderr."""
    for path in find_remains(places):
        note(f"an interrupted recording lies in {path}: keep it with  mocksse recover {shlex.quote(str(path))}")
