"""``salesops bundle``: one file that somebody else can recompute."""

from __future__ import annotations

import click

from salesops.cli.options import as_of_option, known_option


@click.command("bundle")
@click.option("-o", "--output", "out", metavar="FILE", help="Where to; default: build/export/bundle-DAY.zip.")
@click.option("--verify", metavar="FILE", help="Hold a bundle against its digests, and compute its numbers again.")
@as_of_option
@known_option
@click.pass_context
def command(ctx: click.Context, /, out: str | None, verify: str | None, as_of: str | None, known: str | None) -> None:
    """Write one file with the records, the definitions, the results and a digest of each, for a funder or an auditor.

    Whoever gets it needs this program and no network: --verify names each file whose bytes were changed and each number that comes
    out otherwise, and exits with 1 where there is any. The digest that is printed is that of the whole file: tell it by another way.

    \b
      salesops bundle --as-of 2026-09-30
      salesops bundle --known 2026-09-30 -o third-quarter.zip
      salesops bundle --verify third-quarter.zip
    """
    from salesops.cli.actions.bundle import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, out, verify, as_of, known))
