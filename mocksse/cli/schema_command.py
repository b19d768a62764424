"""`mocksse schema`: the JSON Schema of cassette files, or of settings files, for editors and validators."""

from __future__ import annotations

import json

import click


@click.command(
    epilog="""\b
mocksse schema > cassettes/cassette.schema.json    files recorded beside it point editors at it
mocksse schema --settings > mocksse.schema.json"""
)
@click.option("--settings", "of_settings", is_flag=True, help="Of mocksse.yaml.")
def command(of_settings: bool) -> None:
    """Print the JSON Schema (draft 2020-12) of cassette files, or of the settings file."""
    if of_settings:
        from mocksse.settings.schema import settings_schema as schema
    else:
        from mocksse.cassette.schema import schema
    click.echo(json.dumps(schema(), indent=2))
