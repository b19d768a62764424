"""`mocksse show`: what is in cassettes and bodies: a table, the answer, a timeline, figures, or chunk by chunk."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mocksse.cli.extract_options import Rules, extract_options, rules_said
from mocksse.cli.options import config_option, note, settings_said
from mocksse.errors import UsageError
from mocksse.figures import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mocksse.cassette.library import Shelved
    from mocksse.view.answer import Lane
    from mocksse.view.timeline import Clock


@click.command(
    epilog="""\b
mocksse show cassettes/
mocksse show chat.yaml rivers --text
curl -N URL ... | mocksse show - --json
mocksse show chat.yaml --timeline
mocksse show monday.yaml tuesday.yaml --stats
mocksse show cassettes/ --json | jq -r '.interactions[].turn.text'
mocksse show odd.sse --text --jsonpath '$.result.text'"""
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(), metavar="FILE|-... [INTERACTION]")
@click.option("--text", "lane", flag_value="text", help="The answer, put together.")
@click.option("--reasoning", "lane", flag_value="reasoning", help="The reasoning.")
@click.option("--tools", "lane", flag_value="tools", help="The tool calls, one a line.")
@click.option("--timeline", is_flag=True, help="Every fragment with its time, gap, size and lane; stalls are marked.")
@click.option(
    "--clock",
    type=click.Choice(["start", "wall", "gap"]),
    help="Times of --timeline: since the request, of the day, or gaps only.  [default: start]",
)
@click.option("--stats", is_flag=True, help="Times to the first of each, gaps, tokens a second; a row each of several.")
@click.option("--events", is_flag=True, help="Every chunk with its time and what is in it.")
@click.option("--json", "as_json", is_flag=True, help="All of it as JSON.")
@click.option("--html", metavar="FILE", type=click.Path(dir_okay=False), help="A page to look at them, in one file.")
@extract_options
@config_option
def command(
    paths: tuple[str, ...],
    lane: Lane | None,
    timeline: bool,
    clock: Clock | None,
    stats: bool,
    events: bool,
    as_json: bool,
    html: str | None,
    **given: Any,
) -> None:
    """List the interactions of cassettes: events, bytes, time to the first byte, duration, how they ended.

    A file may be a body as well, of curl or of anything that import reads.
    """
    from mocksse.cli.remains import offer_remains
    from mocksse.cli.show_input import shown
    from mocksse.cli.terminal import width
    from mocksse.view.table import interaction_lines

    if (lane is not None) + timeline + stats + events > 1 and not as_json:
        raise UsageError("--text, --timeline, --stats, --events: which of them?", "--json takes them all")
    timeline = timeline or (clock is not None and not (lane or stats or events or html))
    rules = rules_said(given)
    if rules.said and not (lane or timeline or stats or events or as_json or html):
        lane = "text"
    offer_remains([path for path in paths if Path(path).exists()])
    shelved = shown(paths, settings_said({}, given.pop("config")).extract)
    if note := rules.check(interaction for item in shelved for interaction in item.cassette):
        click.echo(note, err=True)
    if html is not None:
        from mocksse.cli.page_file import write_page

        write_page(
            Path(html), [(item.name, interaction) for item in shelved for interaction in item.cassette], rules.api
        )
        return
    if as_json:
        told = [value for item in shelved for value in _told(item, rules, timeline=timeline, events=events)]
        _print(json.dumps({"interactions": told}, ensure_ascii=False, indent=1))
        return
    if lane is not None:
        _lanes(shelved, rules, lane)
        _say_missing(shelved, rules, with_end=True)
        return
    columns = width()
    if timeline:
        lines = _timelines(shelved, rules, columns, clock or "start")
    elif stats:
        lines = _stats(shelved, rules, columns)
    elif events:
        lines = _chunks(shelved, columns)
    else:
        lines = iter(interaction_lines([(item.name, i) for item in shelved for i in item.cassette], columns))
    for line in lines:
        click.echo(line)
    if not timeline:  # which has said it
        _say_missing(shelved, rules, with_end=False)


def _say_missing(shelved: Sequence[Shelved], rules: Rules, *, with_end: bool) -> None:
    """What each lacks, and its errors, on stderr: a line for each. Not `with_end`: how it ended was shown, if badly."""
    from mocksse.view.missing import missing

    for item in shelved:
        for interaction in item.cassette:
            if not with_end and interaction.response.end.how != "complete":
                continue
            reading = rules.read(interaction)
            turn = reading.turn
            errors = (": ".join(filter(None, two)) for two in zip(turn.error_types, turn.errors, strict=True))
            lines = (
                *(f"error: {error}" for error in errors),
                *(f"missing: {m}" for m in missing(interaction, reading)),
            )
            for line in lines:
                note(printable(f"{item.name}#{interaction.name}: {line}"))


def _told(item: Shelved, rules: Rules, *, timeline: bool, events: bool) -> Iterator[dict[str, Any]]:
    """A cassette's interactions as JSON."""
    from mocksse.view.answer import turn_json
    from mocksse.view.missing import missing
    from mocksse.view.stats import stats
    from mocksse.view.summary import describe
    from mocksse.view.table import chunk_rows
    from mocksse.view.timeline import rows, timeline_rows

    for interaction in item.cassette:
        reading = rules.read(interaction)
        value = {"file": str(item.path), **describe(interaction)}
        value["api"] = reading.api.name if reading.api is not None else None
        value["turn"] = turn_json(rules.finished(reading.turn), missing(interaction, reading))
        value["stats"] = stats(interaction, reading)
        if timeline:
            value["timeline"] = timeline_rows(rows(interaction, reading))
        if events:
            value["stream"] = chunk_rows(interaction.response)
        yield value


