"""The month's invoices: who was in service, what each of them is charged, what is still missing, and how far it is (``reference/records#invoices``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP
from functools import cached_property
from typing import Any, NamedTuple

from salesops.book.book import Snapshot
from salesops.book.visits import DealHistory
from salesops.book.waiting_invoices import billed_apart, is_late
from salesops.metrics.contracts import OVERDUE, renewals_of, term_of, terms
from salesops.records.contract import Contract, month_before, month_days
from salesops.records.member import INVOICE_STEPS, Contact, Invoice, Member
from salesops.records.money import CENT, Money, Sums, money_as_data, total
from salesops.records.prices import PriceList, usage_fee
from salesops.records.process import LOST

MEMBERSHIP, USAGE, CLOUD, ONE_OFF, CREDIT = "membership", "usage", "cloud", "one-off", "credit"
NOTHING_YET = "not prepared"
"""How far an invoice is that nobody has begun."""
NO_CONTRACT = "without a contract"
"""How far an invoice is of a service that goes on after the last day of its contract: nothing is billed without one."""
NOT_KNOWN = "not known yet"
NO_DEAL = "the deal of the invoice on file that names none"
"""What is missing where one of several contracts may have its invoice already."""


class InvoiceLine(NamedTuple):
    """One line of an invoice: what kind it is, what is said of it, and the amount; a credit is below zero."""

    kind: str
    says: str
    amount: Money


@dataclass(frozen=True)
class InvoiceRow:
    """The invoice of one contract for a month, or of one community that gets its own.

    ``missing`` is what must be there before it is sent, ``later`` what is asked for after that. ``at`` is its place among the
    invoices of the member, None where there is none yet. ``confirmed`` is the day on which tier and price were agreed.
    """

    month: str
    member: str
    name: str
    deal: str
    community: str | None
    first: date
    last: date
    lines: tuple[InvoiceLine, ...]
    missing: tuple[str, ...]
    later: tuple[str, ...]
    representative: Contact | None
    confirmed: date | None
    invoice: Invoice | None
    at: int | None
    agreement: str | None = None
    """Where the signed agreement lies."""
    bill_to: str | None = None
    """The address to which it goes."""
    has_contract: bool = True
    """Whether a contract covers any day of it; else it only says that there is a service which nobody can bill."""

    @property
    def whose(self) -> str:
        """The member, and the community where it gets an invoice of its own."""
        return f"{self.name} ({self.community})" if self.community else self.name

    @property
    def days(self) -> int:
        """The days of service in the month."""
        return (self.last - self.first).days + 1

    @property
    def total(self) -> Sums:
        """What it comes to, by currency."""
        return total(line.amount for line in self.lines)

    @cached_property
    def done(self) -> tuple[str, date] | None:
        """The last step that was made, and its day; None where nobody has begun."""
        steps = self.invoice.done if self.invoice else ()
        return steps[-1] if steps else None

    @property
    def state(self) -> str:
        """How far it is."""
        begins = NOTHING_YET if self.has_contract else NO_CONTRACT
        return self.done[0] if self.done else begins

    @property
    def next_step(self) -> str | None:
        """What is done next; None once it is paid."""
        following = INVOICE_STEPS.index(self.state) + 1 if self.done else 0
        return INVOICE_STEPS[following] if following < len(INVOICE_STEPS) else None

    @property
    def is_ready(self) -> bool:
        """Whether it may be sent, and was not yet."""
        return not self.missing and self.next_step in INVOICE_STEPS[:2]

    @property
    def waits_for(self) -> tuple[str, ...]:
        """What it waits for: what is missing before it is sent, else its next step and what goes with that."""
        if not self.has_contract:
            return self.missing
        if self.next_step is None:
            return self.later
        if self.next_step in INVOICE_STEPS[:2] and self.missing:
            return self.missing
        return (f"to be {self.next_step}", *self.later)

    def as_data(self) -> dict[str, Any]:
        """As machines read it."""
        return {
            "month": self.month,
            "member": self.member,
            "deal": self.deal,
            "community": self.community,
            "from": self.first,
            "to": self.last,
            "lines": [{"kind": line.kind, "says": line.says, **money_as_data(line.amount)} for line in self.lines],
            "total": [money_as_data(Money(amount, currency)) for currency, amount in self.total.items()],
            "state": self.state,
            "contract": self.has_contract,
            "since": self.done[1] if self.done else None,
            "ready": self.is_ready,
            "missing": list(self.missing),
            "later": list(self.later),
            "representative": self.representative.id if self.representative else None,
            "bill_to": self.bill_to,
        }


@dataclass(frozen=True)
class Batch:
    """The invoices of a month, in the order of the members."""

    month: str
    as_of: date
    rows: tuple[InvoiceRow, ...]

    @property
    def total(self) -> Sums:
        """What they come to, by currency."""
        return total(line.amount for row in self.rows for line in row.lines)

    @property
    def states(self) -> dict[str, int]:
        """How many are how far, in the order of the steps."""
        counts = [
            (state, sum(row.state == state for row in self.rows))
            for state in (NO_CONTRACT, NOTHING_YET, *INVOICE_STEPS)
        ]
        return {state: count for state, count in counts if count}

    def as_data(self) -> dict[str, Any]:
        """As machines read it."""
        return {
            "month": self.month,
            "as_of": self.as_of,
            "total": [money_as_data(Money(amount, currency)) for currency, amount in self.total.items()],
            "states": self.states,
            "rows": [row.as_data() for row in self.rows],
        }


def batch(snapshot: Snapshot, month: str) -> Batch:
    """Whom the team invoices for a month: every contract that was in service on any day of it, and every service that goes on without one."""
    rows = [row for history in _won(snapshot) for row in _rows(snapshot, history, month)]
    return Batch(month, snapshot.as_of, tuple(sorted(rows, key=lambda row: (row.name, row.deal, row.community or ""))))


def months_behind(snapshot: Snapshot, most: int) -> list[str]:
    """The months to look at, the newest first: from the first for which any invoice is on file to the last that is over, or has one already."""
    first, month, found = snapshot.book.first_invoiced, f"{snapshot.as_of:%Y-%m}", list[str]()
    if not any(invoice.month == month for member in snapshot.book.members.values() for invoice in member.invoices):
        month = month_before(month)
    while first and month >= first and len(found) < most:
        found.append(month)
        month = month_before(month)
    return found


class Unpaid(NamedTuple):
    """An invoice that went out longer ago than it may take to be paid; ``total`` is None where no contract of its month says what it comes to."""

    member: str
    month: str
    community: str | None
    went_out: date
    total: Sums | None


def unpaid(snapshot: Snapshot) -> list[Unpaid]:
    """The invoices that are not paid in time, the oldest first, whatever has become of the contract."""
    late = [
        (member, at, invoice, invoice.invoiced)
        for member, whose in snapshot.book.members.items()
        for at, invoice in enumerate(whose.invoices)
        if invoice.invoiced and is_late(snapshot, invoice)
    ]
    drawn = {
        (row.member, row.at): row.total
        for month in {invoice.month for _, _, invoice, _ in late}
        for row in batch(snapshot, month).rows
    }
    found = [
        Unpaid(member, it.month, it.community, went_out, drawn.get((member, at))) for member, at, it, went_out in late
    ]
    return sorted(found, key=lambda it: (it.went_out, it.member, it.month))


def _won(snapshot: Snapshot) -> Iterator[DealHistory]:
    for history in snapshot.won:
        if history.deal.contract and history.deal.member in snapshot.book.members:
            yield history


def _rows(snapshot: Snapshot, history: DealHistory, month: str) -> Iterator[InvoiceRow]:
    contract, member = history.deal.contract, snapshot.book.members[history.deal.member]
    covered = contract.in_month(month) if contract else None
    days = covered or (_after_the_end(snapshot, history, contract, month) if contract else None)
    if contract is None or days is None:
        return
    on_file = [it.community for it in member.invoices if _fits(snapshot, history, it, month, it.community)]
    apart = (None,) if None in on_file or covered is None else billed_apart(member, history.id)
    for community in dict.fromkeys((*apart, *on_file)):
        is_first = community == apart[0]
        yield _Drawn(snapshot, history, contract, member, month, days, community, is_first, covered is not None).row()


def _after_the_end(
    snapshot: Snapshot, history: DealHistory, contract: Contract, month: str
) -> tuple[date, date] | None:
    """The days of a month on which a service went on after the last day of its contract; None where there are none, or it is over."""
    if contract.last_day is None or term_of(snapshot, history, contract).bucket != OVERDUE:
        return None
    first, last = month_days(month)
    days = max(first, contract.last_day + timedelta(1)), min(last, snapshot.as_of)
    return days if days[0] <= days[1] else None


def _fits(snapshot: Snapshot, history: DealHistory, invoice: Invoice, month: str, community: str | None) -> bool:
    """Whether an invoice is the one of a contract, a month and a community; one that names no deal is that of the only contract."""
    is_named = invoice.deal == history.id or (invoice.deal is None and _is_only(snapshot, history, month))
    return invoice.month == month and invoice.community == community and is_named


def _is_only(snapshot: Snapshot, history: DealHistory, month: str) -> bool:
    """Whether a contract is the only one of its member that is in service in a month."""
    return all(
        term.id == history.id or term.contract.in_month(month) is None for term in terms(snapshot, history.deal.member)
    )


@dataclass(frozen=True)
class _Drawn:
    """A row in the making: the contract, the month, and the community where it gets an invoice of its own."""

    snapshot: Snapshot
    history: DealHistory
    contract: Contract
    member: Member
    month: str
    days: tuple[date, date]
    community: str | None
    carries_the_contract: bool
    """Whether the membership and what comes once stand on it: on the first of several."""
    is_covered: bool
    """Whether the contract covers the days; else the service goes on without one."""

    @cached_property
    def at(self) -> int | None:
        """Its place among the invoices of the member."""
        places = enumerate(self.member.invoices)
        return next(
            (at for at, it in places if _fits(self.snapshot, self.history, it, self.month, self.community)), None
        )

    @property
    def invoice(self) -> Invoice | None:
        """What is on file of it."""
        return None if self.at is None else self.member.invoices[self.at]

    def row(self) -> InvoiceRow:
        """The row."""
        deal = self.history.deal
        return InvoiceRow(
            self.month,
            deal.member,
            self.member.name,
            self.history.id,
            self.community,
            *self.days,
            tuple(self._lines()),
            tuple(self._missing()),
            tuple(self._later()),
            self.representative,
            self.confirmed,
            self.invoice,
            self.at,
            self.contract.agreement,
            self.member.bill_to,
            self.is_covered,
        )

    # what it charges

    def _lines(self) -> Iterator[InvoiceLine]:
        if not self.is_covered:
            return
        if self.carries_the_contract:
            yield from self._of_the_contract()
        usage, cloud = self._usage(), self.invoice.cloud if self.invoice else None
        if usage:
            yield usage
        if cloud and cloud.amount:
            yield InvoiceLine(CLOUD, "Cloud costs, passed on", cloud)
        for credit in self.invoice.credits if self.invoice else ():
            yield InvoiceLine(CREDIT, credit.what, Money(-credit.amount.amount, credit.amount.currency))

    def _of_the_contract(self) -> Iterator[InvoiceLine]:
        mrr, one_off = self.contract.mrr, self.contract.one_off
        share = part_of_month(mrr, self.month, self.days) if mrr else None
        if share and share.amount:
            yield InvoiceLine(MEMBERSHIP, self._which_days(), share)
        if one_off and one_off.amount and self.days[0] == (self.contract.start or self.contract.signed):
            yield InvoiceLine(ONE_OFF, "Once, with the first month", one_off)

    def _which_days(self) -> str:
        first, last = month_days(self.month)
        if self.days == (first, last):
            return "Membership"
        count, of = (self.days[1] - self.days[0]).days + 1, (last - first).days + 1
        return f"Membership, {count} of {of} days"

    @property
    def prices(self) -> PriceList | None:
        """The price list by which the contract was made."""
        return self.snapshot.book.prices.get(self.contract.prices) if self.contract.prices else None

    def _usage(self) -> InvoiceLine | None:
        typed, users = (self.invoice.usage, self.invoice.active_users) if self.invoice else (None, None)
        people = "" if users is None else f", {users:,} active users"
        if typed:
            return InvoiceLine(USAGE, f"Usage{people}", typed) if typed.amount else None
        by_list = usage_fee(self.prices.usage, users) if self.prices and users is not None else None
        return (
            InvoiceLine(USAGE, f"Usage{people}, by price list {self.contract.prices}", by_list)
            if by_list and by_list.amount
            else None
        )

    # what is missing

    def _missing(self) -> Iterator[str]:
        if not self.is_covered:
            yield self._why_not_billed()
            return
        if self.snapshot.as_of < month_days(self.month)[1]:
            yield "the end of the month"
        if self.confirmed is None:
            yield "tier and price confirmed by the member"
        if not (self.invoice and self.invoice.delivery_confirmed) and not self._describes_delivery:
            yield "delivery confirmed, or a signed contract that describes it"
        setup = self.member.vendor_setup
        if setup is None or setup.status == "pending":
            yield f"vendor set-up {'is pending' if setup else 'is not said to be done'}"
        if self.carries_the_contract and self.contract.mrr is None:
            yield "the contract says no price a month"
        if self.contract.start is None:
            yield "the contract says no first day"
        if self._is_unclear_whose:
            yield NO_DEAL
        if self._asks_for_users:
            yield "active users of the month, or the usage fee"
        if self._pays_the_cloud and not (self.invoice and self.invoice.cloud is not None):
            yield "cloud costs of the month"

    def _why_not_billed(self) -> str:
        """What a service needs that goes on without a contract: another one, or its end."""
        end = f"end the service (salesops handoff {self.history.id} --ended DAY)"
        return f"a contract: that of {self.history.id} ended on {self.contract.last_day} and the service goes on; {self._way_to_renew()}, or {end}"

    def _way_to_renew(self) -> str:
        """How another contract follows: by the renewal that is won, by the one that is open, or by beginning one."""
        starts = renewals_of(self.snapshot, self.history.id)
        if starts:
            return f"{starts[0][0]}, which renews it, begins on {starts[0][1]}"
        later = map(self.snapshot.history, self.snapshot.book.renewed_by.get(self.history.id, ()))
        begun = [known.id for known in later if known and self.snapshot.outcome(known) != LOST]
        return f"win {begun[0]}, which renews it" if begun else f"renew it (salesops renew {self.history.id})"

    @property
    def _is_unclear_whose(self) -> bool:
        """Whether an invoice of the month may be this one, and does not say for which of several contracts it is."""
        names_none = any(it.month == self.month and it.deal is None for it in self.member.invoices)
        return self.at is None and names_none and not _is_only(self.snapshot, self.history, self.month)

    @property
    def _describes_delivery(self) -> bool:
        return bool(self.contract.signed or self.contract.agreement)

    @property
    def _asks_for_users(self) -> bool:
        known = self.invoice and (self.invoice.usage is not None or self.invoice.active_users is not None)
        return bool(self.prices and self.prices.usage) and not known

    @property
    def _pays_the_cloud(self) -> bool:
        """Whether a hub of the contract, or of one that it renews, runs in a cloud that the team pays for and bills on."""
        whose = (None, *self.snapshot.book.chain_of(self.history.id))
        return any(
            hub.cloud == "billed" and hub.deal in whose and self._ran(hub.since, hub.until) for hub in self.member.hubs
        )

    def _ran(self, since: date | None, until: date | None) -> bool:
        return (since is None or since <= self.days[1]) and (until is None or until > self.days[0])

    def _later(self) -> Iterator[str]:
        if self.representative is None:
            yield "who certifies: the member has nobody who speaks for it"
        if self.invoice and self.invoice.sent and not self.invoice.archived:
            yield "proofs to be archived with the sponsor"
        if self.is_covered and (rest := _after_the_end(self.snapshot, self.history, self.contract, self.month)):
            yield f"for {rest[0]} to {rest[1]}, {self._why_not_billed()}"

    @property
    def confirmed(self) -> date | None:
        """When tier and price were confirmed: as its own entry says, else that of an earlier month, else the day of the agreement on the price."""
        if self.invoice and self.invoice.tier_confirmed:
            return self.invoice.tier_confirmed
        own = [
            invoice.tier_confirmed
            for invoice in self.member.invoices
            if invoice.tier_confirmed and invoice.month < self.month and self._is_of_this(invoice)
        ]
        return own[-1] if own else self.history.deal.agreed

    def _is_of_this(self, invoice: Invoice) -> bool:
        return _fits(self.snapshot, self.history, invoice, invoice.month, invoice.community)

    @property
    def representative(self) -> Contact | None:
        """Who certifies the service: who speaks for the community, else who decides at the member."""
        contacts = {contact.id: contact for contact in self.member.contacts}
        named = [it.representative for it in self.member.communities if self.community in (None, it.name)]
        speaks = next((contacts[it] for it in named if it in contacts), None)
        return speaks or next((contact for contact in self.member.contacts if contact.decides), None)


def part_of_month(fee: Money, month: str, days: tuple[date, date]) -> Money:
    """The fee of a month for some of its days: by the days of the month, to the cent, half a cent up."""
    first, last = month_days(month)
    share = fee.amount * ((days[1] - days[0]).days + 1) / ((last - first).days + 1)
    return Money(share.quantize(CENT, ROUND_HALF_UP), fee.currency)


def to_send(rows: Iterable[InvoiceRow]) -> list[InvoiceRow]:
    """The rows that may be sent to the sponsor, and were not yet."""
    return [row for row in rows if row.is_ready]


def as_email(found: Batch, address: str, sender: str | None = None) -> Iterator[str]:
    """What the sponsor's operations are told: each invoice that is ready and charges anything, its lines, and who certifies it."""
    rows = [row for row in to_send(found.rows) if row.lines]
    yield f"To: {address}"
    yield f"Subject: Invoices for {found.month}: {len(rows)} to send"
    yield ""
    if not rows:
        yield f"There is nothing to invoice for {found.month}."
        return
    yield f"Please certify the service of {found.month} with each member below, and send the invoice once they agree."
    for row in rows:
        yield ""
        yield f"{row.whose}, {row.first} to {row.last}"
        for line in row.lines:
            yield f"  {line.says:<48} {line.amount.amount:>12,.2f} {line.amount.currency}"
        for currency, amount in row.total.items():
            yield f"  {'Total':<48} {amount:>12,.2f} {currency}"
        yield f"  Contract: {', '.join(part for part in (row.deal, row.agreement) if part)}"
        yield f"  Certifies: {_reached(row.representative)}"
        yield f"  Invoice to: {row.bill_to or NOT_KNOWN}"
    yield ""
    sums = " and ".join(
        f"{amount:,.2f} {currency}"
        for currency, amount in total(line.amount for row in rows for line in row.lines).items()
    )
    yield f"In all: {sums}"
    if sender:
        yield ""
        yield sender


def _reached(contact: Contact | None) -> str:
    if contact is None:
        return NOT_KNOWN
    return ", ".join(part for part in (contact.name, contact.role, contact.email) if part) or contact.id
