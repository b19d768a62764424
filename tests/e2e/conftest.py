"""What end-to-end tests share: one Chromium a module."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from clients import needs

from mocksse.torture.clients import chromium_eventsource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def chromium() -> None:
    """For tests of a browser: skips them where there is none, or no playwright."""
    needs("chromium-eventsource")


# Not for the session: while playwright runs, no other test of this thread may have an event loop of its own.
@pytest.fixture(scope="module")
def browser(chromium: None) -> Iterator[Browser]:
    """A headless Chromium."""
    with chromium_eventsource.browser() as running:
        yield running
