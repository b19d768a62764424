"""`mocksse record URL --proxy`: the same as `serve DIR --upstream URL --record all`, under the name people look for.

Only the words that mean something to it are taken; any other that was typed is refused, so that nobody believes a
header or a body of theirs is sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from click.core import ParameterSource

from mocksse.cli.options import settings_said
from mocksse.cli.output import FOLDER
from mocksse.cli.start import start
from mocksse.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    import click

    from mocksse.settings.spoken import Spoken

_TAKEN = {"urls", "more_urls", "proxy", "port", "output", "idle", "insecure", "keep", "quiet"}
_SPELT = {"upstream": "URL", "record": "--proxy", "cassettes": "-o"}


def typed(ctx: click.Context) -> dict[str, str]:
    """The options that stood on the command line, as they are called, by the names of their parameters."""
    return {
        param.name: param.opts[0]
        for param in ctx.command.params
        # Words of curl that change nothing are no values of the command's.
        if param.name and param.expose_value and ctx.get_parameter_source(param.name) is ParameterSource.COMMANDLINE
    }


def record_through(ctx: click.Context, url: str, given: dict[str, Any]) -> int:
    """Serve and record until a signal comes; gives the exit code.

    Raises UsageError for what makes no sense with --proxy.
    """
    found = typed(ctx)
    if others := [flag for name, flag in found.items() if name not in _TAKEN]:
        hint = "the client's own requests are recorded" if len(others) == 1 else "they are for one request of ours"
        raise UsageError(f"--proxy: {', '.join(others)} can't go with it", hint)
    folder: Path = given["output"] or FOLDER
    if folder.suffix in {".yaml", ".yml"} or folder.is_file():
        raise UsageError(f"-o {folder}: with --proxy it is a folder", "each answer becomes a file in it")
    flags: dict[str, Spoken] = {"cassettes": (str(folder),), "upstream": (url,), "record": "all"}
    if given["port"] is not None:
        flags["port"] = given["port"]
    if "idle" in found:
        flags["timeout"] = f"{given['idle']:g}"
    if given["keep"]:
        flags["redact.keep_headers"] = given["keep"]
    flags |= {name: True for name in ("insecure", "quiet") if given[name]}
    return start(settings_said(flags, None, _SPELT))
