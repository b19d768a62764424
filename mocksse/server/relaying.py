"""Requests that an upstream answers, and what is recorded of them.

The client's part ends with its answer, or when it leaves; the recording goes on by itself and is in the stock once it
is written. What goes wrong with a recording is said once, and is no trouble of the client's.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from mocksse.cassette import match
from mocksse.cassette.library import Shelved
from mocksse.cassette.model import Cassette
from mocksse.errors import MocksseError, UpstreamTimeoutError
from mocksse.figures import plural
from mocksse.record.recorder import Recorder, Target
from mocksse.record.relay import Relayed, relay
from mocksse.record.upstream import forwarded, is_loop

if TYPE_CHECKING:
    from mocksse.record.recorder import Recording
    from mocksse.record.request import Request
    from mocksse.server.asked import Asked
    from mocksse.server.forward import Downstream
    from mocksse.server.journal import Record
    from mocksse.server.session import Session
    from mocksse.server.through import Through
    from mocksse.server.world import World

_FINISH_S = 10.0
"""For recordings to be written when the server stops."""
_WRITTEN_S = 5.0
"""For a recording to be written that the next request may be answered by."""


class NoAnswerError(MocksseError):
    """The upstream could not be asked, or did not answer: what the client is told instead."""

    def __init__(self, status: int, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.status = status


@dataclass(slots=True)
class _Under:
    """What a relay was asked, by which session and for whom."""

    session: Session
    asked: Asked
    client: Downstream
    _have: match.Asked | None = None

    def is_answered(self) -> bool:
        """Whether its client has had all of it: then only the recording is still to be written."""
        return self.client.ended.done() and not self.client.ended.cancelled()

    def answers(self, want: match.Asked, rules: match.Rules) -> bool:
        """Whether its recording is going to answer a request."""
        self._have = self._have or self.session.compared(self.asked)
        return bool(match.fitting(want, [self._have], rules))


class Relays:
    """All relays of a server."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._stop = asyncio.Event()
        self._tasks: dict[asyncio.Task[Relayed], _Under] = {}

    def request(
        self, method: str, url: str, headers: list[tuple[str, str]], body: bytes | None, *, decoded: bool
    ) -> Request:
        """What the upstream is asked. Raises NoAnswerError for a request that has come from us, UsageError for one that
        can't be sent."""
        throughs = self._world.throughs
        if is_loop(headers, throughs.via):
            raise NoAnswerError(508, "this request has come from this very server: the upstream leads back here")
        return forwarded(
            method, url, headers, body, keep_encoding=throughs.keep_encoding, via=throughs.via, decoded=decoded
        )

    async def pass_on(
        self, request: Request, client: Downstream, through: Through, record: Record, session: Session, asked: Asked
    ) -> None:
        """Ask, and give the client what comes; returns when its answer is over.

        Cancelled when the client leaves: what still comes is recorded all the same. Raises NoAnswerError where nothing
        came.
        """
        throughs = self._world.throughs
        # What requests are matched by has to be in the recording.
        kept = (*throughs.rules.keep_headers, *session.rules.headers)
        rules = replace(throughs.rules, keep_headers=kept)
        place = Target(through.folder, new=True, insecure=throughs.insecure, rules=rules)
        following = self._world.following
        watch = following.watcher(record) if following is not None else None
        keeper = Recorder(request, place, watch, asked=asked.target)
        task = asyncio.create_task(
            relay(request, client, keeper, throughs.caps, self._stop, insecure=throughs.insecure)
        )
        self._tasks[task] = _Under(session, asked, client)
        task.add_done_callback(partial(self._over, record))
        try:
            await asyncio.wait((task, client.ended), return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            client.leave()
            raise
        if client.ended.done():
            return
        try:
            task.result()
        except MocksseError as error:
            status = 504 if isinstance(error, UpstreamTimeoutError) else 502
            raise NoAnswerError(status, error.message, error.hint) from None

    async def written(self, session: Session, asked: Asked) -> bool:
        """Wait until recordings are written that will answer this; whether there were any.

        Whoever asks again as soon as it has its answer finds it recorded. What is still streaming is not waited for.
        """
        ending = {
            task: under
            for task, under in self._tasks.items()
            if under.session.stock is session.stock and under.is_answered()
        }
        if not ending:
            return False
        want = session.compared(asked)
        writing = [task for task, under in ending.items() if under.answers(want, session.rules)]
        if writing:
            await asyncio.wait(writing, timeout=_WRITTEN_S)
        return bool(writing)

    async def finish(self) -> None:
        """End what is under way, and wait until it is written."""
        self._stop.set()
        if self._tasks:
            with suppress(asyncio.CancelledError):
                await asyncio.wait(self._tasks, timeout=_FINISH_S)

    async def settled(self, seconds: float) -> None:
        """Wait until what is under way has ended and is written, so many seconds at most."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)

    def _over(self, record: Record, task: asyncio.Task[Relayed]) -> None:
        """A relay has ended, and its recording, if any, is written."""
        self._tasks.pop(task, None)
        if task.cancelled():
            return
        error = task.exception()
        if error is not None:
            if not isinstance(error, MocksseError):
                self._world.say(
                    f"a bug of mocksse: the relay of request {record.number} failed: {type(error).__name__}"
                )
            return
        relayed = task.result()
        if relayed.trouble is not None:
            self._world.counts.recordings["lost"] += 1
            self._world.say(f"not recorded: {relayed.trouble}")
            self._tell(record, None)
        if relayed.recording is not None:
            self._keep(record, relayed.recording)

    def _keep(self, record: Record, recording: Recording) -> None:
        """Let a recording be played from now on, and say where it is."""
        world, path, interaction = self._world, recording.path, recording.interaction
        record.recorded = str(path)
        world.counts.recordings["kept"] += 1
        note = f" · {recording.note}" if recording.note else ""
        chunks = plural(interaction.response.chunks, "chunk")
        world.tell(f"recorded {path} · {chunks} · {interaction.response.end.how}{note}")
        session = world.sessions.get(record.session)
        stock = session.stock if session is not None else world.stock
        try:
            name = stock.called(path)
            stock.put(Shelved(name, path, Cassette((interaction,), source=str(path))))
        except MocksseError as error:
            world.say(f"{path} is recorded, but not played yet: {error}")
        self._tell(record, str(path))

    def _tell(self, record: Record, cassette: str | None) -> None:
        value = {"session": record.session, "number": record.number, "cassette": cassette}
        self._world.feed.say("recorded", value, record.session)
