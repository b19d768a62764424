"""`mocksse faults`: what can be broken, in a table; of one fault all there is to know."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from mocksse.errors import UsageError

if TYPE_CHECKING:
    from mocksse.replay.faults.cases import Case
    from mocksse.replay.faults.fault import Fault


@click.command(
    epilog="""\b
mocksse faults                 all of them
mocksse faults reset           one, with its parameters and an example
mocksse faults framing         a family
mocksse faults 27              what plays case 27 of docs/faults.md
mocksse faults --json | jq -r '.faults[].name'"""
)
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
def command(name: str | None, as_json: bool) -> None:
    """List the faults that can be played over any cassette; with NAME one of them, a family, or a case."""
    from mocksse.cli.terminal import width
    from mocksse.view import faults_table as view

    one, faults, case = _found(name)
    if as_json:
        click.echo(json.dumps({"faults": [view.describe(fault) for fault in faults]}, ensure_ascii=False, indent=1))
        return
    if one:
        lines = view.entry_lines(faults[0], width())
    else:
        lines = [*view.case_lines(case, width()), *([""] if faults else [])] if case else []
        lines += view.table_lines(faults, width())
    for line in lines:
        click.echo(line)


def _found(name: str | None) -> tuple[bool, list[Fault], Case | None]:
    """Whether `name` is one fault's own; the faults it stands for; the case, where it is one's."""
    from mocksse.errors import nearest
    from mocksse.replay.faults.cases import CASES, by_name
    from mocksse.replay.faults.elsewhere import elsewhere
    from mocksse.replay.faults.registry import FAULTS

    if name is None:
        return False, list(FAULTS.values()), None
    if name in FAULTS:
        return True, [FAULTS[name]], None
    if case := by_name(name):
        return False, [fault for fault in FAULTS.values() if case.number in fault.cases], case
    if faults := [fault for fault in FAULTS.values() if name.lower() in {fault.family, fault.law.lower()}]:
        return False, faults, None
    known = [*FAULTS, *(case.name for case in CASES.values()), *{fault.family for fault in FAULTS.values()}]
    hint = elsewhere(name) or nearest(name, known) or "mocksse faults lists them all"
    raise UsageError(f"no fault is called {name}", hint)
