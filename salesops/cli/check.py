"""``salesops check``: every finding in the records."""

from __future__ import annotations

import click

from salesops.cli.options import as_of_option, asked_format

FORMATS = ("text", "concise", "json", "github", "markdown")


@click.command("check")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(FORMATS),
    default=lambda: asked_format(FORMATS),
    help="How to print; where neither this nor SALESOPS_FORMAT says, github inside GitHub Actions, else text.",
)
@click.option(
    "--against", metavar="REV", help="Compare with where this parted from REV, such as main: the past must stay."
)
@click.option("--exact", is_flag=True, help="With --against: compare with REV itself, as for a push.")
@click.option("--strict", is_flag=True, help="Let warnings fail the check as well.")
@click.option("--fix", is_flag=True, help="First fix what has one reading only, such as 2026/1/5; then check.")
@click.option("--dry-run", is_flag=True, help="With --fix: print the difference and write nothing.")
@as_of_option
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[str, ...],
    output_format: str | None,
    against: str | None,
    exact: bool,
    strict: bool,
    fix: bool,
    dry_run: bool,
    as_of: str | None,
) -> None:
    """Check every record against the process, or only those below PATH.

    Errors exit with 1; warnings advise. With --against it also says what was altered, removed or moved against the
    rules since another commit; where git cannot say for sure it exits with 3.
    """
    from salesops.cli.views.check import view  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(
        view(
            ctx.obj, paths, output_format, as_of, against=against, exact=exact, strict=strict, fix=fix, dry_run=dry_run
        )
    )
