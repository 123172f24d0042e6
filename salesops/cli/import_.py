"""``salesops import``: records from the files of other programs."""

from __future__ import annotations

import click

from salesops.cli.options import format_option


@click.group("import")
def command() -> None:
    """Bring records in from a file of another program."""


@command.command("csv")
@click.argument("file", metavar="FILE")
@click.option(
    "--map", "column_map", metavar="MAP", required=True, help="The mapping: which column becomes which field."
)
@click.option("--dry-run", is_flag=True, help="Say what would be written, show the first file, and write nothing.")
@click.option("--update", is_flag=True, help="Put the table's word over records on file that say something else.")
@format_option("text", "json")
@click.pass_context
def csv(ctx: click.Context, file: str, column_map: str, dry_run: bool, update: bool, output_format: str) -> None:
    """Turn the rows of a table (.csv or .csv.gz) into deals and members.

    Running it twice changes nothing the second time. Exits with 1 where a row could not be taken, with 2 where the
    mapping or the table cannot be used at all.
    """
    from salesops.cli.actions.import_ import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, file, column_map, output_format, dry_run=dry_run, update=update))
