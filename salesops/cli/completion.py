"""``salesops completion``: the line that teaches a shell to complete commands and ids."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from salesops.cli import salesops
from salesops.cli.printing import say


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the completion script of a SHELL; add `eval "$(salesops completion bash)"` to its start-up file."""
    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"no completion for {shell}")
    say(kind(salesops, {}, "salesops", "_SALESOPS_COMPLETE").source())
