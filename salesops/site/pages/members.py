"""The members: an index, and a page for each institution with its deals, contracts, hubs, health and contacts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from markupsafe import Markup

from salesops.book.book import Snapshot
from salesops.book.status import Standing, standings
from salesops.changes.timeline import GitHistory, by_commit
from salesops.metrics import Reading, wording
from salesops.metrics.contracts import ACTIVE, OVERDUE, Term, terms
from salesops.records.member import Health, Invoice, Member
from salesops.records.money import total
from salesops.records.scalars import slug
from salesops.site.pages.charts.chart import month_in_words
from salesops.site.pages.charts.contracts import users
from salesops.site.pages.columns import OWNER, Column, Columns
from salesops.site.pages.facets import Pill, button
from salesops.site.pages.page import Here, Page, page
from salesops.site.pages.pipeline import FEW, MANY
from salesops.site.pages.renewals import TITLES, users_of
from salesops.site.pages.words import NOTHING, beyond, counted, day, days_said, money


class MemberRow(NamedTuple):
    """A line of the index: the member's file and record, what it is to the team, its contract in force, its open deal."""

    file: str
    member: Member
    relation: str
    term: Term | None
    talk: Standing | None

    @property
    def deals(self) -> int:
        """How many deals there are in the row."""
        return int(self.talk is not None)


def name(row: MemberRow, here: Here) -> Markup:
    """The name over what it is and where."""
    told = " · ".join(row.member.is_what_and_where)
    return here.member_link(row.file) + (Markup("<br><small>{}</small>").format(told) if told else "")


def until(row: MemberRow, here: Here) -> Markup | str:
    """The last day of its contract in force."""
    return day(row.term.contract.last_day, "open-ended") if row.term else NOTHING


def health(row: MemberRow, here: Here) -> Markup | str:
    """How it stood when delivery last looked."""
    return here.parts.health(row.member.judged[-1].status) if row.member.judged else NOTHING


def hubs(row: MemberRow, here: Here) -> str:
    """The hubs that run, of those that its tier allows."""
    tier = here.snapshot.process.tiers.get(row.term.history.deal.tier) if row.term else None
    most = tier.max_hubs if tier else None
    running = len(row.member.running)
    return f"{running} of {most}" if most is not None else f"{running}" if running else NOTHING


def talk(row: MemberRow, here: Here) -> Markup | str:
    """Its open deal, by the stage."""
    return here.deal_link(row.talk.id, row.talk.stage.title) if row.talk else NOTHING


def owner(row: MemberRow, here: Here) -> Markup | str:
    """Who leads the open deal, or led the one in force."""
    deal = row.talk.deal if row.talk else row.term.history.deal if row.term else None
    return here.person_link(deal.owner) if deal else NOTHING


def said_by(row: MemberRow, as_of: date) -> Markup:
    """The attributes by which a row is found."""
    seen = row.member.judged[-1].status or "" if row.member.judged else ""
    said = {"relation": slug(row.relation), "health": seen, "country": slug(row.member.country or "")}
    return Markup("").join(Markup(' data-{}="{}"').format(key, value) for key, value in said.items() if value)


def mrr(row: MemberRow, place: int) -> object:
    """The amount alone, to sort by."""
    found = row.term.contract.mrr if row.term else None
    return found.amount if found else 0


RELATIONS = ("member", "member to be", "prospect", "former member", "not a member")
"""What an institution may be to the team, in the order of the list."""


def _order(row: MemberRow) -> tuple[object, ...]:
    last = row.term.contract.last_day if row.term else None
    order = {name: at for at, name in enumerate(row.talk.snapshot.process.stages)} if row.talk else {}
    stage = -order.get(row.talk.stage_name, 0) if row.talk else 0
    return RELATIONS.index(row.relation), last or date.max, stage, row.member.name.casefold()


