"""One client's world in a test: what it plays, what was asked of it, and what the client made of that.

Everything is asked of the server's thread, so that a test may be sync or async, and have threads of its own.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mocksse.cassette.load import load
from mocksse.cassette.units import api_of, units
from mocksse.errors import UsageError
from mocksse.providers.turn import Turn, merge
from mocksse.testing import answers, plays
from mocksse.testing.plainly import plainly
from mocksse.testing.request import request_of
from mocksse.testing.told import told
from mocksse.testing.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from mocksse.cassette.model import Cassette, Interaction
    from mocksse.replay.faults.grammar import Spec
    from mocksse.server.journal import Record
    from mocksse.server.session import Session
    from mocksse.testing.config import Config
    from mocksse.testing.loop import Thread
    from mocksse.testing.request import Request

_SETTLE_S = 2.0
"""How long an answer under way is waited for before something is said of it. A client that has left takes none."""


class MockSession:
    """Cassettes, faults, counters and a journal of its own, behind one base URL."""

    api: str | None = None
    """The API that everything is put into before it is played; None: as it is."""

    _thread: Thread | None = None

    def __init__(self, thread: Thread, session: Session, config: Config, base: str) -> None:
        self._thread = thread
        self._session = session
        self._base = base
        self.config = config
        self._named: set[str] = set()

    @property
    def thread(self) -> Thread:
        """The server's. Raises UsageError where there was none yet."""
        if self._thread is None:
            raise _not_started()
        return self._thread

    # --- What it plays

    def url(self, path: str = "") -> str:
        """The base URL for a client, with what its SDK wants behind it: `url("/v1")`."""
        if self._thread is None:
            raise _not_started()
        return f"{self._base}/{path.removeprefix('/')}" if path else self._base

    @plainly
    def play(
        self,
        *what: str | Path | Cassette | Interaction,
        fault: str | Sequence[str] = "",
        **pacing: str | float | None,
    ) -> None:
        """Play these besides what is played already: cassettes by name or path, also `file#interaction`, folders, or
        values.

        A name is looked for in the cassette folder, then from the current folder, then among the recordings that come
        with mocksse. `fault` is one or several specs, for these alone. `pacing`: `speed`, `ttft`, `gap`, `tps`,
        `jitter`, `max_gap`, `seed`; everything plays at once where none is said. What is there already is played from
        its start, with these faults in place of the old ones. Raises UsageError or CassetteError.
        """
        shelved = plays.shelved(what, self.config.cassette_dir, self.api)
        self._put(shelved, fault, pacing)

    @plainly
    def stream(
        self,
        events: str | bytes | Iterable[str | bytes],
        *,
        path: str = "*",
        method: str | None = None,
        status: int = 200,
        content_type: str = "text/event-stream",
        headers: Mapping[str, str] | None = None,
        name: str = "inline",
        fault: str | Sequence[str] = "",
        **pacing: str | float | None,
    ) -> None:
        """Play a stream that is written in the test: an HTTP chunk for each of `events`.

        Text is the lines of one event, and ends with a blank line whether it is written or not; bytes go out as they
        are. Any path and method is answered unless one is said. Of several streams for one request the first answers
        first, and one that has answered gives way to the next that is played. Raises UsageError for events that are
        neither text nor bytes.
        """
        interaction = plays.inline(events, path, method, status, content_type, headers or {}, name)
        self._put(plays.shelved([interaction], None, None), fault, pacing)

    @plainly
    def generate(
        self,
        api: str | None = None,
        text: str | None = None,
        *,
        words: int = 40,
        reasoning: int = 0,
        tools: Mapping[str, Mapping[str, Any]] | None = None,
        usage: bool = True,
        model: str | None = None,
        seed: int = 0,
        fault: str | Sequence[str] = "",
        **pacing: str | float | None,
    ) -> None:
        """Play an answer that no model gave, in an API's format, with this text or so many words.

        `reasoning` is words of it; `tools` is arguments by the names of the tools that are called. The same seed gives
        the same bytes. Of several for one request the first answers first, as with `stream`.
        """
        api = api or self.api or "openai-chat"
        made = plays.generated(api, text, words, reasoning, tools or {}, usage, model, seed)
        self._put(plays.shelved([made], None, None), fault, pacing)

    def _put(
        self, shelved: Sequence[plays.Named], fault: str | Sequence[str], pacing: Mapping[str, str | float | None]
    ) -> None:
        specs = plays.faults(fault)
        pace = plays.pacing(self.config, pacing)

        def put() -> None:
            stock = self._session.stock
            for item in shelved:
                spent = plays.spent(item.shelved, stock.shelved, self._asked())
                named = plays.renamed(item.shelved, stock.shelved, self._named)
                stock.put(named, pace, specs)
                for name in spent:
                    stock.drop(name)
                self._session.replay(named.name)
                self._named |= {named.name} if item.alone else set()
            self._session.refresh()

        self.thread.call(put)

    def _asked(self) -> set[str]:
        """The cassettes that answered."""
        return {record.interaction.partition("#")[0] for record in self._session.journal}

    def _break(self, specs: Sequence[Spec], kept: Collection[str]) -> None:
        """Forget what was asked and all cassettes but these, and break every answer so from now on."""

        def change() -> None:
            self._drop(item.name for item in self._session.stock.shelved if item.name not in kept)
            self._session.reset()
            self._session.change(replace(self._session.settings, faults=tuple(specs)))

        self.thread.call(change)

    def reset(self) -> None:
        """Forget what is played and what was asked."""

        def reset() -> None:
            self._drop(item.name for item in self._session.stock.shelved)
            self._session.reset()

        self.thread.call(reset)

    def _drop(self, names: Iterable[str]) -> None:
        for name in names:
            self._session.stock.drop(name)
            self._named.discard(name)

    # --- What was asked

    @property
    def records(self) -> list[Record]:
        """The journal, the first request first."""
        return self.thread.call(lambda: list(self._session.journal))

    @property
    def requests(self) -> list[Request]:
        """What was asked so far, in order: also what no recording answers."""
        return [request_of(record) for record in self.records]

    @property
    def unmatched(self) -> list[Request]:
        """Requests that no recording answers."""
        return [request for request in self.requests if request.kind == "missed"]

    @property
    def unused(self) -> list[str]:
        """Cassettes of which nobody asked anything; not those that are only of a folder that was named."""
        return sorted(self._named - self.thread.call(self._asked))

    def settle(self, seconds: float = _SETTLE_S) -> None:
        """Wait until no answer is under way, so many seconds at most."""
        self.thread.until(lambda: all(record.done for record in self._session.journal), seconds)

    def settle_recordings(self, seconds: float) -> None:
        """Wait until what upstreams say is in a cassette, so many seconds at most."""
        self.settle(seconds)
        self.thread.settle(seconds)

    # --- What the client made of it

    @property
    def turn(self) -> Turn:
        """What the stream that was asked for last really said: text, reasoning, tool calls, usage.

        It is what the recording says, whatever faults its play had. Raises AssertionError where none was asked for.
        """
        __tracebackhide__ = True
        for record in reversed(self.records):
            interaction = self._answer(record)
            if interaction is not None and (turn := turn_of(interaction)).choices:
                return turn
        raise AssertionError("no stream that says anything was asked for" + self._so_far())

    def _answer(self, record: Record) -> Interaction | None:
        """What was played, or what an upstream said and is recorded now."""
        if record.kind == "relayed":
            self.settle_recordings(_SETTLE_S)
            return load(Path(record.recorded)).interactions[-1] if record.recorded else None
        tape = record.replay.tape() if record.replay is not None else None
        return tape.interaction if tape is not None else None

    def expect_text(self, answer: str) -> None:
        """Raises AssertionError, with what was lost, doubled or garbled, where this is not the text of `turn`."""
        __tracebackhide__ = True
        self._expect(answers.complaint(self.turn.first.text, answer))

    def expect_reasoning(self, reasoning: str) -> None:
        """The same of the reasoning."""
        __tracebackhide__ = True
        self._expect(answers.complaint(self.turn.first.reasoning, reasoning, "reasoning"))

    def _expect(self, complaint: str) -> None:
        __tracebackhide__ = True
        if complaint:
            raise AssertionError(complaint)

    @property
    def verdict(self) -> Verdict:
        """What the requests say of the client; it waits for answers under way."""
        self.settle()
        return Verdict(self.records)

    def timeline(self) -> str:
        """What was asked and played, and when, a few lines each."""
        return "\n".join(told(self.records))

    def _so_far(self) -> str:
        lines = told(self.records)
        return ":\n" + "\n".join(lines) if lines else ": nothing was"


def _not_started() -> UsageError:
    return UsageError("this MockServer was not started", "use it as `with MockServer(...) as server:`")


def turn_of(interaction: Interaction) -> Turn:
    """What a recording says."""
    return merge(api_of(interaction), units(interaction.response))
