"""Options that several commands share, so that a word means the same everywhere."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from mocksse import limits
from mocksse.cassette.pacing import Pacing, parse_word
from mocksse.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mocksse.replay.faults.grammar import Spec

_PACING = (
    ("--speed", "FACTOR|instant", "Recorded times divided by a factor; instant: no waits."),
    ("--ttft", "MS|DIST", "Request to the first piece of the body."),
    ("--gap", "MS|DIST", "Between chunks."),
    ("--tps", "N", "Text events a second: a gap before every event with text, none before others."),
    ("--jitter", "PERCENT", "Each wait times a factor drawn from 1-p..1+p."),
    ("--max-gap", "MS", "No wait is longer."),
    ("--seed", "N", "What draws start from (0)."),
)


def pacing_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The pacing words as options; `pacing_of` takes them out of the command's keyword arguments."""
    for name, metavar, text in reversed(_PACING):
        command = click.option(name, metavar=metavar, help=text)(command)
    return command


def pacing_of(given: dict[str, Any]) -> Pacing:
    """The layer of pacing that was said, taken out of `given`. Raises UsageError."""
    if given["gap"] is not None and given["tps"] is not None:
        raise UsageError("--gap and --tps both say how long chunks wait", "keep one of them")
    pacing = Pacing()
    for name, _, _ in _PACING:
        word = name.removeprefix("--").replace("-", "_")
        value = given.pop(word)
        if value is not None:
            pacing = parse_word(word, value).over(pacing)
    return pacing


def fault_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--fault SPEC`, repeatable; `faults_said` reads what was given."""
    text = "Break it: 'reset at=event:5 times=1'; mocksse faults lists all. Repeatable."
    return click.option("--fault", "faults", multiple=True, metavar="SPEC", help=text)(command)


def faults_said(given: Sequence[str]) -> tuple[Spec, ...]:
    """The faults of `--fault`, in order. Raises UsageError."""
    if not given:
        return ()
    from mocksse.replay.faults.grammar import parse

    specs = tuple(spec for text in given for spec in parse(text))
    if len(specs) > limits.MAX_FAULTS:
        raise UsageError(f"--fault: {len(specs)} faults; {limits.MAX_FAULTS} is the most")
    return specs


def note(message: str) -> None:
    """A line of talk. Nobody may be listening any longer."""
    with suppress(OSError):
        click.echo(message, err=True, color=color())


def color() -> bool | None:
    """What NO_COLOR and FORCE_COLOR say; None: a terminal gets colours, anything else gets none."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return True if os.environ.get("FORCE_COLOR") else None
