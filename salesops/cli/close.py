"""``salesops close``: a deal is won or lost, with the contract or the lesson."""

from __future__ import annotations

import click

from salesops.cli.options import as_of_option, completed, writing_options


@click.command("close")
@click.argument("deal", shell_complete=completed("deal"))
@click.argument("outcome", metavar="won|lost", required=False, shell_complete=completed("outcome"))
@click.option("--date", "date_", metavar="DAY", help="When: thu, 3 nov, yesterday; default: today.")
@click.option("--reason", help="Lost: the reason, as the process has it, or how it begins.")
@click.option("--learned", metavar="WORDS", help="What the team learned.")
@click.option("--verdict", metavar="icp|execution", help="Lost: was the ICP wrong, or did we work it badly?")
@click.option("--again", metavar="DAY|never", help="Lost: when to try again: sep 2027, 2027Q1, never.")
@click.option("--playbook", metavar="WORDS", help="Lost: what changed in the playbook, or none needed.")
@click.option("--signed", metavar="DAY", help="Won: the day of the last signature.")
@click.option("--start", metavar="DAY", help="Won: the first day of the term.")
@click.option("--end", metavar="DAY|open", help="Won: its last day, 12 months, or open.")
@click.option("--mrr", metavar="AMOUNT", help="Won: the money a month.")
@click.option("--one-off", metavar="AMOUNT", help="Won: the money that is paid once.")
@click.option("--entity", metavar="NAME", help="Won: who signed for us.")
@click.option("--agreement", metavar="LINK", help="Won: where the signed agreement is.")
@click.option("--signal", metavar="WORDS", multiple=True, help="Won: what led to it; once for each.")
@click.option(
    "--set",
    "set_",
    metavar="FIELD=VALUE",
    multiple=True,
    help="Any other field: order.created=thu; once for each.",
    shell_complete=completed("field"),
)
@click.option(
    "--waive",
    metavar="NEED",
    multiple=True,
    help="Go without it, signed; --why says why.",
    shell_complete=completed("need"),
)
@click.option("--why", metavar="WORDS", multiple=True, help="Why it is waived.")
@click.option(
    "--by",
    metavar="PERSON",
    help="Who signs; default: you, as git config salesops.me says.",
    shell_complete=completed("person"),
)
@writing_options
@as_of_option
@click.pass_context
def command(ctx: click.Context, /, deal: str, outcome: str | None, **options: object) -> None:
    """Close a deal as won or lost.

    On a terminal it asks for the contract in the order of the signed paper, and offers the hand-off; or for the reason,
    the lesson and the day to try again. A second loss becomes the next entry beside the first.

    \b
      salesops close morrow lost
      salesops close morrow lost --reason timing --learned "Ask who pays" --verdict exec --again "sep 2027"
      salesops close larkspur won --signed thu --start "1 dec" --end "12 months" --mrr 1450
    """
    from salesops.cli.actions.close import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, deal, outcome, **options))
