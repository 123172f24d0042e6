"""``salesops doctor``: what is wrong with the set-up, and how to fix it."""

from __future__ import annotations

import click


@click.command("doctor")
@click.pass_context
def command(ctx: click.Context) -> None:
    """Look at the set-up: Python, the repository, git, the site, the workflows. Each line is well or says the fix.

    Where salesops init has put the program into vendor/, it is tried whether pip would install it. Nothing is installed,
    nothing of the repository is run, and no network is needed.
    """
    from salesops.cli.views.doctor import view  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(view(ctx.obj))
