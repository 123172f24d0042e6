"""``salesops serve``: a preview that is built again on every saved record."""

from __future__ import annotations

import click

from salesops.cli.options import as_of_option, months_option


@click.command("serve")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="The port, on this computer only."
)
@click.option("--edit", is_flag=True, help="Let the forms of the preview write the records, from this computer only.")
@months_option
@as_of_option
@click.pass_context
def command(ctx: click.Context, port: int, as_of: str | None, months: int | None, *, edit: bool) -> None:
    """Preview the site on this computer; it is rebuilt when a record or a page is saved. Stop with Ctrl-C.

    With --edit what a form makes is written at once, by the same code as every command; without it nothing is ever written.

    With --months it also shows the board and the review of month-ends; each rebuild then takes longer.

    \b
      salesops serve
      salesops serve --months 12
      salesops serve --edit --port 8100
    """
    from salesops.cli.actions.serve import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, port, as_of, edit=edit, months=months or 0))
