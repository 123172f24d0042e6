"""Contracts: days that are said and in order, money as it was offered and in one currency, none of them twice, and renewals that point at what they renew."""

from __future__ import annotations

from salesops.checks.check import Case, Finding, Findings, check
from salesops.problems import Path
from salesops.records.as_written import question
from salesops.records.contract import Contract
from salesops.records.deal import EXISTING, NEW, UNRECORDED, Deal

WON = """
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
win: {learning: The course decided, signals: [course]}
order: {configurator: "https://hub.example/c", created: 2026-03-12, delivery_owner: april, operational: 2026-04-07}
"""
SIGNED = 'signed: 2026-03-09, entity: Sponsor, agreement: "https://docs.example/a"'
Fact = tuple[Path, str]
"""A place in a deal, and what is to be said of it."""


def _won_contract(case: Case[Deal]) -> Contract | None:
    """The contract of a deal that is won under rules of ours; a win that came with an import is as it came."""
    deal = case.record
    last = deal.stages[-1] if deal.stages else None
    is_won = last is not None and case.book.outcome(last.stage) == "won" and not deal.was_brought(last)
    return deal.contract if is_won else None


@check(
    "contract-dates",
    source="Sales Operations Overview (2025), Closed Won; reference/definitions#contract-windows",
    bad="contract: {start: 2027-04-01, end: 2027-03-31}  # <--",
    good="contract: {start: 2027-04-01, end: 2028-03-31}",
)
def contract_dates(case: Case[Deal]) -> Findings:
    """The days of a contract are not in order.

    A term is a closed interval from its first to its last day; service that ended cannot have ended before it began; a price
    is agreed before it is signed. Correct the days.
    """
    contract, agreed = case.record.contract, case.record.agreed
    if contract is None:
        return
    if agreed and contract.signed and contract.signed < agreed:
        yield Finding(
            ("agreed",),
            f"the price was agreed on {agreed}, after the contract was signed on {contract.signed}",
            help="correct one of the two days",
        )
    if contract.start and contract.last_day and contract.last_day < contract.start:
        yield Finding(
            ("contract", "end"),
            f"the term ends on {contract.last_day}, before it starts on {contract.start}",
            help="correct one of the two days",
        )
    if contract.last_day and not contract.start:
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
    bad=f"""{WON}
contract: {{signed: 2026-03-16, start: 2026-04-01, end: 2027-03-31, mrr: 1250 USD, entity: Sponsor, agreement: "https://docs.example/a"}}  # <--
""",
    good=f"""{WON}
contract: {{{SIGNED}, start: 2026-04-01, end: 2027-03-31, mrr: 1250 USD}}
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
    "contract-end-unsaid",
    source="Sales Operations Overview (2025), Closed Won; reference/definitions#contract-windows; reference/records#contracts",
    bad=f"""{WON}
contract: {{{SIGNED}, start: 2026-04-01, mrr: 1250 USD}}  # <--
""",
    good=f"""{WON}
contract: {{{SIGNED}, start: 2026-04-01, end: open, mrr: 1250 USD}}
""",
)
def contract_end_unsaid(case: Case[Deal]) -> Findings:
    """The contract of a won deal does not say when it ends.

    Without a last day nobody asks for the renewal, and a day that was forgotten looks like a contract without end. Write
    the last day of the term, or `open` where it runs until somebody ends it.
    """
    contract = _won_contract(case)
    if contract and contract.end is None and not case.has_lost("contract", "end"):
        yield Finding(
            ("contract",),
            "the contract was signed and does not say when it ends",
            help="end: the last day of the term, or open where it runs until somebody ends it",
            fix=question("end", ("a day", "open")),
            key=True,
        )


@check(
    "contract-differs",
    source="Sales Operations Overview (2025), Closed Won; reference/fields#deal.contract.why_different; reference/records#contracts",
    bad=f"""{WON}
value: {{mrr: 1500 USD, months: 12}}
contract: {{{SIGNED}, start: 2026-04-01, end: 2027-03-31, mrr: 1250 USD}}  # <--
""",
    good=f"""{WON}
