"""``salesops site``: check, write the pages, build."""

from __future__ import annotations

import click

from salesops.cli.options import as_of_option


@click.command("site")
@click.option("-o", "--output", "out", metavar="DIR", help="Where to build; build/html where it is not said.")
@click.option("--strict", is_flag=True, help="Let warnings, of the records and of MkDocs, stop the build.")
@as_of_option
@click.pass_context
def command(ctx: click.Context, out: str | None, strict: bool, as_of: str | None) -> None:
    """Check every record and build the site; nothing is built while a record breaks the rules.

    The site works on a server, and opened from the disk. A site as of an earlier day is built from records that are
    checked as of today.
    """
    from salesops.cli.actions.site import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, out, as_of, strict=strict))
