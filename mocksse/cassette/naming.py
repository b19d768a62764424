"""What a recording is called when nobody said: after the API and what was asked, so that a folder reads well."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from mocksse.cassette.match import last_user_message, parse_json
from mocksse.providers import registry

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mocksse.cassette.model import Request

PARTIAL = ".partial"
"""What a cassette's name ends in, behind its own ending, while it is being recorded."""
_WORDS = 6
_LENGTH = 48


def slug(text: str) -> str:
    """Lower-case words of ASCII with hyphens between; an empty string where there are none."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain.lower())[:_WORDS]
    return "-".join(words)[:_LENGTH].strip("-")


def interaction_name(request: Request) -> str:
    """After the last thing the user said, else the API, else the path. `request` is redacted already."""
    return slug(last_user_message(parse_json(request.body))) or _api_name(request.path) or "recording"


def file_name(request: Request) -> str:
    """After API and prompt, without an ending."""
    said = slug(last_user_message(parse_json(request.body)))
    return "-".join(filter(None, (_api_name(request.path), said))) or "recording"


def free_file(folder: Path, name: str) -> Path:
    """The path of a new cassette in the folder; where another is being recorded under the name, that is taken too."""

    def is_taken(stem: str) -> bool:
        path = folder / f"{stem}.yaml"
        return path.exists() or path.with_name(path.name + PARTIAL).exists()

    return folder / f"{free_name(name, is_taken)}.yaml"


def free_name(name: str, is_taken: Callable[[str], bool]) -> str:
    """The name, or the first of `name-2`, `name-3`... that is not taken."""
    found, number = name, 1
    while is_taken(found):
        number += 1
        found = f"{name}-{number}"
    return found


def _api_name(path: str) -> str:
    api = registry.detect(path)
    return api.name if api is not None else slug(path.partition("?")[0])
