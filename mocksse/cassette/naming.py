"""What a recording is called when nobody said: after the API and what was asked, so that a folder reads well."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from mocksse.cassette.match import last_user_message, parse_json
from mocksse.providers import registry

if TYPE_CHECKING:
    from pathlib import Path

    from mocksse.cassette.model import Request

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


def free_file(folder: Path, request: Request) -> Path:
    """A new file's path in the folder, named after API and prompt."""
    said = slug(last_user_message(parse_json(request.body)))
    stem = "-".join(filter(None, (_api_name(request.path), said))) or "recording"
    path, number = folder / f"{stem}.yaml", 1
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}.yaml"
    return path


def _api_name(path: str) -> str:
    api = registry.detect(path)
    return api.name if api is not None else slug(path.partition("?")[0])
