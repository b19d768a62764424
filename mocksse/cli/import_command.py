"""`mocksse import BODY`: a cassette of what curl saved, a bare body, `-i` output or a trace."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mocksse.cli.body_input import STDIN, read_body
from mocksse.cli.options import note
from mocksse.cli.output import FOLDER, check_name, check_output
from mocksse.errors import UsageError

if TYPE_CHECKING:
    from mocksse.cassette.importers import ImportOptions
    from mocksse.cassette.importers.chunks import Chunk
    from mocksse.cassette.model import Interaction

_METHOD = re.compile(r"[A-Z][A-Z0-9_-]*")
_PATH = re.compile(r"/[!-~]*")
_TYPE = re.compile(r"[!-~]+/[ -~]+")
_FINDINGS = 5
"""Of what it has that a recording would not, so many are shown."""


@click.command(
    epilog="""\b
curl -N https://api.example/v1/chat/completions ... -o answer.sse; mocksse import answer.sse
curl -iN https://api.example/v1/messages ... | mocksse import - -o cassettes/hi.yaml
curl -N https://api.example/v1/messages ... --trace hi.trace --trace-time; mocksse import hi.trace

Only a trace has times and chunks as they came, and the request, of which credentials are blotted. For the others every
chunk is there at once, unless --gap or the options of serve say otherwise. --trace is exact; --trace-ascii shows some
bytes as dots, and is refused where these can't be told."""
)
@click.argument("body", metavar="BODY|-")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="New in ./cassettes otherwise.")
@click.option("--path", metavar="PATH", help="Where it is served; otherwise by the API that the body is of.")
@click.option("--method", metavar="METHOD", help="POST; any for a body of no known API.")
@click.option("--status", type=click.IntRange(200, 999), metavar="N", help="200, or what the input says.")
@click.option("--content-type", metavar="TYPE", help="By the input, the file's ending, or the content.")
@click.option("--chunk", metavar="event|whole|N", help="One chunk an event, one in all, or N bytes each. [event]")
@click.option("--gap", metavar="MS", help="Before each chunk. [0, or a trace's own times]")
@click.option("--name", metavar="NAME", help="Name of the interaction.")
@click.option("--append", is_flag=True, help="Add to an existing -o.")
@click.option("--force", is_flag=True, help="Write over an existing -o.")
@click.option("--json", "as_json", is_flag=True, help="What was imported, as JSON on stdout.")
def command(body: str, **given: Any) -> None:
    """Make a cassette of what curl saved: a body, the output of -i, or a --trace log with --trace-time.

    The body that is replayed is the body that was saved, byte for byte. Prints the cassette's path.
    """
    from mocksse.cassette.importers import parse
    from mocksse.record.keep import keep
    from mocksse.view.summary import describe, summary_line

    options = _options(given)
    check_output(given["output"], append=given["append"], force=given["force"])
    check_name(given["name"] or "")
    source = STDIN if body == "-" else body
    imported = parse(read_body(body, "import"), source, options)
    path, interaction = _placed(imported.interaction, given, Path(body).stem if Path(body).is_file() else "")
    interaction = keep(path, interaction, replace=given["force"])
    if given["as_json"]:
        click.echo(json.dumps({"file": str(path), **describe(interaction)}, ensure_ascii=False))
    else:
        click.echo(str(path))
    for line in imported.notes:
        note(line)
    note(
        f"{interaction.request.method or 'any method'} {interaction.request.path}: {summary_line(interaction.response)}"
    )
    _tell_secrets(path)
    note(f"serve it:  mocksse serve {shlex.quote(str(path))}")


def _tell_secrets(path: Path) -> None:
    """Where the file has what a recording would not have. It stays: what is replayed is what was saved."""
    from mocksse.cassette.load import read
    from mocksse.cassette.scrub import scrub
    from mocksse.cli.options import redaction_said

    found = scrub(read(path), str(path), redaction_said(())).findings
    for finding in found[:_FINDINGS]:
        note(f"{path}:{finding.line}: {finding.what}")
    more = f" and {len(found) - _FINDINGS} more" if len(found) > _FINDINGS else ""
    if found:
        note(f"as it was saved{more}: before you share it,  mocksse scrub {shlex.quote(str(path))}")


def _options(given: dict[str, Any]) -> ImportOptions:
    from mocksse.cassette.importers import ImportOptions

    method = given["method"] and given["method"].upper()
    if method and not _METHOD.fullmatch(method):
        raise UsageError(f"--method {given['method']!r} is not an HTTP method")
    if given["path"] is not None and not _PATH.fullmatch(given["path"]):
        raise UsageError("--path is the path of a URL with its query", "--path /v1/chat/completions")
    if given["content_type"] is not None and not _TYPE.fullmatch(given["content_type"]):
        raise UsageError("--content-type is a media type", "--content-type text/event-stream")
    chunk, gap_us = _chunk(given["chunk"]), _gap_us(given["gap"])
    return ImportOptions(given["path"], method, given["status"], given["content_type"], chunk, gap_us)


def _chunk(word: str | None) -> Chunk | None:
    match word:
        case None | "event" | "whole":
            return word
        case _ if word.isascii() and word.isdecimal() and len(word) < 10 and int(word) > 0:
            return int(word)
    raise UsageError(f"--chunk {word!r} is no size", "event, whole, or a number of bytes")


def _gap_us(text: str | None) -> int | None:
    from mocksse.cassette.pacing import parse_number

    return None if text is None else round(parse_number(text, "--gap") * 1000)


def _placed(interaction: Interaction, given: dict[str, Any], stem: str) -> tuple[Path, Interaction]:
    """Where it goes, and its name: after what the user said, else after the file it comes from, else after the API."""
    from mocksse.cassette.match import last_user_message, parse_json
    from mocksse.cassette.naming import file_name, free_file, interaction_name, slug

    request = interaction.request
    own = "" if slug(last_user_message(parse_json(request.body))) else slug(stem)
    path = given["output"] or free_file(FOLDER, own or file_name(request))
    return path, replace(interaction, name=given["name"] or own or interaction_name(request))
