"""A page for everybody in the team: their to-do list, their open deals, the contracts they look after, what they closed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from salesops.book.book import Snapshot
from salesops.book.status import standings
from salesops.changes.timeline import GitHistory
from salesops.metrics import Reading
from salesops.metrics.contracts import IN_FORCE, terms
from salesops.reports.todo import to_do
from salesops.site.pages.page import Page, page
from salesops.site.pages.renewals import CONTRACTS, rows_of
from salesops.site.pages.today import groups, when

A_YEAR = timedelta(days=365)
MOST_TASKS = 100


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """Everybody's page."""
    listed, every = to_do(snapshot), standings(snapshot)
    contracts = rows_of(snapshot, terms(snapshot))
    team = snapshot.book.team
    for person_id, person in team.people.items() if team else ():
        own = [standing for standing in every if standing.deal.owner == person_id]
        yield page(
            f"people/{person_id}",
            person.name,
            "person",
            snapshot,
            rank=3,
            search=(person_id, *person.roles),
            id=person_id,
            roles=", ".join(person.roles),
            todo=listed.of(person_id),
            groups=list(groups(listed.of(person_id), MOST_TASKS)),
            when=when,
            open=[standing for standing in own if standing.is_open and not standing.parked],
            parked=[standing for standing in own if standing.is_open and standing.parked],
            contracts=[
                row for row in contracts if row.term.history.deal.owner == person_id and row.term.bucket in IN_FORCE
            ],
            contract_columns=CONTRACTS,
            closed=sorted(
                (it for it in own if not it.is_open and it.since > snapshot.as_of - A_YEAR),
                key=lambda standing: standing.since,
                reverse=True,
            ),
        )
