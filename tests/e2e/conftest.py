"""What end-to-end tests share: one Chromium a module."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NoReturn

import pytest

from mocksse.torture.clients import chromium_eventsource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser


def missing(reason: str) -> NoReturn:
    """Skip, or fail where MOCKSSE_REQUIRE_CHROMIUM=1."""
    if os.environ.get("MOCKSSE_REQUIRE_CHROMIUM") == "1":
        pytest.fail(f"MOCKSSE_REQUIRE_CHROMIUM=1, and {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def chromium() -> None:
    """For tests of a browser: skips them where there is none, or no playwright."""
    try:
        import playwright  # noqa: F401
    except ImportError:
        missing("playwright is not installed")
    if chromium_eventsource.executable() is None:
        missing(f"none of {', '.join(chromium_eventsource.NAMES)} is on the PATH")


# Not for the session: while playwright runs, no other test of this thread may have an event loop of its own.
@pytest.fixture(scope="module")
def browser(chromium: None) -> Iterator[Browser]:
    """A headless Chromium."""
    with chromium_eventsource.browser() as running:
        yield running
