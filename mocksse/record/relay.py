"""The one loop over a tap: each read goes to the client first, as it came, and then to the recorder.

Neither suffers for the other: a recorder that fails is told of once and the client still gets all its bytes, and a
client that leaves does not end the recording. Nothing is followed, retried or mended. While the client does not read,
nothing is taken from the tap, whose time stamps stay right.
"""

from __future__ import annotations

import asyncio
import math
import time
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

from mocksse.errors import MocksseError, UpstreamError, UpstreamTimeoutError
from mocksse.record.client import Passage
from mocksse.record.recorder import Recorder, Recording, Target, Watcher
from mocksse.record.tap import Lost, Read, Request, Tap, open_tap

if TYPE_CHECKING:
    import ssl
    from array import array
    from collections.abc import Coroutine, Iterator
    from pathlib import Path

    from mocksse.cassette.model import Ending, Interaction
    from mocksse.record.assemble import How
    from mocksse.record.client import Client

_T = TypeVar("_T")
_LINGER_S = 0.05
"""After the end of the body: bytes behind it, which belong to nothing, are part of what the server sends."""
_BROKEN_LINGER_S = 1.0
"""After the framing broke: what still comes is kept, but nobody knows how long to wait for it."""
_LOOK_S = 0.25
"""How often a silent relay looks whether its client is still there."""
_EARLY_NS = 1_000_000
"""A timer may fire a hair too early."""
_DRAIN_NS = 1_000_000_000
"""What came before the stop and was not taken yet is still taken, for as long as somebody may wait who pressed ^C."""


@dataclass(frozen=True, slots=True)
class Caps:
    """When to stop. Seconds and body bytes; None is no cap. `total_s` counts from the request, `after_client_s` from
    when the client left. While a client is there a cap ends the recording, and the client's answer goes on."""

    idle_s: float = 300.0
    connect_s: float = 30.0
    total_s: float | None = None
    body_bytes: int | None = None
    after_client_s: float = 300.0


@dataclass(frozen=True, slots=True)
class Relayed:
    """What came of it."""

    status: int
    how: Ending
    """How the upstream's answer ended."""
    sent: int
    """Bytes of the body that the client was given, with its framing unless it is `plain`."""
    written_us: array[int] = field(repr=False)
    """When each of its writes was made, in microseconds since the request was handed in."""
    left_us: int | None = None
    """When the client was found gone, counted alike; None where it stayed."""
    recording: Recording | None = None
    trouble: MocksseError | None = None
    """Why there is no recording, or not all of it, where one was wanted."""

    @property
    def interaction(self) -> Interaction | None:
        """What was recorded, as it is in the cassette at `path`."""
        return self.recording.interaction if self.recording is not None else None

    @property
    def path(self) -> Path | None:
        """The cassette."""
        return self.recording.path if self.recording is not None else None

    @property
    def note(self) -> str:
        """Why the recording was cut short, where it was."""
        return self.recording.note if self.recording is not None else ""


async def relay(
    request: Request,
    client: Client | None,
    keep: Recorder | None,
    caps: Caps,
    stop: asyncio.Event,
    *,
    insecure: bool = False,
    tls: ssl.SSLContext | None = None,
) -> Relayed:
    """Ask the upstream, pass its answer on and record it. `stop` ends it early; `insecure` and `tls` are the tap's.

    Returns when the cassette is written; the client's answer is over long before. A recording that fails is `trouble`
    where there is a client, else it raises. Raises UpstreamError where no answer came, UpstreamTimeoutError among them:
    the client has been given nothing then, and nothing is recorded. To cancel it leaves a journal; set `stop` instead.
    """
    run = _Relay(request, client, keep, caps, stop)
    stopping = asyncio.ensure_future(stop.wait())
    stopping.add_done_callback(run.wake)
    try:
        await run.begin()
        async with AsyncExitStack() as stack:
            opening_tap = open_tap(request, connect_timeout=caps.connect_s, insecure=insecure, tls=tls)
            tap = await _unless(stopping, stack.enter_async_context(opening_tap))
            if tap is None:
                raise UpstreamError(f"stopped before there was a connection to {request.origin.host}")
            await run.listen(tap)
        return await run.finish()
    except BaseException as error:
        if keep is not None:
            keep.abandon(error)
        raise
    finally:
        stopping.cancel()
        await asyncio.wait((stopping,))


