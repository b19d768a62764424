"""One recording: a request goes out through the tap, and what comes back becomes an interaction on disk.

While it runs everything that arrived lies in the journal; when it ends the cassette is written, read back, and the
journal removed. However the stream ends, by itself, by a cap or by ^C, what came is kept.
"""

from __future__ import annotations

import asyncio
import math
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from mocksse import __version__
from mocksse.cassette.asked import stored_request
from mocksse.cassette.dump import dump_interaction
from mocksse.cassette.load import read
from mocksse.cassette.model import Interaction, Recorded, Response
from mocksse.cassette.redact import NO_RULES, Rules, Secrets, credentials, redact_url
from mocksse.cassette.seen import EndSeen, Seen, build
from mocksse.errors import CheckError, MocksseError, UpstreamError, UsageError
from mocksse.record.assemble import Assembly
from mocksse.record.journal import Journal, Opening
from mocksse.record.keep import keep
from mocksse.record.room import Room, count_nodes
from mocksse.record.tap import Lost, Read, Request, Tap, open_tap

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator
    from pathlib import Path

_T = TypeVar("_T")
_LINGER_S = 0.05
"""After the end of the body: bytes behind it, which belong to nothing, are part of what the server sends."""
_BROKEN_LINGER_S = 1.0
"""After the framing broke: what still comes is kept, but nobody knows how long to wait for it."""
_EARLY_NS = 1_000_000
"""A timer may fire a hair too early."""
_DRAIN_NS = 1_000_000_000
"""What came before the stop and was not taken yet is still taken, for as long as somebody may wait who pressed ^C."""


@dataclass(frozen=True, slots=True)
class Caps:
    """When to stop. Seconds and body bytes; None is no cap. `total_s` counts from the request."""

    idle_s: float = 300.0
    connect_s: float = 30.0
    total_s: float | None = None
    body_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """Where the recording goes. `replace`: over what is there, else behind it."""

    path: Path
    name: str
    replace: bool = False
    allow_secrets: bool = False
    insecure: bool = False
    rules: Rules = NO_RULES


@dataclass(frozen=True, slots=True)
class Recording:
    """What came of it."""

    interaction: Interaction
    path: Path
    note: str = ""
    """Why it was cut short, where it was."""
    unchecked: bool = False
    """There are credentials, and the answer is compressed in a way that can't be looked into."""
    identified: bool = False
    """Something in the compressed answer identifies an account, and could not be blotted."""
    request_id: str = ""
    """What the provider calls the request, as it came: for the terminal, not for a file."""
    request_id_header: str = ""
    """The header that says so, in lower case."""


class Watcher(Protocol):
    """Who looks on while it streams: sees redacted data only."""

    def __call__(self, item: Seen, /) -> None: ...


async def record(
    request: Request, target: Target, caps: Caps, watch: Watcher, interrupted: asyncio.Event | None = None
) -> Recording:
    """Record one answer into the target. `interrupted` ends it as ^C does.

    Raises UpstreamError where no answer came or the disk failed, CheckError where a credential can't be blotted.
    """
    secrets = credentials(request.url, request.headers, request.body or b"", target.rules)
    opening = opening_of(request, target.name, secrets, target.rules)
    room = _room(target, opening)
    assembly = Assembly(request.method, secrets, target.rules, allow_secrets=target.allow_secrets)
    journal = Journal(target.path, opening)
    run = _Run(str(request.origin.host), caps, watch, assembly, journal, room)
    stop = asyncio.ensure_future((interrupted or asyncio.Event()).wait())
    try:
        async with AsyncExitStack() as stack:
            opening_tap = open_tap(request, connect_timeout=caps.connect_s, insecure=target.insecure)
            tap = await _unless(stop, stack.enter_async_context(opening_tap))
            if tap is None:
                raise UpstreamError(f"stopped before there was a connection to {request.origin.host}")
            await run.listen(tap, stop)
        response = build(run.seen)
        if response is None:
            raise _no_room(target, room)
        interaction = Interaction(opening.name, opening.request, response, opening.recorded)
        try:
            interaction = keep(target.path, interaction, replace=target.replace)
        except MocksseError as error:
            error.hint = f"the recording is kept: {journal.rescue}"
            raise
    except BaseException as error:
        # A credential that was found must not be kept.
        journal.close(remove=isinstance(error, CheckError) or not journal.has_answer)
        raise
    finally:
        stop.cancel()
        await asyncio.wait((stop,))
    journal.close(remove=True)
    unchecked = assembly.unchecked and bool(secrets)
    return Recording(interaction, target.path, run.note, unchecked, assembly.identified, *assembly.request_id)


