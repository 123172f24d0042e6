"""``salesops resume``: a parked deal is taken up again."""

from __future__ import annotations

import click

from salesops.cli.options import as_of_option, completed, writing_options


@click.command("resume")
@click.argument("deal", shell_complete=completed("deal"))
@click.option("--date", "date_", metavar="DAY", help="Since when: thu, 3 nov, yesterday; default: today.")
@click.option("--next", "next_", metavar='"WORDS, DAY"', help="The next step, and by when after a comma.")
@writing_options
@as_of_option
@click.pass_context
def command(ctx: click.Context, /, deal: str, **options: object) -> None:
    """Take a parked deal up again: its span ends today, and its clock goes on.

    \b
      salesops resume owlspruce --next "Call the director, fri"
    """
    from salesops.cli.actions.resume import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, deal, **options))
