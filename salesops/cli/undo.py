"""``salesops undo``: take back what was written last."""

from __future__ import annotations

import click

from salesops.cli.options import as_of_option, writing_options


@click.command("undo")
@click.argument("number", metavar="[N]", type=click.IntRange(min=1), default=1)
@click.option(
    "--list", "listed", is_flag=True, help="Show the last writes of this clone, newest first, and change nothing."
)
@click.option("--why", metavar="WORDS", help="Why it was wrong; asked for where it has been merged already.")
@writing_options
@as_of_option
@click.pass_context
def command(ctx: click.Context, /, number: int, **options: object) -> None:
    """Take back the last write of this clone, or the last N, newest first.

    What each was is said first. Where a file has changed since, nothing is taken back. What has been merged already is part
    of the past: the old lines come back with a signed correction that says what stood there, who takes it back, and why.

    \b
      salesops undo
      salesops undo 3
      salesops undo --list
      salesops undo --why "It was the other deal"
    """
    from salesops.cli.actions.undo import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, number, **options))
