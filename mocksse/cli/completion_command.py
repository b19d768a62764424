"""`mocksse completion SHELL`: what makes a shell complete commands, options and their values."""

from __future__ import annotations

import click

INSTALL = {
    "bash": "echo 'eval \"$(mocksse completion bash)\"' >> ~/.bashrc",
    "zsh": "echo 'eval \"$(mocksse completion zsh)\"' >> ~/.zshrc",
    "fish": "mocksse completion fish > ~/.config/fish/completions/mocksse.fish",
}


@click.command(
    epilog="\b\n" + "\n".join(INSTALL.values()) + "\n\nThen open a new shell.",
)
@click.argument("shell", type=click.Choice(list(INSTALL)))
def command(shell: str) -> None:
    """Print the completion script for a shell."""
    from click.shell_completion import get_completion_class

    from mocksse.cli import root

    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101 - each of them is click's own
    click.echo(kind(root, {}, "mocksse", "_MOCKSSE_COMPLETE").source().strip())
    click.echo(f"# To have it in each new shell:  {INSTALL[shell]}")
