"""``salesops metrics``: readings on a day, with the deals behind each."""

from __future__ import annotations

import click

from salesops.cli.options import as_of_option, format_option


@click.command("metrics")
@click.argument("ids", nargs=-1, metavar="[METRIC]...")
@click.option(
    "--from", "first", metavar="YYYY-MM-DD", help="Narrow rates to cohorts, and averages to closes, from this day on."
)
@click.option(
    "--known",
    metavar="REV|DATE|then",
    help="Count what was known at a commit, or by the end of a day; in a series, the word then sets what was believed on each day beside it.",
)
@click.option("--since", metavar="YYYY-MM-DD", help="A series over time, from this day on.")
@click.option(
    "--every", type=click.Choice(["day", "week", "month"]), help="The steps of a series; a week where it is not said."
)
@click.option("--evidence", is_flag=True, help="Name the deals that were counted, and those left out with the reason.")
@format_option("text", "json")
@as_of_option
@click.pass_context
def command(
    ctx: click.Context,
    ids: tuple[str, ...],
    first: str | None,
    known: str | None,
    since: str | None,
    every: str | None,
    evidence: bool,
    output_format: str,
    as_of: str | None,
) -> None:
    """Work out every metric, or only those named, as of a day.

    Two clocks: --as-of says the day that the numbers are about, --known what was in the records at the time. What was
    true on 1 June is --as-of 2026-06-01; what we believed on that day is --as-of 2026-06-01 --known 2026-06-01. Metrics
    that are defined and not built yet read "not yet"; where nothing was counted it says "no data".
    """
    from salesops.cli.actions.metrics import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(
        run(ctx.obj, ids, output_format, as_of, first=first, known=known, since=since, every=every, evidence=evidence)
    )
