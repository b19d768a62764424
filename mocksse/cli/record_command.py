"""`mocksse record URL`: capture a real stream into a cassette, with the words of curl."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mocksse.cli.options import note
from mocksse.errors import EXIT_INTERRUPTED, EXIT_UPSTREAM, UsageError
from mocksse.record.curl import Curl, Data

if TYPE_CHECKING:
    from mocksse.cassette.model import Response
    from mocksse.record.recorder import Caps, Recording, Target
    from mocksse.record.request import Request

_FOLDER = Path("cassettes")


class _DataOption(click.Option):
    """Keeps `-d`, `--data-raw` and `--data-binary` in the order they were typed, in one parameter."""

    def type_cast_value(self, ctx: click.Context, value: Any) -> Any:
        name = max(self.opts, key=len)
        return tuple(Data("-d" if name == "--data" else name, text) for text in value or ())


@click.command(
    epilog="""\b
mocksse record https://api.openai.com/v1/chat/completions -H "Authorization: Bearer $OPENAI_API_KEY" \\
  -d '{"model": "gpt-5-mini", "stream": true, "messages": [{"role": "user", "content": "Hi"}]}'
mocksse record http://127.0.0.1:8091/v1/messages -d @body.json -o cassettes/hi.yaml --append
mocksse record https://example.org/events --max-time 30          a GET, as EventSource does it

A line pasted from a browser's "Copy as cURL" works with `mocksse record` in place of `curl`. Credentials are blotted
before anything is written. ^C keeps what came. HTTP_PROXY, HTTPS_PROXY and NO_PROXY are obeyed."""
)
@click.argument("url", required=False)
@click.option("-X", "--request", "method", metavar="METHOD", help="GET; with -d POST.")
@click.option("-H", "--header", "headers", multiple=True, metavar="'NAME: VALUE'", help="A header, as often as needed.")
@click.option(
    "-d", "--data", cls=_DataOption, multiple=True, metavar="DATA|@FILE|@-", help="Body, JSON unless -H says."
)
@click.option("--data-raw", cls=_DataOption, multiple=True, metavar="DATA", help="Body as it is, @ means nothing.")
@click.option("--data-binary", cls=_DataOption, multiple=True, metavar="DATA|@FILE", help="Body with its line breaks.")
@click.option("-b", "--cookie", "cookies", multiple=True, metavar="COOKIES", help="Sent, never stored.")
@click.option("-u", "--user", default="", metavar="USER:PASSWORD", help="Basic authentication; never stored.")
@click.option("-A", "--user-agent", "agent", default="", metavar="NAME", help="User-Agent.")
@click.option("-e", "--referer", default="", metavar="URL", help="Referer.")
@click.option("--compressed", is_flag=True, help="Ask for gzip; the bytes are kept as they come.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="New in ./cassettes otherwise.")
@click.option("--name", metavar="NAME", help="Name of the interaction.")
@click.option("--append", is_flag=True, help="Add to an existing -o.")
@click.option("--force", is_flag=True, help="Write over an existing -o.")
@click.option("--repeat", default=1, type=click.IntRange(1, 1000), metavar="N", help="Record N answers, one by one.")
@click.option("--timeout", "idle", default=300.0, show_default=True, metavar="S", help="Longest silence.")
@click.option("--connect-timeout", default=30.0, show_default=True, metavar="S", help="Longest wait for a connection.")
@click.option(
    "-m", "--max-time", type=click.FloatRange(min=0, min_open=True), metavar="S", help="Stop after S seconds."
)
@click.option("--max-bytes", type=click.IntRange(min=1), metavar="N", help="Stop after N bytes of body.")
@click.option("-k", "--insecure", is_flag=True, help="Take any certificate.")
@click.option("-f", "--fail", is_flag=True, help="Exit 3 for a status of 400 or more, and for a cut stream.")
@click.option("--allow-secrets", is_flag=True, help="Save although a credential stands in a compressed answer.")
@click.option("--json", "as_json", is_flag=True, help="What was recorded, as JSON on stdout.")
@click.option("-q", "--quiet", is_flag=True, help="Do not show the stream.")
@click.option("-L", "--location", is_flag=True, hidden=True)
@click.option("--url", "url_option", hidden=True)
@click.option("-s", "--silent", is_flag=True, hidden=True)
@click.option("-S", "--show-error", is_flag=True, hidden=True)
@click.option("-N", "--no-buffer", is_flag=True, hidden=True)
@click.option("-i", "--include", is_flag=True, hidden=True)
@click.option("-v", "--verbose", is_flag=True, hidden=True)
@click.option("--http1.1", "http11", is_flag=True, hidden=True)
def command(url: str | None, **given: Any) -> int:
    """Capture a stream, bytes and timing, into a cassette. Failures are recorded as faithfully as answers.

    Prints the cassette's path. Exit code 3 where no answer came, 0 for whatever answer did (see --fail).
    """
    url = url or given["url_option"]
    if not url:
        raise UsageError("which URL?", "mocksse record https://HOST/PATH")
    from mocksse.record.curl import request_of
    from mocksse.record.recorder import Caps, Target

    if given["idle"] <= 0 or given["connect_timeout"] <= 0:
        raise UsageError("--timeout and --connect-timeout are seconds above 0")
    request = request_of(
        Curl(
            url,
            given["method"],
            given["headers"],
            _in_order(given),
            given["cookies"],
            given["user"],
            given["agent"],
            given["referer"],
            given["compressed"],
        )
    )
    if given["insecure"]:
        note("certificates are not checked (--insecure)")
    if given["location"]:
        note("redirects are recorded, not followed")
    path, name = _place(request, given)
    caps = Caps(given["idle"], given["connect_timeout"], given["max_time"], given["max_bytes"])
    code = 0
    for number in range(given["repeat"]):
        fresh = given["force"] and number == 0
        target = Target(path, name, fresh, given["allow_secrets"], given["insecure"])
        recording, interrupted = asyncio.run(_record(request, target, caps, quiet=given["quiet"]))
        _report(recording, request, as_json=given["as_json"], repeat=given["repeat"])
        response = recording.interaction.response
        if interrupted:
            return EXIT_INTERRUPTED
        if given["fail"] and (response.status >= 400 or response.end.how != "complete"):
            code = EXIT_UPSTREAM
    if not given["as_json"]:
        click.echo(str(path))
    note(f"serve it:  mocksse serve {path}")
    return code


def _in_order(given: dict[str, Any]) -> tuple[Data, ...]:
    """All data in the order of the command line; click keeps only the order within one option."""
    parts = [*given["data"], *given["data_raw"], *given["data_binary"]]
    if len({part.option for part in parts}) < 2:
        return tuple(parts)
    typed = [word for word in sys.argv if any(part.value in word for part in parts)]
    return tuple(sorted(parts, key=lambda part: next((i for i, w in enumerate(typed) if w.endswith(part.value)), 0)))


def _place(request: Request, given: dict[str, Any]) -> tuple[Path, str]:
    """The file and the interaction's name; an existing file wants --append or --force."""
    from mocksse.cassette.library import ENDINGS
    from mocksse.cassette.load import load
    from mocksse.cassette.naming import free_file, interaction_name
    from mocksse.cassette.redact import credentials
    from mocksse.cli.remains import offer_remains
    from mocksse.record.recorder import opening_of

    secrets = credentials(request.method, request.url, request.headers, request.body or b"")
    asked = opening_of(request, "", secrets).request
    name = given["name"] or interaction_name(asked)
    path: Path | None = given["output"]
    if path is None:
        if given["append"] or given["force"]:
            raise UsageError("--append and --force need -o FILE")
        offer_remains([_FOLDER])
        return free_file(_FOLDER, asked), name
    if path.suffix not in ENDINGS:
        raise UsageError(f"-o {path}: a cassette ends in .yaml or .yml", f"use -o {path}.yaml")
    if path.is_dir():
        raise UsageError(f"-o {path}: is a folder", f"use -o {path / 'NAME.yaml'}")
    offer_remains([path])
    if path.exists():
        if not given["append"] and not given["force"]:
            raise UsageError(f"{path} exists", "--append adds to it, --force writes over it")
        if given["append"]:
            load(path)  # a broken file is told of before anything is recorded
    return path, name


