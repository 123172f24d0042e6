"""``salesops history``: who changed what and when, in sentences."""

from __future__ import annotations

import click

from salesops.cli.options import as_of_option, completed, format_option


@click.command("history")
@click.argument("ids", nargs=-1, metavar="[DEAL|MEMBER]...", shell_complete=completed("deal", "member"))
@click.option("--since", metavar="YYYY-MM-DD", help="Only changes committed on or after this day.")
@format_option("text", "json", "csv", "atom")
@as_of_option
@click.pass_context
def command(ctx: click.Context, ids: tuple[str, ...], since: str | None, output_format: str, as_of: str | None) -> None:
    """Show who changed what and when, for all records or for those named: the newest first.

    It is read from the commits of the current branch, as far back as they go; renamed files are followed.
    """
    from salesops.cli.actions.history import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, ids, output_format, as_of, since=since))
