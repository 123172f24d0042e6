"""``salesops reopen``: a lost deal begins a new attempt."""

from __future__ import annotations

import click

from salesops.cli.options import as_of_option, completed, writing_options


@click.command("reopen")
@click.argument("deal", shell_complete=completed("deal"))
@click.argument("stage", required=False, shell_complete=completed("stage"))
@click.option("--why", metavar="WORDS", help="Why it is opened again.")
@click.option("--date", "date_", metavar="DAY", help="When: thu, 3 nov, yesterday; default: today.")
@click.option("--next", "next_", metavar='"WORDS, DAY"', help="The next step, and by when after a comma.")
@writing_options
@as_of_option
@click.pass_context
def command(ctx: click.Context, /, deal: str, stage: str | None, **options: object) -> None:
    """Open a lost deal again, in STAGE; without one in the stage in which it was lost.

    It is a new attempt: what was known in the first one is asked for again.

    \b
      salesops reopen rivelaine --why "The new dean asked what became of it"
      salesops reopen rivelaine outreach --why "They wrote" --next "Call them, fri"
    """
    from salesops.cli.actions.reopen import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, deal, stage, **options))
