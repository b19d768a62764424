"""Cassettes from files and folders, in a stable order. Reads; never writes."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mocksse.cassette.load import load
from mocksse.errors import UsageError, nearest
from mocksse.figures import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mocksse.cassette.model import Cassette

ENDINGS = (".yaml", ".yml")
_NAMES = 8
"""Names of interactions that a hint lists."""


@dataclass(frozen=True, slots=True)
class Shelved:
    """A cassette and what it is called: its path relative to the folder it was found in, without the ending.

    No two are called the same: where they would be, the folders above tell them apart, or the ending.
    """

    name: str
    path: Path
    cassette: Cassette


def find(paths: Iterable[str | Path]) -> list[tuple[str, Path]]:
    """The cassette files at `paths`, each with its name. A folder is searched whole; hidden files are left out.

    Raises UsageError where there is none.
    """
    paths = list(paths)
    found: list[tuple[str, Path]] = []
    for given in map(Path, paths):
        if given.is_dir():
            inside = sorted((p for p in given.rglob("*") if p.suffix in ENDINGS and p.is_file()), key=_natural)
            found += [
                (p.relative_to(given).with_suffix("").as_posix(), p)
                for p in inside
                if not any(part.startswith(".") for part in p.relative_to(given).parts)
            ]
        elif given.exists():
            found.append((given.stem if given.suffix in ENDINGS else given.name, given))
        else:
            raise UsageError(f"no such file or folder: {given}", "mocksse record URL makes a cassette in cassettes/")
    if not found:
        raise UsageError(f"no cassettes in {', '.join(map(str, paths))}", "mocksse record URL makes one")
    return _told_apart(list({path.resolve(): (name, path) for name, path in found}.values()))


def _natural(path: Path) -> list[tuple[str, int]]:
    """A key that sorts by numbers as people count: `a`, `a-2`, `a-10`."""
    parts = re.split(r"([0-9]+)", path.with_suffix("").as_posix())
    return [(text, int(number or 0)) for text, number in zip(parts[::2], [*parts[1::2], ""], strict=True)]


def holds_any(folder: Path) -> bool:
    """Whether there is a cassette in the folder, or below it."""
    try:
        return bool(find([folder]))
    except UsageError:
        return False


def _told_apart(found: list[tuple[str, Path]]) -> list[tuple[str, Path]]:
    """The same files under names that are unique."""
    stems = Counter(path.with_suffix("") for _, path in found)
    # Nothing but the ending tells a.yaml from a.yml.
    named = [(name + path.suffix if stems[path.with_suffix("")] > 1 else name, path) for name, path in found]
    for _ in range(max(len(path.parts) for _, path in named)):
        count = Counter(name for name, _ in named)
        named = [(_longer(name, path) if count[name] > 1 else name, path) for name, path in named]
    return named


def _longer(name: str, path: Path) -> str:
    """The name with one more of the folders that its path has, if there is one."""
    above = path.parent.parts
    above = above[: len(above) - name.count("/")]
    return f"{above[-1]}/{name}" if above else name


def shelve(paths: Iterable[str | Path]) -> list[Shelved]:
    """All cassettes at `paths`. Raises CassetteError with file:line at the first that is not valid."""
    return [Shelved(name, path, load(path)) for name, path in find(paths)]


def pick(shelved: Iterable[Shelved], name: str) -> list[Shelved]:
    """These cassettes with only the interactions of that name, or of `file#name`; those that have none are left out.

    Raises UsageError where none of them has one.
    """
    shelved = list(shelved)
    found: list[Shelved] = []
    for item in shelved:
        wanted = tuple(one for one in item.cassette if name in (one.name, f"{item.name}#{one.name}"))
        if wanted:
            found.append(replace(item, cassette=replace(item.cassette, interactions=wanted)))
    if not found:
        known = [one.name for item in shelved for one in item.cassette]
        hint = nearest(name, known) or f"there are {', '.join(known[:_NAMES])}"
        raise UsageError(printable(f"no interaction is called {name}"), printable(hint))
    return found
