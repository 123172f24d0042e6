"""``salesops init``: a new CRM repository."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from salesops.cli.shared import Usage, as_of_option, day_option, say, style


@click.command("init")
@click.argument("folder", metavar="DIR")
@click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
@as_of_option
@click.pass_context
def command(ctx: click.Context, folder: str, dry_run: bool, as_of: str | None) -> None:
    """Begin a new CRM repository in DIR: a playbook, one sample deal, workflows, mkdocs.yml and a README.

    What is there already is left as it is, so it can be run again.
    """
    from salesops.output import show
    from salesops.starting import files

    root = Path(ctx.obj, folder)
    if root.exists() and not root.is_dir():
        raise Usage(f"{show(folder)} is not a folder")
    today = day_option(as_of, "--as-of") or datetime.now(UTC).date()
    kept = 0
    for path, text in files(today):
        file = root / path
        if file.exists() or file.is_symlink():
            kept += 1
            continue
        if not dry_run:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        say(f"{'would write' if dry_run else 'wrote'} {show(file)}")
    if kept:
        say(f"{kept} files were there already and are left as they are")
    if not dry_run:
        say()
        say(style("Next", "head"))
        say(f"  cd {show(folder)}")
        say("  git init --initial-branch=main && git add --all && git commit --message 'Begin'")
        say("  salesops check && salesops serve")
        say(
            "Keep the repository private once the deals are real: GitHub Pages would be public, even from a private one."
        )