async def record(
    request: Request, target: Target, caps: Caps, watch: Watcher, interrupted: asyncio.Event | None = None
) -> Recording:
    """Record one answer into the target, for nobody else. `interrupted` ends it as ^C does.

    Raises UpstreamError where no answer came or the disk failed, CheckError where a credential can't be blotted.
    """
    recorder = Recorder(request, target, watch)
    relayed = await relay(request, None, recorder, caps, interrupted or asyncio.Event(), insecure=target.insecure)
    return cast("Recording", relayed.recording)  # or it had raised


class _Relay:
    """One answer on its way."""

    def __init__(
        self, request: Request, client: Client | None, keep: Recorder | None, caps: Caps, stop: asyncio.Event
    ) -> None:
        self._host = str(request.origin.host)
        self._recorder = keep
        self._caps = caps
        self._stop = stop
        self._is_alone = client is None
        self._begun_ns = time.perf_counter_ns()
        self._passage = Passage(client, request.method, self._begun_ns)
        self._tap: Tap | None = None
        self._at_us = 0
        self._status = 0
        self._until_ns = math.inf
        self._how: Ending = "complete"
        self._trouble: MocksseError | None = None

    def wake(self, _: object) -> None:
        """Look whether to stop, whatever is waited for."""
        self._passage.wake()
        if self._tap is not None:
            self._tap.wake()

    async def begin(self) -> None:
        """Make the recorder ready. A thread does it: a prompt may be megabytes."""
        if self._recorder is not None:
            with self._unharmed():
                await asyncio.to_thread(self._recorder.begin)

    async def listen(self, tap: Tap) -> None:
        """Take reads until it is over, or `stop` is set: then what came by that moment."""
        self._tap = tap
        if self._caps.total_s is not None:
            self._until_ns = (tap.sent_ns or time.perf_counter_ns()) + self._caps.total_s * 1e9
        how: How | None = None
        while how is None:
            how = await self._step(tap)
        if self._passage.head is None:
            raise _no_answer(self._host, how, self._passage.broken, self._caps)
        self._how = self._passage.end(how)
        if self._recorder is not None:
            with self._unharmed():
                self._recorder.end(self._at_us, how, self._why(how))

    async def finish(self) -> Relayed:
        """Put the recording into its cassette, and tell of it all."""
        passage = self._passage
        recording = None
        if self._recorder is not None and self._trouble is None:
            with self._unharmed():
                recording = await self._recorder.finish(aside=not self._is_alone)
        left_us = None if passage.left_ns is None else (passage.left_ns - self._begun_ns) // 1000
        return Relayed(self._status, self._how, passage.sent, passage.written_us, left_us, recording, self._trouble)

    async def _step(self, tap: Tap) -> How | None:
        """Take one read, or what there is instead of it; whether that was the end."""
        since_ns = time.perf_counter_ns()
        heard = None
        while heard is None and not self._stop.is_set() and not self._is_over(since_ns):
            heard = await tap.next(self._patience_s(since_ns))
        if heard is None:
            if self._stop.is_set():
                self._until_ns = min(self._until_ns, time.perf_counter_ns())
            heard = await tap.next(0)
        until_ns = self._deadline_ns
        now_ns = time.perf_counter_ns() if heard is None else heard.at_ns
        if tap.sent_ns is not None:
            # An answer that came before the request was sent came at once.
            self._at_us = max(self._at_us, int(min(now_ns, until_ns) - tap.sent_ns) // 1000)
        if heard is None or heard.at_ns > until_ns or time.perf_counter_ns() > until_ns + _DRAIN_NS:
            return self._silence()
        if isinstance(heard, Lost):
            return "fin" if heard.how == "fin" else "reset"
        return await self._hear(heard)

    async def _hear(self, read: Read) -> How | None:
        """Take one read; whether that was enough."""
        passage = self._passage
        is_for_client = passage.feed(read.data)
        if passage.head is not None:
            self._status = passage.head.status
        elif passage.broken:
            return "fin"
        if self._status == 101:
            raise UpstreamError(f"{self._host} switches to another protocol", "WebSocket is not supported")
        if self._recorder is not None and self._recorder.runs:
            if is_for_client:
                await asyncio.sleep(0)  # the clients of other relays come before our recorder too
            with self._unharmed():
                self._record(self._recorder, read)
        if is_for_client and not self._stop.is_set():
            await passage.drained()
        return None if self._is_wanted else "stopped"

    def _record(self, recorder: Recorder, read: Read) -> None:
        if read.at_ns > self._until_ns:
            recorder.end(self._at_us, "stopped", _too_long(self._caps))
            return
        recorder.take(self._at_us, read.data)
        cap, got = self._caps.body_bytes, self._passage.body_bytes
        if cap is not None and got >= cap and not self._passage.done:
            recorder.end(self._at_us, "stopped", f"stopped after {got:,} bytes (--max-bytes)")

    @contextmanager
    def _unharmed(self) -> Iterator[None]:
        """Whatever goes wrong with the recorder in here, a client gets its answer; where there is none, it raises."""
        try:
            yield
        except Exception as error:
            if self._is_alone:
                raise
            self._trouble = error if isinstance(error, MocksseError) else _bug(error)
            if self._recorder is not None:
                self._recorder.abandon(error)

    # --- How long to wait

    @property
    def _is_wanted(self) -> bool:
        """Whether there is anybody whom another read would be for."""
        return self._passage.is_awaited or (self._recorder is not None and self._recorder.runs)

    @property
    def _deadline_ns(self) -> float:
        """What comes later is not taken."""
        if self._stop.is_set():
            return self._until_ns
        if self._passage.is_awaited:
            return math.inf
        left_ns = self._passage.left_ns
        return min(self._until_ns, math.inf if left_ns is None else left_ns + self._caps.after_client_s * 1e9)

    def _silent_until_ns(self, since_ns: int) -> float:
        idle_s = self._caps.idle_s
        if self._passage.done:
            idle_s = _LINGER_S
        elif self._passage.broken:
            idle_s = min(idle_s, _BROKEN_LINGER_S)
        return min(since_ns + idle_s * 1e9, self._deadline_ns)

    def _is_over(self, since_ns: int) -> bool:
        """Whether nothing is waited for any longer."""
        return not self._is_wanted or time.perf_counter_ns() >= self._silent_until_ns(since_ns) - _EARLY_NS

    def _patience_s(self, since_ns: int) -> float:
        left_s = (self._silent_until_ns(since_ns) - time.perf_counter_ns()) / 1e9
        return max(0.0, min(left_s, _LOOK_S) if self._passage.is_awaited else left_s)

    def _silence(self) -> Literal["idle", "stopped"]:
        """Why nothing comes any more: by our own will, or because the server is silent."""
        if self._passage.done or self._passage.broken:
            return "idle"
        is_late = time.perf_counter_ns() >= self._deadline_ns - _EARLY_NS
        return "stopped" if is_late or not self._is_wanted else "idle"

    def _why(self, how: How) -> str:
        """What to say of an answer that ended like this by our own will."""
        passage, caps = self._passage, self._caps
        if how in {"fin", "reset"} or passage.done or passage.broken:
            return ""
        if how == "idle":
            return f"nothing came for {caps.idle_s:g} s (--timeout)"
        if self._stop.is_set():
            return "stopped by ^C" if self._is_alone else "stopped with the server"
        if caps.total_s is not None and time.perf_counter_ns() >= self._until_ns - _EARLY_NS:
            return _too_long(caps)
        return f"stopped {caps.after_client_s:g} s after its client had left (--record-cap)"


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


def _too_long(caps: Caps) -> str:
    return f"stopped after {caps.total_s:g} s (--max-time)"


def _bug(error: Exception) -> MocksseError:
    # Not its text: what was recorded may be in it.
    return MocksseError(f"the recording failed: {type(error).__name__}", "this is a bug of mocksse")


def _no_answer(host: str, how: str, broken: str, caps: Caps) -> UpstreamError:
    if broken:
        return UpstreamError(f"{host} does not answer in HTTP/1.x: {broken}", "HTTP/2 only servers are not supported")
    if how == "idle":
        return UpstreamTimeoutError(f"{host} did not answer within {caps.idle_s:g} s", "--timeout waits longer")
    if how == "stopped":
        return UpstreamError(f"stopped before {host} had answered")
    what = "closed" if how == "fin" else "reset"
    hint = "is this an HTTP server, and the right port?"
    return UpstreamError(f"{host} {what} the connection without an answer", hint)
