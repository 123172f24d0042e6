"""``salesops import``: records from the files of other programs."""

from __future__ import annotations

from typing import Any

import click

from salesops.cli.options import as_of_option, format_option


@click.group("import")
def command() -> None:
    """Import records from a file of another program."""


@command.command("csv")
@click.argument("file", metavar="FILE")
@click.option("--map", "column_map", metavar="MAP", help="The mapping: which column becomes which field.")
@click.option(
    "--detect", is_flag=True, help="Print a mapping for the file, with a ? where a person must decide; write nothing."
)
@click.option(
    "--dry-run", is_flag=True, help="Show what would be written, with the first file in full, and write nothing."
)
@click.option("--update", is_flag=True, help="Add what existing records lack; what they say is never changed.")
@format_option("text", "json")
@as_of_option
@click.pass_context
def csv(ctx: click.Context, /, file: str, output_format: str, **options: Any) -> None:
    """Import the rows of a CSV file (.csv or .csv.gz) as deals, members or activities.

    Running it twice changes nothing the second time. Exits with 1 if a row could not be imported, with 2 if the
    mapping or the file cannot be used at all.
    """
    from salesops.cli.actions.import_ import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, "csv", file, output_format, **options))


@command.command("hubspot")
@click.argument("files", metavar="FILE…", nargs=-1)
@click.option("--go", is_flag=True, help="Write what imports/hubspot.yaml says of the files that it names.")
@format_option("text", "json")
@as_of_option
@click.pass_context
def hubspot(ctx: click.Context, /, files: tuple[str, ...], output_format: str, **options: Any) -> None:
    """Import an export of HubSpot: deals, companies, contacts and meetings, as CSV files or as its interface answers.

    \b
    salesops import hubspot deals.csv companies.csv
    salesops import hubspot --go

    The first line looks, says what it saw, and writes a mapping to answer (imports/hubspot.yaml) and what would become of
    each row (imports/hubspot.md); no record is touched. The second one writes the records, all of them or none. A newer
    export is held against what the last import took: what both sides changed is asked. Exits with 1 if a row asks or is
    not taken, with 2 if the mapping or a file cannot be used at all.
    """
    from salesops.cli.actions.import_ import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, "hubspot", files, output_format, **options))


@command.command("json")
@click.argument("file", metavar="FILE")
@click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
@format_option("text", "json")
@click.pass_context
def whole(ctx: click.Context, file: str, dry_run: bool, output_format: str) -> None:
    """Import all records of a file that `salesops export json` wrote, into an empty folder or beside what is there.

    In an empty folder they are the same files again, byte for byte. A file that is there and says something else is kept and
    named: nothing on file is ever changed. Exits with 1 where an entry was kept or refused.
    """
    from salesops.cli.actions.import_ import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, "json", file, output_format, dry_run=dry_run))
