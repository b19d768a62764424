"""The EventSource of Chromium itself, headless, in a page of the server's own origin.

A browser's EventSource throws nothing: it tells the page of every event, of each connection that opened, and of each
that was lost, and then comes back by itself. So `events` are objects here, with the time since the start:

    {"kind": "event", "type": "message", "data": "...", "lastEventId": "", "at_ms": 12.3}
    {"kind": "open" | "error", "readyState": 0 connecting | 1 open | 2 closed, "at_ms": 12.3}

An error with readyState 0 is a reconnection that begins. The page stops at the last event of the known APIs, as a page
has to whose stream is not for ever; after `--events`; at the error that is one more than `--retries`; when the browser
gives up (204, a wrong status or type); and after `--timeout`, which is for all of it. The first two are "ok", as is
giving up where `--until-closed` waits for it. An EventSource hears only the types it listens for: `--type`.
"""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from mocksse.errors import UsageError
from mocksse.providers.framing import Frame
from mocksse.torture.clients.asking import SSE
from mocksse.torture.clients.contract import Failure, Options, Seen, run
from mocksse.torture.clients.reading import Reader

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
LAST = ("message_stop", "response.completed", "response.incomplete", "response.failed")
"""Types of payload behind which nothing comes."""

LISTEN = """
({url, types, last, events, retries, untilClosed, timeoutMs}) => new Promise((resolve) => {
  const began = performance.now(), seen = [];
  let count = 0, errors = 0;
  const source = new EventSource(url);
  const end = (why) => { clearTimeout(timer); source.close(); resolve({why, seen}); };
  const timer = setTimeout(() => end("TimedOut"), timeoutMs);
  const isLast = (data) => {
    if (data.trimStart().startsWith("[DONE]")) return true;
    try { return last.includes(JSON.parse(data)?.type); } catch { return false; }
  };
  const hear = (e) => {
    const at_ms = Math.round((performance.now() - began) * 10) / 10;
    // A server may call its events "open" and "error" too.
    if (e instanceof MessageEvent) {
      seen.push({kind: "event", type: e.type, data: e.data, lastEventId: e.lastEventId, at_ms});
      count += 1;
      if (count === events) end("");
      else if (!untilClosed && isLast(e.data)) end("");
      return;
    }
    seen.push({kind: e.type, readyState: source.readyState, at_ms});
    if (e.type !== "error") return;
    errors += 1;
    if (source.readyState === EventSource.CLOSED) end(untilClosed ? "" : "Closed");
    else if (retries !== null && errors > retries) end("Error");
  };
  for (const type of new Set(["message", "open", "error", ...types])) source.addEventListener(type, hear);
})
"""
BLANK = '<!doctype html><link rel="icon" href="data:,">'
WHY = {
    "Closed": "the browser does not try again",
    "Error": "the connection was lost, and the page did not want to try again",
    "TimedOut": "nothing ended it in time",
}


class EventSourceOptions(Options):
    """BASE_URL is the stream's own; `types` are those besides `message`, `open` and `error`."""

    APIS = (SSE,)
    types: list[str]
    until_closed: bool

    @classmethod
    def declare(cls, parser: argparse.ArgumentParser) -> None:
        """Tell the parser of them."""
        super().declare(parser)
        parser.add_argument("--type", dest="types", action="append", default=[], metavar="TYPE", help="listen for it")
        parser.add_argument("--until-closed", action="store_true", help="go on until the browser gives up")


def executable() -> str | None:
    """The system's Chromium; None where there is none on the PATH."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def browser() -> Iterator[Browser]:
    """A headless Chromium: the system's, or the one that playwright has installed. Raises UsageError."""
    from playwright.sync_api import Error, sync_playwright

    with sync_playwright() as driver:
        try:
            running = driver.chromium.launch(executable_path=executable(), args=FLAGS)
        except Error as error:
            hint = "install one, or run: playwright install chromium"
            raise UsageError(f"no Chromium starts: {error.message.splitlines()[0]}", hint) from error
        try:
            yield running
        finally:
            running.close()


def stream(running: Browser, options: EventSourceOptions, seen: Seen) -> None:
    """One EventSource in a page of its own."""
    with blank_page(running, options) as page:
        page.on("request", lambda request: seen.attempt() if request.resource_type == "eventsource" else None)
        found: dict[str, Any] = page.evaluate(LISTEN, asked(options))
    read(found, options, seen)


@contextmanager
def blank_page(running: Browser, options: EventSourceOptions) -> Iterator[Page]:
    """A page of the server's origin that no server has to have: no CORS, and no request but the streams'."""
    with running.new_context(extra_http_headers=dict(options.headers)) as context:
        page = context.new_page()
        blank = urljoin(options.base_url, "/blank")
        page.route(blank, lambda route: route.fulfill(content_type="text/html", body=BLANK))
        page.goto(blank)
        page.unroute(blank)
        yield page


def asked(options: EventSourceOptions) -> dict[str, Any]:
    """What LISTEN takes."""
    return {
        "url": options.base_url,
        "types": options.types,
        "last": LAST,
        "events": options.events,
        "retries": options.retries,
        "untilClosed": options.until_closed,
        "timeoutMs": options.timeout * 1000,
    }


def read(found: dict[str, Any], options: EventSourceOptions, seen: Seen) -> None:
    """Note what LISTEN gives. Raises Failure where that is one."""
    _read(found["seen"], urlsplit(options.base_url).path, seen)
    if found["why"]:
        raise Failure(f"EventSource.{found['why']}", WHY[found["why"]])


def _read(entries: list[dict[str, Any]], path: str, seen: Seen) -> None:
    reader = Reader(path, seen)
    for entry in entries:
        if entry["kind"] == "event":
            reader.take(Frame(0, 0, entry["type"], entry["data"].encode("utf-8", "replace")))
        seen.note(entry)


@contextmanager
def opened() -> Iterator[Callable[[EventSourceOptions, Seen], None]]:
    """One browser for all streams."""
    with browser() as running:
        yield partial(stream, running)


if __name__ == "__main__":
    run(opened(), EventSourceOptions, "playwright")
