"""``salesops site``: check, write the pages, build."""

from __future__ import annotations

import click

from salesops.cli.options import as_of_option, known_option


@click.command("site")
@click.option("-o", "--output", "out", metavar="DIR", help="Output folder; default: build/html.")
@click.option("--strict", is_flag=True, help="Fail on warnings, from the records or from MkDocs.")
@as_of_option
@known_option
@click.pass_context
def command(ctx: click.Context, out: str | None, strict: bool, as_of: str | None, known: str | None) -> None:
    """Check every record and build the site; nothing is built while a record breaks the rules.

    The site works on a server and from disk. For a site as of an earlier day, the records are still checked as of
    today. With --known it is the site that was built, or could have been, at a commit or on the evening of a day: its
    records, its own pages, its history.
    """
    from salesops.cli.actions.site import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, out, as_of, known, strict=strict))
