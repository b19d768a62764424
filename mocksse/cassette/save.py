"""A cassette onto the disk: written beside the old one, read back, compared, and only then put in its place."""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace
from typing import TYPE_CHECKING

from mocksse import limits
from mocksse.cassette.dump import SCHEMA_NAME, dump_interaction, dumps
from mocksse.cassette.load import load, loads
from mocksse.cassette.model import Cassette, Interaction
from mocksse.errors import MocksseError, UpstreamError

if TYPE_CHECKING:
    from pathlib import Path


def append(path: Path, interaction: Interaction) -> Interaction:
    """Add to the file at `path`, or begin it; gives the interaction under the name it has there.

    What people wrote in the file (comments, order, spelling) stays. Raises MocksseError; the file is then as it was.
    """
    if not path.exists():
        write(path, Cassette((interaction,)))
        return interaction
    old = load(path)
    interaction = replace(interaction, name=free_name(interaction.name, {i.name for i in old}))
    new = replace(old, interactions=(*old.interactions, interaction))
    text = path.read_text("utf-8-sig")
    grown = text + ("" if text.endswith("\n") else "\n") + dump_interaction(interaction)
    try:
        same = loads(grown.encode()) == new
    except MocksseError:
        same = False  # not a list at the end of the file, or indented otherwise
    _replace(path, grown if same else dumps(new, schema=_has_schema(path)), new)
    return interaction


def write(path: Path, cassette: Cassette) -> None:
    """Write the whole file, over whatever is there. Raises MocksseError; an old file is then as it was."""
    _replace(path, dumps(cassette, schema=_has_schema(path)), cassette)


def free_name(name: str, taken: set[str]) -> str:
    """The name, or the first of `name-2`, `name-3`... that is not taken."""
    found, number = name, 1
    while found in taken:
        number += 1
        found = f"{name}-{number}"
    return found


def _has_schema(path: Path) -> bool:
    return path.with_name(SCHEMA_NAME).is_file()


def _replace(path: Path, text: str, cassette: Cassette) -> None:
    data = text.encode()
    if len(data) > limits.MAX_CASSETTE_BYTES:
        mib = limits.MAX_CASSETTE_BYTES // limits.MIB
        raise MocksseError(f"{path}: would be larger than {mib} MiB", "use another file with -o")
    if loads(data, str(path)) != cassette:
        raise MocksseError(f"{path}: what was written does not read back the same", "this is a bug of mocksse")
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise UpstreamError(f"{path}: can't write: {error.strerror}", "choose another place with -o") from None
    with contextlib.suppress(OSError):
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # the new name itself
        finally:
            os.close(folder)
