"""``salesops integrity``: what was entered late, pushed, or changed after the fact."""

from __future__ import annotations

import click

from salesops.cli.options import as_of_option, format_option


@click.command("integrity")
@format_option("text", "json")
@as_of_option
@click.pass_context
def command(ctx: click.Context, output_format: str, as_of: str | None) -> None:
    """Show how reliable the history is: late entries, slipping close dates, changes after the close.

    It is read from the commits: the records say when something happened, git says when it was entered. What came with
    the first commit that had deals was entered elsewhere and is not measured. Nothing here is an error.
    """
    from salesops.cli.actions.integrity import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, output_format, as_of))
