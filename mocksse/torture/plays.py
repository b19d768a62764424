"""From cases to plays: which answers one client of one API is given, in which order, and under which names.

A sweep becomes a play for each of its cuts. Silences that healthy models make for minutes are made short enough for the
client's own idle timeout, and what was made shorter is said.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from mocksse.cassette.pacing import decimal
from mocksse.errors import UsageError, nearest
from mocksse.torture.case import Case, Play, Way
from mocksse.torture.cuts import SAMPLE, cuts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

IDLE_S = 2.0
"""Seconds of silence after which a client is told to give up."""
_STALL = re.compile(r"(stall [^;]*?for=)(\d+(?:\.\d+)?)s")


def plays_of(case: Case, api: str, idle_s: float = IDLE_S, most: int = SAMPLE) -> list[Play]:
    """What an API's client is given of a case. `most` cuts of each sweep; 0: all."""
    found = []
    for way in case.ways_for(api):
        if way.sweep:
            found += [_play(case, api, way, idle_s, cut) for cut in cuts(way.sweep, api, way.tape, most)]
        else:
            found.append(_play(case, api, way, idle_s))
    return found


def _play(case: Case, api: str, way: Way, idle_s: float, cut: str = "") -> Play:
    faults, scaled = _scaled(way.faults.replace("{cut}", cut), idle_s)
    name = way.name or (way.faults if len(case.ways) > 1 else "")
    if cut:
        name = f"{way.name} at={cut}" if way.name else f"at={cut}"
    return Play(case, api, name, faults, way.expect, way.tape, way.level or case.level, scaled)


def _scaled(faults: str, idle_s: float) -> tuple[str, str]:
    """Silences no longer than half of what the client waits; and what was changed, in words."""
    short = idle_s / 2
    long = [float(found[2]) for found in _STALL.finditer(faults) if float(found[2]) > short]
    if not long:
        return faults, ""
    text = f"{decimal(round(short * 1000))}ms"
    made = _STALL.sub(lambda found: f"{found[1]}{text}" if float(found[2]) > short else found[0], faults)
    return made, f"{', '.join(f'{seconds:g} s' for seconds in long)} of silence made {short:g} s"


def chosen(cases: Iterable[Case], run: Sequence[str], skip: Sequence[str]) -> list[Case]:
    """The cases that are asked for. A pattern is a glob over ids, names, families or numbers; behind a colon it goes
    on over the names of plays, which `fits` knows. Raises UsageError for a pattern that fits no case."""
    cases = list(cases)
    for pattern in (*run, *skip):
        if not any(_fits(case, _head(pattern)) for case in cases):
            known = [name for case in cases for name in (case.id, case.name, case.family)]
            hint = nearest(_head(pattern), known) or "mocksse torture --list shows them all"
            raise UsageError(f"no case fits {pattern!r}", hint)
    wanted = [case for case in cases if not run or any(_fits(case, _head(pattern)) for pattern in run)]
    return [case for case in wanted if not any(":" not in pattern and _fits(case, pattern) for pattern in skip)]


def fits(play: Play, run: Sequence[str], skip: Sequence[str]) -> bool:
    """Whether a play of a chosen case is one of those that are asked for."""
    if any(":" in pattern and _fits_play(play, pattern) for pattern in skip):
        return False
    return not run or any(_fits_play(play, pattern) for pattern in run)


def _fits_play(play: Play, pattern: str) -> bool:
    head, colon, name = pattern.partition(":")
    return _fits(play.case, head) and (not colon or name == play.name or fnmatchcase(play.name, name))


def _head(pattern: str) -> str:
    return pattern.partition(":")[0]


def _fits(case: Case, pattern: str) -> bool:
    if pattern.isdecimal():
        return case.number == int(pattern)
    return any(fnmatchcase(name, pattern) for name in (case.id, case.name, case.family))