def _lanes(shelved: Sequence[Shelved], rules: Rules, lane: Lane) -> None:
    """One lane of every answer; where there are several, each under its name."""
    from mocksse.view.answer import lane_text

    several = sum(len(item.cassette.interactions) for item in shelved) > 1
    for item in shelved:
        for interaction in item.cassette:
            reading = rules.read(interaction)
            turn = rules.finished(reading.turn)
            said = dict(lane_text(turn, lane))
            name = printable(f"{item.name}#{interaction.name}")
            if reading.api is None and interaction.response.size and not turn.errors:
                click.echo(f"{name}: of no API that is known here (--jsonpath '$.path', or --join '')", err=True)
            if several and not said:
                click.echo(f"=== {name}")
            for index, text in said.items():
                choice = f" choice {index}" if len(turn.choices) > 1 else ""
                if several or choice:
                    click.echo(f"=== {name}{choice}")
                _print(text)


def _print(text: str) -> None:
    """Text as it is; half a surrogate pair as JSON spells it, and for a terminal nothing that it would obey."""
    if sys.stdout.isatty():
        text = "\n".join(map(printable, text.split("\n")))
    click.echo(text.encode("utf-8", "backslashreplace"))


def _timelines(shelved: Sequence[Shelved], rules: Rules, columns: int, clock: Clock) -> Iterator[str]:
    from mocksse.view.timeline import timeline_lines

    for item in shelved:
        for interaction in item.cassette:
            name = f"{item.name}#{interaction.name}"
            yield from timeline_lines(name, interaction, columns, clock, rules.read(interaction))


def _stats(shelved: Sequence[Shelved], rules: Rules, columns: int) -> Iterator[str]:
    """In full for one; a table for several."""
    from mocksse.view.stats_table import stats_lines, table_lines

    named = [(item.name, interaction) for item in shelved for interaction in item.cassette]
    if len(named) == 1:
        file, interaction = named[0]
        yield from stats_lines(f"{file}#{interaction.name}", interaction, columns, rules.read(interaction))
    else:
        yield from table_lines(named, columns, rules.read)


def _chunks(shelved: Sequence[Shelved], columns: int) -> Iterator[str]:
    from mocksse.view.table import chunk_lines

    for item in shelved:
        for interaction in item.cassette:
            yield from chunk_lines(str(Path(item.path)), interaction, columns)
