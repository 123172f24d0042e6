"""``salesops forecast``: what the open deals may bring, by month and for the year."""

from __future__ import annotations

import click

from salesops.cli.options import as_of_option, format_option, known_option


@click.command("forecast")
@click.option("--together", is_flag=True, help="Win or lose the deals of one member together in each draw.")
@click.option("--seed", type=click.IntRange(min=0), default=1, help="Another number draws anew; default: 1.")
@click.option(
    "--past",
    is_flag=True,
    help="How the forecasts of the last weeks did, each by what the commits say was known by the end of its Sunday.",
)
@click.option("--weeks", type=click.IntRange(1, 520), default=26, help="How many weeks --past goes back; default: 26.")
@format_option("text", "json", "csv")
@as_of_option
@known_option
@click.pass_context
def command(
    ctx: click.Context,
    together: bool,
    seed: int,
    past: bool,
    weeks: int,
    output_format: str,
    as_of: str | None,
    known: str | None,
) -> None:
    """Show what the open deals may bring, by month and for the year, and what that rests on.

    Each deal is drawn a thousand times: won or not by its chance, on a day that is as late as wins of the past were. In one draw of ten
    it is no more than the first figure, in half of them no more than the second, in nine of ten no more than the third. Deals
    that are not in it are named.
    """
    from salesops.cli.actions.forecast import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, output_format, as_of, known, seed=seed, together=together, weeks=weeks if past else 0))
