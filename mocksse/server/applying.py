"""Whether faults can be played over recordings at all: asked before anything is served, so that it is said at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocksse import limits
from mocksse.errors import UsageError
from mocksse.figures import plural
from mocksse.replay.compile import compile as compile_plan
from mocksse.replay.faults.inject import UNDONE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mocksse.cassette.pacing import Pacing
    from mocksse.replay.faults.grammar import Spec
    from mocksse.server.tape import Tape


def hold(count: int, before: int, key: str) -> None:
    """Raises UsageError where so many more faults for one play are too many."""
    if count + before > limits.MAX_FAULTS:
        there = f" on top of the {before} there are for {key}" if before else ""
        raise UsageError(f"{plural(count, 'fault')}{there}; {limits.MAX_FAULTS} is the most for one play")


def can_apply(specs: Sequence[Spec], index: int, tapes: Sequence[Tape], pacing: Pacing) -> None:
    """Raises UsageError where all recordings refuse one of a session's faults, whichever fire before it."""
    spec = specs[index]
    first = ""
    for tape in tapes:
        before = (*tape.faults, *specs[:index])
        for fired in dict.fromkeys([before, tuple(other for other in before if other.when.is_always)]):
            paced = tape.paced(pacing)
            notes = compile_plan(tape.interaction, paced, faults=(*fired, spec), layout=tape.layout).notes
            told = (note.removeprefix(f"{spec.text}: ") for note in notes if note.startswith(f"{spec.text}: "))
            refused = next((why for why in told if why != UNDONE), "")
            if not refused:
                return
            first = first or refused
    if first:
        hint = "it can be played over none of these recordings" if len(tapes) > 1 else ""
        raise UsageError(spec.complaint(first), hint)
