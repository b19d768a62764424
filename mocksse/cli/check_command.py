"""`mocksse check`: are these cassettes valid? Looks at every file, and says file:line for what is wrong.

The faults that a file plays on purpose are tried, each over its own recording.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from mocksse.errors import EXIT_OK, EXIT_USAGE

if TYPE_CHECKING:
    from pathlib import Path


@click.command(
    epilog="""\b
mocksse check cassettes/
mocksse check cassettes/ --json"""
)
@click.argument("paths", nargs=-1, required=True, type=click.Path())
@click.option("--json", "as_json", is_flag=True, help="The findings as JSON.")
def command(paths: tuple[str, ...], as_json: bool) -> int:
    """Validate cassettes. Exit code 2 where a file is not valid; file:line and what to do for each finding."""
    from mocksse.cassette.library import find
    from mocksse.cli.options import note
    from mocksse.cli.remains import offer_remains
    from mocksse.figures import plural, printable

    offer_remains(paths)
    files = find(paths)
    findings: list[dict[str, str]] = []
    interactions = 0
    for _, path in files:
        count, found = _check(path)
        interactions += count
        findings += found
    if as_json:
        value = {"files": len(files), "interactions": interactions, "findings": findings}
        click.echo(json.dumps(value, ensure_ascii=False, indent=1))
        return EXIT_USAGE if findings else EXIT_OK
    for finding in findings:
        hint = f" ({finding['hint']})" if finding["hint"] else ""
        click.echo(printable(f"{finding['where']}: {finding['message']}{hint}"))
    if len(files) > 1 or not findings:  # of a single file the findings themselves say it all
        what = f"{plural(len(files), 'cassette')}, {plural(interactions, 'interaction')}"
        note(f"{what}: {plural(len(findings), 'finding') if findings else 'all valid'}")
    return EXIT_USAGE if findings else EXIT_OK


def _check(path: Path) -> tuple[int, list[dict[str, str]]]:
    """How many interactions a file has, and what is wrong with it."""
    from mocksse.cassette.load import loads, read
    from mocksse.cassette.pacing import Pacing
    from mocksse.cassette.verify import findings
    from mocksse.errors import CassetteError
    from mocksse.replay.faults.written import complaints_of

    def told(error: CassetteError) -> dict[str, str]:
        return {"where": error.where, "message": error.reason, "hint": error.hint}

    try:
        raw = read(path)
        cassette = loads(raw, str(path))
    except CassetteError as error:
        return 0, [told(error)]
    text = raw.decode("utf-8-sig")
    found = [
        {"where": f"{path}:{finding.line(text)}", "message": finding.message, "hint": finding.hint}
        for finding in findings(cassette)
    ]
    for interaction in cassette:
        pacing = (interaction.pacing or Pacing()).over(cassette.pacing)
        found += map(told, complaints_of(interaction, str(path), pacing))
    return len(cassette.interactions), found
