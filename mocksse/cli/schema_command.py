"""`mocksse schema`: the JSON Schema of cassette files, for editors and validators."""

from __future__ import annotations

import json

import click


@click.command(
    epilog="""\b
mocksse schema > cassettes/cassette.schema.json    files recorded beside it point editors at it"""
)
def command() -> None:
    """Print the JSON Schema (draft 2020-12) of cassette files."""
    from mocksse.cassette.schema import schema

    click.echo(json.dumps(schema(), indent=2))
