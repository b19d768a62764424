"""What tests of every layer share."""

from __future__ import annotations

import gc
import os
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# The suite is the same on every run; MOCKSSE_LONG=1 looks for what is new. No law fails because the machine is busy.
_PATIENT = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("suite", max_examples=70, derandomize=True, **_PATIENT)
settings.register_profile("long", max_examples=1000, **_PATIENT)
settings.load_profile("long" if os.environ.get("MOCKSSE_LONG") == "1" else "suite")

_LONG_S = 300
"""Until a test of the longer half is taken to hang."""


def pytest_configure() -> None:
    """Whoever started the tests in the background, or with nohup, has them ignore signals, and what is ignored is
    inherited: the programs under test are to hear them."""
    heard = {signal.SIGINT: signal.default_int_handler, signal.SIGQUIT: signal.SIG_DFL, signal.SIGHUP: signal.SIG_DFL}
    for number, handler in heard.items():
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, handler)


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: much of the suite waits for a socket, at the pace of a recording."""
    return len(os.sched_getaffinity(0)) + 1 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session")
def streams() -> Path:
    """The folder of recorded streams: MOCKSSE_STREAMS, or shared/streams beside the checkout. Skips where missing."""
    beside = Path(__file__).parents[2] / "shared" / "streams"
    folder = Path(os.environ.get("MOCKSSE_STREAMS", beside))
    if not folder.is_dir():
        pytest.skip("no recorded streams: set MOCKSSE_STREAMS to their folder")
    return folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longer half works for long, on a busy machine much longer; what hangs is still ended."""
    for item in items:
        if item.get_closest_marker("long") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(_LONG_S))


def pytest_collection_finish() -> None:
    """Thousands of collected tests are for ever: the collector, which some tests call, need not look at them."""
    gc.collect()
    gc.freeze()
