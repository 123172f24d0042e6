"""``salesops metrics``: readings on a day, with the deals behind each."""

from __future__ import annotations

from typing import Any

import click

from salesops.cli.options import as_of_option, completed, format_option


@click.command("metrics")
@click.argument("ids", nargs=-1, metavar="[METRIC]...", shell_complete=completed("metric"))
@click.option(
    "--from",
    "first",
    metavar="YYYY-MM-DD",
    help="Only cohorts (for rates) and closed deals (for averages and what was won) from this day on.",
)
@click.option("--to", "last", metavar="YYYY-MM-DD", help="The same, up to this day.")
@click.option("--type", help="Only deals of this type: new business or existing business (or just new, existing).")
@click.option("--owner", help="Only deals of this person, by id, name or account.", shell_complete=completed("person"))
@click.option("--tier", help="Only deals of this tier.")
@click.option("--source", help="Only deals from this channel, campaign or member; none: deals without a source.")
@click.option(
    "--known",
    metavar="REV|DATE|then",
    help="Use the records as of a commit, or as of the end of a day; in a series, then adds what was known on each day.",
)
@click.option("--since", metavar="YYYY-MM-DD", help="A series over time, from this day on.")
@click.option("--every", type=click.Choice(["day", "week", "month"]), help="The steps of a series; default: week.")
@click.option(
    "--evidence",
    is_flag=True,
    help="Name the deals that were counted, and those left out with the reason; without it, how many there are.",
)
@click.option(
    "--debt", is_flag=True, help="What is missing in the records, whose it is, and the numbers it leaves out."
)
@format_option("text", "json", "csv")
@as_of_option
@click.pass_context
def command(
    ctx: click.Context,
    /,
    ids: tuple[str, ...],
    known: str | None,
    since: str | None,
    every: str | None,
    evidence: bool,
    debt: bool,
    output_format: str,
    as_of: str | None,
    **narrowed: Any,
) -> None:
    """Compute all metrics, or only those named, as of a day.

    --as-of is the day that the numbers are about, --known the day or commit whose records are used. What was true on 1
    June, as we know it now: --as-of 2026-06-01. What we knew on that day: --as-of 2026-06-01 --known 2026-06-01. Metrics
    that are defined but not built yet read "not yet"; with nothing to count they read "no data".
    """
    from salesops.cli.actions.metrics import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(
        run(
            ctx.obj,
            ids,
            output_format,
            as_of,
            known=known,
            since=since,
            every=every,
            evidence=evidence,
            debt=debt,
            **narrowed,
        )
    )
