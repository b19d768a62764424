"""A cassette onto the disk: written beside the old one, read back, compared, and only then put in its place."""

from __future__ import annotations

import contextlib
import os
import re
from dataclasses import replace
from pathlib import Path

from mocksse import limits
from mocksse.cassette.dump import SCHEMA_NAME, dump_interaction, dumps
from mocksse.cassette.load import loads, read
from mocksse.cassette.model import Cassette, Interaction
from mocksse.cassette.naming import free_name
from mocksse.errors import MocksseError, UpstreamError


def append(path: Path, interaction: Interaction) -> Interaction:
    """Add to the file at `path`, or begin it; gives the interaction under the name it has there.

    What people wrote in the file (comments, order, spelling) stays, where the list of interactions is its last part and
    not in brackets; else the file is written anew. Raises MocksseError; the file is then as it was.
    """
    if not path.exists():
        write(path, Cassette((interaction,)))
        return interaction
    raw = read(path)
    old = loads(raw, str(path))
    interaction = replace(interaction, name=free_name(interaction.name, {i.name for i in old}.__contains__))
    new = replace(old, interactions=(*old.interactions, interaction))
    grown = _grown(raw.decode(), interaction).encode()
    try:
        kept = loads(grown) == new
    except MocksseError:
        kept = False
    if kept:
        _refuse_large(path, grown)
        _replace(path, grown)
    else:
        write(path, new)
    return interaction


def write(path: Path, cassette: Cassette) -> None:
    """Write the whole file, over whatever is there. Raises MocksseError; an old file is then as it was."""
    data = dumps(cassette, schema=path.with_name(SCHEMA_NAME).is_file()).encode()
    _refuse_large(path, data)
    if loads(data, str(path)) != cassette:
        raise MocksseError(f"{path}: what was written does not read back the same", "this is a bug of mocksse")
    _replace(path, data)


def _grown(text: str, interaction: Interaction) -> str:
    """The text with one more item of its list, indented and with line ends as the others are."""
    indent = min(map(len, re.findall(r"^( *)- ", text, re.MULTILINE)), default=2)
    added = dump_interaction(interaction, indent)
    if "\r\n" in text:
        added = added.replace("\n", "\r\n")
    return text + ("" if text.endswith("\n") else "\n") + added


def _refuse_large(path: Path, data: bytes) -> None:
    if len(data) > limits.MAX_CASSETTE_BYTES:
        mib = limits.MAX_CASSETTE_BYTES // limits.MIB
        raise MocksseError(f"{path}: would be larger than {mib} MiB", "use another file")


def _replace(path: Path, data: bytes) -> None:
    target = Path(os.path.realpath(path))  # a link stays, and what it points to is written
    beside = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(OSError):
            _remove_stale(target)
        with beside.open("wb") as file:
            with contextlib.suppress(OSError):
                os.fchmod(file.fileno(), target.stat().st_mode & 0o777)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    except OSError as error:
        raise UpstreamError(f"{path}: can't write: {error.strerror}", "choose another place") from None
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()  # there only if it did not get into its place
    with contextlib.suppress(OSError):
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # the new name itself
        finally:
            os.close(folder)


def _remove_stale(target: Path) -> None:
    """What writers of the same file left beside it that were killed at it."""
    name = re.compile(rf"\.{re.escape(target.name)}\.([1-9][0-9]{{0,9}})\.tmp")
    for path in target.parent.iterdir():
        if (found := name.fullmatch(path.name)) and not _is_alive(int(found[1])):
            path.unlink(missing_ok=True)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True  # somebody else's, or no process at all: not ours to judge
    return True
