"""``salesops move``: a deal goes on to its next stage, with what the process asks for."""

from __future__ import annotations

import click

from salesops.cli.options import as_of_option, completed, writing_options


@click.command("move")
@click.argument("deal", shell_complete=completed("deal"))
@click.argument("stage", required=False, shell_complete=completed("stage"))
@click.option("--date", "date_", metavar="DAY", help="When: thu, 3 nov, yesterday, 2026-11-19; default: today.")
@click.option(
    "--set",
    "set_",
    metavar="FIELD=VALUE",
    multiple=True,
    help="What the process asks for, by its path: proposal.requested=thu; once for each, for an entry of a list too.",
    shell_complete=completed("field"),
)
@click.option(
    "--waive",
    metavar="NEED",
    multiple=True,
    help="Go without it, signed; --why says why.",
    shell_complete=completed("need"),
)
@click.option("--why", metavar="WORDS", multiple=True, help="Why it is waived, or why the deal goes back.")
@click.option(
    "--by",
    metavar="PERSON",
    help="Who signs; default: you, as git config salesops.me says.",
    shell_complete=completed("person"),
)
@click.option("--next", "next_", metavar='"WORDS, DAY"', help="The next step, and by when after a comma.")
@writing_options
@as_of_option
@click.pass_context
def command(ctx: click.Context, /, deal: str, stage: str | None, **options: object) -> None:
    """Move a deal to another stage, and say what the process asks for.

    DEAL is an id, a member's name or a part of them; STAGE is a stage or how it begins, and asked for where it is not said. On a terminal there is one
    question for each thing that is missing, and Enter leaves it open; elsewhere every missing thing is named with the
    option that gives it, and nothing is written. A move back says why.

    \b
      salesops move owlspruce proposal
      salesops move owlspruce prop --date thu --set maniac_t.timeline=partial --set proposal.requested=thu
      salesops move owlspruce prop --waive maniac_t.timeline --why "They tell us on Friday"
      salesops move larkspur discovery --why "The dean has changed, and nobody knows of it"
    """
    from salesops.cli.actions.move import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, deal, stage, **options))
