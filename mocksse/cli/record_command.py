"""`mocksse record URL`: capture a real stream into a cassette, with the words of curl."""

from __future__ import annotations

import asyncio
import json
import shlex
import signal
import sys
from contextlib import suppress
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mocksse.cli.options import note, redaction_said
from mocksse.errors import EXIT_INTERRUPTED, EXIT_UPSTREAM, MocksseError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mocksse.cassette.model import Response
    from mocksse.cassette.redact import Rules
    from mocksse.record.curl import Data
    from mocksse.record.recorder import Recording, Target
    from mocksse.record.relay import Caps
    from mocksse.record.request import Request

_DATA = {"data": "-d", "data_raw": "--data-raw", "data_binary": "--data-binary"}
# Words of curl that change nothing here: a recording is never buffered and always shows what came.
_IDLE_WORDS = (
    "-s/--silent -S/--show-error -N/--no-buffer -i/--include -v/--verbose -g/--globoff -#/--progress-bar "
    "--path-as-is --http1.0 --http1.1 --http2 --http3 --tcp-nodelay"
)


class _Recording(click.Command):
    """Keeps the order in which -d, --data-raw and --data-binary were typed, because curl joins them in that order.

    click's parser tells it, but a command only gets the values of each option by itself.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        _, _, order = self.make_parser(ctx).parse_args(list(args))
        ctx.obj = [param.name for param in order]
        return super().parse_args(ctx, args)


def _seconds(_: click.Context, __: click.Parameter, value: float | None) -> float | None:
    if value is not None and not (value > 0 and isfinite(value)):
        raise click.BadParameter("not a number of seconds above 0")
    return value


def _idle_words(command: Callable[..., Any]) -> Callable[..., Any]:
    for words in _IDLE_WORDS.split():
        command = click.option(*words.split("/"), is_flag=True, hidden=True, expose_value=False)(command)
    return command


@click.command(
    cls=_Recording,
    epilog="""\b
mocksse record https://api.openai.com/v1/chat/completions -H "Authorization: Bearer $OPENAI_API_KEY" \\
  -d '{"model": "gpt-5-mini", "stream": true, "messages": [{"role": "user", "content": "Hi"}]}'
mocksse record http://127.0.0.1:8091/v1/messages -d @body.json -o cassettes/hi.yaml --append
mocksse record https://example.org/events --max-time 30          a GET, as EventSource does it
mocksse record https://api.openai.com --proxy --port 8080        what clients ask for, as serve --upstream does it

