"""``salesops merge-driver``: what git calls to join two versions of one record."""

from __future__ import annotations

import click


@click.command("merge-driver", context_settings={"ignore_unknown_options": True})
@click.argument("base", metavar="BASE")
@click.argument("ours", metavar="OURS")
@click.argument("theirs", metavar="THEIRS")
@click.argument("path", metavar="[PATH]", default="")
@click.pass_context
def command(ctx: click.Context, base: str, ours: str, theirs: str, path: str) -> None:
    """Merge two versions of a record field by field; the result is written to OURS.

    Git calls this once it is set up:

    \b
      git config merge.salesops.driver 'salesops merge-driver %O %A %B %P'
      echo 'deals/**/*.yaml merge=salesops' >> .gitattributes
      echo 'imports/*.last.json merge=salesops' >> .gitattributes

    The second line of .gitattributes is for what imports remember; salesops doctor names the lines that are missing.
    Exits with 1 if both sides changed the same value: OURS then holds both versions of that part between markers.
    """
    from salesops.cli.actions.merge_driver import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, base, ours, theirs, path))
