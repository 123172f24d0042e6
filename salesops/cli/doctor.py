"""``salesops doctor``: what is wrong with the set-up, and how to mend it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from salesops.cli.shared import say, style

if TYPE_CHECKING:
    from salesops.setup.doctor import Look


@click.command("doctor")
@click.pass_context
def command(ctx: click.Context) -> None:
    """Look at the set-up: Python, the repository, git, the site, the workflows. Each line is well or says the fix.

    Where salesops init has put the program into vendor/, it is tried whether pip would install it. Nothing is installed,
    nothing of the repository is run, and no network is needed.
    """
    from salesops.output import show
    from salesops.setup.doctor import examine, outside
    from salesops.store.load import find_root

    root = find_root(Path(ctx.obj).resolve())
    findings = examine(root) if root else outside()
    for finding in findings:
        say(show_line(finding, show(finding.said), show(finding.fix)))
    ctx.exit(0 if all(finding.is_well for finding in findings) else 1)


def show_line(finding: Look, said: str, fix: str) -> str:
    """One line of the examination."""
    mark = style("ok ", "good") if finding.is_well else style("fix", "error")
    return f"{mark} {said}" + (f": {fix}" if fix and not finding.is_well else "")
