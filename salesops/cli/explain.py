"""``salesops explain``: the manual page of a code, a metric, a red line, a stage, a version of the process or a field."""

from __future__ import annotations

import click

from salesops.cli.options import as_of_option, completed, format_option, known_option


@click.command("explain")
@click.argument("name", nargs=-1, required=True, shell_complete=completed("metric", "stage"))
@format_option("text", "json")
@as_of_option
@known_option
@click.pass_context
def command(
    ctx: click.Context, name: tuple[str, ...], output_format: str, as_of: str | None, known: str | None
) -> None:
    """Explain a code of `check`, a metric, a red line, a stage, a field, a version of the process, or a section that a source names.

    A red line comes with its state on the day: the numbers, since when it is crossed, and the decision that answers it. For a metric, --as-of adds each deal that was counted on that day, with the line that counts it, the commit, the
    person and the day; and each deal that was left out, with the rule. --format json prints either.
    """
    from salesops.cli.actions.explain import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(
        run(ctx.obj, " ".join(name), output_format, as_of, known, format_from=ctx.get_parameter_source("output_format"))
    )
