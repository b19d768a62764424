"""`mocksse convert`: a recorded answer in another provider's format, at the times at which it came."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mocksse.cli.generate_command import APIS
from mocksse.cli.options import note
from mocksse.cli.output import check_output
from mocksse.errors import UsageError
from mocksse.figures import printable

if TYPE_CHECKING:
    from mocksse.cassette.model import Interaction


@click.command(
    epilog="""\b
mocksse convert cassettes/openai-chat.yaml --to anthropic -o rivers.yaml
mocksse convert cassettes/reasoning.yaml blue-sky --to gemini"""
)
@click.argument("cassette", type=click.Path(path_type=Path))
@click.argument("name", metavar="[INTERACTION]", required=False)
@click.option("--to", type=click.Choice(APIS), required=True, help="Whose format.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Instead of stdout.")
@click.option("--force", is_flag=True, help="Write over what is there.")
def command(cassette: Path, name: str | None, to: str, output: Path | None, force: bool) -> None:
    """Say a recorded answer again as another provider would: same text, reasoning and tool calls, same times.

    What the other format has no place for is listed on stderr, a line each. Without INTERACTION, all of the cassette.
    A body that curl saved will do, too.
    """
    from mocksse.cassette.dump import dumps
    from mocksse.cassette.library import pick
    from mocksse.cassette.model import Cassette
    from mocksse.cassette.save import write
    from mocksse.cli.show_input import shelved_at
    from mocksse.generate.converted import convert

    if output is None and force:
        raise UsageError("--force needs -o")
    check_output(output, append=False, force=force)
    made: list[Interaction] = []
    if cassette.is_dir():
        raise UsageError(f"{cassette}: a folder", "convert takes one file")
    shelved = shelved_at(str(cassette))
    (chosen,) = shelved if name is None else pick(shelved, name)
    for interaction in chosen.cassette:
        converted, lost = convert(interaction, to)
        made.append(converted)
        for line in lost:
            note(printable(f"{interaction.name}: {line}"))
    if output is None:
        click.echo(dumps(Cassette(tuple(made))), nl=False)
        return
    write(output, Cassette(tuple(made)))
    click.echo(str(output))
    note(f"serve it:  mocksse serve {shlex.quote(str(output))}")
