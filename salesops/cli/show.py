"""``salesops show``: one deal or member, and what is missing."""

from __future__ import annotations

import click

from salesops.cli.options import as_of_option, completed, format_option, known_option


@click.command("show")
@click.argument("record_id", metavar="ID", shell_complete=completed("deal", "member"))
@format_option("text", "json")
@as_of_option
@known_option
@click.pass_context
def command(ctx: click.Context, record_id: str, output_format: str, as_of: str | None, known: str | None) -> None:
    """Show one deal or member; for a deal, with what is missing for each exit of its stage.

    ID may be a part of the id, of the title or of the member's name, in any letter case; open deals come first.
    """
    from salesops.cli.actions.show import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, record_id, output_format, as_of, known))
