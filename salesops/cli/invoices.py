"""``salesops invoices``: the month's invoices, what each still waits for, and how far it is."""

from __future__ import annotations

from typing import Any

import click

from salesops.cli.options import as_of_option, completed, format_option, known_option

STEPS = ("prepared", "sent", "certified", "invoiced", "paid")


@click.command("invoices")
@click.option("--month", metavar="YYYY-MM", help="The month of service; default: the last one that is over.")
@click.option("--record", type=click.Choice(STEPS), help="Write down a step for every invoice that comes to it.")
@click.option(
    "--deal",
    "deals",
    metavar="DEAL",
    multiple=True,
    help="With --record: only these; once for each.",
    shell_complete=completed("deal"),
)
@click.option("--date", "date_", metavar="DAY", help="With --record: the day of the step; default: today.")
@click.option("--email", is_flag=True, help="Print the message to the sponsor: what is ready to be sent.")
@click.option("-y", "--yes", is_flag=True, help="With --record: ask nothing, write what was given.")
@click.option("--dry-run", is_flag=True, help="With --record: print the difference and write nothing.")
@format_option("text", "json", "csv")
@as_of_option
@known_option
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Show whom the team invoices for a month: each contract that was in service on any day of it, with its lines and what is missing.

    Prepared, sent, certified, invoiced, paid: --record moves on every invoice whose next step it is; what cannot be sent yet is named
    and left. One line of the table is one invoice; --format csv has a row for each of its lines.

    \b
      salesops invoices
      salesops invoices --month 2026-10 --email
      salesops invoices --month 2026-10 --record sent --date "2 nov"
      salesops invoices --month 2026-10 --record paid --deal thornfield
    """
    from salesops.cli.actions.invoices import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, **options))
