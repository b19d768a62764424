"""How wide what is printed may be."""

from __future__ import annotations

import sys
from shutil import get_terminal_size


def width() -> int:
    """Columns of the terminal; into a file or a pipe nothing is cut off."""
    return get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 10_000
