"""`mocksse recover`: what an interrupted recording left becomes a cassette, or part of one."""

from __future__ import annotations

from pathlib import Path

import click

from mocksse.cli.options import note


@click.command(
    epilog="""\b
mocksse recover cassettes/
mocksse recover chat.yaml.partial"""
)
@click.argument("paths", nargs=-1, required=True, type=click.Path())
def command(paths: tuple[str, ...]) -> int:
    """Turn what an interrupted recording left (NAME.yaml.partial) into a cassette.

    What had arrived is kept, with its times; its end is marked as stopped. An existing cassette gets it as one more
    interaction. Prints the path of each cassette.
    """
    from mocksse.cassette.naming import PARTIAL
    from mocksse.cli.remains import find_remains
    from mocksse.errors import CassetteError, UsageError
    from mocksse.record.journal import claim

    code = 0
    for given in map(Path, paths):
        if not given.exists():
            raise UsageError(f"no such file or folder: {given}")
        if given.is_file() and given.suffix != PARTIAL:
            raise UsageError(f"{given}: not what an interrupted recording leaves", f"it ends in {PARTIAL}")
        found = find_remains([given]) if given.is_dir() else [given]
        if not found:
            note(f"{given}: nothing to recover")
        for path in found:
            try:
                with claim(path) as is_ours:
                    if is_ours:
                        _recover(path)
                    elif given.is_file():
                        raise UsageError(f"{path}: the recording is still running", "stop it with ^C, and it is saved")
            except FileNotFoundError:
                note(f"{path}: another recover has it already")
            except CassetteError as error:
                if given.is_file():
                    raise
                # One that can't be read must not keep the others from being recovered.
                note(f"{error}: left as it is")
                code = error.exit_code
    return code


def _recover(path: Path) -> None:
    from mocksse.errors import CassetteError, MocksseError
    from mocksse.figures import bytes_text, us_text
    from mocksse.record.turn_in import turn_in

    try:
        kept = turn_in(path)
    except MocksseError as error:
        if not isinstance(error, CassetteError):
            error.hint = f"nothing is lost: {path} stays"
        raise
    path.unlink()
    if kept is None:
        note(f"{path}: nothing had arrived; removed")
        return
    cassette, interaction = kept
    response = interaction.response
    what = f"{bytes_text(response.size)} of {us_text(response.end_us)}"
    note(f"{path}: recovered {what}, {response.end.how}")
    click.echo(str(cassette))
