"""Servers to measure, each a process of its own that says where it is."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

CASSETTES = Path(__file__).parent.parent / "cassettes"


@contextmanager
def started(*words: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """`python -m WORDS`, which says its port or a URL with it; and the port."""
    command = [sys.executable, "-m", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout is not None else ""
            yield process, int(line.strip().rpartition(":")[2])
        finally:
            process.terminate()


@contextmanager
def served(*words: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """`mocksse serve WORDS` on a free port."""
    with started("mocksse", "serve", *words, "--port", "0", "--quiet") as found:
        yield found
