"""A session is one client's world: its cassettes, pacing and faults, and how often each request was answered.

The command line makes the default one. It decides what a request is answered with and says why not; it neither waits
nor writes.
"""

from __future__ import annotations

import difflib
from collections import Counter
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING

from mocksse.cassette import match
from mocksse.errors import UsageError
from mocksse.server.applying import can_apply, hold
from mocksse.server.comeback import came_back, resumed
from mocksse.server.firing import Firing
from mocksse.server.journal import Journal
from mocksse.server.miss import Near
from mocksse.server.tape import Kind, Ready, Tape
from mocksse.server.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mocksse.cassette.pacing import Pacing
    from mocksse.replay.faults.grammar import Spec
    from mocksse.server.asked import Asked
    from mocksse.server.stock import Stock
    from mocksse.settings.model import SessionSettings

_REMEMBERED = 4096
"""Different requests whose match is remembered."""
_SPELT = 1024
"""Bytes of a target or body up to which it is its own key in that memory; of a longer one that is its digest."""

_Key = tuple[str, str | bytes, bytes | str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class Playing:
    """What a request is answered with: the tape, which play of it in this session and of which kind, and the play."""

    tape: Tape
    number: int
    kind: Kind
    ready: Ready


class Session:
    """Cassettes and counters. Its settings may change while it runs; counters stay until `reset`.

    Its pacing goes before an interaction's own, and a request's before both; its faults come behind an interaction's
    own, and a request's behind both. Raises UsageError where one of its faults can be played over none of the
    recordings, there are too many for one play, or a name of a cassette or route is that of none.
    """

    def __init__(self, stock: Stock, settings: SessionSettings, *, journal_size: int = 1000) -> None:
        self.name = settings.name
        self.journal = Journal(journal_size)
        self._stock = stock
        self._made = self._settings = settings
        self._generation = -1
        self.rules = match.rules_of(settings.match)
        self._set(settings)
        self._start()

    # --- What it is made of

    @property
    def settings(self) -> SessionSettings:
        """What it is made of."""
        return self._settings

    @property
    def stock(self) -> Stock:
        """Where its cassettes are; most sessions of a server share one."""
        return self._stock

    @property
    def made(self) -> SessionSettings:
        """What it was made of, before any change."""
        return self._made

    def remake(self) -> None:
        """Begin anew: from now on a reset brings back what it is made of at this moment."""
        self._made = self._settings
        self._start()

    def change(self, settings: SessionSettings) -> None:
        """Be made of something else from the next request on. Raises UsageError; then it is as it was."""
        rules = self.rules
        self._set(settings)
        if self.rules != rules:
            self._turns = Turns(self.rules)

    def refresh(self) -> None:
        """Take what changed in the stock. Raises UsageError where faults or routes do not fit it any more; the session
        then goes on with what it had, until the stock changes again."""
        if self._generation != self._stock.generation:
            self._generation = self._stock.generation
            self._set(self._settings)

    def reset(self) -> None:
        """Be as it was made: count from the start, and forget what was changed and what was asked."""
        self._set(self._made)
        self._start()

    def replay(self, file: str) -> None:
        """Count what is played of one cassette from the start, and its faults too."""
        self._firing.forget(f"{file}#")
        for key in [key for key in self._plays if key.removeprefix("HEAD ").startswith(f"{file}#")]:
            del self._plays[key]
        self._turns = Turns(self.rules)

    def _start(self) -> None:
        self._firing = Firing()
        self._turns = Turns(self.rules)
        self._plays: Counter[str] = Counter()
        self.journal.clear()

    def _set(self, settings: SessionSettings) -> None:
        rules = match.rules_of(settings.match)
        pacing = self._stock.resolve(settings.pacing)
        tapes = self._stock.select([str(path) for path in settings.cassettes])
        for tape in tapes:
            hold(len(settings.faults), len(tape.faults), tape.key)
        for index in range(len(settings.faults)):
            can_apply(settings.faults, index, tapes, pacing)
        routes = {path: _named(path, name, tapes) for path, name in settings.routes.items()}
        # Behind all that can be wrong.
        self._generation = self._stock.generation
        self._settings = settings
        self._pacing = pacing
        self._unseeded = replace(pacing, seed=None)
        self._routes = routes
        self.rules = rules
        self._plays_alone = rules.on_exhausted != "error" and rules.pick != "sequence"
        self.tapes = tapes
        self._asked = [tape.asked(rules, self._stock.redaction) for tape in tapes]
        self._rests = frozenset(i for i, tape in enumerate(tapes) if tape.resumes is not None)
        self._failed = frozenset(i for i, tape in enumerate(tapes) if tape.interaction.response.failed)
        self._found: dict[_Key, tuple[int, ...]] = {}

    @property
    def pacing(self) -> Pacing:
        """Goes before that of each interaction."""
        return self._pacing

    @property
    def faults(self) -> tuple[Spec, ...]:
        """Those for every interaction."""
        return self._settings.faults

    # --- What a request is answered with

    def play(self, asked: Asked) -> Playing | None:
        """The tape that answers, and its next play with all faults that fire for it; None where nobody recorded it.

        Raises UsageError where the request has too many faults for this tape.
        """
        found = self.choose(asked)
        if found is None:
            return None
        tape, note = found
        kind = self.kind(tape, asked, note)
        counted = _counted_as(tape, asked)
        self._plays[counted] += 1
        number = self._plays[counted]
        return Playing(tape, number, kind, tape.play(kind, number, asked.target))

    def kind(self, tape: Tape, asked: Asked, note: str = "") -> Kind:
        """What the tape's next play for the request depends on. This counts its faults: ask once for each play.

        `note`: for the client, where another tape could be meant too.
        """
        if asked.pacing is None:
            pacing, seed = self._unseeded, self._pacing.seed
        else:
            paced = asked.pacing.over(self._pacing)
            pacing, seed = replace(paced, seed=None), paced.seed
        specs = self._specs(tape, asked)
        if specs:
            drawn_from = tape.pacing.seed if seed is None else seed
            specs = self._firing(_counted_as(tape, asked), specs, drawn_from or 0, resumed=asked.last is not None)
        last = asked.last
        if last is not None:
            # What was recorded as the rest is the rest.
            last = None if tape.is_rest(last) else replace(last, note=note)
        return Kind(asked.context, specs, pacing, last, asked.pacing is not None, seed)

    def _specs(self, tape: Tape, asked: Asked) -> tuple[Spec, ...]:
        if asked.faults:
            hold(len(asked.faults), len(tape.faults) + len(self.faults), tape.key)
        return (*tape.faults, *self.faults, *asked.faults)

    def choose(self, asked: Asked) -> tuple[Tape, str] | None:
        """The recording whose turn it is of those that answer; to a client that comes back the same one.

        With a note for the client, where another could be meant too.
        """
        found = self._fitting(asked)
        if not found:
            found = tuple(came_back(asked.method, asked.target, asked.last, self.tapes, (*self.faults, *asked.faults)))
        if not found:
            return None
        if self._rests:
            rest = [i for i in found if asked.last is not None and self.tapes[i].is_rest(asked.last)]
            found = tuple(rest[:1] or [i for i in found if i not in self._rests] or found)
        if len(found) == 1 and self._plays_alone:
            tape = self.tapes[found[0]]
            self._specs(tape, asked)
            return tape, ""
        group = tuple(self.tapes[i].key for i in found)
        if asked.last is not None and len(found) > 1:
            specs = (*self.faults, *asked.faults)
            return resumed([self.tapes[i] for i in found], asked.last, self._turns.last(group), specs)
        # A look at the head is not the request again, nor is it to ask for the rest, or one that is refused.
        only_look = asked.method == "HEAD" or asked.last is not None
        seed = self._pacing.seed or 0
        index = self._turns.next(group, seed, only_look=True)
        if index is None:
            return None
        tape = self.tapes[found[index]]
        self._specs(tape, asked)
        if not only_look:
            self._turns.next(group, seed)
        return tape, ""

    def _fitting(self, asked: Asked) -> tuple[int, ...]:
        """The recordings that answer: one and the same request in recorded order, or all that fit, by `pick`."""
        rules = self.rules
        if rules.pick == "sequence":
            return self._find(asked)
        key = (
            asked.method,
            asked.target if len(asked.target) <= _SPELT else _digest(asked.target.encode("utf-8", "surrogateescape")),
            asked.body if len(asked.body) <= _SPELT else _digest(asked.body).hex(),
            asked.headers,
        )
        found = self._found.get(key)
        if found is None:
            found = self._find(asked)
            if len(self._found) >= _REMEMBERED:
                self._found.clear()
            self._found[key] = found
        return found

    def _find(self, asked: Asked) -> tuple[int, ...]:
        rules = self.rules
        want = self._want(asked.method, asked.target, asked.body, asked.headers)
        routed = self._routes.get(want.path)
        if routed is not None:
            return routed
        if rules.pick in {"round-robin", "random"}:
            return self._in_order(match.fitting(want, self._asked, rules))
        if rules.pick == "best":
            return self._in_order(match.find(want, self._asked, rules, self._failed))
        fits = match.fitting(want, self._asked, rules)
        left = [fits[i] for i in self._turns.unplayed([self.tapes[i].key for i in fits])]
        if not left:
            return fits[-1:] if rules.on_exhausted == "repeat" else ()
        failed = frozenset(n for n, i in enumerate(left) if i in self._failed)
        best = match.find(want, [self._asked[i] for i in left], rules, failed)
        return self._in_order([left[n] for n in best])[:1]

    def _in_order(self, found: Sequence[int]) -> tuple[int, ...]:
        """In the order in which they were recorded, where that is told: of files, their names need not tell."""
        times = [self.tapes[i].recorded_at for i in found]
        return tuple(i for _, i in sorted(zip(times, found, strict=True))) if all(times) else tuple(found)

    def _want(self, method: str, target: str, body: bytes, headers: tuple[tuple[str, str], ...]) -> match.Asked:
        return match.asked(method, target, body, headers, self.rules, self._stock.redaction)

    def compared(self, asked: Asked) -> match.Asked:
        """A request as it is compared by the session's rules."""
        return self._want(asked.method, asked.target, asked.body, asked.headers)

    def nearest(
        self, method: str, target: str, body: bytes, headers: tuple[tuple[str, str], ...] = ()
    ) -> tuple[Near, ...]:
        """The recordings nearest to a request that none answers, and how each differs; with no difference where it
        would answer, but was played as often as it may be."""
        misses = match.nearest(self._want(method, target, body, headers), self._asked, self.rules)
        return tuple(Near(self.tapes[miss.index], miss.differs) for miss in misses)

    @property
    def models(self) -> tuple[str, ...]:
        """The models that the recorded requests name."""
        return match.model_names(tape.interaction.request for tape in self.tapes)


def _counted_as(tape: Tape, asked: Asked) -> str:
    """What plays and faults are counted by. A HEAD is counted apart: a look at the head is not the request again."""
    return f"HEAD {tape.key}" if asked.context.method == "HEAD" else tape.key


def _named(path: str, name: str, tapes: Sequence[Tape]) -> tuple[int, ...]:
    """The tapes a route's NAME stands for: an interaction, `file#interaction`, or all of a file in order."""
    file, mark, inside = name.partition("#")
    if file not in {tape.file for tape in tapes}:
        file = file.removesuffix(".yaml").removesuffix(".yml")
    for fits in (
        [i for i, tape in enumerate(tapes) if tape.key == f"{file}{mark}{inside}"],
        [i for i, tape in enumerate(tapes) if tape.interaction.name == name],
        [i for i, tape in enumerate(tapes) if tape.file == file and not mark],
    ):
        if fits:
            if len({tapes[i].file for i in fits}) > 1:
                both = ", ".join(tapes[i].key for i in fits)
                raise UsageError(f"route {path}={name}: several interactions are called so", f"one of {both}")
            return tuple(fits)
    known = [n for tape in tapes for n in (tape.interaction.name, tape.file, tape.key)]
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
    hint = f"did you mean {close[0]}?" if close else "mocksse show lists the names"
    raise UsageError(f"route {path}={name}: no interaction is called {name}", hint)


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=16).digest()
