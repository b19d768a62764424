"""An answer as the page draws it: each write with its times and bytes, and what each unit of the body says, in lanes.

Made of a plan alone, whether it was played, is to be played, or is a recording as it was: so a live request and a file
are drawn by the same code. Values in, JSON out; strings of a stream stay strings.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING, Any, Literal

from mocksse import limits
from mocksse.figures import bytes_text
from mocksse.providers.turn import Merger
from mocksse.view.plan_steps import take_apart
from mocksse.view.plan_view import Planned, describe, placed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mocksse.cassette.model import Request
    from mocksse.providers.fragment import Fragment
    from mocksse.providers.framing import Frame
    from mocksse.view.plan_steps import Steps

Clock = Literal["planned", "written", "recorded"]
"""Which times there are: those of a plan; also when each write was made; those of a recording."""
_BRIEF = 400
"""Characters shown of the data of an event that is in no lane of its own."""


def timeline(
    planned: Planned,
    request: Request,
    clock: Clock = "planned",
    written_ms: Sequence[float | None] = (),
    *,
    exact: bool = True,
    running_ms: float | None = None,
) -> dict[str, Any]:
    """All of it. `written_ms`: when each write of the plan was made, None where it was not.

    `exact`: the plan is the very one that was played. `running_ms`: for how long it has been playing, while it does.
    """
    steps = take_apart(planned.plan)
    plan = describe(planned, steps)
    shown = _shown(steps)
    notes = list(planned.plan.notes)
    if shown < len(steps.steps):
        notes.append(f"only the first {bytes_text(limits.MAX_PAGE_BYTES)} are shown")
    return {
        "title": planned.title,
        "request": _request(request),
        "api": planned.api.title if planned.api is not None else None,
        "play": planned.play,
        "status": planned.plan.status,
        "clock": clock,
        "exact": exact,
        "running_ms": running_ms,
        "steps": [
            {**step, "written_ms": written_ms[i] if i < len(written_ms) else None}
            for i, step in enumerate(plan["steps"][:shown])
        ],
        "frames": _frames(planned, steps, shown),
        "end": plan["end"],
        "faults": [
            {"fault": mark.fault, "offset": mark.offset, "step": step, "what": mark.what}
            for step, marks in placed(planned.plan).items()
            for mark in marks
        ],
        "notes": notes,
    }


def _shown(steps: Steps) -> int:
    """How many of the steps a page can hold."""
    size = 0
    for index, step in enumerate(steps.steps):
        size += len(step.write.data)
        if size > limits.MAX_PAGE_BYTES:
            return index
    return len(steps.steps)


def _request(request: Request) -> dict[str, str | None]:
    body = request.body.decode("utf-8", "replace") if request.body is not None else None
    return {"method": request.method or "GET", "path": request.path, "body": body}


def _frames(planned: Planned, steps: Steps, shown: int) -> list[dict[str, Any]]:
    """The units of the body, each with the step that brings its last byte."""
    ends = [step.end for step in steps.steps]
    says = _Saying(planned)
    found = []
    for frame in steps.frames:
        step = bisect_left(ends, frame.end)
        if step >= shown:
            break
        found.append(
            {
                "step": step,
                "kind": frame.kind,
                "type": frame.type,
                "bytes": frame.end - frame.start,
                "data": frame.data[: 4 * _BRIEF].decode("utf-8", "replace")[:_BRIEF],
                "says": says(frame),
            }
        )
    return found


class _Saying:
    """What each frame says, in the order of the stream, and of tool calls which one it is of its choice."""

    def __init__(self, planned: Planned) -> None:
        self._merger = Merger(planned.api)
        self._calls: dict[tuple[int, int], int] = {}
        self._begun: Counter[int] = Counter()

    def __call__(self, frame: Frame) -> list[dict[str, Any]]:
        if frame.kind == "comment":
            return []
        fragments = self._merger.feed(frame)
        return [self._said(fragment, fragments[n:]) for n, fragment in enumerate(fragments)]

    def _said(self, fragment: Fragment, rest: Sequence[Fragment]) -> dict[str, Any]:
        value: dict[str, Any] = {"kind": fragment.kind, "text": fragment.text, "choice": fragment.choice}
        if fragment.kind == "tool":
            value |= {"name": fragment.name, "id": fragment.id, "call": self._call(fragment, rest)}
        return value

    def _call(self, fragment: Fragment, rest: Sequence[Fragment]) -> int:
        """Which call of its choice the fragment is of: the merger knows how many there are, and only a fragment with a
        name, an id or another number begins one."""
        key, choice = (fragment.choice, fragment.index), fragment.choice
        begins = key not in self._calls
        if not begins and (fragment.name or fragment.id):
            there = next(len(c.tool_calls) for c in self._merger.turn.choices if c.index == choice)
            others = {f.index for f in rest if f.kind == "tool" and f.choice == choice}
            unseen = sum((choice, index) not in self._calls for index in others)
            begins = there - self._begun[choice] > unseen
        if begins:
            self._calls[key] = self._begun[choice]
            self._begun[choice] += 1
        return self._calls[key]
