"""`mocksse check`: are these cassettes valid, and is anything odd in them? file:line for what is wrong.

The faults that a file plays on purpose are tried, each over its own recording.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

import click

from mocksse.cassette.lint import RULES
from mocksse.errors import EXIT_CHECK, EXIT_OK, EXIT_USAGE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from mocksse.cassette.redact import Rules

_INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class _Said:
    """A finding as it is told. `rule`: of `lint.RULES`, or `invalid`."""

    where: str
    message: str
    hint: str
    rule: str = _INVALID


@dataclass(slots=True)
class _Checked:
    """What was found in all files. `notes`: what is so and no fault."""

    interactions: int = 0
    findings: list[_Said] = field(default_factory=list)
    notes: list[_Said] = field(default_factory=list)

    @property
    def code(self) -> int:
        """2 where a file is not valid, 1 where only a rule of lint has found something."""
        if any(finding.rule == _INVALID for finding in self.findings):
            return EXIT_USAGE
        return EXIT_CHECK if self.findings else EXIT_OK


@click.command(
    epilog="\b\nmocksse check cassettes/\nmocksse check cassettes/ --off large-fragment --longest-gap 5\n"
    "mocksse check cassettes/ --json\n\n\b\nRules of lint, each switched off with --off NAME:\n"
    + "\n".join(f"  {name:15} {text}" for name, text in RULES.items())
)
@click.argument("paths", nargs=-1, required=True, type=click.Path())
@click.option(
    "--off", multiple=True, type=click.Choice(list(RULES)), metavar="NAME", help="A rule not to look for. Repeatable."
)
@click.option(
    "--longest-gap",
    type=click.FloatRange(0, 10**9),
    default=30.0,
    show_default=True,
    metavar="S",
    help="Seconds of silence that are no finding.",
)
@click.option("--json", "as_json", is_flag=True, help="The findings as JSON.")
def command(paths: tuple[str, ...], off: tuple[str, ...], longest_gap: float, as_json: bool) -> int:
    """Validate cassettes and lint them: file:line and what to do for each finding.

    Exit code 2 where a file is not valid, 1 where lint finds something.
    """
    from mocksse.cassette.library import find
    from mocksse.cli.options import note, redaction_said
    from mocksse.cli.remains import offer_remains
    from mocksse.figures import plural, printable

    rules = redaction_said(())
    offer_remains(paths)
    files = find(paths)
    checked = _Checked()
    for _, path in files:
        _check(path, checked, rules, off, round(longest_gap * 1_000_000))
    if as_json:
        told = {"findings": list(map(asdict, checked.findings)), "notes": list(map(asdict, checked.notes))}
        value = {"files": len(files), "interactions": checked.interactions, **told}
        click.echo(json.dumps(value, ensure_ascii=False, indent=1))
        return checked.code
    for finding in checked.findings:
        hint = f" ({finding.hint})" if finding.hint else ""
        rule = f" [{finding.rule}]" if finding.rule != _INVALID else ""
        click.echo(printable(f"{finding.where}: {finding.message}{hint}{rule}"))
    for said in checked.notes:
        note(click.style(printable(f"{said.where}: {said.message}"), dim=True))
    found = checked.findings
    if len(files) > 1 or not found:  # of a single file the findings themselves say it all
        what = f"{plural(len(files), 'cassette')}, {plural(checked.interactions, 'interaction')}"
        note(f"{what}: {plural(len(found), 'finding') if found else 'all valid'}")
    return checked.code


def _check(path: Path, checked: _Checked, rules: Rules, off: Iterable[str], longest_gap_us: int) -> None:
    """One file: whether it is valid, and if so what lint says."""
    from mocksse.cassette import lint, scrub
    from mocksse.cassette.load import Lines, loads, read
    from mocksse.cassette.pacing import Pacing
    from mocksse.cassette.verify import findings
    from mocksse.errors import CassetteError
    from mocksse.replay.faults.written import complaints_of

    try:
        raw = read(path)
        cassette = loads(raw, str(path))
    except CassetteError as error:
        checked.findings.append(_Said(error.where, error.reason, error.hint))
        return
    checked.interactions += len(cassette.interactions)
    lines = Lines(raw.decode("utf-8-sig"))
    invalid = [_Said(f"{path}:{finding.line(lines)}", finding.message, finding.hint) for finding in findings(cassette)]
    for interaction in cassette:
        pacing = (interaction.pacing or Pacing()).over(cassette.pacing)
        complaints = complaints_of(interaction, str(path), pacing)
        invalid += (_Said(error.where, error.reason, error.hint) for error in complaints)
    linted = [
        _Said(f"{path}:{finding.line(lines)}", finding.message, finding.hint, finding.rule)
        for finding in lint.lint(cassette, longest_gap_us)
        if finding.rule not in off
    ]
    if "secret" not in off:
        hint = f"mocksse scrub {path}"
        found = scrub.scrub(raw, str(path), rules).findings
        linted += (_Said(f"{path}:{f.line}", f.what, "record it anew" if f.stays else hint, "secret") for f in found)
    checked.findings += [*invalid, *linted]
    for index, interaction in enumerate(cassette):
        if text := lint.broke_off(interaction):
            line = lines.line_of(("interactions", index, "response", "end"), ("interactions", index), ())
            checked.notes.append(_Said(f"{path}:{line}", text, "", "broke-off"))
