"""``salesops set``: any field of a deal or a member."""

from __future__ import annotations

import click

from salesops.cli.options import as_of_option, completed, writing_options


@click.command("set")
@click.argument("record", metavar="DEAL|MEMBER", shell_complete=completed("deal", "member"))
@click.argument("field", required=False)
@click.argument("values", metavar="[VALUE]...", nargs=-1)
@click.option("--clear", metavar="FIELD", multiple=True, help="Take the field away; once for each.")
@click.option("--date", "date_", metavar="DAY", help="The day of an answer or an estimate: thu, 3 nov; default: today.")
@click.option(
    "--why",
    metavar="WORDS",
    help="The words beside a value: how an answer is known, the reason of a probability or a decision.",
)
@writing_options
@as_of_option
@click.pass_context
def command(ctx: click.Context, /, record: str, field: str | None, values: tuple[str, ...], **options: object) -> None:
    """Set a field of a deal or a member: FIELD is its path, or its last word where only one field is called so.

    The value is said as people say it: thu, 1450, partial, a name. Of a list, each VALUE is an entry and they take the
    place of those that are there; a VALUE that begins with + is added to them. What begins with a hyphen comes after --.

    \b
      salesops set owlspruce expected_close "26 feb 2027"
      salesops set owlspruce maniac_t.timeline partial
      salesops set owlspruce value 1450/month 12
      salesops set owlspruce discovery.jobs "+Share a notebook with a class"
      salesops set owlspruce maniac_t.money partial --why "A grant was mentioned"
      salesops set owlspruce probability 70% --why "The director said so"
      salesops set owlspruce-observatory contacts.w-eastgate.phone "+1 604 555 0100"
      salesops set owlspruce --clear expected_close
    """
    from salesops.cli.actions.set import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, record, field, values, **options))
