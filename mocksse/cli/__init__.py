"""The command line: one file a command, imported only when it is called, so that `--version` and `--help` are quick.

Data goes to stdout, talk to stderr. Exit codes: 0 ok, 1 a check failed, 2 wrong usage or file, 3 upstream, network or
disk, 130 interrupted. A MocksseError becomes one line; any other exception is a bug of ours and may show.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

import click

from mocksse import __version__
from mocksse.cli.options import color, note
from mocksse.errors import EXIT_INTERRUPTED, EXIT_UPSTREAM, MocksseError, UsageError, nearest
from mocksse.figures import printable

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COMMANDS = {
    "record": "Capture a real stream, bytes and timing, into a cassette.",
    "serve": "Replay cassettes to any client, at their own pace.",
    "run": "Run a command with a server of its own, which every SDK finds.",
    "show": "List what is in cassettes; the answer, a timeline, figures, chunk by chunk.",
    "diff": "Compare two recordings: answer, events, times.",
    "check": "Validate and lint cassettes; file:line for what is wrong.",
    "scrub": "Blot credentials out of cassettes that are there already.",
    "torture": "Play every way in which streams break to a client, and judge it.",
    "demo": "See a recording play, stall, break and come back; no network.",
    "faults": "List what can be broken, and how to ask for it.",
    "plan": "Print what serve would write: every byte, its time, its faults.",
    "import": "Make a cassette of a raw body, curl -i output or a curl trace.",
    "generate": "Make cassettes of any provider out of a text or a seed.",
    "convert": "Say a recorded answer again in another provider's format.",
    "recover": "Turn what an interrupted recording left into a cassette.",
    "config": "Show which settings hold, and where each was said.",
    "schema": "Print the JSON Schema of cassettes, settings files, or torture's reports.",
    "healthcheck": "Ask a running server whether it is well.",
    "completion": "Print what makes bash, zsh or fish complete commands.",
}


class LazyGroup(click.Group):
    """A group whose commands are imported by name: `mocksse.cli.NAME_command`, attribute `command`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"mocksse.cli.{cmd_name}_command")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            hint = nearest(args[0], COMMANDS) or "mocksse --help lists them"
            raise UsageError(f"no such command: {args[0]}", hint)
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        # Not click's own, which would import every command to ask whether it is hidden.
        from click.shell_completion import CompletionItem

        fitting = [name for name in COMMANDS if name.startswith(incomplete)]
        return [
            *(CompletionItem(name, help=COMMANDS[name]) for name in fitting),
            *click.Command.shell_complete(self, ctx, incomplete),
        ]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        # Not the commands' own first lines: those would import them all.
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="""\b
mocksse record https://api.openai.com/v1/responses -H "Authorization: Bearer $KEY" -d @body.json
mocksse serve cassettes/""",
)
@click.version_option(__version__, "-V", "--version", prog_name="mocksse", message="%(prog)s %(version)s")
def root() -> None:
    """Record an LLM's stream once, bytes and timing; replay it byte for byte, at its own pace."""


def main(args: list[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    sys.exit(run(args))


def run(args: list[str] | None = None) -> int:
    """Run the command line; gives the exit code. Every expected failure becomes one line on stderr."""
    try:
        code: Any = root.main(args=args, prog_name="mocksse", standalone_mode=False, color=color())
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        note(error.format_message())
        return error.exit_code
    except click.ClickException as error:
        _fail(_one_line(error))
        return error.exit_code
    except MocksseError as error:
        _fail(str(error))
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has read enough; nothing may be written at exit either.
        sys.stdout = None
        return 0
    except OSError as error:
        _fail(f"{error.filename or ''}{': ' if error.filename else ''}{error.strerror or error}")
        return EXIT_UPSTREAM
    return code if isinstance(code, int) else 0


def _one_line(error: click.ClickException) -> str:
    if isinstance(error, click.NoSuchOption):
        known = [flag for param in error.ctx.command.params for flag in param.opts] if error.ctx is not None else []
        return str(
            UsageError(f"no such option: {error.option_name}", nearest(error.option_name, known) or _help(error))
        )
    message = " ".join(error.format_message().split())
    if isinstance(error, click.BadParameter) and error.param and not isinstance(error, click.MissingParameter):
        option = isinstance(error.param, click.Option)
        name = error.param.opts[0] if option else error.param.human_readable_name
        return f"{name}: {' '.join(error.message.split()).rstrip('.')}"
    if isinstance(error, click.UsageError) and error.ctx is not None:
        return f"{message} ({_help(error)})"
    return message


def _help(error: click.UsageError) -> str:
    words = ["mocksse", error.ctx.info_name or ""] if error.ctx is not None and error.ctx.parent else ["mocksse"]
    return " ".join([*words, "--help"])


def _fail(message: str) -> None:
    note(f"{click.style('mocksse:', fg='red', bold=True)} {printable(message)}")
