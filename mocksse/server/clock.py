"""The time as it is, whatever a test in the same process makes of it.

freezegun puts its own functions in place of those of `time`, wherever a module has one as an attribute; time-machine
changes what the system clock and `time.monotonic` tell. So the system clock is read once, when this is first imported.
From then on the time is that moment and what has passed since, by a clock that neither changes. It is kept where
neither looks: in a closure, and out of a `time` module of our own, for a test may have stopped the other one before it
imported us.
"""

from __future__ import annotations

from importlib.util import module_from_spec
from time import __spec__ as _time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.machinery import ModuleSpec


def _clocks() -> tuple[Callable[[], float], Callable[[], float]]:
    time = _apart(_time)
    passed, ticks = time.clock_gettime, time.perf_counter
    # One that goes on while the machine sleeps; on macOS the monotonic one does.
    through_sleep = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    began = time.time() - passed(through_sleep)

    def wall() -> float:
        return float(began + passed(through_sleep))

    def running() -> float:
        return float(ticks())

    return wall, running


def _apart(spec: ModuleSpec) -> Any:
    """A module of the interpreter's, made anew beside the one that all others share."""
    module = module_from_spec(spec)
    if spec.loader is not None:
        spec.loader.exec_module(module)
    return module


wall, running = _clocks()
"""Seconds since 1970; and seconds of a clock that only goes on, and counts from anywhere."""
