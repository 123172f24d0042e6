"""``salesops history``: who changed what and when, in sentences."""

from __future__ import annotations

import click

from salesops.cli.options import as_of_option, format_option


@click.command("history")
@click.argument("ids", nargs=-1, metavar="[DEAL|MEMBER]...")
@click.option("--since", metavar="YYYY-MM-DD", help="Only what became known from this day on.")
@format_option("text", "json", "atom")
@as_of_option
@click.pass_context
def command(ctx: click.Context, ids: tuple[str, ...], since: str | None, output_format: str, as_of: str | None) -> None:
    """Say who changed what and when, of every record or of those named: the newest first.

    It is told from the commits of the branch that is checked out, as far back as they go; renamed files are followed.
    """
    from salesops.cli.actions.history import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, ids, output_format, as_of, since=since))
