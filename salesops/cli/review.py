"""``salesops review``: the agenda of the weekly review, its record, and the review of a month."""

from __future__ import annotations

from typing import Any

import click

from salesops.cli.options import as_of_option, completed, format_option, known_option


@click.command("review")
@click.option(
    "--month",
    metavar="YYYY-MM",
    is_flag=False,
    flag_value="last",
    help="The review of a month instead; without one, of the last that is over.",
)
@click.option("--record", is_flag=True, help="Write down that it was held: playbook/reviews/DAY.yaml.")
@click.option(
    "--attended",
    metavar="PERSON",
    multiple=True,
    help="With --record: who was there; once for each, or with commas.",
    shell_complete=completed("person"),
)
@click.option("--notes", metavar="WORDS", help="With --record: what was said.")
@click.option("--experiment", metavar="ID", multiple=True, help="With --record: what was chosen; default: what runs.")
@click.option("-y", "--yes", is_flag=True, help="With --record: ask nothing, write what was given.")
@click.option("--dry-run", is_flag=True, help="With --record: print the difference and write nothing.")
@known_option
@format_option("text", "json", "markdown")
@as_of_option
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Print the agenda of the weekly review: what changed since the last one, and what is to be decided.

    It compares with what was known at the end of the day of the last review, or a week before where there is none.
    --record writes down who was there and takes over every action that is not done; a second time it writes nothing.

    \b
      salesops review
      salesops review --known 2026-11-16
      salesops review --record --attended maren,idris --notes "Skerrow first"
      salesops review --month 2026-10
    """
    from salesops.cli.actions.review import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, **options))
