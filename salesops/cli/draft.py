"""``salesops draft``: a document drawn up from a template and the facts of a deal."""

from __future__ import annotations

import click

from salesops.cli.options import as_of_option, completed, known_option


@click.command("draft")
@click.argument("deal", shell_complete=completed("deal"))
@click.argument("template")
@click.option("--hub", metavar="NAME", help="The hub of the order that the document is about.")
@as_of_option
@known_option
@click.pass_context
def command(
    ctx: click.Context, /, deal: str, template: str, hub: str | None, as_of: str | None, known: str | None
) -> None:
    """Draw up a proposal, an agreement or another document from a template in playbook/templates/, with the facts of a deal.

    A name without a version means the newest. What is not known stays a visible gap, [TO FILL IN: …], and is listed. The document
    is Markdown on the standard output; nothing is written into the records.

    \b
      salesops draft owlspruce proposal
      salesops draft northmere agreement@1 > agreement.md
    """
    from salesops.cli.actions.draft import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, deal, template, hub, as_of, known))
