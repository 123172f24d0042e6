"""``salesops export``: everything that the records say, in the files of other programs."""

from __future__ import annotations

import click

from salesops.cli.options import as_of_option, known_option

FORMATS = ("sqlite", "csv", "json", "parquet", "hubspot", "ics")


@click.command("export")
@click.argument("what", metavar="FORMAT", type=click.Choice(FORMATS))
@click.option("-o", "--output", "out", metavar="OUT", help="Where to; default: below build/export.")
@as_of_option
@known_option
@click.pass_context
def command(ctx: click.Context, /, what: str, out: str | None, as_of: str | None, known: str | None) -> None:
    """Take everything out, as FORMAT: one file, or a folder of files. The records stay as they are.

    \b
      sqlite    one file: a table for each kind of record and each list in it, a view for each metric
      csv       the same tables, a file each; what looks like a formula has an apostrophe before it
      parquet   the same tables for DuckDB, Spark and the like; asks for the package duckdb
      json      the files as people wrote them: `salesops import json` reads them back, byte for byte
      hubspot   deals.csv, companies.csv and contacts.csv as HubSpot takes them
      ics       next steps and renewals for calendars

    \b
    Examples:
      salesops export sqlite -o sales.db
      sqlite3 sales.db 'SELECT * FROM "win-rate"'
      salesops export csv --known 2026-10-31
    """
    from salesops.cli.actions.export import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, what, out, as_of, known))
