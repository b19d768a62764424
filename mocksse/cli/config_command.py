"""`mocksse config`: which settings hold, and where each was said."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from mocksse.cli.options import config_option, said, settings_said, word_options

if TYPE_CHECKING:
    from pathlib import Path

_COLUMN = 32
"""Characters of a value up to which the origins stand in one column."""


@click.command(
    epilog="""\b
mocksse config
mocksse config --all
mocksse config cassettes/ --port 9000 --json | jq .port

It takes the options of serve: what is shown is what serve would do with them. No token is shown, nor is a password."""
)
@click.argument("paths", nargs=-1, type=click.Path())
@word_options(hidden=True)
@click.option("--all", "everything", is_flag=True, help="Defaults too.")
@click.option("--json", "as_json", is_flag=True, help="The same as JSON, defaults too.")
@config_option
def command(paths: tuple[str, ...], everything: bool, as_json: bool, config: Path | None, **given: Any) -> None:
    """Show the settings that hold: each word, its value, and where it was said. Exit code 2 for a wrong one."""
    from mocksse.cli.options import note
    from mocksse.figures import printable
    from mocksse.settings.shown import DEFAULT, holdings, spelt

    settings = settings_said(said(given, paths), config)
    held = list(holdings(settings))
    said_only = [row for row in held if row[2] != DEFAULT]
    if as_json:
        shown = {word: {"value": value, "origin": origin} for word, value, origin in held}
        click.echo(json.dumps(shown, ensure_ascii=False, indent=1))
        return
    rows = [(word, printable(spelt(value)), origin) for word, value, origin in (held if everything else said_only)]
    if not rows:
        note("all is as it is by default (--all shows it)")
        return
    widest = max(len(word) for word, _, _ in rows)
    # A long value moves its own origin to the right, and not that of all others.
    column = max((len(value) for _, value, _ in rows if len(value) <= _COLUMN), default=0)
    for word, value, origin in rows:
        click.echo(f"{word:{widest}}  {value:{column}}  {click.style(printable(origin), dim=True)}")
