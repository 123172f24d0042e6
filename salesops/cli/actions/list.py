"""What ``salesops list`` shows: deals by stage, the oldest first, members by name, experiments or standing questions, one line each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from salesops.book.book import Snapshot
from salesops.book.status import Standing, standings
from salesops.cli import names
from salesops.cli.actions.list_learning import experiments, questions
from salesops.cli.actions.show import deal_as_data, deals_of, member_as_data
from salesops.cli.options import Usage
from salesops.cli.printing import say, style
from salesops.cli.repository import records_of
from salesops.metrics.wording import amounts
from salesops.output import SCHEMA_VERSION, as_csv, as_json, show, table
from salesops.records.deal import EXISTING, NEW
from salesops.records.money import total


@dataclass(frozen=True)
class Filters:
    """What narrows the deals, as the options say it."""

    stage: str | None
    owner: str | None
    deal_type: str | None
    member: str | None
    only_open: bool
    parked: bool
    overdue: bool

    @property
    def is_empty(self) -> bool:
        """Whether every deal is wanted."""
        return not any(vars(self).values())

    def let_through(self, standing: Standing) -> bool:
        """Whether a deal is among those wanted."""
        deal = standing.deal
        return (
            self.stage in (None, standing.stage_name)
            and self.owner in (None, deal.owner)
            and self.deal_type in (None, deal.type)
            and self.member in (None, deal.member)
            and (not self.only_open or standing.is_open)
            and (not self.parked or bool(standing.parked))
            and (not self.overdue or _is_overdue(standing))
        )


def run(folder: str, what: str, output_format: str, as_of: str | None, known: str | None, **options: Any) -> int:
    """Print the list; 1 where a file could not be counted."""
    filters = Filters(**options)
    records = records_of(folder, as_of, known)
    whole = records.are_whole
    if not records.book.processes:
        return 1
    snapshot = records.snapshot
    records.say_whose()
    if what == "deals":
        lines = _deals(snapshot, filters, output_format)
    elif not filters.is_empty:
        raise Usage(f"these filters are for deals, not for {what}")
    elif what == "members":
        lines = _members(snapshot, output_format)
    else:
        lines = experiments(records, output_format) if what == "experiments" else questions(snapshot, output_format)
    for line in lines:
        say(line)
    return 0 if whole else 1


def _deals(snapshot: Snapshot, filters: Filters, output_format: str) -> Iterator[str]:
    filters = _understood(snapshot, filters)
    found = [standing for standing in standings(snapshot) if filters.let_through(standing)]
    if output_format == "json":
        yield _as_json(snapshot, "deals", [deal_as_data(standing) for standing in found])
        return
    if output_format == "csv":
        yield from _deals_as_csv(found)
        return
    heads = ("deal", "member", "stage", "days", "owner", "worth", "next step")
    yield from table([_row(standing) for standing in found], heads, frozenset({3, 5}), style)


def _is_overdue(standing: Standing) -> bool:
    step = standing.deal.next
    return standing.is_open and not standing.parked and step is not None and step.due < standing.snapshot.as_of


def _understood(snapshot: Snapshot, filters: Filters) -> Filters:
    """The filters with the names of what they mean; one that can match nothing, or more than one thing, is a wrong call."""
    book, process = snapshot.book, snapshot.process
    stage, owner, member = filters.stage, filters.owner, filters.member
    return replace(
        filters,
        stage=None if stage is None else names.stage_named(process, stage, _none("stage", stage)),
        owner=None if owner is None else names.chosen(owner, names.people(book.team), _none("owner", owner)),
        deal_type=None if filters.deal_type is None else _type(filters.deal_type),
        member=None if member is None else names.chosen(member, names.members(book), _none("member", member)),
    )


def _none(option: str, asked: str) -> str:
    return f"--{option}: there is no '{show(asked)}'"


def _type(asked: str) -> str:
    found = names.fitting(asked, [names.Choice(NEW), names.Choice(EXISTING)])
    if len(found) != 1:
        raise Usage(f"{_none('type', asked)}; write new or existing; a renewal is existing")
    return found[0].id


def _row(standing: Standing) -> tuple[str, ...]:
    deal = standing.deal
    return (
        standing.id,
        standing.member_name,
        f"{standing.stage_name} (parked)" if standing.parked else standing.stage_name,
        f"{standing.age:,}{standing.parked_beside}",
        deal.owner,
        amounts(total(standing.amounts))
        + (" (contract)" if standing.amounts and standing.is_worth_its_contract else ""),
        f"{deal.next.due} {deal.next.action}" if standing.is_open and deal.next else "",
    )


def _members(snapshot: Snapshot, output_format: str) -> Iterator[str]:
    members = snapshot.book.members
    if output_format == "json":
        yield _as_json(snapshot, "members", [member_as_data(snapshot, member_id) for member_id in sorted(members)])
        return
    rows = [
        (member_id, member.name, member.kind, member.country, str(len(deals_of(snapshot, member_id))))
        for member_id, member in sorted(members.items())
    ]
    heads = ("member", "name", "kind", "country", "deals")
    yield from as_csv(rows, heads) if output_format == "csv" else table(rows, heads, frozenset({4}), style)


def _as_json(snapshot: Snapshot, what: str, found: list[dict[str, Any]]) -> str:
    return as_json({"schema_version": SCHEMA_VERSION, "as_of": snapshot.as_of, what: found})


CSV_HEADS = (
    *("deal", "title", "member", "member_name", "type", "tier", "owner", "owner_name"),
    *("stage", "since", "days", "open", "parked", "next", "due", "expected_close"),
)
"""The columns of ``list --format csv`` before those of the money: one for each currency."""


def _deals_as_csv(found: list[Standing]) -> Iterator[str]:
    currencies = sorted({money.currency for standing in found for money in standing.amounts})
    rows = [[*_csv_row(standing), *_worth(standing, currencies)] for standing in found]
    yield from as_csv(rows, [*CSV_HEADS, *(f"worth_{currency}" for currency in currencies)])


def _csv_row(standing: Standing) -> tuple[object, ...]:
    deal = standing.deal
    who = deal.member, standing.member_name, deal.type, deal.tier, deal.owner, standing.owner_name
    where = standing.stage_name, standing.since, standing.age, "yes" if standing.is_open else "no", standing.parked
    step = deal.next if standing.is_open else None
    following = (step.action, step.due) if step else (None, None)
    return standing.id, deal.title, *who, *where, *following, deal.expected_close


def _worth(standing: Standing, currencies: list[str]) -> Iterator[object]:
    sums = total(standing.amounts)
    yield from (sums.get(currency) for currency in currencies)
