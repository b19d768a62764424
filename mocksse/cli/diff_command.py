"""`mocksse diff A B`: what two recordings do not have in common. Exit code 0 the same, 1 different."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from mocksse.errors import EXIT_CHECK, EXIT_OK, UsageError

if TYPE_CHECKING:
    from mocksse.cassette.model import Interaction

    Named = tuple[str, Interaction]


@click.command(
    epilog="""\b
mocksse diff before.yaml after.yaml
mocksse diff chat.yaml chat.yaml#rivers-2
mocksse diff before.yaml after.yaml --no-timing --json"""
)
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.option("--no-timing", is_flag=True, help="Times are shown, but do not count.")
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
def command(a: str, b: str, no_timing: bool, as_json: bool) -> int:
    """Compare two recordings: answer, events, times; what is lost, doubled or changed. Exit code 1 where they differ.

    A and B are FILE or FILE#INTERACTION; a file may be a body, as curl saved it. Of files with several interactions
    those of the same name are compared. Ids and dates do not count, nor times that are off by less than a tenth, or a
    tenth of a second.
    """
    from mocksse.cli.terminal import width
    from mocksse.view import diff
    from mocksse.view.diff_table import diff_lines

    pairs, alone = _paired(_named(a), _named(b))
    found = [(one[0], other[0], diff.diff(one[1], other[1], timing=not no_timing)) for one, other in pairs]
    same = not alone and all(item.same for _, _, item in found)
    if as_json:
        told = [{"a": one, "b": other, **diff.describe(item)} for one, other, item in found]
        value = {"same": same, "pairs": told, "only_a": _of(alone, "-"), "only_b": _of(alone, "+")}
        click.echo(json.dumps(value, ensure_ascii=False, indent=1))
        return EXIT_OK if same else EXIT_CHECK
    columns = width()
    for number, (one, other, item) in enumerate(found):
        if number:
            click.echo()
        for line in diff_lines((one, other), item, columns):
            click.echo(line)
    for sign, title in alone:
        click.echo(click.style(f"{sign} {title}: the other file has no such interaction", fg="yellow"))
    return EXIT_OK if same else EXIT_CHECK


def _named(place: str) -> list[Named]:
    """The interactions that a word means, each under its `file#name`."""
    from pathlib import Path

    from mocksse.cassette.library import pick
    from mocksse.cli.show_input import shelved_at

    file, sign, name = place, "", ""
    if place != "-" and not Path(place).exists():
        file, sign, name = place.rpartition("#")
    shelved = shelved_at(file if sign else place)
    if len(shelved) > 1:
        raise UsageError(f"{file if sign else place}: a folder", "diff compares two files")
    item = shelved[0]
    if sign:
        try:
            (item,) = pick([item], name)
        except UsageError as error:
            raise UsageError(f"{file}: {error.message}", error.hint) from None
    return [(f"{item.name}#{i.name}", i) for i in item.cassette]


def _paired(a: list[Named], b: list[Named]) -> tuple[list[tuple[Named, Named]], list[tuple[str, str]]]:
    """Which are compared, and which the other file has not. One of each is a pair whatever it is called."""
    if len(a) == len(b) == 1:
        return [(a[0], b[0])], []
    others = {interaction.name: (title, interaction) for title, interaction in b}
    names = {interaction.name for _, interaction in a}
    pairs = [((title, one), others[one.name]) for title, one in a if one.name in others]
    if not pairs:
        raise UsageError("no interaction is in both files", "FILE#INTERACTION says which to compare")
    alone = [("-", title) for title, one in a if one.name not in others]
    return pairs, [*alone, *(("+", title) for title, other in b if other.name not in names)]


def _of(alone: list[tuple[str, str]], sign: str) -> list[str]:
    return [title for which, title in alone if which == sign]
