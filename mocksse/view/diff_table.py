"""A difference in a terminal: the parts of the answer with the words that differ, the events, and the times."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

import click

from mocksse.figures import plural, printable, us_text
from mocksse.view.columns import clip

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mocksse.view.diff import Change, Diff, Part, Time

_SHOWN = 12
"""Places and changes of one kind that are shown; the rest is counted."""
_AROUND = 3
"""Words in front of a place that differs."""
_WORDS = 3000
"""Words of two texts together up to which each place is looked for."""
_COLOURS = {"lost": "red", "added": "green", "doubled": "yellow", "changed": "yellow"}


def diff_lines(titles: tuple[str, str], found: Diff, width: int) -> Iterator[str]:
    """All of it; each line cut off at `width`. `titles`: `file#interaction` of both."""
    a, b = map(printable, titles)
    yield f"{click.style(f'- {a}', fg='red')}"
    yield f"{click.style(f'+ {b}', fg='green')}"
    if found.answer:
        yield from ("", click.style("answer", bold=True))
        for part in found.answer:
            yield from _part(part, width)
    if found.events:
        yield from ("", click.style("events", bold=True) + f"  {_counts(found.events)}")
        for change in found.events[:_SHOWN]:
            yield _change(change, width)
        yield from _rest(len(found.events), "change")
    yield from ("", click.style("times", bold=True))
    yield click.style(f"  {'':15}  {'-':>9}  {'+':>9}", dim=True)
    for time in found.times:
        yield _time(time)
    verdict = "the same" if found.same else "not the same"
    unsaid = "" if found.answer or found.events else ": answer and events are"
    yield from (
        "",
        click.style(verdict + ("" if found.same else unsaid), fg="green" if found.same else "red", bold=True),
    )


def _rest(count: int, noun: str) -> Iterator[str]:
    if count > _SHOWN:
        yield click.style(f"  … and {plural(count - _SHOWN, noun)} more (--json has them all)", dim=True)


def _part(part: Part, width: int) -> Iterator[str]:
    places = list(_places(part.a, part.b))
    if len(part.a) + len(part.b) + len(part.name) + 12 <= min(width, 120) and "\n" not in part.a + part.b:
        yield f"  {part.name:15}  {_minus(part.a or 'nothing')}  {_plus(part.b or 'nothing')}"
        return
    size = f"{len(part.a):,} and {len(part.b):,} characters, {plural(len(places), 'place')}"
    yield f"  {part.name:15}  {click.style(size, dim=True)}"
    for before, lost, came in places[:_SHOWN]:
        lead = f"    {clip(printable(before)[::-1], 24)[::-1]}"
        room = max(width - len(lead) - 2, 20)
        if lost:
            yield click.style(f"{lead} ", dim=True) + _minus(clip(printable(lost), room))
        if came:
            yield click.style(f"{lead if not lost else ' ' * len(lead)} ", dim=True) + _plus(
                clip(printable(came), room)
            )
    yield from _rest(len(places), "place")


def _minus(text: str) -> str:
    return click.style(f"-{text}", fg="red")


def _plus(text: str) -> str:
    return click.style(f"+{text}", fg="green")


def _places(a: str, b: str) -> Iterator[tuple[str, str, str]]:
    """The words in front of each place, what is lost there, and what came instead."""
    one, other = re.findall(r"\S+\s*|\s+", a), re.findall(r"\S+\s*|\s+", b)
    if len(one) + len(other) > _WORDS:
        yield from _one_place(one, other)
        return
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if tag != "equal":
            yield "".join(one[max(i1 - _AROUND, 0) : i1]), "".join(one[i1:i2]), "".join(other[j1:j2])


def _one_place(one: Sequence[str], other: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """All from the first word that differs to the last: a long text is not searched."""
    most = min(len(one), len(other))
    ahead = next((i for i in range(most) if one[i] != other[i]), most)
    behind = next((i for i in range(most - ahead) if one[-1 - i] != other[-1 - i]), most - ahead)
    before = "".join(one[max(ahead - _AROUND, 0) : ahead])
    yield before, "".join(one[ahead : len(one) - behind]), "".join(other[ahead : len(other) - behind])


def _counts(changes: Sequence[Change]) -> str:
    counts = dict.fromkeys(_COLOURS, 0)
    for change in changes:
        counts[change.what] += max(len(change.a), len(change.b), 1)
    return ", ".join(click.style(f"{n} {what}", fg=_COLOURS[what]) for what, n in counts.items() if n)


def _change(change: Change, width: int) -> str:
    spans = " → ".join(filter(None, (_span(change.a), _span(change.b))))
    lead = f"  {change.what:8} {spans:>13}  "
    return click.style(lead, fg=_COLOURS[change.what]) + clip(printable(change.text), max(width - len(lead), 20))


def _span(span: range) -> str:
    if not span:
        return ""
    return str(span[0]) if len(span) == 1 else f"{span[0]}-{span[-1]}"


def _time(time: Time) -> str:
    a, b = (us_text(us) if us is not None else "-" for us in (time.a, time.b))
    line = f"  {time.name:15}  {a:>9}  {b:>9}"
    if time.a is None or time.b is None:
        return line
    change = f"  {'+' if time.b >= time.a else '-'}{us_text(abs(time.b - time.a))}"
    return line + (click.style(change, fg="yellow", bold=True) if time.differs else click.style(change, dim=True))
