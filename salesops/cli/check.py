"""``salesops check``: every finding in the records."""

from __future__ import annotations

import click

from salesops.cli.options import as_of_option, asked_format, completed

FORMATS = ("text", "concise", "json", "github", "markdown")


@click.command("check")
@click.argument("paths", nargs=-1, metavar="[PATH|ID]...", shell_complete=completed("deal", "member"))
@click.option(
    "--format",
    "output_format",
    type=click.Choice(FORMATS),
    default=lambda: asked_format(FORMATS),
    help="Output format; default: SALESOPS_FORMAT, else github inside GitHub Actions, else text.",
)
@click.option(
    "--against",
    metavar="REV",
    help="Compare with the point where your branch left REV, such as main: recorded history must not change.",
)
@click.option("--exact", is_flag=True, help="With --against: compare with REV itself, as for a push.")
@click.option("--for-site", is_flag=True, help="A red line without a decision warns, so that the site can show it.")
@click.option("--strict", is_flag=True, help="Fail on warnings, too.")
@click.option(
    "--fix",
    is_flag=True,
    help="First fix what can only mean one thing, such as 2026/1/5 or a blank pasted from a document; then check.",
)
@click.option("--dry-run", is_flag=True, help="With --fix: print the difference and write nothing.")
@as_of_option
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[str, ...],
    output_format: str | None,
    against: str | None,
    exact: bool,
    for_site: bool,
    strict: bool,
    fix: bool,
    dry_run: bool,
    as_of: str | None,
) -> None:
    """Check every record against the process, or only those in PATH.

    Errors exit with 1; warnings do not. With --against it also reports what was changed, removed or moved against the
    rules since another commit; if git cannot tell for sure, it exits with 3.
    """
    from salesops.cli.actions.check import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(
        run(
            ctx.obj,
            paths,
            output_format,
            as_of,
            against=against,
            exact=exact,
            for_site=for_site,
            strict=strict,
            fix=fix,
            dry_run=dry_run,
        )
    )
