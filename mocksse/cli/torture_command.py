"""`mocksse torture`: does a client survive? Every case is played to it, and what it made of each is judged."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import click

from mocksse.errors import EXIT_CHECK, EXIT_OK, EXIT_USAGE, UpstreamError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mocksse.torture.case import Case
    from mocksse.torture.subject import Subject
    from mocksse.torture.suite import Options, Report
    from mocksse.torture.verdict import Verdict


_MANY = 4
"""Clients, each over one API, of which a page has everything."""


class _Seconds(click.FloatRange):
    """What is no number is said to be that."""

    name = "number of seconds"


class _Files(NamedTuple):
    """Where reports go; `-` is stdout."""

    json: str | None
    junit: str | None
    html: str | None
    scorecard: str | None


@click.command(
    epilog="""\b
mocksse torture --exec 'python my_client.py {url}'
mocksse torture --exec 'node client.mjs {url}' --api anthropic --run 'framing/*' --run 9
mocksse torture --client openai --client httpx-sse --html report.html
mocksse torture --through http://127.0.0.1:4000/v1 --listen 127.0.0.1:8080
mocksse torture --list

\b
The command reads one streamed answer from {url} and prints one line of JSON, of which only "outcome" has to be there:
  {"outcome": "ok"|"error", "text": "...", "reasoning": "...", "tool_calls": [{"name", "arguments"}],
   "events": [{"type", "data"}], "error_type": "...", "error_message": "..."}
Exit code 0: passed; 1: a case failed; 2: there was no clean answer, or something is wrong with the words above;
3: a report could not be written."""
)
@click.option("--exec", "command_", metavar="CMD", help="Your client. {url}, {api} and {timeout} are put in; no shell.")
@click.option(
    "--client", "names", multiple=True, metavar="NAME", help="A client of the box; all: each over its first API."
)
@click.option("--through", metavar="URL", help="Test the gateway there: its upstream is --listen.")
@click.option("--listen", metavar="HOST:PORT", help="Where the gateway finds mocksse.")
@click.option("--api", "apis", multiple=True, metavar="NAME", help="openai-chat, anthropic, ..., sse: a GET of events.")
@click.option("--can", multiple=True, metavar="WORDS", help="What --exec can besides: reconnect, tools, ...")
@click.option("--run", multiple=True, metavar="PATTERN", help="Only these: a glob of ids, or a number.")
@click.option("--skip", multiple=True, metavar="PATTERN", help="Not these.")
@click.option("--strict", is_flag=True, help="The standard decides where practice disagrees.")
@click.option("-j", "--jobs", type=click.IntRange(1, 64), metavar="N", help="Answers at a time [6].")
@click.option("--timeout", type=_Seconds(0.5, 3600), metavar="S", help="For one answer, in all [20].")
@click.option("--idle", type=_Seconds(0.2, 600), metavar="S", help="{timeout}: silence the client gives up at [2].")
@click.option("--cuts", type=click.IntRange(0), metavar="N", help="Of each sweep, 0 for all [8].")
@click.option("--list", "only_list", is_flag=True, help="The cases, and nothing is played.")
@click.option(
    "--json", "json_file", is_flag=False, flag_value="-", metavar="[FILE]", help="All of it, to FILE or stdout."
)
@click.option("--junit", metavar="FILE", help="For CI.")
@click.option("--scorecard", metavar="FILE", help="Clients by families in Markdown, the silent failures first.")
@click.option("--html", metavar="FILE", help="Clients by cases, with what was sent, on one page.")
def command(
    command_: str | None,
    names: tuple[str, ...],
    through: str | None,
    listen: str | None,
    apis: tuple[str, ...],
    can: tuple[str, ...],
    run: tuple[str, ...],
    skip: tuple[str, ...],
    strict: bool,
    jobs: int | None,
    timeout: float | None,
    idle: float | None,
    cuts: int | None,
    only_list: bool,
    json_file: str | None,
    junit: str | None,
    html: str | None,
    scorecard: str | None,
) -> int:
    """Put a client, an SDK or a gateway to the test: each way in which streams are known to break.

    A clean answer comes first. Then every case is played in a session of its own, and judged by what the client says
    reached its caller, and by what the server saw of it.
    """
    from mocksse.torture.cases import CASES
    from mocksse.torture.plays import chosen

    cases = chosen(CASES, run, skip)
    if only_list:
        return _list(cases, apis, as_json=json_file is not None)
    subjects = _subjects(command_, names, through, listen, apis, can)
    said = {"jobs": jobs, "timeout_s": timeout, "idle_s": idle, "most": cuts}
    options = _options(run, skip, strict, through, listen, {word: v for word, v in said.items() if v is not None})
    files = _Files(json_file, junit, html, scorecard)
    _writable(files)
    reports, troubles = _played(subjects, cases, options, sys.stderr.isatty())
    _write(reports, options, troubles, files)
    if troubles:
        return EXIT_USAGE
    return EXIT_CHECK if any(report.failed for report in reports) else EXIT_OK


def _list(cases: Sequence[Case], apis: Sequence[str], *, as_json: bool) -> int:
    from mocksse.cli.terminal import width
    from mocksse.torture.document import listed
    from mocksse.torture.subject import known
    from mocksse.torture.summary import case_lines

    shown = [case for case in cases if not apis or case.left_out or any(case.ways_for(api) for api in known(apis))]
    if as_json:
        click.echo(json.dumps(listed(shown), ensure_ascii=False, indent=1))
    else:
        for line in case_lines(shown, apis, width()):
            click.echo(line)
    return EXIT_OK


def _subjects(
    command_: str | None,
    names: Sequence[str],
    through: str | None,
    listen: str | None,
    apis: Sequence[str],
    can: Sequence[str],
) -> list[Subject]:
    """Who is put to the test. Raises UsageError."""
    from mocksse.torture.subject import before, of_box, of_command, speaks

    if command_ is not None and names:
        raise UsageError("--exec and --client are both given", "keep one of them")
    if through is not None:
        names = names or (["reference"] if command_ is None else [])
        apis = apis or ["openai-chat"]
    if not names and command_ is None:
        raise UsageError("nobody is put to the test", "--exec 'CMD {url}', or --client NAME")
    if "all" in names:
        from mocksse.torture.clients.registry import CLIENTS

        found = [of_box(name, apis or CLIENTS[name].apis[:1], can) for name in CLIENTS if speaks(name, apis)]
    else:
        found = [of_box(name, apis, can) for name in dict.fromkeys(names)]
    subjects = [subject for of_one in found for subject in of_one]
    if command_ is not None:
        subjects = of_command(command_, apis, can)
    return subjects if through is None else [before(through, listen or "", subject) for subject in subjects]


def _options(
    run: Sequence[str],
    skip: Sequence[str],
    strict: bool,
    through: str | None,
    listen: str | None,
    said: dict[str, float],
) -> Options:
    from mocksse.torture.suite import Options

    if (through is None) != (listen is None):
        missing = "--listen HOST:PORT" if listen is None else "--through URL"
        raise UsageError(f"a gateway needs {missing} too", "it has to find mocksse where it looks for its upstream")
    if through is not None and not (urlsplit(through).scheme in {"http", "https"} and urlsplit(through).hostname):
        raise UsageError(f"--through {through}: no URL", "such as http://127.0.0.1:4000/v1")
    host, _, port = (listen or "127.0.0.1:0").rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise UsageError(f"--listen {listen}: no HOST:PORT", "such as 127.0.0.1:8080")
    words: dict[str, object] = {**said, "through": through or "", "host": host.strip("[]"), "port": int(port)}
    return Options(run=tuple(run), skip=tuple(skip), strict=strict, **words)  # type: ignore[arg-type]


def _writable(files: _Files) -> None:
    """Raises UsageError for a file that can't be written, before any work is done."""
    for file in files:
        if file in (None, "-"):
            continue
        if not Path(file).parent.is_dir():
            raise UsageError(f"{file}: no such folder: {Path(file).parent}")
        if Path(file).is_dir():
            raise UsageError(f"{file}: is a folder", "name a file in it")


