"""``salesops park``: a deal waits, and is not lost."""

from __future__ import annotations

import click

from salesops.cli.options import as_of_option, completed, writing_options


@click.command("park")
@click.argument("deal", shell_complete=completed("deal"))
@click.option("--until", metavar="DAY|open", help="When it comes back: 1 mar, sep 2027, 2027Q1; open: nobody knows.")
@click.option("--why", metavar="WORDS", help="What it waits for.")
@click.option("--date", "date_", metavar="DAY", help="Since when: thu, 3 nov, yesterday; default: today.")
@writing_options
@as_of_option
@click.pass_context
def command(ctx: click.Context, /, deal: str, **options: object) -> None:
    """Park a deal: it keeps its stage, its clock stands still, and no number counts it until it is back.

    \b
      salesops park owlspruce --until "1 mar" --why "The whole staff is on the mountain"
      salesops park owlspruce --until open --why "Nobody knows who follows the director"
    """
    from salesops.cli.actions.park import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, deal, **options))
