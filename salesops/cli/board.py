"""``salesops board``: the open deals by stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from salesops.cli.shared import as_of_option, day_of, format_option, numbers_are_whole, read, say, style

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from salesops.book.status import BoardColumn, Standing


@click.command("board")
@format_option("text", "json")
@as_of_option
@click.pass_context
def command(ctx: click.Context, format: str, as_of: str | None) -> None:
    """Show the open deals by stage, the oldest first, with what they are worth; parked ones stand apart."""
    from salesops.book.status import board, standings

    _, book, problems = read(ctx)
    whole = numbers_are_whole(book, problems)
    if not book.processes:
        ctx.exit(1)
    snapshot = book.on(day_of(as_of, book))
    columns, parked = board(snapshot), standings(snapshot, snapshot.parked)
    if format == "json":
        say(_as_json(columns, parked, snapshot.as_of))
    else:
        for line in _as_text(columns, parked):
            say(line)
    ctx.exit(0 if whole else 1)


def _as_json(columns: list[BoardColumn], parked: list[Standing], as_of: date) -> str:
    from salesops import output
    from salesops.cli.list import deal_as_data
    from salesops.records.money import cents

    stages = [
        {
            "stage": column.name,
            "count": len(column.deals),
            "worth": {code: cents(sum) for code, sum in column.worth.items()},
            "deals": [deal_as_data(standing) for standing in column.deals],
        }
        for column in columns
    ]
    kept_warm = [deal_as_data(standing) for standing in parked]
    return output.as_json(
        {"schema_version": output.SCHEMA_VERSION, "as_of": as_of, "stages": stages, "parked": kept_warm}
    )


def _as_text(columns: list[BoardColumn], parked: list[Standing]) -> Iterator[str]:
    from salesops.metrics.wording import amounts
    from salesops.output import counted, show

    for column in columns:
        worth = f", {amounts(column.worth)}" if column.worth else ""
        yield f"{style(show(column.stage.title), 'head')}  {counted(len(column.deals), 'deal')}{worth}"
        for standing in column.deals:
            flag = style(" !", "warning") if standing.concerns else ""
            yield f"  {standing.age:>4} d  {show(standing.id)}{flag}  {style(show(standing.member_name), 'faint')}"
        yield ""
    if parked:
        yield f"{style('Parked', 'head')}  {counted(len(parked), 'deal')}"
        for standing in parked:
            yield f"          {show(standing.id)}  {style(show(standing.parked), 'faint')}"
    if any(standing.concerns for column in columns for standing in column.deals):
        yield f"\n{style('!', 'warning')} wants a look: salesops show ID says why"
