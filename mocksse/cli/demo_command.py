"""`mocksse demo`: a recording as it was made, then broken in the ways that streams break. No network, no files.

A real server plays, and a real client on a socket shows what it gets of it: nothing here is staged.
"""

from __future__ import annotations

import asyncio
import shlex
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pathlib import Path

    from mocksse.settings.model import Settings

_CASSETTE = "reasoning.yaml"
_PATH = "/v1/chat/completions"
_BODY = b'{"model": "smollm2", "stream": true}'
_PAUSE_S = 1.2
"""Between two acts, for whoever reads along."""


@dataclass(frozen=True, slots=True)
class _Act:
    """One play. `session` is where its faults are set; `fault` is how to ask for them."""

    title: str
    session: str
    fault: str
    why: str


_ACTS = (
    _Act("As it was recorded", "", "", "the line below shows the gaps between chunks"),
    _Act(
        "With a stall", "stall", "stall at=first-text for=3s", "is your spinner still spinning? does a timeout strike?"
    ),
    _Act("Cut, and back", "cut", "ids; reset at=percent:70 times=1", "RST amid the answer; the client comes back"),
)


@click.command(epilog="\b\nmocksse demo")
@click.option("--speed", default="1", metavar="FACTOR|instant", help="Recorded times divided; instant: no waits.")
def command(speed: str) -> None:
    """Play a recording as it was made, then with a stall, then cut with a client that comes back.

    It takes some twenty seconds, and needs neither network nor files.
    """
    from mocksse.cassette.shipped import shipped

    folder = shipped()
    asyncio.run(_play(_settings(folder, speed), folder, 0.0 if speed == "instant" else _PAUSE_S))


def _settings(folder: Path, speed: str) -> Settings:
    """A server of the shipped recordings, on a port of its own, with a session for each act."""
    from mocksse.cassette.pacing import parse_word
    from mocksse.replay.faults.grammar import parse
    from mocksse.settings.model import SessionSettings, Settings

    default = SessionSettings("default", (folder / _CASSETTE,), parse_word("speed", speed))
    named = {act.session: replace(default, name=act.session, faults=parse(act.fault)) for act in _ACTS if act.session}
    return Settings(default, named, port=0)


async def _play(settings: Settings, folder: Path, pause_s: float) -> None:
    from mocksse.server.within import serving

    async with serving(settings) as world:
        port = int(world.url.rpartition(":")[2])
        _say("mocksse", " plays what a model once said: its bytes, at its own pace.", fg="cyan")
        for number, act in enumerate(_ACTS, 1):
            _say(f"\n{number}  {act.title}", f"  {act.why}", fg="cyan")
            fault = f" --fault {shlex.quote(act.fault)}" if act.fault else ""
            click.echo(click.style(f"   mocksse serve {_CASSETTE}{fault}\n", dim=True))
            await asyncio.sleep(pause_s)
            await _watch(port, act.session)
            await asyncio.sleep(pause_s)
    _next(folder)


async def _watch(port: int, session: str) -> None:
    """One answer on the screen, and the rest of it where it broke off."""
    from mocksse.cli.demo_client import ask
    from mocksse.cli.watching import watching

    path = f"/@{session}{_PATH}" if session else _PATH
    async with watching(_PATH, sys.stdout) as view:
        heard = await ask(port, path, _BODY, view)
    if heard.whole or not heard.last_id:
        return
    _say("\n   the client comes back", f"  Last-Event-ID: {heard.last_id}\n", fg="yellow")
    async with watching(_PATH, sys.stdout) as view:
        await ask(port, path, _BODY, view, last_id=heard.last_id)


def _next(folder: Path) -> None:
    place = shlex.quote(str(folder))
    _say("\nNext", "", fg="cyan")
    for line, why in (
        (f"mocksse serve {place}", "play them all to your own client"),
        ("mocksse record https://api.openai.com/v1/responses -H ... -d @body.json", "record your own"),
        (f"mocksse show {place}/{_CASSETTE} --timeline", "every fragment, its time and its gap"),
        ("mocksse faults", "a hundred ways to break a stream"),
    ):
        click.echo(f"   {line}\n      {click.style(why, dim=True)}")


def _say(lead: str, rest: str, fg: str) -> None:
    click.echo(click.style(lead, fg=fg, bold=True) + rest)
