"""`--jsonpath`, `--join` and `--script`: rules for streams of no known API, as they are said on the command line.

A script is the user's own Python, named on the command line and nowhere else: no file and no request can bring one in.
"""

from __future__ import annotations

import importlib.util
import sys
import traceback
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mocksse.errors import CheckError, UsageError, nearest
from mocksse.figures import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mocksse.cassette.model import Interaction
    from mocksse.providers.api import Api
    from mocksse.providers.turn import Turn
    from mocksse.view.arrivals import Reading

_SHOWN = 200
_EVENT = 100
"""Characters of an event that show what is in one."""


@dataclass(frozen=True, slots=True)
class Rules:
    """`api`: None where no rule was said. `whole`: what the whole text of a choice becomes. `paths`: as typed."""

    api: Api | None = None
    whole: Callable[[str], str] | None = None
    paths: tuple[str, ...] = ()

    @property
    def said(self) -> bool:
        """Whether there are any."""
        return self.api is not None or self.whole is not None

    def read(self, interaction: Interaction) -> Reading:
        """The recording by these rules."""
        from mocksse.providers.extract import Extract, api_of
        from mocksse.view.arrivals import read

        reading = read(interaction, self.api)
        if self.whole is not None and reading.api is None:
            # A script is for a text, and in events of no known API that is their data.
            return read(interaction, api_of(Extract()))
        return reading

    def check(self, interactions: Iterable[Interaction]) -> str:
        """What is to be said of paths of which some find nothing in any of these; empty where each finds something.

        Raises CheckError where none does, and there are events in which it could.
        """
        from mocksse.providers.jsonpath import select

        left = list(dict.fromkeys(self.paths))
        example = b""
        for interaction in interactions:
            if not left or self.api is None:
                break
            for arrival in self.read(interaction).arrivals:
                if arrival.frame.kind != "event" or isinstance(payload := self.api.payload(arrival.frame.data), str):
                    continue
                example = example or arrival.frame.data
                left = [path for path in left if not select(path, payload)]
        if not left or not example:
            return ""
        event = example.decode("utf-8", "replace")
        event = event if len(event) <= _EVENT else f"{event[:_EVENT]}…"
        message = printable(f"--jsonpath: no event has {' or '.join(left)} (the first is {event})")
        if len(left) == len(set(self.paths)):
            raise CheckError(message)
        return message

    def finished(self, turn: Turn) -> Turn:
        """The turn with its texts passed through the script that wants them whole."""
        if self.whole is None:
            return turn
        choices = tuple(replace(choice, text=self.whole(choice.text)) for choice in turn.choices)
        return replace(turn, choices=choices)


def extract_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options, which `rules_said` takes out of what was given."""
    for option in reversed(
        [
            click.option(
                "--jsonpath",
                multiple=True,
                metavar="[LANE=]PATH",
                help="Where text is in an unknown API's events; LANE: text, reasoning, tool, usage, error, finish.*",
            ),
            click.option("--join", metavar="TEXT", help="Between two pieces of text; alone: events are plain text."),
            click.option(
                "--script", metavar="FILE.py:NAME", help="A function that is given the whole text, and returns it."
            ),
            click.option("--script-each", metavar="FILE.py:NAME", help="The same for each piece of text."),
        ]
    ):
        command = option(command)
    return command


def rules_said(given: dict[str, Any]) -> Rules:
    """The rules that were typed, taken out of `given`. Raises UsageError for a path or a script that is none."""
    from mocksse.providers.extract import Extract, api_of

    paths, join = given.pop("jsonpath"), given.pop("join")
    whole, each = given.pop("script"), given.pop("script_each")
    rules = Extract(tuple(map(_path, paths)), (), join or "")
    is_said = bool(paths) or join is not None or each is not None
    script = _script(each, "--script-each") if each is not None else None
    api = api_of(rules, script) if is_said else None
    function = _script(whole, "--script") if whole is not None else None
    return Rules(api, function, tuple(path for _, path in rules.paths))


def _path(text: str) -> tuple[Any, str]:
    from mocksse.providers.extract import LANES

    if text.startswith("$"):
        return "text", text
    lane, _, path = text.partition("=")
    if lane not in LANES:
        hint = nearest(lane, LANES) if path else ""
        hint = hint or "--jsonpath '$.result.text' or --jsonpath reasoning='$.thinking'"
        raise UsageError(printable(f"--jsonpath {text[:_SHOWN]!r}: it begins with $ or with a lane and ="), hint)
    return lane, path


def _script(said: str, flag: str) -> Callable[[str], str]:
    """The function, ready to be called; what it raises becomes one line."""
    file, _, name = said.rpartition(":")
    if not file or not name.isidentifier():
        raise UsageError(printable(f"{flag} {said[:_SHOWN]!r} names no function"), f"{flag} tidy.py:strip")
    path = Path(file)
    if not path.is_file():
        raise UsageError(printable(f"{flag}: no such file: {file}"), "FILE.py:FUNCTION")
    spec = importlib.util.spec_from_file_location("mocksse_script", path)
    if spec is None or spec.loader is None:
        raise UsageError(printable(f"{flag}: {file} is no Python file"), "FILE.py:FUNCTION")
    module = importlib.util.module_from_spec(spec)
    try:
        with redirect_stdout(sys.stderr):
            spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise UsageError(_told(flag, path, error)) from None
    function = getattr(module, name, None)
    if not callable(function):
        hint = nearest(name, [other for other, value in vars(module).items() if callable(value) and other[0] != "_"])
        raise UsageError(printable(f"{flag}: no function {name} in {file}"), hint or "def tidy(text): return text")

    def passed(text: str) -> str:
        try:
            with redirect_stdout(sys.stderr):  # what a script prints is talk: our own output is its result
                made = function(text)
        except (Exception, SystemExit) as error:
            raise CheckError(_told(flag, path, error)) from None
        if not isinstance(made, str):
            raise CheckError(printable(f"{flag}: {said} returned {type(made).__name__}, and not text"))
        return made

    return passed


def _told(flag: str, path: Path, error: BaseException) -> str:
    """`--script: tidy.py:3: KeyError: 'x'`, by the innermost line in the user's own file."""
    where = str(path)
    if isinstance(error, SyntaxError):
        line = error.lineno
    else:
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame.lineno for frame in frames if Path(frame.filename).resolve() == path.resolve()]
        line = own[-1] if own else None
    words = " ".join(str(error).split())[:_SHOWN]
    return printable(f"{flag}: {where}{f':{line}' if line else ''}: {type(error).__name__}: {words}")
