"""Chains of renewals: each renews a won deal of the same member, once, and the terms follow each other."""

from __future__ import annotations

from salesops.checks.check import Case, Finding, Findings, check
from salesops.records.as_written import question
from salesops.records.deal import Deal


def _renewed(case: Case[Deal]) -> Deal | None:
    renews = case.record.renews
    if renews is None or renews == case.id or ("deal", renews) in case.book.broken:
        return None
    return case.book.deals.get(renews)


@check(
    "renews-not-won",
    source="Sales Operations Overview (2025), Renewals; reference/definitions#renewals",
    bad="""
    type: existing business
    stages:
      - renewals: 2026-01-05
    renews: other  # <--
    """,
    good="""
    type: existing business
    stages:
      - renewals: 2026-01-05
    renews: cascadia-2025
    """,
    beside={"deals/other.yaml": ""},
)
def renews_not_won(case: Case[Deal]) -> Findings:
    """A renewal names a deal that was not won.

    Only a contract can be renewed. Name the won deal, or make this one new business.
    """
    renewed = _renewed(case)
    if renewed and renewed.stages and not any(case.book.outcome(move.stage) == "won" for move in renewed.stages):
        won = [
            deal_id
            for deal_id in case.book.deals_of(case.record.member)
            if case.book.deals[deal_id].contract and deal_id != case.id
        ]
        yield Finding(
            ("renews",),
            f"'{case.record.renews}' was not won: there is no contract to renew",
            help="name the won deal",
            fix=f"renews: {won[0]}" if len(won) == 1 else question("renews", won) if won else "",
        )


@check(
    "renews-other-member",
    source="reference/definitions#renewals",
    bad="""
    type: existing business
    stages:
      - renewals: 2026-01-05
    member: other-university
    renews: cascadia-2025  # <--
    """,
    good="""
    type: existing business
    stages:
      - renewals: 2026-01-05
    renews: cascadia-2025
    """,
    beside={"members/other-university.yaml": "name: Other University\ncontacts: []\n"},
)
def renews_other_member(case: Case[Deal]) -> Findings:
    """A renewal names a deal of another member.

    Retention is counted by member. Correct the member, or the deal that is renewed.
    """
    renewed = _renewed(case)
    if renewed and renewed.member != case.record.member:
        yield Finding(
            ("renews",),
            f"'{case.record.renews}' is a deal of {renewed.member}, not of {case.record.member}",
            help="correct the member, or the deal that is renewed",
        )


@check(
    "renewed-twice",
    source="reference/definitions#renewals",
    bad="""
    type: existing business
    stages:
      - renewals: 2026-01-05
    renews: cascadia-2025  # <--
    """,
    good="""
    type: existing business
    stages:
      - renewals: 2026-01-05
    renews: cascadia-2025
    loss: {reason: other, learning: None, verdict: execution, reengage: never}
    """,
    beside={
        "deals/aa-first.yaml": "type: existing business\nstages:\n  - renewals: 2025-12-01\nrenews: cascadia-2025\n"
    },
    beside_good={"deals/aa-first.yaml": "stages:\n  - enrichment: 2025-12-01\n"},
)
def renewed_twice(case: Case[Deal]) -> Findings:
    """Two deals renew the same contract, and neither of them is lost.

    A contract is renewed once; two open renewals count its future twice. Close one of them as lost, or make it new
    business.
    """
    renews = case.record.renews
    rivals = case.book.renewed_by.get(renews or "", ())
    if case.id not in rivals or _is_lost(case, case.id):
        return
    first = next(deal_id for deal_id in rivals if not _is_lost(case, deal_id))
    if first != case.id:
        yield Finding(
            ("renews",),
            f"'{renews}' is already renewed by '{first}'",
            help="close one of the two, or make this one new business",
        )


def _is_lost(case: Case[Deal], deal_id: str) -> bool:
    moves = case.book.deals[deal_id].stages
    return bool(moves) and case.book.outcome(moves[-1].stage) == "lost"


@check(
    "renewal-circle",
    source="reference/definitions#renewals",
    bad="""
    type: existing business
    stages:
      - renewals: 2026-01-05
    renews: acme  # <--
    """,
    good="""
    type: existing business
    stages:
      - renewals: 2026-01-05
    renews: cascadia-2025
    """,
)
def renewal_circle(case: Case[Deal]) -> Findings:
    """The renewals form a circle.

    No contract can renew itself. Correct the link that points to a later deal.
    """
    seen = {case.id}
    step = case.record.renews
    while step and step not in seen:
        seen.add(step)
        following = case.book.deals.get(step)
        step = following.renews if following else None
    if step == case.id:
        chain = " → ".join([case.id, case.record.renews or ""]) if case.record.renews != case.id else case.id
        yield Finding(
            ("renews",),
            f"the renewals form a circle ({chain})",
            help="a renewal names the older contract",
        )


@check(
    "renewal-term-early",
    source="reference/definitions#renewals",
    bad="""
    type: existing business
    stages:
      - renewals: 2026-01-05
    renews: cascadia-2025
    contract: {start: 2025-01-01}  # <--
    """,
    good="""
    type: existing business
    stages:
      - renewals: 2026-01-05
    renews: cascadia-2025
    contract: {start: 2027-01-01}
    """,
)
def renewal_term_early(case: Case[Deal]) -> Findings:
    """The term of a renewal starts no later than the term it renews.

    From its first day on, a renewal takes the place of the older contract. Correct the start of one of the two.
    """
    renewed, contract = _renewed(case), case.record.contract
    older = renewed.contract if renewed else None
    if contract and contract.start and older and older.start and contract.start <= older.start:
        yield Finding(
            ("contract", "start"),
            f"the term starts on {contract.start}, the one it renews on {older.start}",
            help="terms follow each other: correct one of the two days",
        )
