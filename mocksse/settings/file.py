"""The settings file: which one it is, and its value with the lines of what stands in it.

`mocksse.yaml` or `[tool.mocksse]` of `pyproject.toml`, in the current folder and nowhere above; both at once is an
error, because one would be ignored in silence. YAML goes through the cassettes' own guarded reader.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mocksse import limits
from mocksse.cassette.compose import compose, line_at
from mocksse.errors import UsageError
from mocksse.settings.where import InFile

if TYPE_CHECKING:
    from pathlib import Path

    from mocksse.cassette import compose as yaml

NAME = "mocksse.yaml"
PROJECT = "pyproject.toml"


@dataclass(frozen=True, slots=True)
class Found:
    """A settings file as it was read. `value` is not yet looked at."""

    path: Path
    value: object
    where: InFile


def read_settings(folder: Path, named: Path | None) -> Found | None:
    """The file that is `named`, or else the one in the folder; None where there is none.

    Raises UsageError or CassetteError, both with file:line.
    """
    if named is not None:
        found = _toml(named) if named.suffix == ".toml" else _yaml(named)
        if found is None:
            raise UsageError(f"{named}: no [tool.mocksse] in it", f"write it, or name another file than {named.name}")
        return found
    project = folder / PROJECT
    told = _toml(project) if project.is_file() else None
    own = folder / NAME
    if not own.is_file():
        if (other := own.with_suffix(".yml")).is_file():
            raise UsageError(f"{other}: settings are in {NAME}", f"rename it, or say --config {other}")
        return told
    if told is not None:
        raise UsageError(f"{own} and [tool.mocksse] of {project} are both there", "keep one, or name one by --config")
    return _yaml(own)


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(limits.MAX_SETTINGS_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{path}: can't be read: {error.strerror}", "--config names the settings file") from None
    if len(raw) > limits.MAX_SETTINGS_BYTES:
        raise UsageError(f"{path}:1: larger than settings may be: {limits.MAX_SETTINGS_BYTES // limits.MIB} MiB")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{path}:{line}: not UTF-8", "save the file as UTF-8") from None


def _yaml(path: Path) -> Found:
    text = _read(path)
    places: dict[yaml.Path, int] = {}
    value = compose(text, str(path), places=places, plain=True)
    lines = {at: line_at(text, index) for at, index in places.items()}
    return Found(path, {} if value is None else value, InFile(str(path), lines))


def _toml(path: Path) -> Found | None:
    """The `[tool.mocksse]` of a TOML file; None where it has none."""
    text = _read(path)
    if "mocksse" not in text:
        return None  # not ours: what is wrong with it is not ours either
    import tomllib

    try:
        value: Any = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also for a number that is too long
        found = re.search(r"^(.*) \(at (?:line (\d+).*|end of document)\)$", f"{error}")
        line = (found[2] if found else None) or str(text.count("\n") + 1)
        raise UsageError(f"{path}:{line}: not TOML: {found[1] if found else error}") from None
    tool = value.get("tool")
    if not isinstance(tool, dict) or "mocksse" not in tool:
        return None
    return Found(path, tool["mocksse"], InFile(str(path), _lines(text, tool["mocksse"])))


def _lines(text: str, value: object) -> dict[yaml.Path, int]:
    """The lines of the words, as far as they can be seen: a word stands where its key is, below its table's heading.

    TOML's reader tells no lines. What is spelt otherwise (dotted keys, say) has the line of its table.
    """
    lines: dict[yaml.Path, int] = {}
    table: yaml.Path | None = None
    for number, line in enumerate(text.split("\n"), 1):
        if heading := re.match(r"\s*\[\s*([^\[\]]+?)\s*\]", line):
            steps = tuple(part.strip().strip("\"'") for part in heading[1].split("."))
            table = steps[2:] if steps[:2] == ("tool", "mocksse") else None
            if table is not None:
                lines.setdefault(table, number)
        elif table is not None and (key := re.match(r"\s*[\"']?([\w./-]+)[\"']?\s*=", line)):
            lines.setdefault((*table, key[1]), number)
    return {path: number for path, number in lines.items() if _is_there(value, path)}


def _is_there(value: Any, path: yaml.Path) -> bool:
    for step in path:
        if not isinstance(value, dict) or step not in value:
            return False
        value = value[step]
    return True
