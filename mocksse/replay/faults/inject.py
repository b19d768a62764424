"""Faults onto a draft, one after the other, in the order given: each finds its place in what the one before has left.

A fault that cannot apply leaves the draft as it was and a note of why, and so does one of which nothing is left in the
end; whoever loads a cassette asks `strict`, and gets the first refusal as an error. After each fault the limits hold.
Pure: draws come from each fault's own Moment.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mocksse import limits
from mocksse.figures import plural
from mocksse.replay.faults import spot
from mocksse.replay.faults.fault import UNITS, Refused
from mocksse.replay.reshape import Edited, edited, marked, noted, put

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mocksse.replay.draft import Draft
    from mocksse.replay.faults.fault import Moment, Spot
    from mocksse.replay.faults.grammar import Spec


UNDONE = "a fault behind it leaves nothing of it"
_COMPARED = 8
"""Faults in a list up to which it is looked at whether one undoes another: that takes a play without each."""


@dataclass(frozen=True, slots=True)
class _Use:
    """A spec in a list; `who` tells equal ones apart, and is what its draws start from."""

    spec: Spec
    who: str


def inject(draft: Draft, specs: Iterable[Spec], moment: Callable[[str], Moment], *, strict: bool = False) -> Draft:
    """The draft with the faults in it. Raises Refused only where `strict`.

    `moment`: of a fault, by its spec and which of equal ones it is (`reset#1`).
    """
    uses = list(_uses(specs))
    broken = _all(draft, uses, moment, strict=strict)
    if len(broken.marks) < 2 or len(uses) > _COMPARED:
        return broken
    key = ("undone", *(use.who for use in uses))
    undone: tuple[str, ...] = draft.layout.once(key, lambda: tuple(_undone(draft, broken, uses, moment)))
    for text in undone:
        broken = noted(broken, f"{text}: {UNDONE}")
    return replace(broken, marks=tuple(mark for mark in broken.marks if mark.fault not in undone))


def _uses(specs: Iterable[Spec]) -> Iterator[_Use]:
    seen: Counter[str] = Counter()
    for spec in specs:
        seen[spec.text] += 1
        yield _Use(spec, f"{spec.text}#{seen[spec.text]}")


def _all(draft: Draft, uses: Iterable[_Use], moment: Callable[[str], Moment], *, strict: bool = False) -> Draft:
    for use in uses:
        try:
            draft = _apply(draft, use.spec, moment(use.who))
        except Refused as refused:
            if strict:
                raise Refused(use.spec.complaint(refused.reason), refused.hint) from None
            draft = noted(draft, f"{use.spec.text}: {refused.reason}")
    return draft


def _undone(draft: Draft, broken: Draft, uses: list[_Use], moment: Callable[[str], Moment]) -> Iterator[str]:
    """The faults without which the same would go out: a `status` behind a `reset` is no reset any more."""
    left = [use for use in uses if not any(note.startswith(f"{use.spec.text}: ") for note in broken.notes)]
    # What a client comes back with may leave nothing of `ids` either; that is no news.
    for use in [use for use in left if use.spec.fault.family != "reconnection"]:
        others = [other for other in left if other is not use]
        if _goes_out(_all(draft, others, moment)) == _goes_out(broken):
            left = others
            yield use.spec.text


def _goes_out(draft: Draft) -> tuple[object, ...]:
    """All of a draft that is on the wire in the end."""
    layout = draft.layout
    said = (layout.head, layout.framing, layout.whole, layout.missing, layout.torn, layout.counted, layout.trailers)
    ends = (layout.rest, layout.finish, layout.coding, layout.bodiless, layout.headless)
    times = (draft.head_us, draft.at_us, draft.end_us, draft.rest_us, draft.drip)
    return (*said, *ends, *times, layout.cuts, layout.body)


def _apply(draft: Draft, spec: Spec, moment: Moment) -> Draft:
    fault, layout = spec.fault, draft.layout
    found = spot.find(draft, spec.args.at)
    if layout.bodiless and fault.law != "GATING" and found.offset >= 0:
        raise Refused("this answer has no body")
    if layout.headless and not (found.offset < 0 and fault.law == "SHAPING"):
        raise Refused("no answer goes out any more")
    if fault.needs and layout.unit not in fault.needs:
        raise Refused(f"needs {' or '.join(UNITS[unit] for unit in fault.needs)}, and this is {UNITS[layout.unit]}")
    before = len(draft.marks)
    if fault.edits is not None:
        draft = _edit(draft, spec, found)
    elif fault.inject is not None:
        draft = fault.inject(draft, found, spec.args, moment)
        if moment.asked and draft.layout is not layout:
            draft = replace(draft, layout=draft.layout.alone())
    _within_limits(draft)
    if len(draft.marks) == before:
        draft = marked(draft, spec.text, found.offset if spec.args.at else -1, fault.summary)
    return replace(draft, marks=tuple(replace(m, fault=m.fault or spec.text) for m in draft.marks))


def _edit(draft: Draft, spec: Spec, found: Spot) -> Draft:
    """Work on the body is done once for all plays of a layout."""
    layout, fault = draft.layout, spec.fault

    def make() -> Edited:
        edits = fault.edits(layout, found, spec.args) if fault.edits else ()
        if not edits:
            raise Refused("nothing in this stream that it could change")
        if (size := sum(len(e.data) for e in edits)) > limits.MAX_FAULT_BYTES:
            raise Refused(f"{size:,} bytes to put in; {limits.MAX_FAULT_BYTES:,} is the most")
        return edited(layout, edits)

    changed: Edited = layout.once((spec, found), make)
    count, grown = len(changed.shifts), len(changed.layout.body) - len(layout.body)
    what = f"{fault.summary} ({plural(count, 'place')}, {grown:+,} bytes)"
    return marked(put(draft, changed), spec.text, changed.shifts[0][2], what)


def _within_limits(draft: Draft) -> None:
    layout = draft.layout
    if len(layout.body) > limits.MAX_PLAN_BYTES:
        raise Refused(f"the body would have {len(layout.body):,} bytes; {limits.MAX_PLAN_BYTES:,} is the most")
    if len(layout.cuts) > limits.MAX_PLAN_WRITES:
        raise Refused(f"the body would be cut in {len(layout.cuts):,} parts; {limits.MAX_PLAN_WRITES:,} is the most")
