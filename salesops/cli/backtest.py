"""``salesops backtest``: a version of the process, or of a metric, tried on the past."""

from __future__ import annotations

import click

from salesops.cli.options import as_of_option, format_option


@click.group("backtest")
def command() -> None:
    """Try a change of the process, or of a metric, on the past before it is made."""


@command.command("process")
@click.argument("file", metavar="FILE")
@click.option("--since", metavar="YYYY-MM-DD", help="Only moves from this day on.")
@format_option("text", "json", "csv")
@as_of_option
@click.pass_context
def process(ctx: click.Context, file: str, since: str | None, output_format: str, as_of: str | None) -> None:
    """Show which moves of the past a version of the process would have stopped.

    FILE is the version as it would be written in playbook/process/, also one that says only what differs (from: v3). Every
    move is judged as if the version had been in force on its day, by what was known on that day. What is wrong with the
    file itself is said first; with errors in it the exit code is 1.
    """
    from salesops.cli.actions.backtest import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, file, since, output_format, as_of))
