"""A page of another origin in a real browser: EventSource and fetch both stream what was recorded.

Skips where there is no Chromium, or no playwright; with MOCKSSE_REQUIRE_CHROMIUM=1 it fails instead.
"""

from __future__ import annotations

import functools
import http.server
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from served import ServeProcess

from mocksse.cassette.load import load
from mocksse.wire import sse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from mocksse.cassette.model import Interaction

CASSETTES = Path(__file__).parents[2] / "cassettes"
LISTEN = """
([url, types]) => new Promise((resolve) => {
  const events = [];
  const source = new EventSource(url, {withCredentials: true});
  for (const type of types)
    source.addEventListener(type, (e) => events.push([e.type, e.data, e.lastEventId]));
  // Where a stream ends, an EventSource would connect again.
  source.onerror = () => { source.close(); resolve(events); };
})
"""
FETCH = """
async ([url, body]) => {
  const answer = await fetch(url, {
    method: "POST",
    credentials: "include",
    headers: {"content-type": "application/json", "authorization": "Bearer none", "x-anything": "1"},
    body,
  });
  const found = {status: answer.status, type: answer.headers.get("content-type"), reads: 0, text: "", error: ""};
  found.server = answer.headers.get("server");
  const decoder = new TextDecoder();
  try {
    const reader = answer.body.getReader();
    for (;;) {
      const {done, value} = await reader.read();
      if (done) break;
      found.reads += 1;
      found.text += decoder.decode(value, {stream: true});
    }
  } catch (error) {
    found.error = error.name;
  }
  return found;
}
"""


@pytest.fixture(scope="module")
def page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """An empty page, from a server of its own."""
    folder = tmp_path_factory.mktemp("page")
    (folder / "index.html").write_text("<!doctype html><title>page</title>")
    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as site:
        thread = threading.Thread(target=site.serve_forever)
        thread.start()
        try:
            opened = browser.new_page()
            opened.goto(f"http://127.0.0.1:{site.server_address[1]}/index.html")
            yield opened
            opened.close()
        finally:
            site.shutdown()
            thread.join()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[ServeProcess]:
    """The shipped cassettes, a little faster than they were, and two POST recordings at paths of their own."""
    routes = ["--route", "/stream=openai-chat.yaml", "--route", "/named=anthropic.yaml"]
    with ServeProcess(CASSETTES, *routes, "--speed", "2") as running:
        yield running


def recorded(name: str) -> Interaction:
    (interaction,) = load(CASSETTES / f"{name}.yaml").interactions
    return interaction


def events(interaction: Interaction) -> list[list[str]]:
    """[type, data, last id] of each event, as EventSource should tell them."""
    items = sse.parse(interaction.response.body)
    parts = [(item.type, item.data, item.id) for item in items if isinstance(item, sse.Event)]
    return [[part.decode() for part in event] for event in parts]


def test_event_source_streams_a_recording_of_a_post(page: Any, server: ServeProcess) -> None:
    expected = events(recorded("openai-chat"))
    assert len(expected) > 20
    assert page.evaluate(LISTEN, [f"{server.url}/stream", ["message"]]) == expected


def test_event_source_gets_named_events(page: Any, server: ServeProcess) -> None:
    expected = events(recorded("anthropic"))
    types = sorted({kind for kind, _, _ in expected})
    assert "content_block_delta" in types
    assert page.evaluate(LISTEN, [f"{server.url}/named", types]) == expected


@pytest.mark.parametrize("name", ["openai-chat", "unicode"])
def test_fetch_reads_a_recording_as_it_streams(page: Any, server: ServeProcess, name: str) -> None:
    interaction = recorded(name)
    assert interaction.request.body is not None
    found = page.evaluate(FETCH, [f"{server.url}{interaction.request.path}", interaction.request.body.decode()])
    assert (found["status"], found["type"], found["error"]) == (200, "text/event-stream", "")
    assert found["server"] == interaction.response.header("server"), "every header may be read"
    assert found["text"] == interaction.response.body.decode()
    assert found["reads"] > 5


def test_fetch_sees_where_a_stream_was_cut(page: Any, server: ServeProcess) -> None:
    interaction = recorded("cut")
    assert interaction.request.body is not None
    found = page.evaluate(FETCH, [f"{server.url}{interaction.request.path}", interaction.request.body.decode()])
    assert found["error"] == "TypeError"
    assert interaction.response.body.decode().startswith(found["text"])
    assert found["reads"] > 5


def test_a_page_may_read_an_error_too(page: Any, server: ServeProcess) -> None:
    found = page.evaluate(FETCH, [f"{server.url}/v1/nothing", "{}"])
    assert found["status"] == 404
    assert "no recording answers POST /v1/nothing" in found["text"]
