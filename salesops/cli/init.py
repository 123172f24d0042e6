"""``salesops init``: a new CRM repository."""

from __future__ import annotations

import click

from salesops.cli.options import as_of_option


@click.command("init")
@click.argument("folder", metavar="DIR")
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@as_of_option
@click.pass_context
def command(ctx: click.Context, folder: str, dry_run: bool, as_of: str | None) -> None:
    """Create a new CRM repository in DIR: a playbook, one sample deal, workflows, mkdocs.yml and a README.

    Existing files are left as they are, and so are the records of an existing repository. --as-of is the day of the
    sample deal.
    """
    from salesops.cli.actions.init import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, folder, as_of, dry_run=dry_run))
