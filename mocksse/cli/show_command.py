"""`mocksse show`: what is in cassettes, in a table; the same as a timeline, in figures, or chunk by chunk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mocksse.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mocksse.cassette.library import Shelved
    from mocksse.view.timeline import Clock


@click.command(
    epilog="""\b
mocksse show cassettes/
mocksse show chat.yaml --timeline
mocksse show monday.yaml tuesday.yaml --stats
mocksse show cassettes/ --json | jq '.interactions[] | [.name, .first_byte_ms]'"""
)
@click.argument("paths", nargs=-1, required=True, type=click.Path())
@click.option("--timeline", is_flag=True, help="Every fragment with its time, gap, size and lane; stalls are marked.")
@click.option(
    "--clock",
    type=click.Choice(["start", "wall", "gap"]),
    default="start",
    show_default=True,
    help="Times of --timeline: since the request, of the day, or gaps only.",
)
@click.option("--stats", is_flag=True, help="Times to the first of each, gaps, tokens a second; a row each of several.")
@click.option("--events", is_flag=True, help="Every chunk with its time and what is in it.")
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
def command(paths: tuple[str, ...], timeline: bool, clock: Clock, stats: bool, events: bool, as_json: bool) -> None:
    """List the interactions of cassettes: events, bytes, time to the first byte, duration, how they ended."""
    from mocksse.cassette.library import shelve
    from mocksse.cli.remains import offer_remains
    from mocksse.cli.terminal import width
    from mocksse.view.table import interaction_lines

    if timeline + stats + events > 1 and not as_json:
        raise UsageError("--timeline, --stats and --events: which of them?", "--json takes them all")
    offer_remains(paths)
    shelved = shelve(paths)
    if as_json:
        told = [value for item in shelved for value in _told(item, timeline=timeline, events=events)]
        click.echo(json.dumps({"interactions": told}, ensure_ascii=False, indent=1))
        return
    columns = width()
    if timeline:
        lines = _timelines(shelved, columns, clock)
    elif stats:
        lines = _stats(shelved, columns)
    elif events:
        lines = _chunks(shelved, columns)
    else:
        lines = iter(interaction_lines([(item.name, i) for item in shelved for i in item.cassette], columns))
    for line in lines:
        click.echo(line)


def _told(item: Shelved, *, timeline: bool, events: bool) -> Iterator[dict[str, Any]]:
    """A cassette's interactions as JSON."""
    from mocksse.view.arrivals import read
    from mocksse.view.stats import stats
    from mocksse.view.summary import describe
    from mocksse.view.table import chunk_rows
    from mocksse.view.timeline import rows, timeline_rows

    for interaction in item.cassette:
        reading = read(interaction)
        value = {"file": str(item.path), **describe(interaction), "stats": stats(interaction, reading)}
        if timeline:
            value["timeline"] = timeline_rows(rows(interaction, reading))
        if events:
            value["stream"] = chunk_rows(interaction.response)
        yield value


def _timelines(shelved: Sequence[Shelved], columns: int, clock: Clock) -> Iterator[str]:
    from mocksse.view.timeline import timeline_lines

    for item in shelved:
        for interaction in item.cassette:
            yield from timeline_lines(f"{item.name}#{interaction.name}", interaction, columns, clock)


def _stats(shelved: Sequence[Shelved], columns: int) -> Iterator[str]:
    """In full for one; a table for several."""
    from mocksse.view.stats_table import stats_lines, table_lines

    named = [(item.name, interaction) for item in shelved for interaction in item.cassette]
    if len(named) == 1:
        file, interaction = named[0]
        yield from stats_lines(f"{file}#{interaction.name}", interaction, columns)
    else:
        yield from table_lines(named, columns)


def _chunks(shelved: Sequence[Shelved], columns: int) -> Iterator[str]:
    from mocksse.view.table import chunk_lines

    for item in shelved:
        for interaction in item.cassette:
            yield from chunk_lines(str(Path(item.path)), interaction, columns)
