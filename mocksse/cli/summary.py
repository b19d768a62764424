"""What `mocksse run` says when the command has ended: what was asked, what answered, and what went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mocksse.figures import bytes_text, plural, printable
from mocksse.settings.model import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mocksse.server.tally import Asked, Tally
    from mocksse.server.verdict import Finding

_SHOWN = 20
"""Kinds of requests that are listed; those that went wrong come before the others where there are more."""
_FIELDS = 5
"""Differences that are listed of a request that no recording answers."""


def summary(
    tally: Tally, findings: Mapping[str, Sequence[Finding]] | None = None, *, lost: int = 0, only_wrong: bool = False
) -> list[str]:
    """The lines. `findings` are those of each session; `lost` recordings could not be written; `only_wrong`: say
    nothing of what went well, and nothing at all if all did."""
    wrong = [item for item in tally if item[0].unmatched]
    told = [line for name, found in (findings or {}).items() for line in _findings(name, found, only_fail=only_wrong)]
    if only_wrong and not wrong and not told and not lost:
        return []
    shown = wrong if only_wrong else list(tally)
    if len(shown) > _SHOWN:
        kept = {asked for asked, _ in [*wrong, *shown][:_SHOWN]}
        hidden = len(shown) - _SHOWN
        shown = [item for item in shown if item[0] in kept]
    else:
        hidden = 0
    return [
        _title(tally, lost),
        *(line for asked, count in shown for line in _lines(asked, count, _width(shown))),
        *([click.style(f"  … and {hidden} more", dim=True)] if hidden else []),
        *told,
    ]


def _title(tally: Tally, lost: int) -> str:
    counts = [plural(tally.requests, "request") if tally.requests else "no requests"]
    if tally.unmatched:
        counts.append(click.style(f"{tally.unmatched:,} unmatched", fg="red", bold=True))
    if lost:
        counts.append(click.style(f"{plural(lost, 'recording')} lost", fg="red", bold=True))
    if tally.requests:
        counts.append(bytes_text(tally.bytes))
    return f"{click.style('mocksse', fg='cyan', bold=True)} {' · '.join(counts)}"


def _width(shown: Sequence[tuple[Asked, int]]) -> int:
    return max((len(_request(asked)) for asked, _ in shown), default=0)


def _request(asked: Asked) -> str:
    return printable(f"{asked.method} {asked.target}")


def _lines(asked: Asked, count: int, width: int) -> Iterator[str]:
    color = "red" if asked.unmatched else None
    status = click.style(f"{asked.status or '-':>3}", fg=color)
    times = click.style(f"  {count:,} times", dim=True) if count > 1 else ""
    note = printable(asked.note) if asked.unmatched else click.style(printable(asked.note), dim=True)
    yield f"  {_request(asked):{width}}  {status}  {note}{times}"
    indent = " " * (width + 9)
    for line in asked.differs[:_FIELDS]:
        yield f"{indent}{printable(line)}"
    if len(asked.differs) > _FIELDS:
        yield click.style(f"{indent}… and {len(asked.differs) - _FIELDS} more fields", dim=True)
    for fault in asked.faults:
        yield indent + click.style(printable(f"fault {fault}"), fg="yellow")
    for text in (*asked.notes, asked.broken_off):
        if text:
            yield indent + click.style(printable(text), fg="yellow")


def _findings(session: str, findings: Sequence[Finding], *, only_fail: bool) -> Iterator[str]:
    """What is to be said of a session's client: `explain`'s lines, and whose requests their numbers are."""
    from mocksse.server.verdict import explain

    shown = [finding for finding in findings if finding.severity == "fail" or not only_fail]
    whose = f"  /@{session}" if session != DEFAULT else ""
    for finding, line in zip(shown, explain(shown).splitlines(), strict=True):
        severity, rest = line.split(" ", 1)
        color = "red" if finding.severity == "fail" else "yellow"
        yield f"  {click.style(severity, fg=color, bold=True)} {rest}{click.style(whose, dim=True)}"
