"""A finished, recovered or imported recording goes into its cassette: one after the other, however many end together.

To add to a file is to read it and to write it anew; two who do that together would lose what one of them added.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from mocksse.cassette import save
from mocksse.cassette.model import Cassette, Interaction
from mocksse.cassette.naming import free_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def keep(path: Path, interaction: Interaction, *, replace: bool = False) -> Interaction:
    """Add to the cassette at `path`, or with `replace` write over it; gives the interaction under its name there.

    Raises MocksseError; the file is then as it was.
    """
    with _alone_in(path.parent):
        if replace:
            save.write(path, Cassette((interaction,)))
            return interaction
        return save.append(path, interaction)


def keep_new(path: Path, interaction: Interaction) -> Path:
    """Into a cassette of its own: at `path`, or under a free name like it where something lies there by then.

    Raises MocksseError; nothing is there then that was not before.
    """
    with _alone_in(path.parent):
        free = free_file(path.parent, path.stem) if path.exists() else path
        save.write(free, Cassette((interaction,)))
        return free


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Nobody else writes a cassette of the folder meanwhile. A file system without locks goes without."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        handle = None  # saving will say why
    try:
        if handle is not None:
            with suppress(OSError):
                fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        if handle is not None:
            os.close(handle)
