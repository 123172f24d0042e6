"""``salesops board``: the open deals by stage."""

from __future__ import annotations

import click

from salesops.cli.shared import as_of_option, day_of, format_option, numbers_are_whole, read, say, style


@click.command("board")
@format_option("text", "json")
@as_of_option
@click.pass_context
def command(ctx: click.Context, format: str, as_of: str | None) -> None:
    """Show the open deals by stage, the oldest first, with what they are worth; parked ones stand apart."""
    from salesops import output
    from salesops.cli.list_command import deal_as_data
    from salesops.metrics.words import amounts
    from salesops.records.money import cents
    from salesops.reports.standing import board, standings

    _, book, problems = read(ctx)
    whole = numbers_are_whole(book, problems)
    if not book.processes:
        ctx.exit(1)
    snapshot = book.on(day_of(as_of, book))
    columns, parked = board(snapshot), standings(snapshot, snapshot.parked)
    if format == "json":
        stages = [
            {
                "stage": column.name,
                "count": len(column.deals),
                "worth": {code: cents(sum) for code, sum in column.worth.items()},
                "deals": [deal_as_data(standing) for standing in column.deals],
            }
            for column in columns
        ]
        say(
            output.as_json(
                {
                    "schema_version": output.SCHEMA_VERSION,
                    "as_of": snapshot.as_of,
                    "stages": stages,
                    "parked": [deal_as_data(standing) for standing in parked],
                }
            )
        )
    else:
        for column in columns:
            worth = f", {amounts(column.worth)}" if column.worth else ""
            say(f"{style(output.show(column.stage.title), 'head')}  {output.counted(len(column.deals), 'deal')}{worth}")
            for standing in column.deals:
                flag = style(" !", "warning") if standing.concerns else ""
                say(
                    f"  {standing.age:>4} d  {output.show(standing.id)}{flag}  {style(output.show(standing.member_name), 'faint')}"
                )
            say()
        if parked:
            say(f"{style('Parked', 'head')}  {output.counted(len(parked), 'deal')}")
            for standing in parked:
                say(f"          {output.show(standing.id)}  {style(output.show(standing.parked), 'faint')}")
    ctx.exit(0 if whole else 1)
