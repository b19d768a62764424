"""Faults onto a draft, one after the other, in the order given: each finds its place in what the one before has left.

A fault that cannot apply leaves the draft as it was and a note of why; whoever loads a cassette asks `strict`, and gets
the first refusal as an error. After each fault the limits hold. Pure: draws come from each fault's own Moment.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mocksse import limits
from mocksse.figures import plural
from mocksse.replay.faults import spot
from mocksse.replay.faults.fault import Refused
from mocksse.replay.reshape import Edited, edited, marked, noted, put

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mocksse.replay.draft import Draft
    from mocksse.replay.faults.fault import Moment, Spot
    from mocksse.replay.faults.grammar import Spec


def inject(draft: Draft, specs: Iterable[Spec], moment: Callable[[Spec], Moment], *, strict: bool = False) -> Draft:
    """The draft with the faults in it. Raises Refused only where `strict`."""
    for spec in specs:
        try:
            draft = _apply(draft, spec, moment(spec))
        except Refused as refused:
            if strict:
                raise Refused(f"{spec.text}: {refused.reason}", refused.hint) from None
            draft = noted(draft, f"{spec.text}: {refused.reason}")
    return draft


def _apply(draft: Draft, spec: Spec, moment: Moment) -> Draft:
    fault, layout = spec.fault, draft.layout
    found = spot.find(draft, spec.args.at)
    if layout.bodiless and fault.law != "GATING" and found.offset >= 0:
        raise Refused("this answer has no body")
    if fault.needs and layout.unit not in fault.needs:
        raise Refused(f"needs a body of {' or '.join(fault.needs)}, and this is {layout.unit}")
    before = len(draft.marks)
    if fault.edits is not None:
        draft = _edit(draft, spec, found, moment)
    elif fault.inject is not None:
        draft = fault.inject(draft, found, spec.args, moment)
    _within_limits(draft)
    if len(draft.marks) == before:
        draft = marked(draft, spec.text, found.offset if spec.args.at else -1, fault.summary)
    return replace(draft, marks=tuple(replace(m, fault=m.fault or spec.text) for m in draft.marks))


def _edit(draft: Draft, spec: Spec, found: Spot, moment: Moment) -> Draft:
    """Work on the body is done once for all plays of a layout, unless it was drawn."""
    layout, fault = draft.layout, spec.fault

    def make() -> Edited:
        edits = fault.edits(layout, found, spec.args, moment) if fault.edits else ()
        if not edits:
            raise Refused("nothing in this stream that it could change")
        if (size := sum(len(e.data) for e in edits)) > limits.MAX_FAULT_BYTES:
            raise Refused(f"{size:,} bytes to put in; {limits.MAX_FAULT_BYTES:,} is the most")
        return edited(layout, edits)

    changed: Edited = make() if fault.draws else layout.once((spec, found), make)
    count, grown = len(changed.shifts), len(changed.layout.body) - len(layout.body)
    what = f"{fault.summary} ({plural(count, 'place')}, {grown:+,} bytes)"
    return marked(put(draft, changed), spec.text, changed.shifts[0][2], what)


def _within_limits(draft: Draft) -> None:
    layout = draft.layout
    if len(layout.body) > limits.MAX_PLAN_BYTES:
        raise Refused(f"the body would have {len(layout.body):,} bytes; {limits.MAX_PLAN_BYTES:,} is the most")
    if len(layout.cuts) > limits.MAX_PLAN_WRITES:
        raise Refused(f"the body would be cut in {len(layout.cuts):,} parts; {limits.MAX_PLAN_WRITES:,} is the most")