def _pills(rows: list[MemberRow]) -> Iterator[Pill]:
    """What the index is narrowed by."""
    for facet, values in (
        ("relation", [row.relation for row in rows]),
        ("health", [row.member.judged[-1].status or "" for row in rows if row.member.judged]),
        ("country", [row.member.country for row in rows if row.member.country]),
    ):
        counts = Counter(values)
        if len(counts) > 1:
            for value, count in counts.most_common():
                yield Pill(facet, slug(value), value, count)


def stage(standing: Standing, here: Here) -> Markup:
    """The stage, and whether the deal is parked."""
    parked = (
        Markup(" <small>{}</small>").format(days_said(standing.parked, here.as_of)) if standing.parked else Markup()
    )
    return here.parts.outcome(standing.stage) + parked


def window(term: Term, here: Here) -> Markup:
    """The window of a contract, and whether the next term is signed."""
    signed = " " + here.chip("good", "renewal signed") if term.secured_by else Markup()
    return here.parts.window(term, TITLES) + signed


def figure(number: int | None) -> int | str:
    """A number that may not be known."""
    return NOTHING if number is None else number


INDEX: Columns[MemberRow] = (
    Column("Name", name, header=True, sort="name", order=lambda row, _: row.member.name.casefold()),
    Column("Relation", lambda row, here: here.parts.relation(row.relation), sort="relation"),
    Column("MRR", lambda row, _: money(row.term.contract.mrr) if row.term else NOTHING, right=True, label="MRR", sort="mrr", order=mrr),
    Column("Until", until, label="until", sort="until", order=lambda row, _: str((row.term and row.term.contract.last_day) or "9")),
    Column("Health", health, sort="health"),
    Column("Users", lambda row, _: users_of(row.member), right=True, label="Users"),
    Column("Hubs", hubs, right=True, label="Hubs"),
    Column("Open deal", talk, sort="deal"),
    Column("Owner", owner, sort="owner"),
)  # fmt: skip
DEALS: Columns[Standing] = (
    Column("Deal", lambda standing, here: here.deal_link(standing.id, standing.deal.title), header=True),
    Column("Type", lambda standing, _: standing.deal.type),
    Column("Stage", stage),
    Column("Since", lambda standing, _: day(standing.since)),
    Column("Worth", lambda standing, _: wording.amounts(total(standing.amounts)), right=True),
    OWNER,
)
CONTRACTS: Columns[Term] = (
    Column("Contract", lambda term, here: here.deal_link(term.id, term.history.deal.title), header=True),
    Column("Start", lambda term, _: day(term.contract.start)),
    Column("End", lambda term, _: day(term.contract.last_day, "none")),
    Column("Window", window),
    Column("MRR", lambda term, _: money(term.contract.mrr), right=True),
)
HEALTH: Columns[Health] = (
    Column("Date", lambda seen, _: day(seen.date), header=True),
    Column("Status", lambda seen, here: here.parts.health(seen.status)),
    Column("Active users", lambda seen, _: figure(seen.active_users), right=True, label="Active users"),
    Column("Satisfaction", lambda seen, _: figure(seen.satisfaction), right=True, label="Satisfaction"),
    Column("Note", lambda seen, _: seen.note or "", words=True),
)


HEALTH_OF_HUBS: Columns[Health] = (*HEALTH[:1], Column("Hub", lambda seen, _: seen.hub or ""), *HEALTH[1:])
"""The same where some counts are of one hub among several."""


def _whose(invoice: Invoice, here: Here) -> object:
    """The deal and the community that an invoice is for."""
    deal = here.known_deal_link(invoice.deal) if invoice.deal else NOTHING
    return Markup("{} <small>{}</small>").format(deal, invoice.community) if invoice.community else deal


def _usage(invoice: Invoice, _: Here) -> object:
    """The usage fee, and how many people it is for."""
    fee, users = money(invoice.usage), invoice.active_users
    return fee if users is None else Markup("{} <small>{}</small>").format(fee, counted(users, "active user"))


