"""One recording: a request goes out through the tap, and what comes back becomes an interaction on disk.

While it runs everything that arrived lies in the journal; when it ends the cassette is written, read back, and the
journal removed. However the stream ends, by itself, by a cap or by ^C, what came is kept.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from mocksse import __version__, limits
from mocksse.cassette import bodies, entries, save
from mocksse.cassette.document import SseStyle
from mocksse.cassette.dump import dump_interaction
from mocksse.cassette.emit import flow
from mocksse.cassette.model import Cassette, Interaction, Recorded, Response
from mocksse.cassette.model import Request as Asked
from mocksse.cassette.redact import Secrets, credentials, redact_url, stored_headers
from mocksse.cassette.seen import DataSeen, Seen, build
from mocksse.errors import CheckError, UpstreamError
from mocksse.record.assemble import Assembly
from mocksse.record.journal import Journal, Opening
from mocksse.record.tap import Lost, Request, Tap, open_tap

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from pathlib import Path

_T = TypeVar("_T")
_LINGER_S = 0.05
"""After the end of the body: bytes behind it, which belong to nothing, are part of what the server sends."""
_BROKEN_LINGER_S = 1.0
"""After the framing broke: what still comes is kept, but nobody knows how long to wait for it."""
_ENTRY_OVERHEAD = 40
"""Bytes of a cassette's line beside its data."""


@dataclass(frozen=True, slots=True)
class Caps:
    """When to stop. Seconds and body bytes; None is no cap."""

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


@dataclass(frozen=True, slots=True)
class Recording:
    """What came of it. `note`: why it was cut short, where it was."""

    interaction: Interaction
    path: Path
    note: str = ""


class Watcher(Protocol):
    """Who looks on while it streams: sees redacted data only."""

    def __call__(self, item: Seen, /) -> None: ...


async def record(
    request: Request, target: Target, caps: Caps, watch: Watcher, interrupted: asyncio.Event | None = None
) -> Recording:
    """Record one answer into the target. `interrupted` ends it as ^C does.

    Raises UpstreamError where no answer came or the disk failed, CheckError where a credential can't be blotted.
    """
    secrets = credentials(request.method, request.url, request.headers, request.body or b"")
    opening = opening_of(request, target.name, secrets)
    run = _Run(request, caps, watch, interrupted or asyncio.Event(), Assembly(request.method, secrets), opening, target)
    target.path.parent.mkdir(parents=True, exist_ok=True)
    run.journal = Journal(target.path, opening)
    try:
        async with open_tap(request, connect_timeout=caps.connect_s, insecure=target.insecure) as tap:
            await run.listen(tap)
        interaction = run.interaction()
        interaction = _save(target, interaction)
    except BaseException as error:
        # Without a head there is nothing to keep; a credential that was found must not be.
        worthless = run.assembly.head is None or isinstance(error, CheckError)
        run.journal.close(remove=worthless)
        raise
    run.journal.close(remove=True)
    return Recording(interaction, target.path, run.note)


def opening_of(request: Request, name: str, secrets: Secrets) -> Opening:
    """What a cassette says of the request: redacted, and without large images."""
    body = None if request.body is None else secrets.blot(bodies.abridge(request.body))
    url = redact_url(request.url, secrets)
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    if "?" in host:
        host, _, query = host.partition("?")
        slash, path = "/", f"?{query}"
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    asked = Asked(slash + path.partition("#")[0] or "/", request.method, stored_headers(request.headers, secrets), body)
    return Opening(name, asked, Recorded(now, f"{scheme}://{host}", f"mocksse {__version__}"))


def _save(target: Target, interaction: Interaction) -> Interaction:
    if target.replace:
        save.write(target.path, Cassette((interaction,)))
        return interaction
    return save.append(target.path, interaction)


