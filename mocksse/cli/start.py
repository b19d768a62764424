"""What `serve` and `record --proxy` have in common: a server by its settings, and what is said on the way up."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

import click

from mocksse.cli.options import note
from mocksse.errors import UsageError

if TYPE_CHECKING:
    from mocksse.settings.model import Settings


def start(settings: Settings) -> int:
    """Serve until a signal comes; gives the exit code.

    The base URL is the only line on stdout, once connections are accepted.
    """
    from mocksse.cli.remains import offer_remains
    from mocksse.cli.watching import view_of
    from mocksse.server.run import run

    sessions = [settings.session, *settings.sessions.values()]
    if not any(session.cassettes for session in sessions):
        hint = "mocksse serve PATH, or with --upstream URL --record once into ./cassettes"
        raise UsageError("no cassettes: which?", hint)
    if settings.follow and settings.log_json:
        raise UsageError("--follow and --log-json: which of them?", "one is for people, the other for machines")
    say = _say_json if settings.log_json else note
    if settings.source is not None and not settings.quiet:
        say(f"settings of {settings.source} hold (mocksse config shows them)")
    if settings.insecure:
        say("certificates are not checked (--insecure)")
    offer_remains(dict.fromkeys(path for session in sessions for path in session.cassettes))
    return run(settings, _ready, say, _write, partial(view_of, stream=sys.stderr) if settings.follow else None)


def _ready(url: str) -> None:
    click.echo(url)
    sys.stdout.flush()


def _say_json(message: str) -> None:
    """A line of talk as JSON, as the access lines beside it are."""
    import json

    from mocksse.server.access import talk_object

    note(json.dumps(talk_object(message), ensure_ascii=False))


def _write(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
