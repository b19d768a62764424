"""`mocksse serve`: replay cassettes to any client, break them, and record what nobody recorded yet.

The base URL is the only line on stdout, once connections are accepted, so that a script can wait for it. The banner
and the access lines are talk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from mocksse.cli.options import Grouped, config_option, said, settings_said, word_options

if TYPE_CHECKING:
    from pathlib import Path


@click.command(
    cls=Grouped,
    epilog="""\b
mocksse serve cassettes/ --speed instant --port 0
mocksse serve cassettes/ --fault 'reset at=event:5 times=1'
mocksse serve cassettes/ --upstream https://api.openai.com --record new

*: as often as needed. DIST: normal:MEAN,SD, lognormal:p50=MS,p95=MS or from:CASSETTE. Each word can be said in
mocksse.yaml, which also names sessions, or as MOCKSSE_PORT and its like. More: docs/server.md.""",
)
@click.argument("paths", nargs=-1, type=click.Path())
@word_options()
@config_option
def command(paths: tuple[str, ...], config: Path | None, **given: Any) -> int:
    """Replay cassettes (files and folders) to any client, byte for byte and on time.

    A request gets the recording with its method, path and query, of several the one with the most similar body. Its
    own headers x-mocksse-fault and x-mocksse-pacing hold for it alone. A base URL ending in /@NAME is the session NAME;
    /__mocksse/docs lists what else can be asked.
    """
    from mocksse.cli.start import start

    return start(settings_said(said(given, paths), config))
