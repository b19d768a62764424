"""`mocksse run`: a command with a server of its own, of which every SDK in the command's environment knows.

The server lives in this process and dies with it; the command is on a leash, and does too. Standard streams are the
command's: nothing is said while it runs, and what is said afterwards goes to stderr.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from mocksse.cli.options import Grouped, config_option, note, said, settings_said, word_options
from mocksse.errors import EXIT_CHECK, EXIT_INTERRUPTED, EXIT_UPSTREAM, UsageError
from mocksse.settings.words import BY_NAME, WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mocksse.cli.leashed import Ended
    from mocksse.server.verdict import Finding
    from mocksse.server.world import World
    from mocksse.settings.model import Settings

_OTHER = {
    "port": replace(BY_NAME["port"], help="[a free one]"),
    "quiet": replace(BY_NAME["quiet"], help="Say only what went wrong."),
}
"""Words that mean a little less here than in `serve`."""
_WORDS = tuple(_OTHER.get(word.name, word) for word in WORDS if word.name not in {"log_json", "follow"})


class _BeforeCommand(Grouped):
    """A command whose own words end at the first `--`; what stands behind is somebody else's."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep the other's words as they are."""
        at = args.index("--") if "--" in args else len(args)
        ctx.meta[__name__] = tuple(args[at + 1 :])
        return super().parse_args(ctx, args[:at])

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """As it is typed."""
        return ["[PATHS]...", "[OPTIONS]", "--", "COMMAND..."]


@click.command(
    cls=_BeforeCommand,
    epilog="""\b
mocksse run cassettes/ -- npm test
mocksse run cassettes/ --speed instant --fault 'reset at=event:5 times=1' -- go test ./...
mocksse run -- sh -c 'curl -sN $OPENAI_BASE_URL/chat/completions -d "{\\"stream\\": true}"'

COMMAND finds the server in MOCKSSE_URL, and in OPENAI_BASE_URL, ANTHROPIC_BASE_URL and their like. API keys in the
environment are not passed on, so that no real key goes to a mock: each is replaced by the word mocksse, unless an
upstream is recorded. What is wanted after all: -- env NAME=VALUE COMMAND. NO_PROXY gets this machine.

*: as often as needed. More: docs/testing.md.""",
)
@click.argument("paths", nargs=-1, type=click.Path())
@word_options(_WORDS)
@config_option
@click.pass_context
def command(ctx: click.Context, /, paths: tuple[str, ...], config: Path | None, **given: Any) -> int:
    """Run a command with a server of its own, which every SDK finds.

    Exit code: the command's; 1 if it was 0 and requests went unmatched; 126 or 127 if it could not be started, 130
    after ^C. Nothing that the command started is left when it has ended.
    """
    words: Sequence[str] = ctx.meta[__name__]
    if not words:
        raise UsageError("run what?", "what to run stands behind --: mocksse run cassettes/ -- npm test")
    settings = _settings(settings_said(said(given, paths), config))
    return asyncio.run(_run(settings, words))


def _settings(settings: Settings) -> Settings:
    """With a free port, and cassettes, where nobody said any."""
    from mocksse.cassette.library import holds_any
    from mocksse.cassette.shipped import shipped
    from mocksse.cli.remains import offer_remains
    from mocksse.settings.resolve import FOLDER

    if "port" not in settings.origins:
        settings = replace(settings, port=0)
    sessions = [settings.session, *settings.sessions.values()]
    if not any(session.cassettes for session in sessions):
        folder = FOLDER if FOLDER.is_dir() and holds_any(FOLDER) else shipped()
        if folder is not FOLDER:
            note("no cassettes were named, and there are none in ./cassettes: those that come with mocksse are played")
        settings = replace(settings, session=replace(settings.session, cassettes=(folder,)))
    if settings.insecure:
        note("certificates are not checked (--insecure)")
    offer_remains(dict.fromkeys(path for session in sessions for path in session.cassettes))
    return settings


async def _run(settings: Settings, words: Sequence[str]) -> int:
    from mocksse.cli.leashed import leashed
    from mocksse.cli.summary import summary
    from mocksse.server.environment import UNSET, environment
    from mocksse.server.tally import Tally
    from mocksse.server.within import serving

    tally = Tally()
    async with serving(settings, tally, note) as world:
        asks = any(world.throughs.of(session.settings) is not None for session in world.sessions)
        kept = {name: value for name, value in os.environ.items() if name not in UNSET}
        ended = await leashed(words, {**kept, **environment(world.url, given=os.environ, real_keys=asks)})
    if ended.failure:
        raise _NotStartedError(ended)
    lost = world.counts.recordings["lost"]
    for line in summary(tally, _findings(world), lost=lost, only_wrong=settings.quiet):
        note(line)
    if ended.interrupted:
        return EXIT_INTERRUPTED
    return ended.code or (EXIT_UPSTREAM if lost else EXIT_CHECK if tally.unmatched else 0)


def _findings(world: World) -> dict[str, list[Finding]]:
    """By session, but for what the tally has."""
    from mocksse.server.verdict import findings

    found = {session.name: findings(session.journal) for session in world.sessions}
    return {name: [one for one in some if one.check != "unmatched"] for name, some in found.items()}


class _NotStartedError(UsageError):
    """The command is not there, or is none."""

    def __init__(self, ended: Ended) -> None:
        super().__init__(ended.failure)
        self.exit_code = ended.code
