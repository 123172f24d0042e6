"""``salesops diff``: what changed between two revisions of the records, and how the metrics move."""

from __future__ import annotations

import click

from salesops.cli.options import as_of_option, format_option


@click.command("diff")
@click.argument("base", required=False)
@click.argument("head", required=False)
@click.option(
    "--exact", is_flag=True, help="Compare with BASE itself, not with the point where the two branches diverged."
)
@click.option(
    "--repository", metavar="URL", help="In Markdown: the repository where HEAD is mended; problems link there."
)
@click.option("--branch", metavar="NAME", help="In Markdown: the branch of that repository.")
@click.option(
    "--review",
    metavar="FILE",
    help="Write the fixes that are one line of the change, as comments of a review on GitHub.",
)
@format_option("text", "markdown", "json")
@as_of_option
@click.pass_context
def command(
    ctx: click.Context,
    base: str | None,
    head: str | None,
    exact: bool,
    repository: str | None,
    branch: str | None,
    review: str | None,
    output_format: str,
    as_of: str | None,
) -> None:
    """Show what changed between two revisions of the records, and how every metric moves.

    Without BASE: what your next commit would change. With BASE: everything since your branch left BASE, uncommitted
    edits included. With BASE and HEAD: between two commits, read from git alone. A day (2026-03-01) means what was known
    at its end, as of that day; so `salesops diff 2026-11-13 2026-11-20` is the report of a week.
    """
    from salesops.cli.actions.diff import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, base, head, output_format, as_of, (repository, branch), review, exact=exact))
