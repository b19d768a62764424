"""`mocksse generate`: cassettes of any provider, out of a text or a seed, without a key and without a network."""

from __future__ import annotations

import json
import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mocksse import limits
from mocksse.cli.options import note
from mocksse.cli.output import check_output
from mocksse.errors import UsageError

if TYPE_CHECKING:
    from mocksse.cassette.model import Interaction
    from mocksse.cassette.pacing import Pacing
    from mocksse.generate.made import Tool, Wanted

APIS = ("openai-chat", "openai-responses", "anthropic", "gemini", "cohere", "ollama")
_TOOL = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")
_TTFT, _TPS = "300", "50"
_MOST_WORDS = 200_000


@click.command(
    epilog="""\b
mocksse generate --api anthropic --text 'Hello, world 👋🏽' -o hello.yaml
mocksse generate --api openai-chat --locale ja_JP --reasoning 20 --tool 'weather={"city": "Kyoto"}' --usage
mocksse generate --api gemini --words 500 --timing-from cassettes/long.yaml -n 10 --seed 7 -o made/"""
)
@click.option("--api", type=click.Choice(APIS), required=True, help="Whose stream.")
@click.option("--text", metavar="TEXT|@FILE", help="What the answer says; @- is standard input.")
@click.option("--words", type=click.IntRange(0, _MOST_WORDS), metavar="N", help="So many words of made-up text. [40]")
@click.option("--locale", default="en_US", metavar="LOCALE", help="Language of made-up text, such as ja_JP. [en_US]")
@click.option(
    "--reasoning", default=0, type=click.IntRange(0, _MOST_WORDS), metavar="N", help="Words of reasoning before it."
)
@click.option("--tool", "tools", multiple=True, metavar="'NAME={...}'", help="A tool call behind it. Repeatable.")
@click.option("--usage", is_flag=True, help="Count tokens, where the API does so only when asked (openai-chat).")
@click.option("--cut", metavar="token|grapheme|character|half", help="Pieces that the text comes in. [token]")
@click.option("--tps", metavar="N", help=f"Pieces a second. [{_TPS}]")
@click.option("--ttft", metavar="MS", help=f"Request to the first event. [{_TTFT}]")
@click.option("--jitter", metavar="PERCENT", help="Each wait times a factor drawn from 1-p to 1+p. [0]")
@click.option("--timing-from", metavar="CASSETTE", help="Draw the waits from those of real recordings.")
@click.option("--prompt", metavar="TEXT", help="What was asked. [made up]")
@click.option("--model", metavar="NAME", help="The model that answers.")
@click.option("--seed", default=0, type=int, metavar="N", help="What everything is drawn from. [0]")
@click.option("-n", "count", default=1, type=click.IntRange(1, 10_000), metavar="COUNT", help="So many, of seeds N on.")
@click.option("-o", "--output", type=click.Path(), metavar="FILE|DIR", help="Instead of stdout.")
@click.option("--force", is_flag=True, help="Write over what is there.")
def command(output: str | None, count: int, seed: int, force: bool, **given: Any) -> None:
    """Make a cassette without a recording: correct down to ids and terminators, the same bytes for the same seed.

    One file has all of them; a folder, one that is there or that ends in /, gets a file each.
    """
    from mocksse.cassette.dump import dumps
    from mocksse.cassette.model import Cassette
    from mocksse.cassette.save import write
    from mocksse.generate.made import make

    wanted = _wanted(given)
    files = _files(output, wanted.api, seed, count)
    for path in files:
        check_output(path, append=False, force=force)
    if not files and force:
        raise UsageError("--force needs -o")
    made: list[Interaction] = []
    for number in range(seed, seed + count):
        made.append(make(wanted, number))
        if len(files) == count:
            write(files[number - seed], Cassette((made.pop(),)))
    if made and files:
        write(files[0], Cassette(tuple(made)))
    for path in files:
        click.echo(str(path))
    if output is None:
        click.echo(dumps(Cassette(tuple(made))), nl=False)
    else:
        note(f"serve it:  mocksse serve {shlex.quote(output)}")


def _wanted(given: dict[str, Any]) -> Wanted:
    from mocksse.generate.cut import CUTS
    from mocksse.generate.made import Wanted

    if given["text"] is not None and given["words"] is not None:
        raise UsageError("--text and --words: which of them?", "one says the text, the other how long to make one up")
    cut = given["cut"] or "token"
    if cut not in CUTS:
        raise UsageError(f"--cut {cut!r} is no way to cut a text", f"one of {', '.join(CUTS)}")
    return Wanted(
        given["api"],
        _pacing(given),
        None if given["text"] is None else _text(given["text"]),
        40 if given["words"] is None else given["words"],
        given["reasoning"],
        tuple(map(_tool, given["tools"])),
        given["usage"],
        given["locale"],
        cut,
        given["prompt"],
        given["model"],
    )


def _text(told: str) -> str:
    if not told.startswith("@"):
        return told
    name = told[1:]
    try:
        data = sys.stdin.buffer.read(limits.MIB + 1) if name == "-" else _head_of(Path(name))
        text = data.decode()
    except OSError as error:
        raise UsageError(f"--text {told}: {error.strerror}", "@FILE is a text in UTF-8") from None
    except UnicodeDecodeError:
        raise UsageError(f"--text {told}: is not UTF-8", "@FILE is a text in UTF-8") from None
    if len(data) > limits.MIB:
        raise UsageError(f"--text {told}: more than 1 MiB", "a stream of a part of it says as much")
    return text


def _head_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(limits.MIB + 1)


def _tool(told: str) -> Tool:
    from mocksse.generate.made import Tool

    name, equals, text = told.partition("=")
    form = """--tool 'weather={"city": "Bern"}'"""
    if not _TOOL.fullmatch(name):
        raise UsageError(f"--tool {told!r}: {name!r} is no name of a tool", form)
    try:
        arguments = json.loads(text, parse_constant=_refuse) if equals else {}
    except (ValueError, RecursionError):
        arguments = None
    if not isinstance(arguments, dict):
        raise UsageError(f"--tool {name}: its arguments are no JSON object", form)
    return Tool(name, arguments)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _pacing(given: dict[str, Any]) -> Pacing:
    from mocksse.cassette.library import shelve
    from mocksse.cassette.pacing import FromCassette, Pacing, parse_word
    from mocksse.replay.pacing import resolve

    source = given["timing_from"]
    if source is not None and given["tps"] is not None:
        raise UsageError("--timing-from and --tps: which of them?", "both say how long it is between pieces")
    pacing = Pacing()
    if source is None:
        pacing = parse_word("tps", given["tps"] or _TPS)
    else:
        pacing = Pacing(gap=FromCassette(source), ttft=FromCassette(source))
    if given["ttft"] is not None or source is None:
        pacing = parse_word("ttft", given["ttft"] or _TTFT).over(pacing)
    if given["jitter"] is not None:
        pacing = parse_word("jitter", given["jitter"]).over(pacing)
    return resolve(pacing, lambda name: (i for shelved in shelve([name]) for i in shelved.cassette))


def _files(output: str | None, api: str, seed: int, count: int) -> list[Path]:
    """One for all, one for each, or none."""
    if output is None:
        return []
    path = Path(output)
    if path.is_dir() or output.endswith("/"):
        return [path / f"{api}-{number}.yaml" for number in range(seed, seed + count)]
    return [path]
