"""``salesops handoff``: the six steps by which delivery takes on what was sold."""

from __future__ import annotations

from typing import Any

import click

from salesops.cli.options import as_of_option, completed, writing_options


@click.command("handoff")
@click.argument("deal", required=False, shell_complete=completed("deal"))
@click.option("--ready", is_flag=True, help="Name the deals whose issues can be opened now; write nothing.")
@click.option("--order", metavar="URL", help="The configurator's link: it is stored with a copy of what it says.")
@click.option("--owner", metavar="PERSON", help="Who in delivery takes it on.", shell_complete=completed("person"))
@click.option(
    "--issues",
    is_flag=True,
    help="Open an issue for each hub in the repository of delivery, each once; by GitHub's gh.",
)
@click.option("--in-use", metavar="DAY", help="Since when people use the hubs; they are listed with the member.")
@click.option("--url", metavar="HUB=URL", multiple=True, help="With --in-use: the address of a hub; once for each.")
@click.option(
    "--ended", metavar="DAY", help="The service ended: from that day on it is over, and its hubs are switched off."
)
@click.option(
    "--date", "date_", metavar="DAY", help="The day of what is written: thu, 3 nov, yesterday; default: today."
)
@writing_options
@as_of_option
@click.pass_context
def command(ctx: click.Context, /, deal: str | None, **options: Any) -> None:
    """Show how far the hand-off of a won deal is, and write down its next step.

    The order opens once contract, price and member are right. With --issues and --dry-run the issues are printed and nothing is
    opened. --ready names the deals whose issues wait for that: the workflow *Hand-off* opens them. An interrupted run, run again, opens only what is missing. After --ended, --issues opens those by which the hubs are switched off.

    \b
      salesops handoff northmere
      salesops handoff northmere --order "https://configure.example/?state=…"
      salesops handoff --ready
      salesops handoff northmere --issues --dry-run
      salesops handoff northmere --owner april
      salesops handoff northmere --in-use "20 apr" --url teaching=https://teaching.example
      salesops handoff northmere --ended "30 jun"
    """
    from salesops.cli.actions.handoff import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, deal, **options))
