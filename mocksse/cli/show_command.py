"""`mocksse show`: what is in cassettes, in a table; with --events every chunk and its time."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command(
    epilog="""\b
mocksse show cassettes/
mocksse show chat.yaml --events
mocksse show cassettes/ --json | jq '.interactions[] | [.name, .first_byte_ms]'"""
)
@click.argument("paths", nargs=-1, required=True, type=click.Path())
@click.option("--events", is_flag=True, help="Every chunk with its time and what is in it.")
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
@click.option("--html", metavar="FILE", type=click.Path(dir_okay=False), help="A page to look at them, in one file.")
def command(paths: tuple[str, ...], events: bool, as_json: bool, html: str | None) -> None:
    """List the interactions of cassettes: events, bytes, time to the first byte, duration, how they ended."""
    from mocksse.cassette.library import shelve
    from mocksse.cli.remains import offer_remains
    from mocksse.cli.terminal import width
    from mocksse.view import table
    from mocksse.view.summary import describe

    offer_remains(paths)
    shelved = shelve(paths)
    if html is not None:
        from mocksse.cli.page_file import write_page

        write_page(Path(html), [(item.name, interaction) for item in shelved for interaction in item.cassette])
        return
    if as_json:
        rows = [
            {"file": str(item.path), **describe(i), **({"stream": table.chunk_rows(i.response)} if events else {})}
            for item in shelved
            for i in item.cassette
        ]
        click.echo(json.dumps({"interactions": rows}, ensure_ascii=False, indent=1))
        return
    columns = width()
    if events:
        for item in shelved:
            for interaction in item.cassette:
                for line in table.chunk_lines(str(Path(item.path)), interaction, columns):
                    click.echo(line)
        return
    for line in table.interaction_lines([(item.name, i) for item in shelved for i in item.cassette], columns):
        click.echo(line)
