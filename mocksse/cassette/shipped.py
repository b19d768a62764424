"""The recordings that come with the package: beside the code in a wheel, in a checkout where the repository has them."""

from __future__ import annotations

from pathlib import Path

import mocksse


def shipped() -> Path:
    """The folder of them."""
    package = Path(mocksse.__file__).parent
    inside = package / "cassettes"
    return inside if inside.is_dir() else package.parent / "cassettes"