def opening_of(request: Request, name: str, secrets: Secrets, rules: Rules = NO_RULES) -> Opening:
    """What a cassette says of the request: redacted, and without large images."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    asked = stored_request(request.method, request.target, request.headers, request.body, secrets, rules)
    return Opening(
        name, asked, Recorded(now, redact_url(str(request.origin), secrets, rules), f"mocksse {__version__}")
    )


def _room(target: Target, opening: Opening) -> Room:
    """What the cassette has left for the answer."""
    there = read(target.path) if target.path.exists() and not target.replace else b""
    empty = Interaction(opening.name, opening.request, Response(200, (), "length", ()), opening.recorded)
    new = dump_interaction(empty)
    nodes = count_nodes(there.decode("utf-8-sig", "replace"), str(target.path)) + count_nodes(new, "the request")
    room = Room(len(there) + len(new.encode()), nodes)
    if room.lacks:
        raise _no_room(target, room)
    return room


def _no_room(target: Target, room: Room) -> UsageError:
    return UsageError(f"{target.path}: this does not fit into a cassette of {room.lacks}", "use another file with -o")


class _Run:
    """One recording while it listens."""

    def __init__(self, host: str, caps: Caps, watch: Watcher, assembly: Assembly, journal: Journal, room: Room) -> None:
        self._host = host
        self._caps = caps
        self._watch = watch
        self._assembly = assembly
        self._journal = journal
        self._room = room
        self._at_us = 0
        self._ended = False
        self._full = False
        self.seen: list[Seen] = []
        self.note = ""

    async def listen(self, tap: Tap, stop: asyncio.Future[Any]) -> None:
        """Take reads until it is over, or `stop` is done: then what came by that moment."""
        total_s = math.inf if self._caps.total_s is None else self._caps.total_s
        until_ns = (tap.sent_ns or time.perf_counter_ns()) + total_s * 1e9
        how: Literal["fin", "reset", "idle", "stopped"] | None = None
        while how is None:
            heard = await _unless(stop, tap.next(self._patience(until_ns)))
            if heard is None and stop.done():
                until_ns = min(until_ns, time.perf_counter_ns())
                heard = await tap.next(0)
            now_ns = time.perf_counter_ns() if heard is None else heard.at_ns
            self._tick(tap, min(now_ns, until_ns))
            if heard is None or heard.at_ns > until_ns or time.perf_counter_ns() > until_ns + _DRAIN_NS:
                how = self._silence(stop, until_ns)
            elif isinstance(heard, Lost):
                how = "fin" if heard.how == "fin" else "reset"
            else:
                how = self._hear(heard)
        if self._assembly.head is None:
            raise _no_answer(self._host, how, self._assembly.broken, self._caps)
        self._keep(self._assembly.close(self._at_us, how))

    def _tick(self, tap: Tap, at_ns: float) -> None:
        """Now, since the request was sent: an answer that came before that came at once."""
        if tap.sent_ns is not None:
            self._at_us = max(self._at_us, int(at_ns - tap.sent_ns) // 1000)

    def _patience(self, until_ns: float) -> float:
        if self._assembly.done:
            return _LINGER_S
        patience = min(self._caps.idle_s, _BROKEN_LINGER_S) if self._assembly.broken else self._caps.idle_s
        return max(0.0, min(patience, (until_ns - time.perf_counter_ns()) / 1e9))

    def _hear(self, read: Read) -> Literal["fin", "stopped"] | None:
        """Take one read; whether that was enough."""
        items = self._assembly.feed(self._at_us, read.data)
        head = self._assembly.head
        if head is None and self._assembly.broken:
            return "fin"
        if head is not None and head.status == 101:
            raise UpstreamError(f"{self._host} switches to another protocol", "WebSocket is not supported")
        self._keep(items)
        cap, got = self._caps.body_bytes, self._assembly.body_bytes
        if cap is not None and got >= cap and not self._assembly.done and not self.note:
            self.note = f"stopped after {got:,} bytes (--max-bytes)"
        return "stopped" if self.note else None

    def _silence(self, stop: asyncio.Future[Any], until_ns: float) -> Literal["idle", "stopped"]:
        """Why nothing comes any more: by our own will, or because the server is silent."""
        if self._assembly.done or self._assembly.broken:
            return "idle"
        if stop.done():
            self.note = "stopped by ^C"
            return "stopped"
        if time.perf_counter_ns() >= until_ns - _EARLY_NS:
            self.note = f"stopped after {self._caps.total_s:g} s (--max-time)"
            return "stopped"
        self.note = f"nothing came for {self._caps.idle_s:g} s (--timeout)"
        return "idle"

    def _keep(self, items: list[Seen]) -> None:
        """Write the items down, as far as the cassette has room for them."""
        items = list(self._fitting(items))
        self._journal.write(items)
        self.seen += items
        for item in items:
            self._watch(item)
        if self._assembly.found:
            raise CheckError(
                "a credential of the request stands in the compressed answer, where it can't be blotted: nothing saved",
                "record without Accept-Encoding, or say --allow-secrets",
            )

    def _fitting(self, items: list[Seen]) -> Iterator[Seen]:
        """The items that fit; with the first that does not, the recording ends."""
        for item in items:
            if self._full:
                return
            if not self._room.take(item):
                self._full = True
                self.note = f"cut: a cassette holds {self._room.lacks}, and more could not be loaded again"
                if self._ended:
                    return
                item = EndSeen(self._at_us, "stopped")
            self._ended = self._ended or isinstance(item, EndSeen)
            yield item


async def _unless(stop: asyncio.Future[Any], waiting: Coroutine[Any, Any, _T]) -> _T | None:
    """What is waited for, or None as soon as `stop` is done."""
    if stop.done():
        waiting.close()
        return None
    task = asyncio.ensure_future(waiting)
    try:
        await asyncio.wait((task, stop), return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
    finally:
        task.cancel()
    await asyncio.wait((task,))
    return None if task.cancelled() else task.result()


def _no_answer(host: str, how: str, broken: str, caps: Caps) -> UpstreamError:
    if broken:
        return UpstreamError(f"{host} does not answer in HTTP/1.x: {broken}", "HTTP/2 only servers are not supported")
    if how == "idle":
        return UpstreamError(f"{host} did not answer within {caps.idle_s:g} s", "--timeout waits longer")
    if how == "stopped":
        return UpstreamError(f"stopped before {host} had answered")
    what = "closed" if how == "fin" else "reset"
    hint = "is this an HTTP server, and the right port?"
    return UpstreamError(f"{host} {what} the connection without an answer", hint)
