"""`mocksse plan`: the very plan that serve would run for a request, in a table or as JSON. Nothing is served."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from mocksse.cli.options import PACE_AND_FAULTS, config_option, said, settings_said, word_options
from mocksse.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from mocksse.cassette.library import Shelved
    from mocksse.settings.model import SessionSettings
    from mocksse.view.plan_view import Planned


@click.command(
    epilog="""\b
mocksse plan chat.yaml --fault 'reset at=event:5'
mocksse plan chat.yaml rivers --speed instant --fault 'crlf; split in=crlf'
mocksse plan chat.yaml --fault 'status 429 times=1' --play 2
mocksse plan chat.yaml --json | jq '.interactions[].steps[] | [.at_ms, .bytes]'"""
)
@click.argument("cassette", type=click.Path())
@click.argument("interaction", required=False)
@word_options(PACE_AND_FAULTS)
@click.option("--play", default=1, show_default=True, type=click.IntRange(1, 100_000), metavar="N", help="Which play.")
@click.option("--last-event-id", "last", metavar="ID", help="The client comes back with it.")
@click.option("--json", "as_json", is_flag=True, help="The same as JSON, with all bytes.")
@config_option
def command(
    cassette: str,
    interaction: str | None,
    play: int,
    last: str | None,
    as_json: bool,
    config: Path | None,
    **given: Any,
) -> None:
    """Print what serve would write for a request: each write, its time, what is in it, and each fault in its place.

    Without INTERACTION all of the cassette's. Its own pacing and faults and those of the settings count as they do for
    serve, seed and all; --play says which of the plays it is, of which times=, after=, every= and p= let a fault in.
    """
    from mocksse.cassette.library import shelve
    from mocksse.cli.terminal import width
    from mocksse.view import plan_view as view

    session = settings_said(said(given), config).session
    shelved = shelve([cassette])
    if interaction is not None:
        shelved = [_only(shelved, interaction)]
    planned = _planned(shelved, session, play, last)
    if as_json:
        click.echo(
            json.dumps({"interactions": [view.describe(item) for item in planned]}, ensure_ascii=False, indent=1)
        )
        return
    columns = width()
    for item in planned:
        for line in view.plan_lines(item, columns):
            click.echo(line)


def _only(shelved: Sequence[Shelved], name: str) -> Shelved:
    """The one interaction of that name, or of `file#name`."""
    from mocksse.cassette.library import pick

    found = pick(shelved, name)
    titles = [f"{item.name}#{one.name}" for item in found for one in item.cassette]
    if len(titles) > 1:
        raise UsageError(f"several interactions are called {name}", f"one of {', '.join(titles)}")
    return found[0]


def _planned(shelved: Sequence[Shelved], settings: SessionSettings, number: int, last: str | None) -> Iterator[Planned]:
    from mocksse.server.planned import planned
    from mocksse.server.session import Session
    from mocksse.server.stock import Stock

    # A session of its own: what it refuses, serve refuses too.
    session = Session(Stock(shelved), replace(settings, cassettes=()))
    for tape in session.tapes:
        yield planned(session, tape, number, last or "")
