"""Gaps as a line of small bars: where a stream hesitated, at a glance.

Drawn by the square root, so that short gaps still show beside a long one.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_BARS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float], width: int) -> str:
    """One character a value; where there are more than `width`, each stands for the largest of several."""
    if not values or width < 1:
        return ""
    size = -(-len(values) // width)
    largest = [max(values[i : i + size]) for i in range(0, len(values), size)]
    most = max(largest)
    return "".join(_BARS[round(sqrt(max(value, 0) / most) * 7) if most > 0 else 0] for value in largest)
