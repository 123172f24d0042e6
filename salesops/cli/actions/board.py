"""What ``salesops board`` shows: a column for each stage, the oldest deals first, and the parked ones apart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from salesops.book.status import BoardColumn, Standing, board, standings
from salesops.cli.actions.show import deal_as_data
from salesops.cli.printing import say, style
from salesops.cli.repository import records_of
from salesops.metrics.wording import amounts
from salesops.output import SCHEMA_VERSION, as_json, counted, show
from salesops.records.money import cents


def run(folder: str, output_format: str, as_of: str | None, known: str | None) -> int:
    """Print the board; 1 where a file could not be counted."""
    records = records_of(folder, as_of, known)
    whole = records.are_whole
    if not records.book.processes:
        return 1
    snapshot = records.snapshot
    records.say_whose()
    columns, parked = board(snapshot), standings(snapshot, snapshot.parked)
    if output_format == "json":
        say(_as_json(columns, parked, snapshot.as_of))
    else:
        for line in _as_text(columns, parked):
            say(line)
    return 0 if whole else 1


def _as_json(columns: list[BoardColumn], parked: list[Standing], as_of: date) -> str:
    stages = [
        {
            "stage": column.name,
            "count": len(column.deals),
            "worth": {code: cents(worth) for code, worth in column.worth.items()},
            "deals": [deal_as_data(standing) for standing in column.deals],
        }
        for column in columns
    ]
    kept_warm = [deal_as_data(standing) for standing in parked]
    return as_json({"schema_version": SCHEMA_VERSION, "as_of": as_of, "stages": stages, "parked": kept_warm})


def _as_text(columns: list[BoardColumn], parked: list[Standing]) -> Iterator[str]:
    for column in columns:
        worth = f", {amounts(column.worth)}" if column.worth else ""
        yield f"{style(show(column.stage.title), 'head')}  {counted(len(column.deals), 'deal')}{worth}"
        for standing in column.deals:
            flag = style(" !", "warning") if standing.concerns else ""
            yield f"  {standing.age:>4} d{standing.parked_beside}  {show(standing.id)}{flag}  {style(show(standing.member_name), 'faint')}"
        yield ""
    if parked:
        yield f"{style('Parked', 'head')}  {counted(len(parked), 'deal')}"
        for standing in parked:
            yield f"          {show(standing.id)}  {style(show(standing.parked), 'faint')}"
    if any(standing.concerns for column in columns for standing in column.deals):
        yield f"\n{style('!', 'warning')} needs attention: salesops show ID says why"