value: {{mrr: 1500 USD, months: 12}}
contract: {{{SIGNED}, start: 2026-04-01, end: 2027-03-31, mrr: 1250 USD, why_different: One hub less than offered}}
""",
)
def contract_differs(case: Case[Deal]) -> Findings:
    """The contract of a won deal differs from the expected value, or is free of charge, and nothing says why.

    What a deal is expected to bring and what it brought are compared to learn from; an amount of nothing is a discount
    that somebody gave, or a typing error. Say why under `contract.why_different`, or correct the amount.
    """
    contract = _won_contract(case)
    if contract is None or case.has_lost("contract") or case.has_lost("value"):
        return
    if found := case.record.unexplained:
        path, message = ("contract", found[0][0]), "; ".join(message for _, message in found)
        yield Finding(path, message, help="say why, or correct what is wrong", fix=question("why_different"))


@check(
    "contract-twice",
    source="Sales Operations Overview (2025), Key Metrics (Tracked Weekly); reference/definitions#recurring-revenue; reference/records#contracts",
    bad=f"""{WON}
value: null
contract: {{{SIGNED}, start: 2025-04-01, end: 2026-12-31, mrr: 1000 USD}}  # <--
""",
    good=f"""{WON}
value: null
contract: {{{SIGNED}, start: 2026-04-01, end: 2026-12-31, mrr: 1000 USD}}
""",
)
def contract_twice(case: Case[Deal]) -> Findings:
    """Two won deals of a member have a contract with the same first and last day and the same MRR.

    It is most likely one contract that was written down twice, and its revenue counts twice. Remove one of the deals, or
    correct the contract of the one that is another.
    """
    contract = _won_contract(case)
    if contract is None or contract.start is None or contract.mrr is None:
        return
    twins = [deal_id for deal_id in case.book.deals_of(case.record.member) if _is_twin(case, deal_id, contract)]
    if twins:
        yield Finding(
            ("contract", "start"),
            f"'{twins[0]}' has a contract of the same member with the same days and the same MRR",
            help="remove one of the two deals, or correct the contract that is another",
        )


def _is_twin(case: Case[Deal], deal_id: str, contract: Contract) -> bool:
    """Whether another deal was won with the same contract, and before this one."""
    other, own = case.book.deals[deal_id], case.record
    if deal_id == case.id or not other.contract or not other.stages:
        return False
    last = other.stages[-1]
    is_same = all(getattr(other.contract, name) == getattr(contract, name) for name in ("start", "last_day", "mrr"))
    is_before = (last.entered, deal_id) < (own.stages[-1].entered, case.id)
    return is_same and is_before and case.book.outcome(last.stage) == "won"


@check(
    "renewal-of-nothing",
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
    """A deal that starts where renewals start does not say which contract it renews.

    Without the link the old term looks overdue once it ends. Add `renews` with the id of the won deal, or
    `renews: unrecorded` where the older contract has no record.
    """
    if _names_no_contract(case) and _starts_as_renewal(case):
        yield _unnamed(case, f"add the id of the won deal, or {UNRECORDED} where the older contract has no record")


@check(
    "renewal-unnamed",
    advice=True,
    source="Sales Operations Overview (2025), Renewals; reference/definitions#renewals",
    beside={"playbook/process/imported.yaml": "version: imported\nin_force: 2026-01-05\n"},
    bad="""
    type: existing business  # <--
    imported: {from: deals.csv, date: 2026-02-01}
    stages:
      - renewals: 2026-01-05
    """,
    good="""
    type: existing business
    imported: {from: deals.csv, date: 2026-02-01}
    stages:
      - renewals: 2026-01-05
    renews: cascadia-2025
    """,
)
def renewal_unnamed(case: Case[Deal]) -> Findings:
    """A deal of existing business that came from elsewhere does not say which contract it renews.

    Without the link the old term looks overdue once it ends. Add `renews` with the id of the won deal.
    """
    if _names_no_contract(case) and not _starts_as_renewal(case):
        yield _unnamed(case, "add the id of the won deal")


def _names_no_contract(case: Case[Deal]) -> bool:
    return case.record.type == EXISTING and case.record.renews is None and not case.has_lost("renews")


def _starts_as_renewal(case: Case[Deal]) -> bool:
    """Whether a deal began, under rules of ours, in the stage in which existing business starts."""
    deal = case.record
    first = deal.stages[0] if deal.stages else None
    process = case.process_on(first.entered) if first and not deal.was_brought(first) else None
    return bool(first and process and process.start_of(EXISTING) == first.stage)


def _unnamed(case: Case[Deal], advice: str) -> Finding:
    won = [
        deal_id
        for deal_id in case.book.deals_of(case.record.member)
        if deal_id != case.id and case.book.deals[deal_id].contract
    ]
    return Finding(
        ("type",),
        "the deal does not say which contract it renews",
        help=advice,
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
