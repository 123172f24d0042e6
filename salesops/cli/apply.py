"""``salesops apply``: a list of changes, all of it or nothing."""

from __future__ import annotations

import click

from salesops.cli.options import as_of_option, format_option


@click.command("apply")
@click.argument("file", metavar="FILE|-", type=click.Path(allow_dash=True))
@click.option("--dry-run", is_flag=True, help="Print the difference and write nothing.")
@format_option("text", "json")
@as_of_option
@click.pass_context
def command(ctx: click.Context, file: str, output_format: str, as_of: str | None, *, dry_run: bool) -> None:
    """Make the changes of a list: new records, calls, moves and other fields; all of them, or none.

    FILE is YAML or JSON, - reads it from the input. Each command that writes, each form and each program makes such a list.
    The records are checked with the changes before anything is written; a line that is there already is left alone, so that
    the same list twice changes nothing; where somebody has changed meanwhile what the list was made for, it is refused.

    \b
    salesops: 1
    changes:
      - {log: owlspruce-general, date: 2026-11-20, kind: call, outcome: spoke, note: "Wants a price"}
      - {move: owlspruce-general, to: proposal, date: 2026-11-21, was: discovery}

    \b
      salesops apply changes.yaml --dry-run
      salesops apply - < changes.json
    """
    from salesops.cli.actions.apply import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, file, output_format, as_of, dry_run=dry_run))
