"""`mocksse schema`: the JSON Schema of cassettes, settings files or torture's reports, for editors and validators."""

from __future__ import annotations

import json

import click

from mocksse.errors import UsageError


@click.command(
    epilog="""\b
mocksse schema > cassettes/cassette.schema.json    files recorded beside it point editors at it
mocksse schema --settings > mocksse.schema.json
mocksse schema --torture > torture.schema.json"""
)
@click.option("--settings", "of_settings", is_flag=True, help="Of mocksse.yaml.")
@click.option("--torture", "of_torture", is_flag=True, help="Of what torture --json writes.")
def command(of_settings: bool, of_torture: bool) -> None:
    """Print the JSON Schema (draft 2020-12) of cassette files, of the settings file, or of torture's reports."""
    if of_settings and of_torture:
        raise UsageError("--settings and --torture are two schemas", "ask for one at a time")
    if of_settings:
        from mocksse.settings.schema import settings_schema as schema
    elif of_torture:
        from mocksse.torture.document import schema
    else:
        from mocksse.cassette.schema import schema
    click.echo(json.dumps(schema(), indent=2))