INVOICES: Columns[Invoice] = (
    Column("Month", lambda invoice, _: month_in_words(invoice.month), header=True),
    Column("Deal", _whose),
    Column("Usage", _usage, right=True, label="Usage"),
    Column("Cloud", lambda invoice, _: money(invoice.cloud), right=True, label="Cloud"),
    Column(
        "Taken off",
        lambda invoice, _: "; ".join(f"{it.what}: {money(it.amount)}" for it in invoice.credits) or NOTHING,
        label="Taken off",
    ),
    Column("Tier confirmed", lambda invoice, _: day(invoice.tier_confirmed), label="Tier confirmed"),
    Column("Service confirmed", lambda invoice, _: day(invoice.delivery_confirmed), label="Service confirmed"),
    Column("Prepared", lambda invoice, _: day(invoice.prepared), label="Prepared"),
    Column("Sent", lambda invoice, _: day(invoice.sent), label="Sent"),
    Column("Certified", lambda invoice, _: day(invoice.certified), label="Certified"),
    Column("Invoiced", lambda invoice, _: day(invoice.invoiced), label="Invoiced"),
    Column("Paid", lambda invoice, _: day(invoice.paid), label="Paid"),
    Column("Archived", lambda invoice, _: day(invoice.archived), label="Archived"),
)

PLAIN_INVOICES: Columns[Invoice] = tuple(column for column in INVOICES if column.heading not in ("Deal", "Taken off"))
"""The same where every invoice is for all that the member has, with nothing taken off."""


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """The index and every member's page."""
    deals, contracts = _by_member(snapshot)
    relation = relations(snapshot)
    rows = index(snapshot)
    yield page(
        "members",
        "Members",
        "members",
        snapshot,
        members=rows,
        columns=INDEX,
        pills=list(_pills(rows)),
        button=button,
        said_by=said_by,
        is_sortable=FEW <= len(rows) <= MANY,
    )
    for member_id, member in snapshot.book.members.items():
        yield page(
            f"members/{member_id}",
            member.name,
            "member",
            snapshot,
            branch=past.branch,
            rank=5,
            search=(
                beyond(member.name, member_id),
                *(part for contact in member.contacts for part in (contact.name, contact.role)),
            ),
            later=partial(_values, member, deals.get(member_id, []), contracts.get(member_id, []), snapshot.as_of),
            id=member_id,
            member=member,
            relation=relation[member_id],
            story=by_commit(past.timeline.of("member", member_id)),
        )


def _values(member: Member, deals: list[Standing], contracts: list[Term], as_of: date) -> dict[str, Any]:
    return {
        "deals": sorted(deals, key=lambda it: it.since, reverse=True),
        "contracts": sorted(contracts, key=lambda it: it.contract.start or date.min, reverse=True),
        "charts": [users(member, contracts, as_of)],
        "deal_columns": DEALS,
        "contract_columns": CONTRACTS,
        "health_columns": HEALTH_OF_HUBS if any(seen.hub for seen in member.health) else HEALTH,
        "invoice_columns": INVOICES
        if any(it.deal or it.community or it.credits for it in member.invoices)
        else PLAIN_INVOICES,
        "open": [standing for standing in deals if standing.is_open and not standing.parked],
        "running": next((it for it in contracts if it.bucket in (*ACTIVE, OVERDUE)), None),
        "first": min((it.contract.start for it in contracts if it.contract.start), default=None),
        "active_users": users_of(member),
        "named": {contact.id: contact.name or contact.id for contact in member.contacts},
    }


def index(snapshot: Snapshot) -> list[MemberRow]:
    """Every institution: members by the end of their contract, then members to be, prospects by stage, former ones."""
    (deals, contracts), relation = _by_member(snapshot), relations(snapshot)
    return sorted(
        (
            MemberRow(
                member_id,
                member,
                relation[member_id],
                next((term for term in contracts.get(member_id, ()) if term.bucket in (*ACTIVE, OVERDUE)), None),
                next((it for it in deals.get(member_id, ()) if it.is_open), None),
            )
            for member_id, member in snapshot.book.members.items()
        ),
        key=_order,
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
