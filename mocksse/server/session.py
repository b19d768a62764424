"""A session is one client's world: its cassettes, pacing and faults, and how often each request was answered.

The command line makes the default one. It decides what a request is answered with and says why not; it neither waits
nor writes.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from functools import cache, partial
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from mocksse import limits
from mocksse.cassette import match
from mocksse.cassette.load import load
from mocksse.cassette.pacing import Pacing
from mocksse.errors import UsageError
from mocksse.figures import plural
from mocksse.replay.compile import compile as compile_plan
from mocksse.replay.draft import PLAIN, Context
from mocksse.replay.faults.inject import UNDONE
from mocksse.replay.faults.written import faults_of
from mocksse.replay.pacing import resolve
from mocksse.server.comeback import came_back, resumed
from mocksse.server.firing import Firing
from mocksse.server.tape import Kind, Ready, Tape

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mocksse.cassette.library import Shelved
    from mocksse.cassette.model import Interaction
    from mocksse.replay.faults.grammar import Spec
    from mocksse.replay.resume import Last

_REMEMBERED = 4096
"""Different requests whose match is remembered."""
_SPELT = 1024
"""Bytes of a target or body up to which it is its own key in that memory; of a longer one that is its digest."""


@dataclass(frozen=True, slots=True)
class Route:
    """`/path=NAME`: the interaction is played at this path too, to any method."""

    path: str
    name: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: `last` is what it came back with, `faults` and `pacing` are what its own headers say."""

    method: str
    target: str
    body: bytes = b""
    context: Context = PLAIN
    faults: tuple[Spec, ...] = ()
    pacing: Pacing | None = None
    last: Last | None = None