async def _record(request: Request, target: Target, caps: Caps, *, quiet: bool) -> tuple[Recording, bool]:
    from mocksse.record.recorder import record
    from mocksse.view.typing import Typing

    interrupted = asyncio.Event()
    with suppress(NotImplementedError):
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, interrupted.set)
    from shutil import get_terminal_size

    def say(line: str) -> None:
        click.echo(line, err=True)

    watch = Typing(request.target, say, get_terminal_size((100, 24)).columns) if not quiet else _look_away
    recording = await record(request, target, caps, watch, interrupted)
    return recording, interrupted.is_set()


def _look_away(_: object) -> None:
    """Nobody watches."""


def _report(recording: Recording, request: Request, *, as_json: bool, repeat: int) -> None:
    from mocksse.record.curl import asks_to_stream
    from mocksse.view.summary import describe, summary_line

    interaction = recording.interaction
    response = interaction.response
    if as_json:
        click.echo(json.dumps({"file": str(recording.path), **describe(interaction)}, ensure_ascii=False))
    lead = f"{interaction.name}: " if repeat > 1 else ""
    note(f"{lead}{summary_line(response)}{f' · {recording.note}' if recording.note else ''}")
    if response.status < 400 and _is_no_stream(response) and asks_to_stream(request) is False:
        note('this is no stream: add "stream": true to the body to get one')


def _is_no_stream(response: Response) -> bool:
    return response.content_type in {"application/json", "text/json"}
