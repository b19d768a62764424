"""What tests of every layer share."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def streams() -> Path:
    """The folder of recorded streams: MOCKSSE_STREAMS, or shared/streams beside the checkout. Skips where missing."""
    beside = Path(__file__).parents[2] / "shared" / "streams"
    folder = Path(os.environ.get("MOCKSSE_STREAMS", beside))
    if not folder.is_dir():
        pytest.skip("no recorded streams: set MOCKSSE_STREAMS to their folder")
    return folder


def pytest_collection_finish() -> None:
    """Thousands of collected tests are for ever: the collector, which some tests call, need not look at them."""
    gc.collect()
    gc.freeze()
