"""Invoices: each month once, its steps in order, and nothing sent before it may be."""

from __future__ import annotations

from itertools import pairwise

from salesops.checks.check import Case, Finding, Findings, check
from salesops.records.member import Invoice, Member

STEPS = ("prepared", "sent", "certified", "invoiced", "paid")
"""The steps of an invoice in their order (Sales and invoicing process, Sending invoices)."""


@check(
    "invoice-steps",
    of="member",
    source="Sales and invoicing process, Sending invoices",
    bad="invoices: [{month: 2026-05, tier_confirmed: 2026-03-28, delivery_confirmed: 2026-06-01, sent: 2026-06-01, certified: 2026-05-30}]  # <--",
    good="invoices: [{month: 2026-05, tier_confirmed: 2026-03-28, delivery_confirmed: 2026-06-01, sent: 2026-06-01, certified: 2026-06-02}]",
)
def invoice_steps(case: Case[Member]) -> Findings:
    """The steps of an invoice are in the wrong order.

    Prepared, sent, certified, invoiced, paid: each follows the one before. Correct the day.
    """
    for at, invoice in enumerate(case.record.invoices):
        done = [(step, getattr(invoice, step)) for step in STEPS if getattr(invoice, step)]
        for (before, earlier), (step, day) in pairwise(done):
            if day < earlier:
                yield Finding(
                    ("invoices", at, step),
                    f"{step} on {day}, before it was {before} on {earlier}",
                    help="correct one of the two days",
                )


@check(
    "invoice-month-twice",
    of="member",
    source="Sales and invoicing process, Sending invoices",
    bad="""
    invoices:
      - {month: 2026-05}
      - {month: 2026-05}  # <--
    """,
    good="""
    invoices:
      - {month: 2026-05}
      - {month: 2026-06}
    """,
)
def invoice_month_twice(case: Case[Member]) -> Findings:
    """Two invoices are for the same month.

    A month is invoiced once. Put both into one entry.
    """
    seen: set[str] = set()
    for at, invoice in enumerate(case.record.invoices):
        if invoice.month in seen:
            yield Finding(
                ("invoices", at, "month"), f"{invoice.month} is invoiced twice", help="put both into one entry"
            )
        seen.add(invoice.month)


@check(
    "invoice-not-ready",
    of="member",
    source="Sales and invoicing process, What we need in order to send an invoice",
    bad="invoices: [{month: 2026-05, delivery_confirmed: 2026-06-01, sent: 2026-06-01}]  # <--",
    good="invoices: [{month: 2026-05, tier_confirmed: 2026-03-28, delivery_confirmed: 2026-06-01, sent: 2026-06-01}]",
)
def invoice_not_ready(case: Case[Member]) -> Findings:
    """An invoice was sent without what an invoice needs.

    It needs the member's word on the tier at a specific price, and either the month's delivery confirmed or a contract
    that describes it. Add the day of what is missing.
    """
    for at, invoice in enumerate(case.record.invoices):
        if invoice.sent is None:
            continue
        if invoice.tier_confirmed is None:
            yield Finding(
                ("invoices", at),
                f"the invoice for {invoice.month} was sent without a confirmed tier and price",
                help="add the day of the confirmation",
                fix="tier_confirmed: …",
            )
        if invoice.delivery_confirmed is None and not _has_contract(case, invoice):
            yield Finding(
                ("invoices", at),
                f"the invoice for {invoice.month} was sent with neither delivery confirmed nor a contract for that month",
                help="add the day of the confirmation",
                fix="delivery_confirmed: …",
            )


def _has_contract(case: Case[Member], invoice: Invoice) -> bool:
    for deal_id in case.book.deals_of(case.id):
        contract = case.book.deals[deal_id].contract
        if (
            contract
            and contract.start
            and f"{contract.start:%Y-%m}" <= invoice.month
            and (contract.end is None or invoice.month <= f"{contract.end:%Y-%m}")
        ):
            return True
    return False
