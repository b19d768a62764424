"""Chromium's own EventSource on the feed: a page of the server's own origin hears what happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from served import Serving, serving

from mocksse.cassette.load import loads

if TYPE_CHECKING:
    from playwright.sync_api import Browser

TAPE = b"interactions: [{name: a, path: /a, stream: [{data: one}]}]"
LISTEN = """
(asks) => new Promise((resolve) => {
  const seen = [];
  const source = new EventSource("/__mocksse/events");
  source.onopen = () => { for (const url of asks) fetch(url); };
  source.onerror = () => resolve({seen, state: source.readyState});
  for (const type of ["request", "done"])
    source.addEventListener(type, (e) => {
      seen.push([type, JSON.parse(e.data).session, e.lastEventId]);
      if (seen.length === 2 * asks.length) { source.close(); resolve({seen, state: "heard"}); }
    });
})
"""
FOREIGN = """
(url) => new Promise((resolve) => {
  const source = new EventSource(url);
  source.onopen = () => resolve("open");
  source.onerror = () => resolve(source.readyState);
})
"""
CLOSED = 2


def page_of(browser: Browser, server: Serving, path: str) -> Any:
    page = browser.new_page()
    page.goto(f"http://127.0.0.1:{server.port}{path}")
    return page


def test_a_page_of_the_server_hears_what_happens(browser: Browser) -> None:
    with serving(*loads(TAPE)) as server:
        page = page_of(browser, server, "/__mocksse/docs")
        heard = page.evaluate(LISTEN, ["/a"])
        assert heard == {"seen": [["request", "default", "1"], ["done", "default", "2"]], "state": "heard"}
        page.close()


def test_a_page_of_another_origin_does_not(browser: Browser) -> None:
    with serving(*loads(TAPE)) as server, serving(*loads(TAPE)) as other:
        page = page_of(browser, other, "/__mocksse/docs")
        assert page.evaluate(FOREIGN, f"http://127.0.0.1:{server.port}/__mocksse/events") == CLOSED
        page.close()


def test_the_documents_page_needs_nothing_but_itself(browser: Browser) -> None:
    with serving(*loads(TAPE)) as server:
        asked: list[str] = []
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"http://127.0.0.1:{server.port}/__mocksse/docs")
        assert asked == [f"http://127.0.0.1:{server.port}/__mocksse/docs"]
        assert page.evaluate("document.scripts.length") == 0
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        for width in (1200, 380):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate(wide) is False, "nothing is cut off at the side"
        page.close()
