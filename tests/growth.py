"""Linear time, as a ratio: twice the input must not cost four times as much.

CPU time, not the wall's, and the best of several tries: a busy machine can only make the ratio of one try wrong, while
code that is quadratic has a bad ratio in each. The collector waits: what it costs grows with all that other tests left.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

TRIES = 12


def assert_linear(cpu_seconds: Callable[[int], float], size: int, bound: float = 2.5) -> None:
    """`cpu_seconds(n)` runs n units of work and gives what time.process_time() says of it."""
    cpu_seconds(size // 8)
    ratios: list[float] = []
    gc.disable()
    try:
        while not any(ratio < bound for ratio in ratios):
            assert len(ratios) < TRIES, f"time({2 * size}) / time({size}) was {min(ratios):.2f} at best"
            ratios.append(cpu_seconds(2 * size) / max(cpu_seconds(size), 1e-6))
    finally:
        gc.enable()
