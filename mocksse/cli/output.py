"""`-o FILE` of every command that writes a cassette: what may be written to, said before any work is done."""

from __future__ import annotations

from pathlib import Path

from mocksse.errors import UsageError

FOLDER = Path("cassettes")
"""Where new cassettes go when no -o says."""


def check_output(path: Path | None, *, append: bool, force: bool) -> None:
    """Raises MocksseError where nothing may be written there; an existing file wants --append or --force.

    `path` None: no -o was given.
    """
    from mocksse.cassette.library import ENDINGS
    from mocksse.cassette.load import load

    if append and force:
        raise UsageError("--append and --force: which of them?", "one adds to the file, the other writes over it")
    if path is None:
        if append or force:
            raise UsageError("--append and --force need -o FILE")
        return
    if path.suffix not in ENDINGS:
        raise UsageError(f"-o {path}: a cassette ends in .yaml or .yml", f"use -o {path}.yaml")
    if path.is_dir():
        raise UsageError(f"-o {path}: is a folder", f"use -o {path / 'NAME.yaml'}")
    if path.exists():
        if not append and not force:
            raise UsageError(f"{path} exists", "--append adds to it, --force writes over it")
        if append:
            load(path)  # a broken file is told of before anything is done


def check_name(name: str) -> None:
    """Raises UsageError for a --name that could not be shown."""
    if not name.isprintable():
        raise UsageError("--name: has characters in it that can't be printed")
