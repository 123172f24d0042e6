"""The members: an index, and a page for each institution with its deals, contracts, hubs, health and contacts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from salesops.book.book import Snapshot
from salesops.book.status import Standing, standings
from salesops.changes.timeline import GitHistory
from salesops.metrics import Reading
from salesops.metrics.contracts import ACTIVE, OVERDUE, Term, terms
from salesops.site.pages.page import Page, page
from salesops.site.pages.renewals import TITLES


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """The index and every member's page."""
    deals: dict[str, list[Standing]] = {}
    for standing in standings(snapshot):
        deals.setdefault(standing.deal.member, []).append(standing)
    contracts: dict[str, list[Term]] = {}
    for term in terms(snapshot):
        contracts.setdefault(term.history.deal.member, []).append(term)
    relation = {id: relation_of(deals.get(id, []), contracts.get(id, [])) for id in snapshot.book.members}
    ordered = sorted(snapshot.book.members, key=lambda id: snapshot.book.members[id].name.casefold())
    yield page(
        "members", "Members", "members", snapshot, ids=ordered, deals=deals, contracts=contracts, relation=relation
    )
    for id, member in snapshot.book.members.items():
        yield page(
            f"members/{id}",
            member.name,
            "member",
            snapshot,
            search=(id,),
            id=id,
            member=member,
            deals=deals.get(id, []),
            contracts=contracts.get(id, []),
            windows=TITLES,
            relation=relation[id],
        )


def relation_of(deals: list[Standing], contracts: list[Term]) -> str:
    """Member, prospect, former member, or none: in words."""
    if any(term.bucket in ACTIVE or term.bucket == OVERDUE for term in contracts):
        return "member"
    if any(term.bucket == "not started" for term in contracts):
        return "member to be"
    if any(standing.is_open for standing in deals):
        return "prospect"
    return "former member" if contracts else "not a member"
