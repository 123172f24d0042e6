"""``salesops board``: the open deals by stage."""

from __future__ import annotations

import click

from salesops.cli.options import as_of_option, format_option, known_option


@click.command("board")
@format_option("text", "json")
@as_of_option
@known_option
@click.pass_context
def command(ctx: click.Context, output_format: str, as_of: str | None, known: str | None) -> None:
    """Show the open deals by stage, the oldest first, with their value; parked deals are listed separately."""
    from salesops.cli.actions.board import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, output_format, as_of, known))
