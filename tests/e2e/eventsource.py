"""What a page's EventSource saw, and what its server was asked."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from mocksse.server.app import App
from mocksse.torture.clients import chromium_eventsource
from mocksse.torture.clients.chromium_eventsource import EventSourceOptions
from mocksse.torture.clients.contract import Result, play

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pytest
    from aiohttp import web
    from playwright.sync_api import Browser

PATIENCE = 20.0
"""Seconds after which a page has waited in vain."""


@dataclass(frozen=True, slots=True)
class Listened:
    """One EventSource from its first connection to its end; `result` as `mocksse.torture.clients` has it."""

    result: Result

    @property
    def log(self) -> list[dict[str, Any]]:
        """Everything, in order: `kind` is event, open or error."""
        return [entry for entry in self.result.events if isinstance(entry, dict)]

    @property
    def events(self) -> list[tuple[str, str, str]]:
        """(type, data, lastEventId) of each event."""
        return [(e["type"], e["data"], e["lastEventId"]) for e in self.log if e["kind"] == "event"]

    @property
    def states(self) -> list[tuple[str, int]]:
        """(open or error, readyState), in order."""
        return [(e["kind"], e["readyState"]) for e in self.log if e["kind"] != "event"]


def listen(
    browser: Browser,
    url: str,
    *,
    types: Sequence[str] = (),
    events: int | None = None,
    errors: int | None = None,
    until_closed: bool = False,
    headers: Sequence[tuple[str, str]] = (),
    timeout: float = PATIENCE,
) -> Listened:
    """Listen until so many events or errors, `[DONE]` or the like, or the browser gives up, whatever is first.

    `until_closed`: not before the browser gives up. `types`: those to listen for besides "message".
    """
    options = _options(
        url,
        types,
        headers=headers,
        retries=None if errors is None else errors - 1,
        timeout=timeout,
        events=events,
        until_closed=until_closed,
    )
    return Listened(play(lambda asked, seen: chromium_eventsource.stream(browser, asked, seen), options))


def listen_to_all(browser: Browser, urls: Sequence[str], types: Sequence[str] = ()) -> list[Listened]:
    """Listen to many streams of one server from one page, a few at a time; each ends as for `listen`."""
    each = [_options(url, types) for url in urls]
    with chromium_eventsource.blank_page(browser, each[0]) as page:
        found = page.evaluate(
            f"(each) => Promise.all(each.map({chromium_eventsource.LISTEN}))",
            [chromium_eventsource.asked(options) for options in each],
        )
    return [
        Listened(play(partial(chromium_eventsource.read, one), options))
        for one, options in zip(found, each, strict=True)
    ]


def _options(
    url: str,
    types: Sequence[str],
    *,
    headers: Sequence[tuple[str, str]] = (),
    retries: int | None = None,
    timeout: float = PATIENCE,
    events: int | None = None,
    until_closed: bool = False,
) -> EventSourceOptions:
    return EventSourceOptions(
        base_url=url,
        api="",
        headers=headers,
        retries=retries,
        timeout=timeout,
        events=events,
        types=list(types),
        until_closed=until_closed,
    )


@dataclass(frozen=True, slots=True)
class Heard:
    """One request as the server got it. `at`: seconds on the monotonic clock; header names in lower case."""

    at: float
    method: str
    target: str
    headers: dict[str, str]


@dataclass(slots=True)
class Hearing:
    """All requests to the servers of this process, in order."""

    requests: list[Heard] = field(default_factory=list)

    def last_event_ids(self) -> list[str | None]:
        """The Last-Event-ID of each; None where it had none."""
        return [request.headers.get("last-event-id") for request in self.requests]


@contextmanager
def hearing(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hearing]:
    """Listens in on servers of this process that start inside it (`served.serving`)."""
    heard = Hearing()
    handle = App.handle

    async def listening(app: App, request: web.BaseRequest) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        heard.requests.append(Heard(time.monotonic(), request.method, request.raw_path, headers))
        return await handle(app, request)

    with monkeypatch.context() as patched:
        patched.setattr(App, "handle", listening)
        yield heard
