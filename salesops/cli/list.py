"""``salesops list``: deals or members, one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from salesops.cli.shared import Usage, as_of_option, day_of, format_option, numbers_are_whole, read, say, style

if TYPE_CHECKING:
    from salesops.book.book import Snapshot
    from salesops.book.status import Standing


@click.command("list")
@click.argument("what", type=click.Choice(["deals", "members"]), default="deals")
@click.option("--stage", help="Only deals in this stage.")
@click.option("--owner", help="Only deals of this person, by id.")
@click.option(
    "--type", "type", help="Only deals of this type: new business or existing business; new or existing will do."
)
@click.option("--member", help="Only deals of this member, by id.")
@click.option("--open", "only_open", is_flag=True, help="Only deals that are neither won nor lost.")
@click.option("--parked", is_flag=True, help="Only parked deals.")
@click.option("--overdue", is_flag=True, help="Only open deals whose next step is overdue.")
@format_option("text", "json")
@as_of_option
@click.pass_context
def command(ctx: click.Context, /, what: str, format: str, as_of: str | None, **filters: Any) -> None:
    """List deals by stage, the oldest first, or members by name."""
    from salesops import output

    _, book, problems = read(ctx)
    whole = numbers_are_whole(book, problems)
    if not book.processes:
        ctx.exit(1)
    snapshot = book.on(day_of(as_of, book))
    if what == "deals":
        found = _deals(snapshot, **filters)
        if format == "json":
            say(output.as_json([deal_as_data(standing) for standing in found]))
        else:
            _print_deals(found)
    elif any(filters.values()):
        raise Usage("members cannot be narrowed by what deals have")
    elif format == "json":
        say(output.as_json([member_as_data(snapshot, id) for id in sorted(book.members)]))
    else:
        rows = [
            (id, member.name, member.kind, member.country, str(len(deals_of(snapshot, id))))
            for id, member in sorted(book.members.items())
        ]
        for line in output.table(rows, ("member", "name", "kind", "country", "deals"), frozenset({4}), style):
            say(line)
    ctx.exit(0 if whole else 1)


def _deals(snapshot: Snapshot, **wanted: Any) -> list[Standing]:
    from salesops.book.status import standings

    _known(snapshot, wanted)
    type = wanted["type"]
    return [
        standing
        for standing in standings(snapshot)
        if (wanted["stage"] is None or standing.stage_name == wanted["stage"])
        and (wanted["owner"] is None or standing.deal.owner == wanted["owner"])
        and (type is None or standing.deal.type in (type, f"{type} business"))
        and (wanted["member"] is None or standing.deal.member == wanted["member"])
        and (not wanted["only_open"] or standing.is_open)
        and (not wanted["parked"] or standing.parked)
        and (
            not wanted["overdue"]
            or (
                standing.is_open
                and not standing.parked
                and standing.deal.next
                and standing.deal.next.due < snapshot.as_of
            )
        )
    ]


def _known(snapshot: Snapshot, wanted: dict[str, Any]) -> None:
    """Refuse a filter that can match nothing because it is misspelt."""
    from salesops.output import show
    from salesops.problems import did_you_mean
    from salesops.records.deal import EXISTING, NEW

    book = snapshot.book
    known: dict[str, list[str]] = {
        "stage": list(snapshot.process.stages),
        "owner": list(book.team.people) if book.team else [],
        "type": [NEW, EXISTING, "new", "existing"],
        "member": list(book.members),
    }
    for name, choices in known.items():
        if wanted[name] is not None and wanted[name] not in choices:
            hint = (
                "write new or existing; a renewal is existing"
                if name == "type"
                else did_you_mean(wanted[name], choices)
            )
            raise Usage(f"--{name}: there is no '{show(wanted[name])}'; {hint}".rstrip("; "))


def _print_deals(found: list[Standing]) -> None:
    from salesops.metrics.wording import amounts
    from salesops.output import table
    from salesops.records.money import total

    rows = [
        (
            standing.id,
            standing.member_name,
            f"{standing.stage_name} (parked)" if standing.parked else standing.stage_name,
            str(standing.age),
            standing.deal.owner,
            amounts(total(standing.amounts)),
            f"{standing.deal.next.due} {standing.deal.next.action}" if standing.is_open and standing.deal.next else "",
        )
        for standing in found
    ]
    for line in table(
        rows, ("deal", "member", "stage", "days", "owner", "worth", "next step"), frozenset({3, 5}), style
    ):
        say(line)


def deal_as_data(standing: Standing) -> dict[str, Any]:
    """A deal as machines read it: the record as written, and what follows from it on the day."""
    data = standing.snapshot.book.documents["deal", standing.id].data
    following = {
        "stage": standing.stage_name,
        "since": standing.since,
        "age": standing.age,
        "parked": standing.parked,
        "open": standing.is_open,
        "next": data.get("next"),
        "last_contact": standing.last_contact,
        "concerns": standing.concerns,
        "missing": [
            {"to": way.exit.to, "when": way.exit.when, "needs": [need.sentence for need in way.missing]}
            for way in standing.ways
        ],
        "unfinished": [need.sentence for need in standing.unfinished],
    }
    return {"id": standing.id, **data, **following}


def member_as_data(snapshot: Snapshot, id: str) -> dict[str, Any]:
    """A member as machines read it: the record as written, and its deals that had begun by the day."""
    return {"id": id, **snapshot.book.documents["member", id].data, "deals": deals_of(snapshot, id)}


def deals_of(snapshot: Snapshot, member: str) -> list[str]:
    """The deals of a member that had begun by the day, by id."""
    return [history.id for history in snapshot.histories if history.deal.member == member]
