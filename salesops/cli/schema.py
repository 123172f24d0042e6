"""``salesops schema``: what other programs need to know of the records: JSON Schemas, who reviews what, and forms."""

from __future__ import annotations

import click

from salesops.cli.options import completed


@click.command("schema")
@click.argument("kind", required=False, shell_complete=completed("kind"))
@click.option("-o", "--output", "out", metavar="DIR", help="Write the schemas of all kinds into this folder.")
@click.option("--codeowners", is_flag=True, help="Print a CODEOWNERS file for GitHub: each deal to its owner.")
@click.option("--snippets", is_flag=True, help="Write the snippets for editors, as the process has it; -o .vscode.")
@click.option("--issue-forms", is_flag=True, help="Write the forms for issues; -o .github/ISSUE_TEMPLATE.")
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@click.pass_context
def command(
    ctx: click.Context,
    kind: str | None,
    out: str | None,
    codeowners: bool,
    issue_forms: bool,
    snippets: bool,
    dry_run: bool,
) -> None:
    """Print the JSON Schema of a KIND of record: deal, member, process, team and so on."""
    from salesops.cli.actions.schema import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(
        run(ctx.obj, kind, out, codeowners=codeowners, issue_forms=issue_forms, snippets=snippets, dry_run=dry_run)
    )
