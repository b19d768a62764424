"""The suite: every case played to one client, several at a time, each in a session of its own; verdicts come out.

A clean answer comes first: where the client does not get that, nothing is judged.
"""

from __future__ import annotations

import re
import shlex
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from mocksse.cassette.units import api_of
from mocksse.errors import UsageError
from mocksse.server.verdict import findings
from mocksse.testing import MockServer
from mocksse.torture.case import EVENTS, SAME, Case, Play
from mocksse.torture.cuts import SAMPLE
from mocksse.torture.doubt import TIMED, plays_to_show
from mocksse.torture.exchange import Exchange, exchanges
from mocksse.torture.judge import judge, said_of
from mocksse.torture.outcome import Tells, Want, as_sent, differs, tells_of
from mocksse.torture.plays import IDLE_S, fits, plays_of
from mocksse.torture.tapes import tape_of
from mocksse.torture.verdict import Verdict, worst

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mocksse.cassette.model import Interaction
    from mocksse.server.verdict import Finding
    from mocksse.testing.session import MockSession
    from mocksse.torture.process import Runner
    from mocksse.torture.subject import Subject
    from mocksse.torture.told import Ran

TIMEOUT_S = 20.0
JOBS = 6
_MATCH: dict[str, Any] = {"match": {"body": "ignore", "query": "ignore"}}
_SLOW = re.compile(rf"{TIMED.pattern}|empty-reply|status|at=head|date:")
"""Of faults that take their time: they begin first, and wait beside the others."""
_HEAVY = re.compile(r"MiB")
"""Of faults that are much work for the server: they come last and one at a time, so that no other's
times suffer."""
_HEAVY_TIMES = 4
"""How much longer one of those may take: a slow machine's client is at work, and does not hang."""
_GIVEN_UP = 2
"""Plays of a case without an end, after which its others are not played."""


_START_S = 60.0
"""For a client to start."""
_CLEAN = Case("baseline/clean", 0, "read it", "MUST", "C", "", ())
_CALM_S = 0.5
"""Without a request, after which a gateway is through with a play that its client has left."""
_RESTLESS_S = 20.0
"""And the longest that is waited for that."""


class BaselineError(UsageError):
    """The client does not get a clean answer: nothing it does later would mean anything."""


@dataclass(frozen=True, slots=True)
class Options:
    """How the suite is played. `most`: cuts of a sweep, 0 for all; `through`: the base URL of a gateway under test."""

    run: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    strict: bool = False
    jobs: int = JOBS
    timeout_s: float = TIMEOUT_S
    idle_s: float = IDLE_S
    most: int = SAMPLE
    through: str = ""
    host: str = "127.0.0.1"
    port: int = 0

    @property
    def said(self) -> tuple[str, ...]:
        """The words of the command line without which one play would be another, or be judged in another way."""
        numbers = {"timeout_s": "--timeout", "idle_s": "--idle", "most": "--cuts"}
        words = ["--strict"] if self.strict else []
        for name, option in numbers.items():
            if getattr(self, name) != getattr(DEFAULT, name):
                words += [option, f"{getattr(self, name):g}"]
        return tuple(words)


DEFAULT = Options()


@dataclass(frozen=True, slots=True)
class Report:
    """One client over one API. `verdicts` are in the order of cases and plays; `clean`: what a clean answer was."""

    client: Subject
    verdicts: tuple[Verdict, ...]
    clean: str
    seconds: float
    scaled: tuple[str, ...] = ()
    options: Options = DEFAULT

    @property
    def api(self) -> str:
        """The API it was asked in."""
        return self.client.api

    @property
    def version(self) -> str:
        """Of the package that was tested; empty where that is not known."""
        return self.client.version

    @property
    def by_case(self) -> dict[Case, list[Verdict]]:
        """The verdicts of each case."""
        found: dict[Case, list[Verdict]] = {}
        for verdict in self.verdicts:
            found.setdefault(verdict.play.case, []).append(verdict)
        return found

    @property
    def cases(self) -> list[Verdict]:
        """Of each case the one verdict that speaks for it."""
        return [worst(verdicts) for verdicts in self.by_case.values()]

    @property
    def failed(self) -> bool:
        """Whether any case failed."""
        return any(verdict.failed for verdict in self.verdicts)

    def again(self, play: Play) -> str:
        """The command that plays one play again."""
        words = ["mocksse", "torture", "--api", self.api, "--run", play.id, *self.options.said]
        return f"{shlex.join(words)} {self.client.said}"


