"""``salesops doctor``: what is wrong with the set-up, and how to fix it."""

from __future__ import annotations

import click

from salesops.cli.options import format_option


@click.command("doctor")
@format_option("text", "json")
@click.pass_context
def command(ctx: click.Context, output_format: str) -> None:
    """Check your setup: Python, the repository, git, the site, the workflows. Each line is ok or names the fix.

    If salesops init has put the program into vendor/, this also tests whether pip could install it. Nothing is
    installed, nothing from the repository is run, and no network is needed.
    """
    from salesops.cli.actions.doctor import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, output_format))
