"""What waits among the invoices of members: months that nobody invoiced, and invoices that do not go on."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from salesops.book.book import Snapshot
from salesops.book.visits import DealHistory
from salesops.book.waiting import Waiting, has_lost
from salesops.records.as_written import question
from salesops.records.contract import Contract
from salesops.records.member import INVOICE_STEPS, Invoice
from salesops.records.process import WON

OWED_AFTER = 30
"""Days after the end of a month, or after a step of its invoice, after which what comes next is waited for."""
SHOWN = 3
"""How many months are named."""
GOING_ON = ("prepared", "sent", "certified")
"""Steps that the team itself follows with the next one."""


def invoice_owed(snapshot: Snapshot, member: str) -> Iterator[Waiting]:
    """Months of a contract in force that ended more than 30 days ago, for which no invoice was begun."""
    if not _invoices(snapshot, member) or has_lost(snapshot, "member", member, "invoices"):
        return
    for contract in _contracts(snapshot, member):
        months = list(_owed(snapshot, member, contract))
        if months:
            more = f" and {len(months) - SHOWN} more months" if len(months) > SHOWN else ""
            yield Waiting(
                "invoice-owed",
                *("member", member, contract.deal.owner, _last_day(months[0]) + timedelta(days=OWED_AFTER + 1)),
                f"no invoice of {contract.id} for {', '.join(months[:SHOWN])}{more}",
                ("invoices",),
                help=f"prepare it, and write an entry under invoices: with the month, deal: {contract.id}, and the day as prepared",
                key=True,
            )


def invoice_held_up(snapshot: Snapshot, member: str) -> Iterator[Waiting]:
    """An invoice that was prepared, sent or certified more than 30 days ago, and has not gone on since."""
    for at, invoice in enumerate(_invoices(snapshot, member)):
        step, day = invoice.done[-1] if invoice.done else ("", snapshot.as_of)
        if step in GOING_ON and (snapshot.as_of - day).days > OWED_AFTER:
            following = INVOICE_STEPS[INVOICE_STEPS.index(step) + 1]
            yield Waiting(
                "invoice-held-up",
                *("member", member, _owner(snapshot, member, invoice), day + timedelta(days=OWED_AFTER + 1)),
                f"the invoice for {invoice.month} was {step} on {day}, and is not {following} yet",
                ("invoices", at, step),
                help=f"see what holds it up, and write the day on which it was {following}",
                fix=question(following),
            )


def _invoices(snapshot: Snapshot, member: str) -> tuple[Invoice, ...]:
    found = snapshot.book.members.get(member)
    return found.invoices if found else ()


def _contracts(snapshot: Snapshot, member: str) -> list[DealHistory]:
    """The won deals of a member that have a contract."""
    histories = map(snapshot.history, snapshot.book.deals_of(member))
    return [known for known in histories if known and known.deal.contract and snapshot.outcome(known) == WON]


def _owed(snapshot: Snapshot, member: str, won: DealHistory) -> Iterator[str]:
    """The months of a contract that should have an invoice and have none."""
    contract, invoices = won.deal.contract, _invoices(snapshot, member)
    begun = {invoice.month for invoice in invoices if invoice.done and invoice.deal in (None, won.id)}
    first = _first_month(snapshot, member, contract) if contract else None
    for month in _months(first, snapshot.as_of) if first else ():
        if contract and contract.covers(month) and month not in begun:
            yield month


def _first_month(snapshot: Snapshot, member: str, contract: Contract) -> str | None:
    """The first month of a contract to be invoiced; of one that is older than any invoice here, the member's first one here."""
    start = contract.start or contract.signed
    if start is None:
        return None
    month, first = f"{start:%Y-%m}", snapshot.book.first_invoiced or ""
    return month if month >= first else min(invoice.month for invoice in _invoices(snapshot, member))


def _months(first: str, as_of: date) -> Iterator[str]:
    """The months from one on that ended more than 30 days ago."""
    year, month = map(int, first.split("-"))
    while (as_of - _last_day(f"{year:04}-{month:02}")).days > OWED_AFTER:
        yield f"{year:04}-{month:02}"
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def _last_day(month: str) -> date:
    year, number = map(int, month.split("-"))
    return date(year, number, monthrange(year, number)[1])


def _owner(snapshot: Snapshot, member: str, invoice: Invoice) -> str | None:
    """Who leads the deal that an invoice is for."""
    owners = [won.deal.owner for won in _contracts(snapshot, member) if invoice.deal in (None, won.id)]
    return owners[-1] if owners else None
