"""The time as it is, whatever a test in the same process makes of it.

freezegun puts its own functions in place of the `time` module's, wherever a module has one as an attribute; time-machine
changes what those of the system clock and `time.monotonic` return. So the system clock is read once, when this is first
imported. From then on it is that moment and what has passed since, on a clock that neither knows of, kept where neither
looks: in a closure, and from a `time` module of our own, because a test may have stopped the other before it imported us.
"""

from __future__ import annotations

from importlib.util import find_spec, module_from_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def _clocks() -> tuple[Callable[[], float], Callable[[], float]]:
    time = _unseen("time")
    passed, ticks = time.clock_gettime, time.perf_counter
    # It goes on while the machine sleeps; on macOS the monotonic one does.
    through_sleep = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    began = time.time() - passed(through_sleep)

    def wall() -> float:
        """Seconds since 1970."""
        return float(began + passed(through_sleep))

    return wall, lambda: float(ticks())


def _unseen(name: str) -> Any:
    """A module of the interpreter's own, apart from the one that all others share."""
    spec = find_spec(name)
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


wall, running = _clocks()
"""Seconds since 1970; and seconds of a clock that only goes on, and counts from anywhere."""
