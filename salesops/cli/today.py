"""``salesops today``: everything that waits for a person."""

from __future__ import annotations

import click

from salesops.cli.options import as_of_option, completed, format_option, known_option


@click.command("today")
@click.option(
    "--for",
    "person",
    metavar="PERSON|all",
    help="Only what waits for this person, by id, name or account; all for everybody. Default: me, as git config salesops.me says, else all.",
    shell_complete=completed("person"),
)
@click.option("--go", "one_by_one", is_flag=True, help="Take it one by one: say what happened, and what comes next.")
@format_option("text", "json", "csv")
@as_of_option
@known_option
@click.pass_context
def command(
    ctx: click.Context,
    person: str | None,
    output_format: str,
    as_of: str | None,
    known: str | None,
    *,
    one_by_one: bool,
) -> None:
    """Show everything that waits for you, the oldest first; for everybody, by person.

    Next steps, silence, renewals, hand-offs, lessons, decisions, invoices and more: each is also a finding of check,
    and explain says what its code means. Say once who you are: git config salesops.me YOUR-ID.

    With --go each is shown by itself, and asked for: words become a note, "call …" or "email …" what they say, and then the
    next step with its day.

    \b
      salesops today
      salesops today --go
      salesops today --for april --format csv
    """
    from salesops.cli.actions.today import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, person, output_format, as_of, known, one_by_one=one_by_one))
