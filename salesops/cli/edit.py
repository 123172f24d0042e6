"""``salesops edit``: a record in the editor, checked when it is saved."""

from __future__ import annotations

import click

from salesops.cli.options import as_of_option, completed


@click.command("edit")
@click.argument("record", shell_complete=completed("deal", "member"))
@click.option("--draft", metavar="FILE", help="Begin with a draft that was kept.")
@click.option("--dry-run", is_flag=True, help="Print the difference and write nothing.")
@as_of_option
@click.pass_context
def command(ctx: click.Context, /, **options: object) -> None:
    """Open a record in your editor, check it when you save, and open it again at the line that is wrong.

    RECORD is a deal, a member or any other record, by id, name or path. The editor is that of VISUAL, EDITOR or git. It
    works on a copy: the file itself is written once it is good, so that nobody ever reads half of it, and undo takes it back.

    \b
      salesops edit owlspruce
      salesops edit playbook/team.yaml
      EDITOR="code --wait" salesops edit larkspur
    """
    from salesops.cli.actions.edit import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, **options))
