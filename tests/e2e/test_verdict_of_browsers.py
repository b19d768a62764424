"""The verdict on Chromium's EventSource, which does well, and on a page that opens another one at every error."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from eventsource import PATIENCE, listen
from served import Serving, serving

from mocksse.cassette.load import loads
from mocksse.server.clock import wall
from mocksse.server.verdict import explain, findings
from mocksse.torture.clients.chromium_eventsource import EventSourceOptions, blank_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.long

FEED = b"""
path: /feed
stream: [{id: "1", data: a}, {id: "2", data: b}, {id: "3", data: c}, {id: "4", data: d}, {id: "5", data: e}]
"""
BROKEN = {
    "closed": "retry wait=300ms; fin-mid-chunk at=event:2 times=3",
    "reset": "retry wait=300ms; reset at=event:2 times=3",
    "without events": "retry wait=300ms; reset at=head times=3",
    "ended": "retry wait=300ms; truncate at=event:2 times=3",
    "refused": "status 503 after=1; fin-mid-chunk at=event:2 times=1",
    "told to stop": "status 204 after=1; fin-mid-chunk at=event:2 times=1",
    "ids that are cleared": "retry wait=300ms; nul-in-id; fin-mid-chunk at=event:2 times=3",
}
TWICE = """(url) => { const open = () => { new EventSource(url).onerror = open; }; open(); }"""


@pytest.mark.parametrize("how", BROKEN)
def test_chromium_is_not_blamed(browser: Browser, how: str) -> None:
    # A reset takes with it what a busy browser has not read yet, ids too: what it does by itself it does each time.
    for _ in range(3 if "reset" in BROKEN[how] else 1):
        with serving(*loads(FEED).interactions, faults=BROKEN[how]) as server:
            listen(browser, f"http://127.0.0.1:{server.port}/feed", errors=4)
            _settled(server)
            records = tuple(server.session.journal)
        assert len(records) > 1
        found = findings(records)
        if not found:
            break
    assert found == [], explain(found)


def test_a_page_that_opens_another_one_at_every_error(browser: Browser) -> None:
    with serving(
        *loads(FEED).interactions, faults="retry wait=300ms; fin-mid-chunk at=event:2 times=1; hang at=event:3 after=1"
    ) as server:
        url = f"http://127.0.0.1:{server.port}/feed"
        with blank_page(browser, EventSourceOptions(base_url=url, api="", headers=())) as page:
            page.evaluate(TWICE, url)
            until = time.monotonic() + PATIENCE
            while server.app.active < 2:
                assert time.monotonic() < until
                page.wait_for_timeout(10)
            found = findings(server.session.journal, now=wall() + 1)
    assert [(one.check, one.severity, one.requests) for one in found] == [("parallel-sockets", "fail", (2, 3))]


def _settled(server: Serving) -> None:
    """Until the browser's last connection is known to be gone."""
    until = time.monotonic() + PATIENCE
    while server.app.active:
        assert time.monotonic() < until
        time.sleep(0.01)
