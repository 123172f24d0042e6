"""What waits among the invoices of members: months that nobody invoiced, and invoices that do not go on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from salesops.book.book import Snapshot
from salesops.book.visits import DealHistory
from salesops.book.waiting import Waiting, has_lost
from salesops.records.as_written import question
from salesops.records.contract import Contract, month_days
from salesops.records.member import INVOICE_STEPS, Invoice, Member
from salesops.records.process import WON

SHOWN = 3
"""How many months are named."""
GOING_ON = ("prepared", "sent", "certified")
"""Steps that the team itself follows with the next one."""


def invoice_owed(snapshot: Snapshot, member: str) -> Iterator[Waiting]:
    """Months of a contract in force that ended long enough ago, for which no invoice was begun."""
    if not _invoices(snapshot, member) or has_lost(snapshot, "member", member, "invoices"):
        return
    within = snapshot.numbers.invoice_within
    for contract in _contracts(snapshot, member):
        months = list(_owed(snapshot, member, contract))
        if months:
            more = f" and {len(months) - SHOWN} more months" if len(months) > SHOWN else ""
            yield Waiting(
                "invoice-owed",
                *("member", member, contract.deal.owner, month_days(months[0])[1] + timedelta(days=within + 1)),
                f"no invoice of {contract.id} for {', '.join(months[:SHOWN])}{more}",
                ("invoices",),
                help=f"prepare it, and write an entry under invoices: with the month, deal: {contract.id}, and the day as prepared",
                key=True,
            )


def billed_apart(member: Member, deal: str) -> tuple[str | None, ...]:
    """The communities that get an invoice of their own under a contract; only None where there is one for all of it."""
    return tuple(it.name for it in member.communities if it.deal == deal) or (None,)


def invoice_held_up(snapshot: Snapshot, member: str) -> Iterator[Waiting]:
    """An invoice that was prepared, sent or certified long enough ago, and has not gone on since."""
    within = snapshot.numbers.invoice_within
    for at, invoice in enumerate(_invoices(snapshot, member)):
        step, day = invoice.done[-1] if invoice.done else ("", snapshot.as_of)
        if step in GOING_ON and (snapshot.as_of - day).days > within:
            following = INVOICE_STEPS[INVOICE_STEPS.index(step) + 1]
            yield Waiting(
                "invoice-held-up",
                *("member", member, _owner(snapshot, member, invoice), day + timedelta(days=within + 1)),
                f"the invoice for {invoice.month} was {step} on {day}, and is not {following} yet",
                ("invoices", at, step),
                help=f"see what holds it up, and write the day on which it was {following}",
                fix=question(following),
            )


def invoice_unpaid(snapshot: Snapshot, member: str) -> Iterator[Waiting]:
    """An invoice that went out longer ago than it may take to be paid."""
    within = snapshot.numbers.paid_within
    for at, invoice in enumerate(_invoices(snapshot, member)):
        out = invoice.invoiced
        if out and is_late(snapshot, invoice):
            yield Waiting(
                "invoice-unpaid",
                *("member", member, _owner(snapshot, member, invoice), out + timedelta(days=within + 1)),
                f"the invoice for {invoice.month} went out on {out}, {(snapshot.as_of - out).days} days ago, and is not paid",
                ("invoices", at, "invoiced"),
                help="ask who pays it and when, and write the day on which it was paid",
                fix=question("paid"),
            )


def is_late(snapshot: Snapshot, invoice: Invoice) -> bool:
    """Whether an invoice went out longer ago than it may take to be paid, and is not."""
    out = invoice.invoiced
    return out is not None and not invoice.paid and (snapshot.as_of - out).days > snapshot.numbers.paid_within


def _invoices(snapshot: Snapshot, member: str) -> tuple[Invoice, ...]:
    found = snapshot.book.members.get(member)
    return found.invoices if found else ()


def _contracts(snapshot: Snapshot, member: str) -> list[DealHistory]:
    """The won deals of a member that have a contract."""
    histories = map(snapshot.history, snapshot.book.deals_of(member))
    return [known for known in histories if known and known.deal.contract and snapshot.outcome(known) == WON]


def _owed(snapshot: Snapshot, member: str, won: DealHistory) -> Iterator[str]:
    """The months of a contract that should have an invoice and have none; one for each community that gets its own."""
    contract, whose = won.deal.contract, snapshot.book.members[member]
    own = [invoice for invoice in whose.invoices if invoice.done and invoice.deal in (None, won.id)]
    begun = {(invoice.month, invoice.community) for invoice in own}
    first = _first_month(snapshot, member, contract) if contract else None
    for month in _months(first, snapshot) if first else ():
        if contract and contract.covers(month) and (month, None) not in begun:
            yield from (month for community in billed_apart(whose, won.id) if (month, community) not in begun)


def _first_month(snapshot: Snapshot, member: str, contract: Contract) -> str | None:
    """The first month of a contract to be invoiced; of one that is older than any invoice here, the member's first one here."""
    start = contract.start or contract.signed
    if start is None:
        return None
    month, first = f"{start:%Y-%m}", snapshot.book.first_invoiced or ""
    return month if month >= first else min(invoice.month for invoice in _invoices(snapshot, member))


def _months(first: str, snapshot: Snapshot) -> Iterator[str]:
    """The months from one on that ended longer ago than an invoice takes to be begun."""
    year, month = map(int, first.split("-"))
    within = snapshot.numbers.invoice_within
    while (snapshot.as_of - month_days(f"{year:04}-{month:02}")[1]).days > within:
        yield f"{year:04}-{month:02}"
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def _owner(snapshot: Snapshot, member: str, invoice: Invoice) -> str | None:
    """Who leads the deal that an invoice is for."""
    owners = [won.deal.owner for won in _contracts(snapshot, member) if invoice.deal in (None, won.id)]
    return owners[-1] if owners else None
