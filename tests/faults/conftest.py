"""What tests of faults share: the recorded streams as interactions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from breaking import recording

if TYPE_CHECKING:
    from pathlib import Path

    from mocksse.cassette.model import Interaction


@pytest.fixture(scope="session")
def recorded(streams: Path) -> dict[str, Interaction]:
    """What providers really sent, each body in one chunk, by the name of its file. Skips where there is none."""
    found: dict[str, Interaction] = {}
    for meta in sorted(streams.glob("*/*.meta.json")):
        name = meta.name.removesuffix(".meta.json")
        (body,) = (path for path in meta.parent.glob(f"{name}.*") if path != meta)
        told = json.loads(meta.read_text("utf-8"))
        headers = {key.lower(): value for key, value in told["response_headers"].items()}
        content_type = headers.get("content-type", "text/plain")
        found[name] = recording(body.read_bytes(), path=told["request_path"], content_type=content_type)
    return found