class _Run:
    """The state of one recording while it listens."""

    journal: Journal

    def __init__(
        self,
        request: Request,
        caps: Caps,
        watch: Watcher,
        interrupted: asyncio.Event,
        assembly: Assembly,
        opening: Opening,
        target: Target,
    ) -> None:
        self._host = request.origin.host or ""
        self._caps = caps
        self._watch = watch
        self._interrupted = interrupted
        self._opening = opening
        self._target = target
        self._seen: list[Seen] = []
        self._room = _room(target, opening)
        self._nodes = 0
        self.assembly = assembly
        self.note = ""

    async def listen(self, tap: Tap) -> None:
        """Take reads until it is over."""
        began_ns = time.perf_counter_ns()
        deadline = None if self._caps.total_s is None else time.monotonic() + self._caps.total_s
        stop = asyncio.ensure_future(self._interrupted.wait())
        how: Literal["fin", "reset", "idle", "stopped"] = "fin"
        at_ns = began_ns
        try:
            while True:
                patience = self._patience(deadline)
                heard = await _unless(stop, tap.next(patience))
                if isinstance(heard, Lost):
                    at_ns = heard.at_ns
                    how = "reset" if heard.how == "reset" else "fin"
                    break
                if heard is None:
                    how = self._silence(stop, deadline)
                    at_ns = time.perf_counter_ns()
                    break
                at_ns = heard.at_ns
                self._keep(self.assembly.feed(_us(tap, began_ns, at_ns), heard.data))
                if self.note:
                    how = "stopped"
                    break
        finally:
            stop.cancel()
        if self.assembly.head is None:
            raise _no_answer(self._host, how, self.assembly.broken, self._caps)
        self._keep(self.assembly.close(_us(tap, began_ns, at_ns), how))

    def _patience(self, deadline: float | None) -> float:
        if self.assembly.done:
            return _LINGER_S
        patience = min(self._caps.idle_s, _BROKEN_LINGER_S) if self.assembly.broken else self._caps.idle_s
        return patience if deadline is None else max(0.0, min(patience, deadline - time.monotonic()))

    def _silence(self, stop: asyncio.Future[Any], deadline: float | None) -> Literal["idle", "stopped"]:
        """Why nothing came: by our own will, or because the server is silent."""
        if self.assembly.done or self.assembly.broken:
            return "idle"
        if stop.done():
            self.note = "stopped by ^C"
            return "stopped"
        if deadline is not None and time.monotonic() >= deadline:
            self.note = f"stopped after {self._caps.total_s:g} s (--max-time)"
            return "stopped"
        self.note = f"nothing came for {self._caps.idle_s:g} s (--timeout)"
        return "idle"

    def _keep(self, items: list[Seen]) -> None:
        for item in items:
            self.journal.write(item)
            self._seen.append(item)
            self._watch(item)
            if isinstance(item, DataSeen):
                self._count(item)
        if self.assembly.found and not self._target.allow_secrets:
            raise CheckError(
                "a credential of the request stands in the compressed answer, where it can't be blotted: nothing saved",
                "record without Accept-Encoding, or say --allow-secrets",
            )

    def _count(self, item: DataSeen) -> None:
        """Whether what was kept can still be loaded again."""
        spelt = entries.spell(item.data, SseStyle())
        self._room -= len(flow(spelt).encode()) + _ENTRY_OVERHEAD
        self._nodes += 8 + 6 * len(spelt.get("events", ()))
        if self._room < 0 or self._nodes > limits.MAX_YAML_NODES - 1000:
            mib = limits.MAX_CASSETTE_BYTES // limits.MIB
            self.note = f"cut: a cassette holds {mib} MiB, and more could not be loaded again"
        elif self._caps.body_bytes is not None and self.assembly.body_bytes >= self._caps.body_bytes:
            self.note = self.note or f"stopped after {self.assembly.body_bytes:,} bytes (--max-bytes)"

    def interaction(self) -> Interaction:
        response = build(self._seen)
        if response is None:  # pragma: no cover - `listen` raises without a head
            raise UpstreamError("no answer")
        opening = self._opening
        return Interaction(opening.name, opening.request, response, opening.recorded)


def _room(target: Target, opening: Opening) -> int:
    """How many bytes of YAML this interaction may take."""
    there = target.path.stat().st_size if target.path.exists() and not target.replace else 0
    empty = Interaction(opening.name, opening.request, Response(200, (), "length", ()), opening.recorded)
    return limits.MAX_CASSETTE_BYTES - limits.MAX_HEAD_BYTES - there - len(dump_interaction(empty).encode())


def _us(tap: Tap, began_ns: int, at_ns: int) -> int:
    """Microseconds since the request was sent; an answer that came before that came at once."""
    return max(0, at_ns - (tap.sent_ns or began_ns)) // 1000


async def _unless(stop: asyncio.Future[Any], reading: Coroutine[Any, Any, _T]) -> _T | None:
    """What is read, or None as soon as `stop` is done."""
    task = asyncio.ensure_future(reading)
    try:
        await asyncio.wait((task, stop), return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        task.cancel()


def _no_answer(host: str, how: str, broken: str, caps: Caps) -> UpstreamError:
    if broken:
        return UpstreamError(f"{host} does not answer in HTTP/1.x: {broken}", "HTTP/2 only servers are not supported")
    if how == "idle":
        return UpstreamError(f"{host} did not answer within {caps.idle_s:g} s", "--timeout waits longer")
    if how == "stopped":
        return UpstreamError(f"stopped before {host} had answered")
    return UpstreamError(
        f"{host} closed the connection without an answer", "is this an HTTP server, and the right port?"
    )