A line pasted from a browser's "Copy as cURL" works with `mocksse record` in place of `curl`. Credentials are blotted
before anything is written. ^C keeps what came. HTTP_PROXY, HTTPS_PROXY and NO_PROXY are obeyed.""",
)
@click.argument("urls", nargs=-1, metavar="URL")
@click.option("-X", "--request", "method", metavar="METHOD", help="GET; with -d POST.")
@click.option("-H", "--header", "headers", multiple=True, metavar="'NAME: VALUE'", help="A header, as often as needed.")
@click.option("-I", "--head", is_flag=True, hidden=True)
@click.option("-d", "--data", multiple=True, metavar="DATA|@FILE|@-", help="Body, JSON unless -H says.")
@click.option("--data-raw", multiple=True, metavar="DATA", help="Body as it is, @ means nothing.")
@click.option("--data-binary", multiple=True, metavar="DATA|@FILE", help="Body with its line breaks.")
@click.option("-b", "--cookie", "cookies", multiple=True, metavar="COOKIES", help="Sent, never stored.")
@click.option("-u", "--user", default="", metavar="USER:PASSWORD", help="Basic authentication; never stored.")
@click.option("-A", "--user-agent", "agent", metavar="NAME", help="User-Agent.")
@click.option("-e", "--referer", default="", metavar="URL", help="Referer.")
@click.option("--compressed", is_flag=True, help="Ask for gzip; the bytes are kept as they come.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="New in ./cassettes otherwise.")
@click.option("--name", metavar="NAME", help="Name of the interaction.")
@click.option("--append", is_flag=True, help="Add to an existing -o.")
@click.option("--force", is_flag=True, help="Write over an existing -o.")
@click.option("--repeat", default=1, type=click.IntRange(1, 1000), metavar="N", help="Record N answers, one by one.")
@click.option(
    "--timeout", "idle", callback=_seconds, default=300.0, show_default=True, metavar="S", help="Longest silence."
)
@click.option(
    "--connect-timeout",
    callback=_seconds,
    default=30.0,
    show_default=True,
    metavar="S",
    help="Longest wait to connect.",
)
@click.option("-m", "--max-time", type=float, callback=_seconds, metavar="S", help="Stop after S seconds.")
@click.option("--max-bytes", type=click.IntRange(min=1), metavar="N", help="Stop after N bytes of body.")
@click.option("-k", "--insecure", is_flag=True, help="Take any certificate.")
@click.option("-f", "--fail", is_flag=True, help="Exit 3 for a status of 400 or more, and for a cut stream.")
@click.option("--keep-header", "keep", multiple=True, metavar="NAME", help="Store this header as it is. Repeatable.")
@click.option("--allow-secrets", is_flag=True, help="Save although a credential stands in a compressed answer.")
@click.option("--json", "as_json", is_flag=True, help="What was recorded, as JSON on stdout.")
@click.option("-q", "--quiet", is_flag=True, help="Do not show the stream.")
@click.option("--proxy", is_flag=True, help="Pass on what clients ask of us, and record it into the folder -o.")
@click.option("--port", metavar="N", help="Of --proxy; 0: a free one. [8080]")
@click.option("-L", "--location", is_flag=True, hidden=True)
@click.option("--url", "more_urls", multiple=True, hidden=True)
@_idle_words
@click.pass_obj
def command(order: list[str], /, urls: tuple[str, ...], more_urls: tuple[str, ...], **given: Any) -> int:
    """Capture a stream, bytes and timing, into a cassette. Failures are recorded as faithfully as answers.

    Prints the cassette's path. Exit code 3 where no answer came, 0 for whatever answer did (see --fail).
    """
    url = _only((*urls, *more_urls))
    if given["proxy"]:
        from mocksse.cli.proxy import record_through

        return record_through(click.get_current_context(), url, given)
    if given["port"] is not None:
        raise UsageError("--port goes with --proxy", "a single recording listens nowhere")

    from mocksse.record.curl import Curl, request_of
    from mocksse.record.recorder import Target
    from mocksse.record.relay import Caps

    request = request_of(
        Curl(
            url=url,
            method="HEAD" if given["head"] and given["method"] is None else given["method"],
            headers=given["headers"],
            data=_in_order(order, given),
            cookies=given["cookies"],
            user=given["user"],
            agent=given["agent"],
            referer=given["referer"],
            compressed=given["compressed"],
        )
    )
    if given["insecure"]:
        note("certificates are not checked (--insecure)")
    if given["location"]:
        note("redirects are recorded, not followed")
    rules = redaction_said(given["keep"])
    path = _place(given)
    caps = Caps(given["idle"], given["connect_timeout"], given["max_time"], given["max_bytes"])
    code = 0
    for number in range(given["repeat"]):
        target = Target(
            path,
            given["name"] or "",
            replace=given["force"] and number == 0,
            allow_secrets=given["allow_secrets"],
            insecure=given["insecure"],
            new=given["output"] is None and number == 0,
            rules=rules,
        )
        recording, interrupted = asyncio.run(_record(request, target, caps, quiet=given["quiet"]))
        path = recording.path
        _report(recording, request, rules, as_json=given["as_json"], repeat=given["repeat"])
        if interrupted:
            code = EXIT_INTERRUPTED
            break
        if given["fail"] and recording.interaction.response.failed:
            code = EXIT_UPSTREAM
    if not given["as_json"]:
        click.echo(str(path))
    note(f"serve it:  mocksse serve {shlex.quote(str(path))}")
    return code


def _only(urls: tuple[str, ...]) -> str:
    if not urls:
        raise UsageError("which URL?", "mocksse record https://HOST/PATH")
    if len(urls) > 1:
        # Not the words themselves: one of them may be a key that lost its quotes.
        raise UsageError(f"{len(urls)} words where one URL belongs", "quote what has spaces in it: -H 'NAME: VALUE'")
    return urls[0]


def _in_order(order: Iterable[str], given: dict[str, Any]) -> tuple[Data, ...]:
    """All data in the order of the command line."""
    from mocksse.record.curl import Data

    values = {name: iter(given[name]) for name in _DATA}
    return tuple(Data(_DATA[name], next(values[name])) for name in order if name in values)


def _place(given: dict[str, Any]) -> Path:
    """The cassette, or the folder for a new one; an existing file wants --append or --force."""
    from mocksse.cli.output import FOLDER, check_name, check_output
    from mocksse.cli.remains import offer_remains

    path: Path | None = given["output"]
    check_output(path, append=given["append"], force=given["force"])
    check_name(given["name"] or "")
    offer_remains([path or FOLDER])
    return path or FOLDER


async def _record(request: Request, target: Target, caps: Caps, *, quiet: bool) -> tuple[Recording, bool]:
    """One recording, and whether it was interrupted. Interrupted before anything came: click.Abort."""
    from mocksse.cli.watching import watching
    from mocksse.record.relay import record

    interrupted = asyncio.Event()
    loop = asyncio.get_running_loop()

    def interrupt(number: int) -> None:
        loop.remove_signal_handler(number)  # the second time it ends us at once, as everywhere
        interrupted.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(number, interrupt, number)
    try:
        if quiet:
            recording = await record(request, target, caps, _look_away, interrupted)
        else:
            async with watching(request.target, sys.stderr) as watch:
                recording = await record(request, target, caps, watch, interrupted)
    except MocksseError as error:
        if not interrupted.is_set():
            raise
        note(f"mocksse: {error}")
        raise click.Abort from None
    return recording, interrupted.is_set()


def _look_away(_: object) -> None:
    """Nobody watches."""


def _report(recording: Recording, request: Request, rules: Rules, *, as_json: bool, repeat: int) -> None:
    from mocksse.record.curl import asks_to_stream
    from mocksse.view.summary import describe, summary_line

    interaction = recording.interaction
    response = interaction.response
    if as_json:
        click.echo(json.dumps({"file": str(recording.path), **describe(interaction)}, ensure_ascii=False))
    lead = f"{interaction.name}: " if repeat > 1 else ""
    asked_for = _request_id(recording, rules)
    note(f"{lead}{summary_line(response)}{f' · {recording.note}' if recording.note else ''}{asked_for}")
    if recording.unchecked:
        note("this compression can't be looked into here: make sure yourself that the answer holds no credential")
    if recording.identified:
        note("the compressed answer has a field that identifies you, which can't be blotted (see docs/redaction.md)")
    if response.status < 400 and _is_no_stream(response) and asks_to_stream(request) is False:
        hint = (
            "call :streamGenerateContent" if ":generateContent" in request.target else 'add "stream": true to the body'
        )
        note(f"this is no stream: {hint} to get one")


def _request_id(recording: Recording, rules: Rules) -> str:
    """What to name in a ticket: the provider's own name of the request."""
    from mocksse.figures import printable

    header = recording.request_id_header
    if not header:
        return ""
    where = "" if rules.keeps(header) else f" (not in the file: --keep-header {header} keeps it)"
    return f" · request id {printable(recording.request_id)}{where}"


def _is_no_stream(response: Response) -> bool:
    return response.content_type in {"application/json", "text/json"}
