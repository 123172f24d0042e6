"""``salesops propose``: send what was written for review."""

from __future__ import annotations

import click

from salesops.cli.options import as_of_option, writing_options


@click.command("propose")
@click.option("-m", "--message", metavar="WORDS", help="What the change is; default: its sentence, as diff says it.")
@click.option("--to", metavar="BRANCH", help="The branch that it is to go to; default: the main one of the remote.")
@writing_options
@as_of_option
@click.pass_context
def command(ctx: click.Context, /, **options: object) -> None:
    """Send the changes of the records for review: check, commit on a branch, push, and open the pull request.

    A new branch begins at the main branch of today; work that is on a branch of its own goes on there. Only files of records
    are committed. Where anything refuses, nothing is sent, and everything here is as it was.

    \b
      salesops propose
      salesops propose -m "The calls of this week"
      salesops propose --dry-run
    """
    from salesops.cli.actions.propose import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, **options))
