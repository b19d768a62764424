"""Verdicts in a terminal: what failed first, the worst first, each with what would be needed to look at it again.

Values in, lines out.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from mocksse.figures import plural, printable, seconds_text
from mocksse.torture.cases import FAMILIES
from mocksse.torture.verdict import FAILED, STATUSES, WRONG
from mocksse.view.columns import clip

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mocksse.torture.case import Case
    from mocksse.torture.suite import Report
    from mocksse.torture.verdict import Status, Verdict

COLOURS: dict[Status, dict[str, Any]] = {
    "PASS": {"fg": "green"},
    "FAIL": {"fg": "red", "bold": True},
    "TIMEOUT": {"fg": "red", "bold": True},
    "NON-STRICT": {"fg": "yellow"},
    "INFO": {"fg": "cyan"},
    "SKIP": {"dim": True},
    "NOT JUDGED": {"fg": "magenta"},
}
_MARKS: dict[Status, str] = {"PASS": "●", "FAIL": "✗", "TIMEOUT": "✗", "NON-STRICT": "○", "INFO": "·"}
_NARROW = 60
_BRIEFLY = ("NON-STRICT", "INFO", "NOT JUDGED")


def report_lines(report: Report, width: int) -> Iterator[str]:
    """All that is to be said of one client over one API."""
    yield from _title(report)
    failed = sorted((verdict for verdict in report.cases if verdict.failed), key=lambda verdict: verdict.rank)
    for wrong, text in (*WRONG.items(), ("", "other")):
        those = [verdict for verdict in failed if verdict.wrong == wrong]
        if those:
            yield ""
            yield click.style(f"  {plural(len(those), 'case')}: {text}", fg="red", bold=True)
            for verdict in those:
                yield from _failure(report, verdict, width)
    for status in _BRIEFLY:
        yield from _briefly(report, status, width)
    yield from _skipped(report, width)
    yield ""
    yield from _families(report)
    yield ""
    yield f"  {_counts(report)}"


def _title(report: Report) -> Iterator[str]:
    counts = f"{plural(len(report.by_case), 'case')}, {plural(len(report.verdicts), 'answer')}"
    name = click.style(printable(report.client.name), bold=True)
    yield f"{name} over {report.api}  {click.style(f'{counts} in {seconds_text(report.seconds)}', dim=True)}"
    if report.scaled:
        short = report.scaled[0].rpartition("made ")[2]
        yield click.style(f"  silences of up to 301 s were made {short}: --idle says how long", dim=True)


def _failure(report: Report, verdict: Verdict, width: int) -> Iterator[str]:
    play, case = verdict.play, verdict.play.case
    verdicts = report.by_case[case]
    failed = sum(one.failed for one in verdicts)
    of = f"  {failed} of {plural(len(verdicts), 'answer')}" if len(verdicts) > 1 else ""
    head = f"  ✗ {_name(case)}  {play.level} {case.severity}{of}"
    yield click.style(clip(head, width), fg="red")
    rows = [
        ("should", case.title),
        ("played", f"{play.faults or 'the tape as it is'}"),
        ("expected", verdict.expected),
        ("got", verdict.got),
        ("so", verdict.why),
        ("source", case.source),
        ("again", report.again(play)),
    ]
    for label, text in rows:
        yield from _row(label, text, width)


def _row(label: str, text: str, width: int) -> Iterator[str]:
    lead = f"      {label:9}"
    if label == "again":  # to be copied: in one piece, however long
        yield click.style(lead, dim=True) + click.style(printable(text), bold=True)
        return
    lines = textwrap.wrap(printable(text), max(min(width, 140) - len(lead), _NARROW), break_on_hyphens=False) or [""]
    for number, line in enumerate(lines[:3]):
        yield click.style(lead if not number else " " * len(lead), dim=True) + line


def _name(case: Case) -> str:
    return f"{case.id} ({case.number})" if case.number else case.id


def _briefly(report: Report, status: str, width: int) -> Iterator[str]:
    those = [verdict for verdict in report.cases if verdict.status == status]
    if not those:
        return
    yield ""
    what = {
        "NON-STRICT": "not as the standard has it, where practice disagrees (--strict makes it fail)",
        "INFO": "undecided: this is what it did",
        "NOT JUDGED": "not judged",
    }[status]
    yield click.style(f"  {plural(len(those), 'case')} {what}", **COLOURS[those[0].status])
    for verdict in those:
        line = f"  {_MARKS.get(verdict.status, '?')} {_name(verdict.play.case)}"
        yield clip(f"{line}  {printable(verdict.why)}", min(width, 160))


def _skipped(report: Report, width: int) -> Iterator[str]:
    why = Counter(verdict.why for verdict in report.cases if verdict.status == "SKIP")
    if why:
        yield ""
    for reason, count in why.most_common():
        yield click.style(clip(f"  {plural(count, 'case')} not played: {printable(reason)}", width), dim=True)


def _families(report: Report) -> Iterator[str]:
    """A row for each family, a mark for each case."""
    for family in FAMILIES:
        those = [verdict for verdict in report.cases if verdict.play.case.family == family]
        if those:
            marks = "".join(click.style(_MARKS.get(one.status, "-"), **COLOURS[one.status]) for one in those)
            passed = sum(one.status == "PASS" for one in those)
            played = sum(one.status != "SKIP" for one in those)
            yield f"  {family:13} {passed:3} of {played:<3} {marks}"


def _counts(report: Report) -> str:
    counts = Counter(verdict.status for verdict in report.cases)
    order: Sequence[Status] = ("PASS", *(status for status in STATUSES if status != "PASS"))
    return "  ".join(click.style(f"{counts[s]} {s}", **COLOURS[s]) for s in order if counts[s] or s in ("PASS", "FAIL"))


def progress_line(done: int, count: int, failed: int, what: str, width: int) -> str:
    """One line, to be written over the one before."""
    full = round(20 * done / count) if count else 20
    bar = click.style("━" * full, fg="red" if failed else "green") + click.style("━" * (20 - full), dim=True)
    said = f"  {failed} failed" if failed else ""
    return f"{bar} {done:,}/{count:,}{said}  {clip(printable(what), max(width - 44, 10))}"


def case_lines(cases: Sequence[Case], apis: Sequence[str], width: int) -> Iterator[str]:
    """The cases in rows, for --list."""
    widest = max((len(case.id) for case in cases), default=0)
    for case in cases:
        number = str(case.number or "")
        ways = sum(len(case.ways_for(api)) for api in apis) if apis else len(case.ways)
        style = {"dim": True} if case.left_out else {}
        line = f"{number:>3}  {case.id:{widest}}  {case.level:6} {case.severity}  {ways:2}  {case.title}"
        yield click.style(clip(line, width), **style)
        if case.left_out:
            yield click.style(clip(f"{'':{widest + 5}}  not played: {case.left_out}", width), dim=True)


__all__ = ["COLOURS", "FAILED", "case_lines", "progress_line", "report_lines"]