class Session:
    """Cassettes and counters.

    `pacing` is what the command line said, and goes before what the files say; its `faults` come behind theirs, and
    those of a request behind both. Raises UsageError where a fault of the command line can be played over none of the
    recordings, or there are too many for one play.
    """

    def __init__(
        self,
        shelved: Iterable[Shelved],
        pacing: Pacing | None = None,
        routes: Sequence[Route] = (),
        faults: Sequence[Spec] = (),
    ) -> None:
        sample = cache(_sample)
        said = resolve(pacing or Pacing(), partial(sample, Path()))
        self.tapes: list[Tape] = []
        for item in shelved:
            read = partial(sample, item.path.parent)
            for interaction in item.cassette:
                layer = (interaction.pacing or Pacing()).over(item.cassette.pacing)
                own = resolve(layer, read)
                # Held against the file's own pace: at another, `at=ms:N` may be beyond the stream, and is noted then.
                written = faults_of(interaction, item.cassette.source, own) if interaction.faults else ()
                self.tapes.append(Tape(item.name, interaction, said.over(own), written))
        self.faults = tuple(faults)
        for tape in self.tapes:
            _hold(len(self.faults), len(tape.faults), tape.key)
        for index in range(len(self.faults)):
            _can_apply(self.faults, index, self.tapes)
        self._firing = Firing()
        self._routes = {route.path: self._named(route) for route in routes}
        self._asked = [tape.asked for tape in self.tapes]
        self._rests = frozenset(i for i, tape in enumerate(self.tapes) if tape.resumes is not None)
        self._failed = frozenset(i for i, tape in enumerate(self.tapes) if tape.interaction.response.failed)
        self._found: dict[tuple[str, str | bytes, bytes | str], tuple[int, ...]] = {}
        self._played: dict[tuple[bool, tuple[int, ...]], int] = {}

    def play(self, asked: Asked) -> tuple[Tape, Ready] | None:
        """The tape that answers, and its next play with all faults that fire for it; None where nobody recorded it.

        Raises UsageError where the request has too many faults for this tape.
        """
        found = self.choose(asked)
        if found is None:
            return None
        tape, note = found
        return tape, tape.play(self.kind(tape, asked, note), asked.target)

    def kind(self, tape: Tape, asked: Asked, note: str = "") -> Kind:
        """What the tape's next play for the request depends on, counted. `note`: why it is this tape."""
        specs = self._specs(tape, asked)
        if specs:
            # A look at the head is not the request again.
            counted = f"HEAD {tape.key}" if asked.context.method == "HEAD" else tape.key
            seed = tape.paced(asked.pacing).seed or 0
            specs = self._firing(counted, specs, seed, resumed=asked.last is not None)
        last = asked.last
        if last is not None:
            # What was recorded as the rest is the rest.
            last = None if tape.is_rest(last) else replace(last, note=note)
        return Kind(asked.context, specs, asked.pacing, last)

    def _specs(self, tape: Tape, asked: Asked) -> tuple[Spec, ...]:
        if asked.faults:
            _hold(len(asked.faults), len(tape.faults) + len(self.faults), tape.key)
        return (*tape.faults, *self.faults, *asked.faults)

    def choose(self, asked: Asked) -> tuple[Tape, str] | None:
        """The recordings of the same request in order, then the last again; to a client that comes back the same.

        With a note for the client, where another could be meant too.
        """
        method, target, body = asked.method, asked.target, asked.body
        key = (
            method,
            target if len(target) <= _SPELT else _digest(target.encode("utf-8", "surrogateescape")).encode(),
            body if len(body) <= _SPELT else _digest(body),
        )
        found = self._found.get(key)
        if found is None:
            found = self._find(method, target, body)
            if len(self._found) >= _REMEMBERED:
                self._found.clear()
            self._found[key] = found
        if not found:
            found = tuple(came_back(method, target, asked.last, self.tapes, (*self.faults, *asked.faults)))
        if not found:
            return None
        if self._rests:
            rest = [i for i in found if asked.last is not None and self.tapes[i].is_rest(asked.last)]
            found = tuple(rest[:1] or [i for i in found if i not in self._rests] or found)
        if len(found) == 1:
            return self.tapes[found[0]], ""
        # A look at the head is not the request again, nor is it to ask for the rest.
        counted = (method == "HEAD", found)
        count = self._played.get(counted, 0)
        if asked.last is not None:
            specs = (*self.faults, *asked.faults)
            return resumed([self.tapes[i] for i in found], asked.last, count - 1, specs)
        tape = self.tapes[found[min(count, len(found) - 1)]]
        self._specs(tape, asked)  # a request that is refused does not count
        self._played[counted] = count + 1
        return tape, ""

    def _find(self, method: str, target: str, body: bytes) -> tuple[int, ...]:
        want = match.asked(method, target, body)
        routed = self._routes.get(want.path)
        return routed if routed is not None else match.best(want, self._asked, self._failed)

    def explain_miss(self, method: str, target: str, body: bytes) -> list[dict[str, object]]:
        """The recordings nearest to a request that none answers: interaction, request and how it differs."""
        misses = match.nearest(match.asked(method, target, body), self._asked)
        return [
            {
                "interaction": self.tapes[miss.index].key,
                "request": self.tapes[miss.index].interaction.request.label,
                "differs": list(miss.differs),
            }
            for miss in misses
        ]

    def _named(self, route: Route) -> tuple[int, ...]:
        """The tapes a route's NAME stands for: an interaction, `file#interaction`, or all of a file in order."""
        name = route.name
        file, mark, inside = name.partition("#")
        if file not in {tape.file for tape in self.tapes}:
            file = file.removesuffix(".yaml").removesuffix(".yml")
        for fits in (
            [i for i, tape in enumerate(self.tapes) if tape.key == f"{file}{mark}{inside}"],
            [i for i, tape in enumerate(self.tapes) if tape.interaction.name == name],
            [i for i, tape in enumerate(self.tapes) if tape.file == file and not mark],
        ):
            if fits:
                if len({self.tapes[i].file for i in fits}) > 1:
                    both = ", ".join(self.tapes[i].key for i in fits)
                    raise UsageError(
                        f"--route {route.path}={name}: several interactions are called so", f"one of {both}"
                    )
                return tuple(fits)
        known = [n for tape in self.tapes for n in (tape.interaction.name, tape.file, tape.key)]
        close = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
        hint = f"did you mean {close[0]}?" if close else "mocksse show lists the names"
        raise UsageError(f"--route {route.path}={name}: no interaction is called {name}", hint)


def _hold(count: int, before: int, key: str) -> None:
    """Raises UsageError where so many more faults for one play are too many."""
    if count + before > limits.MAX_FAULTS:
        there = f" on top of the {before} there are for {key}" if before else ""
        raise UsageError(f"{plural(count, 'fault')}{there}; {limits.MAX_FAULTS} is the most for one play")


def _can_apply(specs: Sequence[Spec], index: int, tapes: Sequence[Tape]) -> None:
    """Raises UsageError where all recordings refuse one of the command line's faults, whichever fire before it."""
    spec = specs[index]
    first = ""
    for tape in tapes:
        before = (*tape.faults, *specs[:index])
        for fired in dict.fromkeys([before, tuple(other for other in before if other.when.is_always)]):
            notes = compile_plan(tape.interaction, tape.pacing, faults=(*fired, spec), layout=tape.layout).notes
            told = (note.removeprefix(f"{spec.text}: ") for note in notes if note.startswith(f"{spec.text}: "))
            refused = next((why for why in told if why != UNDONE), "")
            if not refused:
                return
            first = first or refused
    if first:
        hint = "it can be played over none of these recordings" if len(tapes) > 1 else ""
        raise UsageError(spec.complaint(first), hint)


def _sample(folder: Path, name: str) -> tuple[Interaction, ...]:
    """What `from:NAME` means to somebody in that folder."""
    path = folder / name
    if not path.is_file():
        raise UsageError(f"from:{name}: no such cassette: {path}")
    return load(path).interactions


def _digest(data: bytes) -> str:
    return blake2b(data, digest_size=16).hexdigest()
