"""``salesops renew``: the renewal of a won deal begins."""

from __future__ import annotations

from typing import Any

import click

from salesops.cli.options import as_of_option, completed, writing_options


@click.command("renew")
@click.argument("deal", required=False, shell_complete=completed("deal"))
@click.option("--due", is_flag=True, help="Name the contracts that end soon and that nothing renews; write nothing.")
@click.option("--date", "date_", metavar="DAY", help="Since when: thu, 3 nov, yesterday; default: today.")
@click.option("--id", "id_", metavar="ID", help="The id of the new deal; default: of the old one, and the year.")
@click.option("--next", "next_", metavar='"WORDS, DAY"', help="The next step, and by when after a comma.")
@writing_options
@as_of_option
@click.pass_context
def command(ctx: click.Context, /, deal: str | None, **options: Any) -> None:
    """Begin the renewal of a won deal: a new deal that renews it, at the price of the contract.

    Nothing is asked. Where a renewal is there already, it is named and nothing is written. --due lists the contracts that end within
    180 days (`renewal_begins` in playbook/team.yaml) without a renewal: the daily workflow proposes each of them once.

    \b
      salesops renew thornfield
      salesops renew --due
      salesops renew thornfield --next "Send the usage report, fri"
    """
    from salesops.cli.actions.renew import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, deal, **options))
