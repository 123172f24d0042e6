"""Deals, companies and contacts in the shape in which HubSpot takes them: three CSV files, joined by the ids of ours."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from salesops.book.book import Snapshot
from salesops.book.status import person_name
from salesops.book.visits import DealHistory
from salesops.exports.csv_files import csv_text
from salesops.exports.tables import Cell
from salesops.metrics.contracts import won_worth
from salesops.records.deal import Deal
from salesops.records.money import cents, total

PARTS = ("Tier", "Monthly recurring revenue", "One-off amount", "Term in months")
"""What HubSpot has no column for of its own: with these, an import of the same files finds nothing to change."""
DEALS = ("Record ID", "Deal Name", "Pipeline", "Deal Stage", "Deal Type", "Amount", "Currency", "Close Date", "Create Date", "Deal owner", "Next step", "Closed Lost Reason", "Associated Company IDs", "Associated Contact IDs", *PARTS)  # fmt: skip
COMPANIES = ("Record ID", "Company name", "Company Domain Name", "Type", "Country/Region")
CONTACTS = ("Record ID", "First Name", "Last Name", "Email", "Phone Number", "Job Title", "Associated Company IDs")

BETWEEN_IDS = ";"
"""What stands between several numbers in one cell."""


def files(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """Each file by its name. A deal in several currencies has a row for each, told apart by its id."""
    stages = [name for name, _ in _entered(snapshot)]
    heads = (*DEALS, *(f'Date entered "{name}"' for name in stages))
    yield (
        "deals.csv",
        csv_text(heads, (row for history in snapshot.histories for row in _deal(snapshot, history, stages))),
    )
    members = snapshot.book.members
    yield (
        "companies.csv",
        csv_text(COMPANIES, ((member, it.name, it.website, it.kind, it.country) for member, it in members.items())),
    )
    yield "contacts.csv", csv_text(CONTACTS, _contacts(snapshot))


def _entered(snapshot: Snapshot) -> list[tuple[str, str]]:
    """The stages that any deal has seen, by their titles, in the order of the process."""
    seen = {snapshot.name(visit.stage) for history in snapshot.histories for visit in history.visits}
    known = [*snapshot.process.stages, *sorted(seen - set(snapshot.process.stages))]
    return [(snapshot.stage(name).title, name) for name in known if name in seen]


def _deal(snapshot: Snapshot, history: DealHistory, stages: list[str]) -> Iterator[tuple[Cell, ...]]:
    deal, outcome = history.deal, snapshot.outcome(history)
    worth = total(won_worth(history) if outcome == "won" else deal.value.amounts if deal.value else ())
    sums: list[tuple[str | None, Decimal | None]] = [*worth.items()] or [(None, None)]
    closing = snapshot.closing(history.attempts[-1])
    close = closing.entered if closing else deal.expected_close
    entered = {snapshot.stage(visit.stage).title: str(visit.entered) for visit in history.visits}
    loss = history.lost[-1][1] if history.lost else None
    for at, (currency, amount) in enumerate(sums):
        yield (
            history.id if at == 0 else f"{history.id} ({currency})",
            deal.title,
            str(history.type),
            snapshot.stage(history.now.stage).title,
            "existingbusiness" if history.type == "existing business" else "newbusiness",
            None if amount is None else cents(amount),
            currency,
            str(close) if close else None,
            str(history.visits[0].entered),
            person_name(snapshot, deal.owner),
            deal.next.action if deal.next else None,
            str(loss.reason) if loss and loss.reason and outcome == "lost" else None,
            deal.member,
            BETWEEN_IDS.join(_people(snapshot, deal)),
            *_parts(deal, currency),
            *(entered.get(stage) for stage in stages),
        )


def _parts(deal: Deal, currency: str | None) -> Iterator[Cell]:
    """The tier, and what the deal is expected to bring by its parts, as far as they are in the currency of the row."""
    value = deal.value
    yield deal.tier
    for money in (value.mrr, value.one_off) if value else (None, None):
        yield str(money.amount) if money and money.currency == currency else None
    yield value.months if value else None


def _people(snapshot: Snapshot, deal: Deal) -> Iterator[str]:
    """Whom of the member a deal is about, by their rows in the file of the contacts; of nobody else there is such a row."""
    member = snapshot.book.members.get(deal.member)
    named = deal.x.get("contacts")
    known = [contact.id for contact in member.contacts] if member else []
    for contact in named if isinstance(named, list) else [named]:
        if contact in known:
            yield _number(deal.member, contact)


def _number(member: str, contact: str) -> str:
    """What stands in place of HubSpot's number of a person, whom two members may call by one id."""
    return f"{member}/{contact}"


def _contacts(snapshot: Snapshot) -> Iterator[tuple[Cell, ...]]:
    for member, known in snapshot.book.members.items():
        for contact in known.contacts:
            first, _, last = (contact.name or "").rpartition(" ")
            yield _number(member, contact.id), first, last, contact.email, contact.phone, contact.role, member
