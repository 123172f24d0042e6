"""Invoices: each month of a contract once, its steps in order, and nothing sent before it may be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from salesops.checks.check import Case, Finding, Findings, check
from salesops.records.as_written import GAP, question
from salesops.records.contract import Contract
from salesops.records.member import INVOICE_STEPS, Invoice, Member
from salesops.records.process import WON

OUT = INVOICE_STEPS[1:]
"""The steps from which on an invoice has left the team: what is only prepared may still wait for a contract."""


@check(
    "invoice-steps",
    of="member",
    source="Sales and invoicing process, Sending invoices",
    bad="""
    vendor_setup: {status: done, date: 2025-03-02}
    invoices: [{month: 2026-10, tier_confirmed: 2026-03-28, delivery_confirmed: 2026-11-01, prepared: 2026-11-01, sent: 2026-11-01, invoiced: 2026-11-03}]  # <--
    """,
    good="""
    vendor_setup: {status: done, date: 2025-03-02}
    invoices: [{month: 2026-10, tier_confirmed: 2026-03-28, delivery_confirmed: 2026-11-01, prepared: 2026-11-01, sent: 2026-11-01, certified: 2026-11-02, invoiced: 2026-11-03}]
    """,
)
def invoice_steps(case: Case[Member]) -> Findings:
    """A step of an invoice is missing, or its steps are in the wrong order.

    Prepared, sent, certified, invoiced, paid: each follows the one before, and none is left out. Add the day that is
    missing, or correct the one that is wrong. When it was archived is for itself.
    """
    for at, invoice in enumerate(case.record.invoices):
        done = invoice.done
        if not done:
            continue
        last, day = done[-1]
        left_out = [step for step in INVOICE_STEPS[: INVOICE_STEPS.index(last)] if getattr(invoice, step) is None]
        if left_out:
            yield Finding(
                ("invoices", at, last),
                f"{last} on {day}, yet never {' or '.join(left_out)}",
                help="add the day of each step that was made, in their order",
                fix="\n".join(f"{step}: {GAP}" for step in left_out),
            )
        for (before, earlier), (step, later) in pairwise(done):
            if later < earlier:
                yield Finding(
                    ("invoices", at, step),
                    f"{step} on {later}, before it was {before} on {earlier}",
                    help="correct one of the two days",
                )


@check(
    "invoice-month-twice",
    of="member",
    source="Sales and invoicing process, Sending invoices",
    bad="""
    invoices:
      - {month: 2026-10, deal: cascadia-2025}
      - {month: 2026-10, deal: cascadia-2025}  # <--
    """,
    good="""
    invoices:
      - {month: 2026-10, deal: cascadia-2025}
      - {month: 2026-11, deal: cascadia-2025}
    """,
)
def invoice_month_twice(case: Case[Member]) -> Findings:
    """Two invoices are for the same month of the same contract.

    A month of a contract is invoiced once. Put both into one entry; where the member has two contracts, name the `deal` of each.
    """
    seen: set[tuple[str, str | None]] = set()
    only = _only_deal(case)
    for at, invoice in enumerate(case.record.invoices):
        of = invoice.month, invoice.deal or only
        if of in seen:
            of_deal = f" for {invoice.deal}" if invoice.deal else ""
            yield Finding(
                ("invoices", at, "month"),
                f"{invoice.month} is invoiced twice{of_deal}",
                help="put both into one entry; where these are two contracts, name the deal of each",
            )
        seen.add(of)


def _only_deal(case: Case[Member]) -> str | None:
    """The deal of the only contract that a member has: an invoice that names none is for it."""
    found = [deal for deal in case.book.deals_of(case.id) if _is_won(case, deal)]
    return found[0] if len(found) == 1 else None


@check(
    "invoice-deal-unfit",
    of="member",
    source="Sales and invoicing process, Sending invoices; reference/records#references",
    bad="invoices: [{month: 2026-10, deal: acme}]  # <--",
    good="invoices: [{month: 2026-10, deal: cascadia-2025}]",
)
def invoice_deal_unfit(case: Case[Member]) -> Findings:
    """An invoice names a deal that does not exist, is another member's, or was not won.

    A draft is no contract: only a deal that was won can be invoiced. Name the deal whose contract it is.
    """
    for at, invoice in enumerate(case.record.invoices):
        why = _why_unfit(case, invoice.deal) if invoice.deal else ""
        if invoice.deal and why:
            hint = case.hint("deal", invoice.deal) if case.unknown("deal", invoice.deal) else ""
            advice = hint or "name the deal of this member whose contract is invoiced"
            yield Finding(("invoices", at, "deal"), why, help=advice)


def _why_unfit(case: Case[Member], deal_id: str) -> str:
    if case.unknown("deal", deal_id):
        return f"there is no deal '{deal_id}'"
    deal = case.book.deals.get(deal_id)
    if deal is None or ("deal", deal_id) in case.book.broken:
        return ""
    if deal.member != case.id:
        return f"'{deal_id}' is a deal of {deal.member}"
    return "" if _is_won(case, deal_id) else f"'{deal_id}' was not won: it has no contract to invoice"


def _is_won(case: Case[Member], deal_id: str) -> bool:
    stages = case.book.deals[deal_id].stages
    return bool(stages) and case.book.outcome(stages[-1].stage) == WON


@check(
    "invoice-outside-service",
    of="member",
    source="Sales and invoicing process, What we need in order to send an invoice; reference/definitions#contract-windows",
    bad="""
    vendor_setup: {status: done, date: 2025-03-02}
    invoices: [{month: 2027-01, tier_confirmed: 2026-03-28, delivery_confirmed: 2026-11-01, prepared: 2026-11-01, sent: 2026-11-01}]  # <--
    """,
    good="""
    vendor_setup: {status: done, date: 2025-03-02}
    invoices: [{month: 2026-10, tier_confirmed: 2026-03-28, delivery_confirmed: 2026-11-01, prepared: 2026-11-01, sent: 2026-11-01}]
    """,
)
def invoice_outside_service(case: Case[Member]) -> Findings:
    """An invoice was sent for a month before a contract began, or after it ended or its service did.

    There was nothing to charge for. Correct the month or the deal; where the service went on, a renewal says so. One that
    is only prepared may wait for its contract.
    """
    for at, invoice in enumerate(case.record.invoices):
        if _is_outside(case, invoice):
            whose = f"of {invoice.deal}" if invoice.deal else "under any contract of this member"
            yield Finding(
                ("invoices", at, "month"),
                f"there was no service {whose} in {invoice.month}",
                help="correct the month or the deal, or write down the contract of that month",
            )


def _is_outside(case: Case[Member], invoice: Invoice) -> bool:
    """Whether an invoice that has left the team is for a month in which none of its contracts was in force."""
    contracts = list(_contracts(case, invoice))
    return (
        any(getattr(invoice, step) for step in OUT)
        and bool(contracts)
        and not any(contract.covers(invoice.month) for contract in contracts)
    )


def _contracts(case: Case[Member], invoice: Invoice) -> Iterator[Contract]:
    """The contract that an invoice is for; all of the member where it names none. What is not won is a draft."""
    for deal_id in [invoice.deal] if invoice.deal else case.book.deals_of(case.id):
        deal = case.book.deals.get(deal_id)
        if deal and deal.contract and deal.member == case.id and _is_won(case, deal_id):
            yield deal.contract


@check(
    "invoice-not-ready",
    of="member",
    source="Sales and invoicing process, What we need in order to send an invoice",
    bad="""
    vendor_setup: {status: done, date: 2025-03-02}
    invoices: [{month: 2026-10, tier_confirmed: 2026-11-03, delivery_confirmed: 2026-11-01, prepared: 2026-11-01, sent: 2026-11-01}]  # <--
    """,
    good="""
    vendor_setup: {status: done, date: 2025-03-02}
    invoices: [{month: 2026-10, tier_confirmed: 2026-03-28, delivery_confirmed: 2026-11-01, prepared: 2026-11-01, sent: 2026-11-01}]
    """,
)
def invoice_not_ready(case: Case[Member]) -> Findings:
    """An invoice was sent without what an invoice needs.

    It needs the member's word on the tier at a specific price, given before it was sent, and either the month's delivery
    confirmed or a signed contract that describes it. Add the day of what is missing.
    """
    for at, invoice in enumerate(case.record.invoices):
        if invoice.sent is None:
            continue
        if invoice.tier_confirmed is None:
            yield Finding(
                ("invoices", at),
                f"the invoice for {invoice.month} was sent without a confirmed tier and price",
                help="add the day of the confirmation",
                fix=question("tier_confirmed"),
            )
        elif invoice.tier_confirmed > invoice.sent:
            yield Finding(
                ("invoices", at, "tier_confirmed"),
                f"tier and price were confirmed on {invoice.tier_confirmed}, after the invoice was sent on {invoice.sent}",
                help="correct one of the two days; what is sent has to be agreed before",
            )
        if invoice.delivery_confirmed is None and not _is_described(case, invoice):
            yield Finding(
                ("invoices", at),
                f"the invoice for {invoice.month} was sent with neither delivery confirmed nor a contract for that month",
                help="add the day of the confirmation; the contract of a deal that is not won is a draft",
                fix=question("delivery_confirmed"),
            )


def _is_described(case: Case[Member], invoice: Invoice) -> bool:
    """Whether a contract describes the month, or another finding already says why none does."""
    has_contract = any(contract.covers(invoice.month) for contract in _contracts(case, invoice))
    is_blamed = _is_outside(case, invoice) or bool(invoice.deal and _why_unfit(case, invoice.deal))
    return has_contract or is_blamed


@check(
    "invoice-before-vendor-setup",
    of="member",
    source="Leads, sales, and hubs process, Converting leads into sales; Sales and invoicing process, Sending invoices",
    bad="""
    vendor_setup: {status: pending, date: 2026-03-02}
    invoices: [{month: 2026-10, tier_confirmed: 2026-03-28, delivery_confirmed: 2026-11-01, prepared: 2026-11-01, sent: 2026-11-01}]  # <--
    """,
    good="""
    vendor_setup: {status: not needed}
    invoices: [{month: 2026-10, tier_confirmed: 2026-03-28, delivery_confirmed: 2026-11-01, prepared: 2026-11-01, sent: 2026-11-01}]
    """,
)
def invoice_before_vendor_setup(case: Case[Member]) -> Findings:
    """An invoice was sent before the team was set up as a vendor in the member's system.

    Such an invoice is not paid. Say under `vendor_setup` that it is done, and since when, or that it is not needed.
    """
    setup = case.record.vendor_setup
    for at, invoice in enumerate(case.record.invoices):
        if invoice.sent is None:
            continue
        is_done = setup and (
            setup.status == "not needed" or (setup.status == "done" and _is_by(setup.date, invoice.sent))
        )
        if not is_done and not case.has_lost("vendor_setup"):
            how = (
                f"it is {setup.status}{f' since {setup.date}' if setup.date else ''}"
                if setup
                else "nothing says that it is done"
            )
            yield Finding(
                ("invoices", at, "sent"),
                f"sent on {invoice.sent}, before the vendor set-up was done: {how}",
                help="write vendor_setup: with status done and its day, or status not needed",
                fix=f"vendor_setup: {{status: {GAP}}}",
            )
            return  # one cause, one finding, whatever the number of invoices


def _is_by(done: date | None, sent: date) -> bool:
    return done is None or done <= sent
