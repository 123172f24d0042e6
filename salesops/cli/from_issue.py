"""``salesops from-issue``: the changes that an issue on GitHub asks for, as what is to be proposed and what is to be answered."""

from __future__ import annotations

import click

from salesops.cli.options import as_of_option


@click.command("from-issue")
@click.argument("event", metavar="EVENT.json", type=click.Path())
@click.option("-o", "--output", "out", metavar="DIR", required=True, help="Write answer.md and proposal.json there.")
@as_of_option
@click.pass_context
def command(ctx: click.Context, event: str, out: str, as_of: str | None) -> None:
    """Read the changes that an issue asks for. The workflow *Issue* calls it; EVENT.json is what GitHub says of the issue.

    The list of changes stands in the issue between a line ```salesops and a line ```. Only members of the repository
    may ask, and only for changes of deals and members. The records are checked with the changes, and stay as they are:
    DIR/answer.md says what came of it, and DIR/proposal.json holds the files as they would be, where there is
    something to propose. It ends with 0 where the list can be made or is there already, else with 1.

    \b
      salesops from-issue "$GITHUB_EVENT_PATH" -o build/issue
    """
    from salesops.cli.actions.from_issue import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, event, out, as_of))
