"""Contracts: dates in order, money in one currency, and renewals that point at what they renew."""

from __future__ import annotations

from salesops.checks.check import Case, Finding, Findings, check
from salesops.records.as_written import question
from salesops.records.deal import EXISTING, NEW, Deal


@check(
    "contract-dates",
    source="Sales Operations Overview (2025), Closed Won; reference/definitions#contract-windows",
    bad="contract: {start: 2027-04-01, end: 2027-03-31}  # <--",
    good="contract: {start: 2027-04-01, end: 2028-03-31}",
)
def contract_dates(case: Case[Deal]) -> Findings:
    """The days of a contract are not in order.

    A term is a closed interval from its first to its last day; service that ended cannot have ended before it began.
    Correct the days.
    """
    contract = case.record.contract
    if contract is None:
        return
    if contract.start and contract.end and contract.end < contract.start:
        yield Finding(
            ("contract", "end"),
            f"the term ends on {contract.end}, before it starts on {contract.start}",
            help="correct one of the two days",
        )
    if contract.end and not contract.start:
        yield Finding(
            ("contract", "end"),
            "the contract has an end but no start",
            help="add the first day of the term",
            fix=question("start"),
        )
    if contract.service_ended and contract.start and contract.service_ended < contract.start:
        yield Finding(
            ("contract", "service_ended"),
            f"the service ended on {contract.service_ended}, before the term started on {contract.start}",
            help="correct one of the two days",
        )


@check(
    "won-before-signed",
    source="Sales Operations Overview (2025), Proposal; reference/definitions#win-rate",
    bad="""
    stages:
      - enrichment: 2026-01-05
      - outreach: 2026-01-12
      - discovery: 2026-01-19
      - proposal: 2026-02-09
      - closed won: 2026-03-02
    maniac_t:
      money: {status: met, date: 2026-01-10, note: In the budget}
      need: {status: met, date: 2026-01-10, note: Server died}
      authority: {status: met, date: 2026-01-20, note: The dean signs}
      impending_event: {status: met, date: 2026-01-20, note: Course starts}
      application: {status: met, date: 2026-01-20, note: Standard images}
      competition: {status: met, date: 2026-01-20, note: None known}
      timeline: {status: met, date: 2026-01-20, note: Six weeks}
    icp: {hypothesis: teaching-led, version: 1, fit: true}
    discovery: {jobs: [Teach], requirements: [Sign-on]}
    activity:
      - {date: 2026-01-15, kind: call, outcome: spoke}
      - {date: 2026-01-20, kind: meeting, about: discovery, status: held}
    proposal: {requested: 2026-02-02, presented: 2026-02-09, admin_informed: 2026-02-03}
    contract: {signed: 2026-03-09, start: 2026-04-01, end: 2027-03-31, mrr: 1000 USD, entity: Sponsor, agreement: "https://docs.example/a"}  # <--
    win: {learning: The course decided, signals: [course]}
    order: {delivery_owner: april, operational: 2026-04-20}
    """,
    good="""
    stages:
      - enrichment: 2026-01-05
      - outreach: 2026-01-12
      - discovery: 2026-01-19
      - proposal: 2026-02-09
      - closed won: 2026-03-09
    maniac_t:
      money: {status: met, date: 2026-01-10, note: In the budget}
      need: {status: met, date: 2026-01-10, note: Server died}
      authority: {status: met, date: 2026-01-20, note: The dean signs}
      impending_event: {status: met, date: 2026-01-20, note: Course starts}
      application: {status: met, date: 2026-01-20, note: Standard images}
      competition: {status: met, date: 2026-01-20, note: None known}
      timeline: {status: met, date: 2026-01-20, note: Six weeks}
    icp: {hypothesis: teaching-led, version: 1, fit: true}
    discovery: {jobs: [Teach], requirements: [Sign-on]}
    activity:
      - {date: 2026-01-15, kind: call, outcome: spoke}
      - {date: 2026-01-20, kind: meeting, about: discovery, status: held}
    proposal: {requested: 2026-02-02, presented: 2026-02-09, admin_informed: 2026-02-03}
    contract: {signed: 2026-03-09, start: 2026-04-01, end: 2027-03-31, mrr: 1000 USD, entity: Sponsor, agreement: "https://docs.example/a"}
    win: {learning: The course decided, signals: [course]}
    order: {delivery_owner: april, operational: 2026-04-20}
    """,
)
def won_before_signed(case: Case[Deal]) -> Findings:
    """A deal was closed as won before its contract was signed.

    Signing is what decides a win; a verbal yes is not one. Correct one of the two days.
    """
    contract = case.record.contract
    if contract is None or contract.signed is None:
        return
    for line, (stage, day) in enumerate(case.record.stages):
        if case.book.outcome(stage) == "won" and contract.signed > day:
            yield Finding(
                ("contract", "signed"),
                f"signed on {contract.signed}, after the deal was won on {day}",
                help=f"correct the day here or in stages.{line}",
            )


@check(
    "contract-currencies",
    advice=True,
    source="reference/definitions#currencies",
    bad="contract: {start: 2027-04-01, mrr: 1000 USD, one_off: 500 CAD}  # <--",
    good="contract: {start: 2027-04-01, mrr: 1000 USD, one_off: 500 USD}",
)
def contract_currencies(case: Case[Deal]) -> Findings:
    """One contract has amounts in two currencies.

    They are never added up. Keep both if that is what was agreed; usually one is a typing error.
    """
    contract = case.record.contract
    if contract and contract.mrr and contract.one_off and contract.mrr.currency != contract.one_off.currency:
        yield Finding(
            ("contract", "one_off"),
            f"{contract.one_off.currency} here, {contract.mrr.currency} for mrr",
            help="use one currency for one contract",
        )


@check(
    "renewal-of-nothing",
    advice=True,
    source="Sales Operations Overview (2025), Renewals; reference/definitions#renewals",
    bad="""
    type: existing business  # <--
    stages:
      - renewals: 2026-01-05
    """,
    good="""
    type: existing business
    stages:
      - renewals: 2026-01-05
    renews: cascadia-2025
    """,
)
def renewal_of_nothing(case: Case[Deal]) -> Findings:
    """A deal of existing business does not say which contract it renews.

    Without the link the old term looks overdue once it ends. Add `renews` with the id of the won deal.
    """
    if case.record.type == EXISTING and case.record.renews is None and not case.has_lost("renews"):
        won = [
            deal_id
            for deal_id in case.book.deals_of(case.record.member)
            if deal_id != case.id and case.book.deals[deal_id].contract
        ]
        yield Finding(
            ("type",),
            "the deal does not say which contract it renews",
            help="add the id of the won deal",
            fix=f"renews: {won[0]}" if len(won) == 1 else question("renews", won),
        )


@check(
    "new-business-renews",
    source="Sales Operations Overview (2025), Key Metrics (Tracked Weekly); reference/definitions#new-and-existing",
    bad="renews: cascadia-2025  # <--",
    good="""
    type: existing business
    stages:
      - renewals: 2026-01-05
    renews: cascadia-2025
    """,
)
def new_business_renews(case: Case[Deal]) -> Findings:
    """A deal of new business renews a contract.

    A renewal is existing business, and the two are counted separately. Correct the type, or delete `renews`.
    """
    if case.record.type == NEW and case.record.renews:
        yield Finding(
            ("renews",), "a deal of new business cannot renew a contract", help="a renewal is of type existing business"
        )
