"""``salesops schema``: what other programs need to know of the records: JSON Schemas, and who reviews what."""

from __future__ import annotations

from pathlib import Path

import click

from salesops.cli.shared import Usage, read, say


@click.command("schema")
@click.argument("kind", required=False)
@click.option("-o", "--output", "out", metavar="DIR", help="Write the schemas of all kinds into this folder.")
@click.option("--codeowners", is_flag=True, help="Print a CODEOWNERS file for GitHub: each deal to its owner.")
@click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
@click.pass_context
def command(ctx: click.Context, kind: str | None, out: str | None, codeowners: bool, dry_run: bool) -> None:
    """Print the JSON Schema of a KIND of record: deal, member, process, team and so on."""
    if codeowners:
        if kind or out:
            raise Usage("--codeowners goes alone: it prints a file of another kind")
        say(_codeowners(ctx).removesuffix("\n"))
    else:
        _schemas(ctx, kind, out, dry_run)


def _codeowners(ctx: click.Context) -> str:
    from salesops.problems import CannotDecide
    from salesops.setup.codeowners import codeowners

    _, book, _ = read(ctx)
    if book.team is None:
        raise CannotDecide("playbook/team.yaml cannot be read, and it says who has which account: run salesops check")
    return codeowners(book)


def _schemas(ctx: click.Context, kind: str | None, out: str | None, dry_run: bool) -> None:
    from salesops.output import as_json, show
    from salesops.problems import did_you_mean
    from salesops.records.json_schema import schema_of
    from salesops.records.kinds import KINDS

    if out is None and kind is None:
        raise Usage(f"name a kind: {', '.join(KINDS)}; or -o DIR for all of them")
    if kind is not None and kind not in KINDS:
        raise Usage(f"there is no kind '{show(kind)}'; {did_you_mean(kind, KINDS)}".rstrip("; "))
    if out is None:
        say(as_json(schema_of(kind or "")))
        return
    folder = Path(ctx.obj, out)
    for name in [kind] if kind else KINDS:
        file = folder / f"{name}.json"
        if not dry_run:
            folder.mkdir(parents=True, exist_ok=True)
            file.write_text(as_json(schema_of(name)) + "\n", encoding="utf-8")
        say(f"{'would write' if dry_run else 'wrote'} {show(file)}")
