"""A plan in a terminal: a line for each write, where each fault took hold, the silences, and how it ends."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from mocksse.cassette.entries import spell_verbatim
from mocksse.figures import bytes_text, plural, printable, us_text
from mocksse.providers import registry
from mocksse.view.columns import clip
from mocksse.view.plan_steps import take_apart
from mocksse.view.styles import STYLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mocksse.providers.api import Api
    from mocksse.providers.framing import Frame
    from mocksse.replay.draft import Mark
    from mocksse.replay.plan import Plan
from mocksse.view.plan_steps import Step, Steps

_SILENCE_US = 1_000_000
"""A wait from this length on has a line of its own."""
_STYLES: Mapping[str, Mapping[str, Any]] = {**STYLES, "part": {"fg": "yellow"}, "outside": {"fg": "red"}}


@dataclass(frozen=True, slots=True)
class Planned:
    """The plan of one play of one interaction, and what there is to say of it."""

    title: str
    """`file#interaction`."""
    name: str
    request: str
    plan: Plan
    api: Api | None = None
    play: int = 1
    idle: tuple[str, ...] = ()
    """Faults that are not for this play."""


def plan_lines(planned: Planned, width: int) -> Iterator[str]:
    """The whole plan; each line cut off at `width`."""
    plan, steps = planned.plan, take_apart(planned.plan)
    play = f"  play {planned.play}" if planned.play > 1 else ""
    yield f"{click.style(printable(planned.title), bold=True)}  {printable(planned.request)}{play}"
    yield f"  {_summary(plan, steps)}"
    for note in plan.notes:
        yield click.style(clip(f"  cannot be: {printable(note)}", width), fg="red")
    for text in planned.idle:
        yield click.style(clip(f"  not in this play: {printable(text)}", width), dim=True)
    marks = placed(plan)
    before_us = 0
    for index, step in enumerate(steps.steps):
        at_us = step.write.at_us
        yield from _between(marks.get(index, ()), at_us - before_us, width)
        yield _line(step, at_us - before_us, steps, planned.api, width)
        before_us = at_us
    gap_us = plan.end_us - before_us
    yield from _between(marks.get(len(steps.steps), ()), gap_us, width)
    how, style = _end(plan, steps)
    yield click.style(_lead(plan.end_us, gap_us, "", ""), dim=True) + click.style(how, **style)
    if any(step.write.flush for step in steps.steps):
        yield click.style("  ! on the wire by itself", dim=True)
    yield ""


def describe(planned: Planned, steps: Steps | None = None) -> dict[str, Any]:
    """The plan as `--json` has it; times in milliseconds since the request was there. `steps`: it, taken apart."""
    plan = planned.plan
    steps = steps or take_apart(plan)
    return {
        "name": planned.name,
        "play": planned.play,
        "status": plan.status,
        "steps": [
            {
                "at_ms": step.write.at_us / 1000,
                "kind": step.kind,
                "bytes": len(step.write.data),
                **spell_verbatim(step.write.data),
                "flush": step.write.flush,
                "events": list(step.events),
            }
            for step in steps.steps
        ],
        "end": {"at_ms": plan.end_us / 1000, "how": plan.finish, "whole": steps.whole},
        "faults": [
            {
                "fault": mark.fault,
                "offset": mark.offset,
                "event": _event_at(steps.events, mark.offset),
                "what": mark.what,
            }
            for mark in plan.marks
        ],
        "notes": list(plan.notes),
        "digest": plan.digest,
    }


def _event_at(events: Sequence[Frame], offset: int) -> int | None:
    """The event that the byte at the offset is of; the next one between two."""
    index = bisect_right(events, offset, key=lambda event: event.end)
    return index if offset >= 0 and index < len(events) else None


def _summary(plan: Plan, steps: Steps) -> str:
    events = sum(frame.kind == "event" for frame in steps.frames)
    parts = [str(plan.status) if plan.status else "no head", plural(len(plan.writes), "write")]
    parts += [plural(events, "event"), bytes_text(len(plan.wire)), us_text(plan.end_us), f"plan {plan.digest[:12]}"]
    return " · ".join(parts)


def placed(plan: Plan) -> dict[int, list[Mark]]:
    """The marks, each before the write that has the byte it is at; what is behind them all stands before the end."""
    # A piece of the head may come after none of the body: -1, and so first.
    upto = [write.upto for write in plan.writes]
    placed: dict[int, list[Mark]] = {}
    for mark in plan.marks:
        index = 0 if mark.offset < 0 else bisect_right(upto, mark.offset)
        placed.setdefault(index, []).append(mark)
    return placed


def _between(marks: Sequence[Mark], gap_us: int, width: int) -> Iterator[str]:
    """What stands between two writes: the faults that took hold there, and a silence."""
    for mark in marks:
        what = clip(f"  {'▶':>9} {printable(mark.fault)}", width)
        said = clip(f"  {printable(mark.what)}", max(width - len(what), 0))
        yield click.style(what, fg="yellow", bold=True) + click.style(said, fg="yellow")
    if gap_us >= _SILENCE_US:
        yield click.style(f"  {'┊':>9} {us_text(gap_us)} of silence", fg="cyan")


def _lead(at_us: int, gap_us: int, size: str, events: str) -> str:
    return f"{at_us / 1_000_000:9.3f} s  {f'+{us_text(gap_us)}':>8}  {size:>8}  {events:>7}  "


def _line(step: Step, gap_us: int, steps: Steps, api: Api | None, width: int) -> str:
    size = bytes_text(len(step.write.data)) + ("!" if step.write.flush else " ")
    lead = _lead(step.write.at_us, gap_us, size, _numbers(step, steps))
    room = max(width - len(lead), 20)
    kind, text = _said(step, steps, api, room * 4)
    shown = _both_ends(printable(text), room) if kind == "part" else clip(printable(text), room)
    style = _STYLES.get(kind, {})
    return click.style(lead, dim=True) + click.style(shown, **style)


def _both_ends(text: str, width: int) -> str:
    """The text with its middle left out where it is wider."""
    if clip(text, width) == text:
        return text
    half = width // 2
    return clip(text, half) + clip(text[::-1], width - half + 1)[-2::-1]


def _numbers(step: Step, steps: Steps) -> str:
    """`5`, `3-8`; `5…` where the event goes on behind this write, `…5` where it began before."""
    if not step.events:
        return ""
    first, last = step.events[0], step.events[-1]
    before = "…" if steps.events[first].start < step.start else ""
    behind = "…" if steps.events[last].end > step.end or steps.events[last].kind == "pending" else ""
    return f"{before}{first}{behind}" if first == last else f"{before}{first}-{last}{behind}"


def _said(step: Step, steps: Steps, api: Api | None, most: int) -> tuple[str, str]:
    """What a write is, and what it says in `most` bytes of it; more would not be seen."""
    match step.kind:
        case "head":
            return "head", step.write.data[:most].decode("latin-1").rstrip("\r\n")
        case "end":
            return "comment", "last chunk"
        case "outside":
            # Said once: behind a framing that is broken all is outside.
            why = "outside the framing: " if steps.broken is None else ""
            if steps.broken is not None and steps.steps[steps.broken[0]] is step:
                why = f"{steps.broken[1]}: "
            return "outside", why + step.write.data[:most].decode("utf-8", "replace")
    within = steps.within(step)
    cut = any(f.start < step.start or f.end > step.end or f.kind == "pending" for f in within)
    if cut or not within:
        # Of what is cut the bytes are shown, those at the cuts: they are what matters there.
        raw = steps.body[step.start : step.end] or step.write.data
        shown = raw if len(raw) <= 2 * most else raw[:most] + raw[-most:]
        return "part", shown.decode("utf-8", "backslashreplace")
    said = [_of(frame, api, most) for frame in within[:most]]
    kinds = {kind for kind, _ in said}
    return kinds.pop() if len(kinds) == 1 else "", " ".join(text for _, text in said)


def _of(frame: Frame, api: Api | None, most: int) -> tuple[str, str]:
    fragments = registry.fragments_of(api, frame) if api is not None and frame.kind != "comment" else ()
    if fragments:
        kind = fragments[0].kind
        lead = "" if kind == "text" else f"{kind} "
        return kind, lead + " ".join(" ".join(filter(None, (f.name, f.text))) for f in fragments)
    data = frame.data[:most].decode("utf-8", "replace")
    if frame.kind == "comment":
        return "comment", f":{data}"
    name = frame.kind if frame.kind != "event" else frame.type if frame.type != "message" else ""
    return "comment", f"{name} {data}".strip()


def _end(plan: Plan, steps: Steps) -> tuple[str, dict[str, Any]]:
    """How it ends, in words and in colour."""
    match plan.finish:
        case "complete" if steps.whole:
            return "complete", {"fg": "green"}
        case "complete":
            return "left open, the answer not whole", {"fg": "red", "bold": True}
        case "close-on-next-request":
            return "complete; closed at the next request", {"fg": "yellow"}
        case "fin" if steps.whole:
            return "closed (FIN), the answer whole", {"fg": "green"}
        case "fin":
            return "closed (FIN), the answer not whole", {"fg": "red", "bold": True}
        case "reset":
            return "reset (RST)", {"fg": "red", "bold": True}
        case "hold":
            return "held open, and silent", {"fg": "cyan", "bold": True}
