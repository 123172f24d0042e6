"""``salesops backtest``: a version of the process, or of a metric, tried on the past."""

from __future__ import annotations

import click

from salesops.cli.options import as_of_option, completed, format_option


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

    ctx.exit(run(ctx.obj, "process", output_format, as_of, file=file, since=since))


@command.command("metric")
@click.argument("metric", metavar="METRIC", shell_complete=completed("metric"))
@click.option(
    "--process", "file", metavar="FILE", help="Count as if the version in this file had always been in force."
)
@click.option(
    "--numbers",
    metavar="NAME=NUMBER",
    multiple=True,
    help="Count with another of the team's numbers, such as enough=20.",
)
@click.option(
    "--with",
    "other",
    metavar="METRIC",
    help="Count by another metric in its place.",
    shell_complete=completed("metric"),
)
@click.option("--since", metavar="YYYY-MM-DD", help="Only weeks from this day on; default: from the first move on.")
@click.option("--known", type=click.Choice(["then"]), help="Use what was known in each week; default: today's records.")
@format_option("text", "json", "csv")
@as_of_option
@click.pass_context
def metric(
    ctx: click.Context,
    metric: str,
    file: str | None,
    numbers: tuple[str, ...],
    other: str | None,
    since: str | None,
    known: str | None,
    output_format: str,
    as_of: str | None,
) -> None:
    """Show a metric on every Monday of the past, as it is counted and as it would be.

    What is to be different is another version of the process, another number of the team, or another metric, which may be
    one of your own; several of them go together. It also says in how many weeks the two differ.
    """
    from salesops.cli.actions.backtest import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(
        run(
            ctx.obj,
            "metric",
            output_format,
            as_of,
            metric=metric,
            file=file,
            numbers=numbers,
            other=other,
            since=since,
            known=known,
        )
    )
