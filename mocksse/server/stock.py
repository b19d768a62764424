"""The cassettes of a running server, read once for all sessions, and each interaction as a tape ready to be played.

A cassette that changes on disk becomes new tapes beside the old ones: what is playing goes on with what it began with.
"""

from __future__ import annotations

import os
from contextlib import suppress
from fnmatch import fnmatchcase
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from mocksse.cassette.library import ENDINGS, Shelved, find
from mocksse.cassette.load import load
from mocksse.cassette.naming import free_name
from mocksse.cassette.pacing import Pacing
from mocksse.cassette.redact import NO_RULES, Rules
from mocksse.cassette.units import with_rules
from mocksse.errors import MocksseError, UsageError, nearest
from mocksse.replay.faults.written import faults_of
from mocksse.replay.pacing import resolve
from mocksse.server.applying import can_apply
from mocksse.server.tape import Tape

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mocksse.cassette.model import Interaction
    from mocksse.providers.extract import Extract
    from mocksse.replay.faults.grammar import Spec


class Stock:
    """Cassettes in order. `generation` grows with every change, so that a session knows when to look again.

    `roots`: the folders and files that were named, of which new cassettes are taken. `redaction`: what recordings are
    redacted by besides what always is; requests are compared with them alike. `extract`: what events mean of which
    nothing else is known.
    """

    def __init__(
        self,
        shelved: Iterable[Shelved] = (),
        roots: Sequence[Path] = (),
        redaction: Rules = NO_RULES,
        extract: Extract | None = None,
    ) -> None:
        self.roots = tuple(roots)
        self.redaction = redaction
        self._extract = extract
        self.generation = 0
        self._sample = cache(_sample)
        self._shelves: dict[str, tuple[Shelved, tuple[Tape, ...]]] = {
            item.name: (item, self._tapes_of(item)) for item in shelved
        }

    def empty(self) -> Stock:
        """One without cassettes, and the same rules."""
        return Stock(redaction=self.redaction, extract=self._extract)

    @property
    def shelved(self) -> tuple[Shelved, ...]:
        """All cassettes."""
        return tuple(item for item, _ in self._shelves.values())

    @property
    def tapes(self) -> tuple[Tape, ...]:
        """All tapes, in the order of files and of the interactions in them."""
        return tuple(tape for _, tapes in self._shelves.values() for tape in tapes)

    def select(self, names: Sequence[str]) -> tuple[Tape, ...]:
        """The tapes of these cassettes, in their order; all, where none are named. UsageError for a name of none.

        A name is one of the places that were named at the start, a file's, with or without its ending, a folder's, a
        pattern (`chat-*`), `file#interaction`, or a path to one of the files there are: no other file is looked at.
        """
        if not names:
            return self.tapes
        found = {tape.key: tape for name in names for tape in self._named(name)}
        return tuple(found.values())

    def _named(self, name: str) -> tuple[Tape, ...]:
        file, mark, inside = name.partition("#")
        bare = file.removesuffix(".yaml").removesuffix(".yml").strip("/").removeprefix("./")
        place = _absolute(file or os.devnull)
        if not mark and place in map(_absolute, self.roots):
            # All below it, whatever they are called, and nothing yet of a folder that is to be recorded into.
            return tuple(t for item, tapes in self._shelves.values() if _is_in(item.path, place) for t in tapes)
        inside_roots = any(_is_in(place, _absolute(root)) for root in self.roots)
        for fits in (
            lambda item: item.name == file,
            lambda item: item.name == bare,
            lambda item: item.name.startswith(f"{bare}/"),
            lambda item: inside_roots and _is_in(item.path, place),
            lambda item: fnmatchcase(item.name, bare),
        ):
            tapes = tuple(
                tape
                for item, tapes in self._shelves.values()
                if fits(item)
                for tape in tapes
                if not mark or tape.interaction.name == inside
            )
            if tapes:
                return tapes
        known = [*self._shelves, *(tape.key for tape in self.tapes)]
        raise UsageError(f"no cassette is called {name}", nearest(name, known) or "mocksse show lists the names")

    def path_of(self, name: str) -> Path:
        """The file of a cassette, by the names that `select` takes. UsageError for a name of none, or of several."""
        files = {tape.file for tape in self.select([name])} if name else set()
        if len(files) != 1:
            raise UsageError(f"no single cassette is called {name}", "mocksse show lists the names")
        return self._shelves[files.pop()][0].path

    def put(self, item: Shelved, pacing: Pacing | None = None, faults: Sequence[Spec] = ()) -> None:
        """Take a cassette, in place of the one of its name if there is one. Raises UsageError; then it is as it was.

        `pacing` goes before the file's own, `faults` behind: those that can be played over none of its recordings are
        an error.
        """
        self._sample.cache_clear()
        tapes = self._tapes_of(item)
        if pacing is not None or faults:
            over = self.resolve(pacing or Pacing(), item.path.parent)
            for index in range(len(faults)):
                can_apply(faults, index, tapes, over)
            tapes = tuple(
                Tape(tape.file, tape.interaction, over.over(tape.pacing), (*tape.faults, *faults)) for tape in tapes
            )
        self._shelves[item.name] = (item, tapes)
        self.generation += 1

    def drop(self, name: str) -> None:
        """Let go of a cassette."""
        del self._shelves[name]
        self.generation += 1

    def refresh(self, changed: Iterable[Path]) -> tuple[list[str], list[MocksseError]]:
        """Read again what changed; the names of cassettes that are other now, and what is wrong with the rest.

        A cassette that can't be read any more stays as it was; one that is gone goes.
        """
        names: list[str] = []
        wrong: list[MocksseError] = []
        known = {os.path.realpath(item.path): item.name for item in self.shelved}
        for path in dict.fromkeys(changed):
            name = known.get(os.path.realpath(path), "")
            try:
                if not path.exists():
                    if name:
                        self.drop(name)
                        names.append(name)
                elif name or self._called(path):
                    name = name or self.called(path)
                    before = self._shelves.get(name)
                    item = Shelved(name, path if before is None else before[0].path, load(path))
                    if before is None or before[0].cassette != item.cassette:
                        self.put(item)
                        names.append(name)
            except MocksseError as error:
                wrong.append(error)
        return names, wrong

    def files(self) -> list[Path]:
        """The cassettes that lie in the roots at this moment."""
        found: list[Path] = []
        for root in self.roots:
            with suppress(UsageError):
                found += [path for _, path in find([root])]
        return found

    def called(self, path: Path) -> str:
        """The name of a cassette that is there, or one for it that is free."""
        name = self._called(path) or path.stem
        there = self._shelves.get(name)
        if there is not None and _absolute(there[0].path) == _absolute(path):
            return name
        return free_name(name, self._shelves.__contains__)

    def _called(self, path: Path) -> str:
        """What a root, or a file in one, would be called; empty for any other file, and for what is no cassette."""
        place = os.path.realpath(path)
        for root in self.roots:
            inside = f"{os.path.realpath(root)}/"
            if f"{place}/" == inside and path.suffix in ENDINGS:
                return path.stem
            if path.suffix in ENDINGS and place.startswith(inside) and "/." not in place[len(inside) - 1 :]:
                return Path(place[len(inside) :]).with_suffix("").as_posix()
        return ""

    def _tapes_of(self, item: Shelved) -> tuple[Tape, ...]:
        read = partial(self._sample, item.path.parent)
        tapes = []
        for recorded in item.cassette:
            interaction = with_rules(recorded, self._extract)
            own = resolve((interaction.pacing or Pacing()).over(item.cassette.pacing), read)
            # Held against the file's own pace: at another, `at=ms:N` may be beyond the stream, and is noted then.
            written = faults_of(interaction, item.cassette.source, own) if interaction.faults else ()
            tapes.append(Tape(item.name, interaction, own, written))
        return tuple(tapes)

    def resolve(self, pacing: Pacing, folder: Path = Path()) -> Pacing:
        """A session's pacing with what `from:CASSETTE` means to somebody in the folder."""
        return resolve(pacing, partial(self._sample, folder))


def _is_in(path: Path | str, place: str) -> bool:
    return f"{_absolute(path)}/".startswith(f"{place}/")


def _absolute(path: Path | str) -> str:
    """By its words alone: no link is followed, no disk is looked at."""
    return os.path.abspath(path)  # noqa: PTH100


def _sample(folder: Path, name: str) -> tuple[Interaction, ...]:
    """What `from:NAME` means to somebody in that folder."""
    path = folder / name
    if not path.is_file():
        raise UsageError(f"from:{name}: no such cassette: {path}")
    return load(path).interactions
