"""The recordings that come with the package: in a wheel beside the code, in a checkout beside the package."""

from __future__ import annotations

from pathlib import Path

import mocksse


def shipped() -> Path:
    """The folder of them."""
    package = Path(mocksse.__file__).parent
    inside = package / "cassettes"
    return inside if inside.is_dir() else package.parent / "cassettes"
