"""``salesops list``: deals, members, experiments or the standing questions, one line each."""

from __future__ import annotations

from typing import Any

import click

from salesops.cli.options import as_of_option, completed, format_option, known_option


@click.command("list")
@click.argument("what", type=click.Choice(["deals", "members", "experiments", "questions"]), default="deals")
@click.option("--stage", help="Only deals in this stage.", shell_complete=completed("stage"))
@click.option("--owner", help="Only deals of this person, by id, name or account.", shell_complete=completed("person"))
@click.option(
    "--type", "deal_type", help="Only deals of this type: new business or existing business (or just new, existing)."
)
@click.option("--member", help="Only deals of this member, by id or name.", shell_complete=completed("member"))
@click.option("--open", "only_open", is_flag=True, help="Only deals that are neither won nor lost.")
@click.option("--parked", is_flag=True, help="Only parked deals.")
@click.option("--overdue", is_flag=True, help="Only open deals whose next step is overdue.")
@format_option("text", "json", "csv")
@as_of_option
@known_option
@click.pass_context
def command(
    ctx: click.Context, /, what: str, output_format: str, as_of: str | None, known: str | None, **filters: Any
) -> None:
    """List deals by stage, the oldest first; members or experiments by name; or the standing questions with today's answers.

    Stages, people and members may be named by a part, in any letter case, where only one fits.
    """
    from salesops.cli.actions.list import run  # noqa: PLC0415 - loaded when the command runs

    ctx.exit(run(ctx.obj, what, output_format, as_of, known, **filters))