def _played(
    subjects: Sequence[Subject], cases: Sequence[Case], options: Options, live: bool
) -> tuple[list[Report], list[str]]:
    """What came of each, and what kept one from being judged."""
    from mocksse.cli.options import note
    from mocksse.torture.suite import Suite

    reports: list[Report] = []
    troubles: list[str] = []
    for subject in subjects:
        who = f"{subject.name} over {subject.api}"
        if not any(case.ways_for(subject.api) or case.left_out for case in cases):
            troubles.append(f"{who}: none of these cases is for it")
            continue
        suite = Suite(subject, [case for case in cases if case.ways_for(subject.api) or case.left_out], options)
        if live:
            suite.tell = _progress(who)
        try:
            reports.append(suite.play())
        except UsageError as error:
            if len(subjects) == 1:
                raise
            troubles.append(str(error))
        finally:
            if live:
                click.echo("\r\x1b[K", nl=False, err=True)
        if len(subjects) > 1 and reports and reports[-1].client is subject:
            counted = sum(verdict.failed for verdict in reports[-1].cases)
            note(f"{who}: {counted or 'none'} of {len(reports[-1].cases)} cases failed")
    for trouble in troubles:
        note(click.style(trouble, fg="red"))
    return reports, troubles


def _progress(who: str) -> Callable[[int, int, Verdict], None]:
    from mocksse.cli.terminal import width
    from mocksse.torture.summary import progress_line

    failed: set[str] = set()

    def tell(done: int, count: int, verdict: Verdict) -> None:
        if verdict.failed:
            failed.add(verdict.play.case.id)
        line = progress_line(done, count, len(failed), f"{who} · {verdict.play.case.id}", min(width(), 100))
        click.echo(f"\r\x1b[K{line}", nl=False, err=True)

    return tell


def _write(reports: Sequence[Report], options: Options, troubles: Sequence[str], files: _Files) -> None:
    from mocksse.cli.options import note
    from mocksse.cli.terminal import width
    from mocksse.torture.document import document
    from mocksse.torture.summary import report_lines

    for number, report in enumerate(reports):
        for line in (*([""] if number else []), *report_lines(report, width())):
            click.echo(line, err=files.json == "-")
    told = document(reports, options, troubles)
    if files.json is not None:
        _put(files.json, json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    if files.junit is not None:
        from mocksse.torture.junit import junit

        _put(files.junit, junit(reports).decode())
    if files.html is not None:
        from mocksse.torture.page import page

        # Of many clients only what failed: a page of everything would be too large to read.
        _put(files.html, page(document(reports, options, troubles, brief=len(reports) > _MANY)))
    if files.scorecard is not None:
        from datetime import UTC, datetime

        from mocksse.torture.scorecard import scorecard

        command = shlex.join(["mocksse", *sys.argv[1:]])
        _put(files.scorecard, scorecard(told, f"{datetime.now(UTC):%Y-%m-%d}", command))
    for file in files:
        if file not in (None, "-"):
            note(f"wrote {file}")


def _put(file: str, text: str) -> None:
    data = text.encode("utf-8", "backslashreplace")
    if file == "-":
        click.echo(data.decode(), nl=False)
        return
    try:
        Path(file).write_bytes(data)
    except OSError as error:
        raise UpstreamError(f"{file}: can't be written: {error.strerror}") from None
