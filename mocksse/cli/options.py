"""Options that several commands share, so that a word means the same everywhere, and their help in groups.

The words are those of `settings`; a command gets what was typed of them by name, and `settings` makes sense of it.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mocksse.settings.model import Settings
from mocksse.settings.words import BY_NAME, GROUPS, PACING, WORDS, Word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from mocksse.cassette.redact import Rules
    from mocksse.settings.spoken import Spoken

_DEFAULTS = Settings()
REST = "Others"


class WordOption(click.Option):
    """The option of one word. Help has one line of it: of a switch the flag that changes something."""

    def __init__(self, word: Word, **more: Any) -> None:
        self.word = word
        negative = f"/--no-{word.positive.removeprefix('--')}" if word.kind == "switch" else ""
        names = [word.key, f"{word.positive}{negative}", *([word.short] if word.short else [])]
        kind: Any = None
        if word.choices:
            kind = click.Choice(word.choices)
        elif word.metavar == "FILE":
            kind = click.Path()
        if word.kind == "switch":
            more["default"] = None
        multiple = word.kind in {"list", "table"}
        super().__init__(names, metavar=word.metavar or None, help=_help(word), type=kind, multiple=multiple, **more)

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Left the flag as it is typed, right what it does."""
        if self.hidden:
            return None
        flag = f"{self.word.short}, {self.word.flag}" if self.word.short else self.word.flag
        return f"{flag} {self.word.metavar}".rstrip(), _help(self.word)


def _help(word: Word) -> str:
    default = None if word.help.endswith("]") else getattr(_DEFAULTS, word.name, None)
    shown = f" [{default:g}]" if isinstance(default, float) else f" [{default}]" if default else ""
    return word.help if word.kind == "switch" else f"{word.help}{shown}"


class Grouped(click.Command):
    """A command whose help has its options in groups, in the order of the words, and one column of texts."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One section for each group that the command has options of; what is no word's comes last."""
        groups: dict[str, list[tuple[str, str]]] = {group: [] for group in (*GROUPS, REST)}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx) if isinstance(param, click.Option) else None
            if record is not None:
                groups[param.word.group if isinstance(param, WordOption) else REST].append(record)
        widest = max(len(flag) for records in groups.values() for flag, _ in records)
        for group, records in groups.items():
            if records:
                with formatter.section(group):
                    formatter.write_dl([(f"{flag:{widest}}", text) for flag, text in records])


def word_options(words: Iterable[Word] = WORDS, *, hidden: bool = False) -> Callable[..., Any]:
    """An option for each word that has a flag; `said` takes them out of the command's keyword arguments."""

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        for word in reversed([word for word in words if word.flag]):
            command = click.option(word.flag, cls=_option(word), hidden=hidden)(command)
        return command

    return add


def _option(word: Word) -> Any:
    """What click calls to make the option; the names it was told are the word's own affair."""
    return lambda _, **more: WordOption(word, **more)


PACE_AND_FAULTS = (*PACING, BY_NAME["faults"])
"""What `plan` takes of the words of `serve`."""


def config_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--config FILE`, which `settings_said` wants."""
    text = "Settings file, instead of ./mocksse.yaml."
    kind: Any = click.Path(path_type=Path)
    return click.option("--config", type=kind, metavar="FILE", help=text)(command)


def said(given: dict[str, Any], paths: tuple[str, ...] = ()) -> dict[str, Spoken]:
    """The words that were typed, by name, taken out of `given`; `paths` are the cassettes."""
    found: dict[str, Spoken] = {"cassettes": paths} if paths else {}
    for word in WORDS:
        value = given.pop(word.key, None) if word.flag else None
        if value is not None and value != ():
            found[word.name] = value
    return found


def settings_said(flags: Mapping[str, Spoken], config: Path | None, spelt: Mapping[str, str] | None = None) -> Settings:
    """The settings that hold here: file, environment, these flags. Raises MocksseError.

    `spelt`: what the flags were called, where that is not their own name.
    """
    from mocksse.settings.resolve import settings_of

    return settings_of(flags, os.environ, config=config, spelt=spelt or {})


def redaction_said(keep: Sequence[str]) -> Rules:
    """What recordings are redacted by here, `--keep-header` counted. Raises MocksseError."""
    from mocksse.cassette.redact import Rules

    words = settings_said({}, None).redact
    return Rules(**{**words, "keep_headers": (*words.get("keep_headers", ()), *keep)})


def note(message: str) -> None:
    """A line of talk. Nobody may be listening any longer."""
    with suppress(OSError):
        click.echo(message, err=True, color=color())


def color() -> bool | None:
    """What NO_COLOR and FORCE_COLOR say; None: a terminal gets colours, anything else gets none."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return True if os.environ.get("FORCE_COLOR") else None
