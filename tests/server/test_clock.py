"""The server's clock goes on, whatever a test in the same process makes of the time."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from mocksse.server import clock

STOPPED = """
import sys, time
real = time.perf_counter()
{stop}
from mocksse.server import clock
began, at = clock.running(), clock.wall()
while clock.running() - began < 0.01:
    pass
assert 0.009 <= clock.wall() - at < 60, (at, clock.wall())
"""
STOPS = {
    "functions put in their place": "for name in ('time', 'monotonic', 'perf_counter', 'time_ns', 'monotonic_ns', "
    "'perf_counter_ns'):\n    setattr(time, name, lambda: 1000)",
    "before it is loaded, and after": "import mocksse.server\nfrozen = lambda: 0.0\n"
    "for module in list(sys.modules.values()):\n"
    "    for name, value in list(vars(module).items()):\n"
    "        if value in (time.time, time.monotonic, time.perf_counter):\n"
    "            setattr(module, name, frozen)",
}


def test_it_tells_the_time() -> None:
    assert abs(clock.wall() - time.time()) < 1
    assert clock.running() <= clock.running()


@pytest.mark.parametrize("how", STOPS)
def test_it_goes_on_where_the_time_was_stopped_before_it_was_loaded(how: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", STOPPED.format(stop=STOPS[how])],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr


def test_it_goes_on_where_every_module_gets_another_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """As freezegun does it: wherever an attribute of a module is one of the clocks."""
    clocks = {id(getattr(time, name)) for name in ("time", "monotonic", "perf_counter", "perf_counter_ns")}
    for module in list(sys.modules.values()):
        for name, value in list(getattr(module, "__dict__", {}).items()):
            if id(value) in clocks and module.__name__.startswith("mocksse"):
                monkeypatch.setattr(module, name, lambda: 0.0)
    began = clock.running()
    while clock.running() == began:
        pass
    assert clock.wall() > 1e9