@dataclass(slots=True)
class Suite:
    """One run over one API of one client."""

    client: Subject
    cases: Sequence[Case]
    options: Options = field(default_factory=Options)
    tell: Callable[[int, int, Verdict], None] = lambda _done, _all, _verdict: None
    """Hears of each verdict, with how many there are and will be."""
    _tells: Tells = field(default_factory=Tells, init=False)
    _endless: Counter[str] = field(default_factory=Counter, init=False)
    _runners: list[Runner] = field(default_factory=list, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    _stopped: bool = field(default=False, init=False)

    @property
    def api(self) -> str:
        """The API of all plays."""
        return self.client.api

    def play(self) -> Report:
        """All of it. Raises BaselineError, and UsageError where the client can't be run."""
        began = time.monotonic()
        options = self.options
        with ExitStack() as stack:
            server = stack.enter_context(MockServer(host=options.host, port=options.port, **_MATCH))
            runners: SimpleQueue[Runner] = SimpleQueue()
            jobs = 1 if options.through else max(1, options.jobs)
            for _ in range(jobs):
                runner = self.client.runner()
                stack.callback(runner.close)
                self._runners.append(runner)
                runners.put(runner)
            clean = self._baseline(server, runners)
            plays = [p for c in self.cases for p in plays_of(c, self.api, options.idle_s, options.most)]
            plays = [play for play in plays if fits(play, options.run, options.skip)]
            verdicts = self._all(server, runners, plays, jobs)
            verdicts += [self._left_out(case) for case in self.cases if case.left_out]
        order = {case.id: number for number, case in enumerate(self.cases)}
        verdicts.sort(key=lambda verdict: order[verdict.play.case.id])
        scaled = tuple(dict.fromkeys(play.scaled for play in plays if play.scaled))
        return Report(self.client, tuple(verdicts), clean, time.monotonic() - began, scaled, options)

    def _all(self, server: MockServer, runners: SimpleQueue[Runner], plays: Sequence[Play], jobs: int) -> list[Verdict]:
        verdicts: list[Verdict | None] = [None] * len(plays)
        count = 0

        def one(index: int) -> None:
            nonlocal count
            runner = runners.get()
            try:
                found = self._one(server, runner, plays[index])
            finally:
                runners.put(runner)
            with self._lock:
                verdicts[index] = found
                count += 1
                self.tell(count, len(plays), found)

        order = sorted(range(len(plays)), key=lambda index: not _SLOW.search(plays[index].faults))
        for heavy, at_a_time in ((False, jobs), (True, 1)):
            those = [index for index in order if bool(_HEAVY.search(plays[index].faults)) is heavy]
            with ThreadPoolExecutor(at_a_time) as pool:
                futures = [pool.submit(one, index) for index in those]
                try:
                    for future in futures:
                        future.result()
                except BaseException:
                    self._stopped = True
                    pool.shutdown(wait=False, cancel_futures=True)
                    for runner in self._runners:  # or what is under way would be waited for
                        runner.stop()
                    raise
        return [verdict for verdict in verdicts if verdict is not None]

    def _one(self, server: MockServer, runner: Runner, play: Play) -> Verdict:
        """One play, and its verdict."""
        if missing := [need for need in play.case.needs if not self._can(need)]:
            return Verdict(play, "SKIP", f"the client does not claim {missing[0]} (--can {missing[0]})")
        if self._endless[play.case.id] >= _GIVEN_UP:
            return Verdict(play, "SKIP", "not played: other cuts of this case came to no end")
        if self.options.through:  # how long a gateway keeps its own connection is its affair
            play = replace(play, expect=replace(play.expect, within_s=None))
        verdict, late = self._judged(server, runner, play)
        shown = 1
        while shown < plays_to_show(verdict, late, self._endless_in_all()) and not self._stopped:
            verdict, late = self._judged(server, runner, play)
            shown += 1
        if verdict.wrong == "hang":
            with self._lock:
                self._endless[play.case.id] += 1
        return verdict

    def _endless_in_all(self) -> int:
        with self._lock:
            return self._endless.total()

    def _judged(self, server: MockServer, runner: Runner, play: Play) -> tuple[Verdict, bool]:
        """One answer, judged; and whether the server itself ran late."""
        ran, seen, found = self._answer(server, runner, play)
        tape = tape_of(self.api, play.tape)
        want = as_sent(api_of(tape.interaction), seen) if play.expect.as_sent else Want.of_turn(tape.turn)
        verdict = judge(play, want, self._tells, ran, seen, found, strict=self.options.strict)
        late = any(finding.check == "server-late" for finding in found)
        return replace(verdict, exchanges=tuple(replace(exchange, frames=()) for exchange in seen)), late

    def _answer(
        self, server: MockServer, runner: Runner, play: Play
    ) -> tuple[Ran, tuple[Exchange, ...], Sequence[Finding]]:
        """One answer of the client to one play."""
        if runner.cold:
            self._warm(server, runner)
        tape = tape_of(self.api, play.tape)
        with self._session(server, play) as session:
            session.play(self._asked_for(tape.interaction), fault=play.faults)
            url = self.options.through or session.url(self.client.base)
            words = {"url": url, "api": self.api, "timeout": f"{self._patience_s(play):g}"}
            ran = runner.answer(words, self.options.timeout_s * (_HEAVY_TIMES if _HEAVY.search(play.faults) else 1))
            session.settle()
            if self.options.through and TIMED.search(play.faults):
                _calm(session)
            records = session.records
            return ran, exchanges(records, frames=play.expect.as_sent or self.api == EVENTS), findings(records)

    def _warm(self, server: MockServer, runner: Runner) -> None:
        """A clean answer that counts for nothing: the client's start is no part of any other."""
        play = Play(_CLEAN, self.api, "", "", SAME, "text", "MUST")
        with self._session(server, play) as session:
            session.play(tape_of(self.api, "text").interaction)
            url = self.options.through or session.url(self.client.base)
            runner.answer({"url": url, "api": self.api, "timeout": f"{_START_S:g}"}, _START_S)

    def _asked_for(self, interaction: Interaction) -> Interaction:
        """The tape where this client looks for it."""
        if not self.client.path:
            return interaction
        return replace(interaction, request=replace(interaction.request, path=self.client.path))

    def _patience_s(self, play: Play) -> float:
        """What the client is told to wait for what comes next; of events, which may come for ever, for all of it."""
        timed = self.api != EVENTS and TIMED.search(play.faults)
        return self.options.idle_s if timed else max(self.options.idle_s, self.options.timeout_s / 2)

    @contextmanager
    def _session(self, server: MockServer, play: Play) -> Iterator[MockSession]:
        """A session of the play's own; a gateway knows only one address, and there the default one is made new."""
        if self.options.through:
            server.reset()
            yield server
            return
        with server.session(f"{play.case.number or 'q'}-{play.case.name}", **_MATCH) as session:
            yield session

    def _can(self, need: str) -> bool:
        return need in self.client.can or getattr(self._tells, need, False)

    def _left_out(self, case: Case) -> Verdict:
        play = Play(case, self.api, "", "", SAME, "text", case.level)
        return Verdict(play, "SKIP", case.left_out)

    # --- The clean answer

    def _baseline(self, server: MockServer, runners: SimpleQueue[Runner]) -> str:
        """A clean answer of each tape; what it is, in words. Raises BaselineError."""
        runner = runners.get()
        try:
            found = []
            tells = Tells()
            tools = self.api != EVENTS and ("tools" in self.client.can or not self.client.kept)
            for name in ("text", "tools") if tools else ("text",):
                want, one = self._clean(server, runner, name)
                tells = one if name == "text" else replace(tells, tools=one.tools)
                found.append(want)
            self._tells = tells
            return ", ".join(found)
        finally:
            runners.put(runner)

    def _clean(self, server: MockServer, runner: Runner, name: str) -> tuple[str, Tells]:
        play = Play(_CLEAN, self.api, "", "", SAME, name, "MUST")
        ran, seen, _ = self._answer(server, runner, play)
        want = Want.of_turn(tape_of(self.api, name).turn)
        who = f"{self.client.name} over {self.api}"
        if missed := [exchange for exchange in seen if exchange.kind == "missed"]:
            asked = f"{missed[0].method} {missed[0].target}"
            hint = "--api names the API that the client speaks, and it has to ask for a stream"
            raise BaselineError(f"{who}: no recording answers {asked}", hint)
        if ran.how in {"timeout", "crashed", "garbage", "flooded"}:
            hint = _SAYS if ran.how == "garbage" else _HINT
            raise BaselineError(f"{who}: no clean answer: {ran.how}{f': {ran.detail}' if ran.detail else ''}", hint)
        if not seen:
            said = f": {said_of(ran.told)}" if ran.told is not None and ran.told.outcome == "error" else ""
            raise BaselineError(f"{who}: it asked nothing of {self.options.through or 'the server'}{said}", _HINT)
        if ran.told is None:
            return f"{name}: not told", Tells(text=False)
        if ran.told.outcome != "ok":
            said = ran.told.error_message[:200] or ran.told.error_type or "an error"
            raise BaselineError(f"{who}: a clean answer ends in an error: {said}", _HINT)
        tells = tells_of(want, ran.told)
        if difference := differs(self.api, want, tells, ran.told, seen):
            raise BaselineError(f"{who}: a clean answer is another: {difference}", _HINT)
        return f"{name}: {'the same' if tells.text or tells.events else 'ok'}", tells


def _calm(session: MockSession) -> None:
    """Wait until a gateway asks for no more: it may try again though nobody waits for that any longer."""
    end, known = time.monotonic() + _RESTLESS_S, -1
    while time.monotonic() < end:
        session.settle()
        records = session.records
        if len(records) == known and all(record.done for record in records):
            return
        known = len(records)
        time.sleep(_CALM_S)


_HINT = "nothing is judged without a clean answer first"
_SAYS = "its last line has to be its result; who prints nothing is judged by what the server saw"
