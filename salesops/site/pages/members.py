"""The members: an index, and a page for each institution with its deals, contracts, hubs, health and contacts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from markupsafe import Markup

from salesops.book.book import Snapshot
from salesops.book.status import Standing, standings
from salesops.changes.timeline import GitHistory
from salesops.metrics import Reading, wording
from salesops.metrics.contracts import ACTIVE, OVERDUE, Term, terms
from salesops.records.member import Health, Invoice, Member
from salesops.records.money import total
from salesops.site.pages.columns import OWNER, Column, Columns
from salesops.site.pages.page import Here, Page, page
from salesops.site.pages.renewals import TITLES
from salesops.site.pages.words import NOTHING, day, money


class MemberRow(NamedTuple):
    """A line of the index: the member's file and record, what it is to the team, its deals."""

    file: str
    member: Member
    relation: str
    deals: int


def health(row: MemberRow, here: Here) -> object:
    """How it stood when delivery last looked."""
    return here.parts.health(row.member.health[-1].status) if row.member.health else NOTHING


def title(standing: Standing, here: Here) -> Markup:
    """A deal of the member, with its id."""
    link = here.deal_link(standing.id, standing.deal.title)
    return Markup("{}<br><small>{}</small>").format(link, standing.id)


def stage(standing: Standing, here: Here) -> Markup:
    """The stage, and whether the deal is parked."""
    parked = Markup(" <small>{}</small>").format(standing.parked) if standing.parked else Markup()
    return here.parts.outcome(standing.stage) + parked


def window(term: Term, here: Here) -> Markup:
    """The window of a contract, and whether the next term is signed."""
    signed = " " + here.chip("good", "renewal signed") if term.secured_by else Markup()
    return here.parts.window(term, TITLES) + signed


def figure(number: int | None) -> int | str:
    """A number that may not be known."""
    return NOTHING if number is None else number


INDEX: Columns[MemberRow] = (
    Column("Name", lambda row, here: here.member_link(row.file), header=True),
    Column("Relation", lambda row, here: here.parts.relation(row.relation)),
    Column("Kind", lambda row, _: row.member.kind),
    Column("Country", lambda row, _: row.member.country),
    Column("Deals", lambda row, _: row.deals, right=True),
    Column("Hubs", lambda row, _: len(row.member.hubs), right=True),
    Column("Health", health),
)
DEALS: Columns[Standing] = (
    Column("Deal", title, header=True),
    Column("Type", lambda standing, _: standing.deal.type),
    Column("Stage", stage),
    Column("Since", lambda standing, _: day(standing.since)),
    Column("Worth", lambda standing, _: wording.amounts(total(standing.amounts)), right=True),
    OWNER,
)
CONTRACTS: Columns[Term] = (
    Column("Contract", lambda term, here: here.deal_link(term.id), header=True),
    Column("Start", lambda term, _: day(term.contract.start)),
    Column("End", lambda term, _: day(term.contract.last_day, "none")),
    Column("Window", window),
    Column("MRR", lambda term, _: money(term.contract.mrr), right=True),
)
HEALTH: Columns[Health] = (
    Column("Date", lambda seen, _: day(seen.date)),
    Column("Status", lambda seen, here: here.parts.health(seen.status)),
    Column("Active users", lambda seen, _: figure(seen.active_users), right=True),
    Column("Satisfaction", lambda seen, _: figure(seen.satisfaction), right=True),
    Column("Note", lambda seen, _: seen.note or "", words=True),
)
INVOICES: Columns[Invoice] = (
    Column("Month", lambda invoice, _: invoice.month, header=True),
    Column("Deal", lambda invoice, here: here.known_deal_link(invoice.deal) if invoice.deal else NOTHING),
    Column("Usage", lambda invoice, _: money(invoice.usage), right=True),
    Column("Cloud", lambda invoice, _: money(invoice.cloud), right=True),
    Column("Tier confirmed", lambda invoice, _: day(invoice.tier_confirmed)),
    Column("Service confirmed", lambda invoice, _: day(invoice.delivery_confirmed)),
    Column("Prepared", lambda invoice, _: day(invoice.prepared)),
    Column("Sent", lambda invoice, _: day(invoice.sent)),
    Column("Certified", lambda invoice, _: day(invoice.certified)),
    Column("Invoiced", lambda invoice, _: day(invoice.invoiced)),
    Column("Paid", lambda invoice, _: day(invoice.paid)),
    Column("Archived", lambda invoice, _: day(invoice.archived)),
)


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """The index and every member's page."""
    deals, contracts = _by_member(snapshot)
    relation = relations(snapshot)
    rows = [
        MemberRow(name, member, relation[name], len(deals.get(name, [])))
        for name, member in snapshot.book.members.items()
    ]
    ordered = sorted(rows, key=lambda row: row.member.name.casefold())
    yield page("members", "Members", "members", snapshot, members=ordered, columns=INDEX)
    for member_id, member in snapshot.book.members.items():
        yield page(
            f"members/{member_id}",
            member.name,
            "member",
            snapshot,
            branch=past.branch,
            search=(member_id,),
            id=member_id,
            member=member,
            deals=deals.get(member_id, []),
            contracts=contracts.get(member_id, []),
            deal_columns=DEALS,
            contract_columns=CONTRACTS,
            health_columns=HEALTH,
            invoice_columns=INVOICES,
            relation=relation[member_id],
            named={contact.id: contact.name or contact.id for contact in member.contacts},
        )


def _by_member(snapshot: Snapshot) -> tuple[dict[str, list[Standing]], dict[str, list[Term]]]:
    """The deals and the contracts of every institution."""
    deals: dict[str, list[Standing]] = {}
    for standing in standings(snapshot):
        deals.setdefault(standing.deal.member, []).append(standing)
    contracts: dict[str, list[Term]] = {}
    for term in terms(snapshot):
        contracts.setdefault(term.history.deal.member, []).append(term)
    return deals, contracts


def relations(snapshot: Snapshot) -> dict[str, str]:
    """What every institution is to the team, in words."""
    deals, contracts = _by_member(snapshot)
    return {
        member_id: relation_of(deals.get(member_id, []), contracts.get(member_id, []))
        for member_id in snapshot.book.members
    }


def relation_of(deals: list[Standing], contracts: list[Term]) -> str:
    """Member, prospect, former member, or none: in words."""
    if any(term.bucket in ACTIVE or term.bucket == OVERDUE for term in contracts):
        return "member"
    if any(term.bucket == "not started" for term in contracts):
        return "member to be"
    if any(standing.is_open for standing in deals):
        return "prospect"
    return "former member" if contracts else "not a member"
