"""Tiers: how many hubs a membership holds, and which tier is not sold yet."""

from __future__ import annotations

from collections.abc import Iterator

from salesops.checks.check import Case, Finding, Findings, check
from salesops.metrics.contracts import ACTIVE, OVERDUE, terms
from salesops.records.as_written import GAP
from salesops.records.deal import Deal
from salesops.records.member import Member
from salesops.records.process import Tier


def _tier(case: Case[Deal]) -> Tier | None:
    process = case.process_of_last_move(case.record)
    return process.tiers.get(case.record.tier) if process else None


@check(
    "hubs-too-many",
    source="Sales Operations Overview (2025), Current Strategic Focus (2025)",
    bad="""
    order:
      hubs: [{name: one}, {name: two}, {name: three}, {name: four}]  # <--
    """,
    good="""
    order:
      hubs: [{name: one}, {name: two}, {name: three}]
    """,
)
def hubs_too_many(case: Case[Deal]) -> Findings:
    """A deal orders more hubs than its tier includes, or fewer than its minimum.

    The price of a tier is calculated for its size, and delivery plans by it. Order fewer hubs, or sell another tier.
    """
    tier, order = _tier(case), case.record.order
    if tier is None or order is None or not order.hubs:
        return
    count = len(order.hubs)
    if tier.max_hubs is not None and count > tier.max_hubs:
        yield Finding(
            ("order", "hubs"),
            f"{count:,} hubs; {tier.name} includes at most {tier.max_hubs:,}",
            help="order fewer hubs, or sell another tier",
        )
    if tier.min_hubs is not None and count < tier.min_hubs:
        yield Finding(
            ("order", "hubs"),
            f"{count:,} hubs; {tier.name} needs at least {tier.min_hubs:,}",
            help="order more hubs, or sell another tier",
        )


@check(
    "hubs-beyond-contracts",
    of="member",
    advice=True,
    source="Sales Operations Overview (2025), Current Strategic Focus (2025); Leads, sales, and hubs process, Converting sales into hubs",
    bad="""
    hubs: [{name: one}, {name: two}, {name: three}, {name: four}]  # <--
    """,
    good="""
    hubs: [{name: one}, {name: two}, {name: three}]
    """,
)
def hubs_beyond_contracts(case: Case[Member]) -> Findings:
    """More hubs run for a member, or are ordered for it, than the tiers of its contracts in force include.

    Each further hub is work and cloud costs that nobody pays for. Sell another tier, or switch a hub off; where a contract
    is missing here, write it down.
    """
    tiers = list(_tiers_in_force(case))
    if not tiers or any(tier is None or tier.max_hubs is None for _, tier, _ in tiers):
        return
    most = sum(tier.max_hubs or 0 for _, tier, _ in tiers if tier)
    running = sum(hub.since is None or hub.since <= case.as_of for hub in case.record.running)
    ordered = sum(count for _, _, count in tiers)
    source = " and ".join(f"{deal_id} ({tier.name}: at most {tier.max_hubs})" for deal_id, tier, _ in tiers if tier)
    for count, verb in ((running, "running"), (ordered, "ordered")):
        if count > most:
            yield Finding(
                ("hubs",) if case.record.hubs else ("name",),
                f"{count:,} hubs are {verb}; the contracts in force include at most {most:,}: {source}",
                help="sell another tier, switch a hub off, or write down the contract that is missing",
                key=True,
            )


def _tiers_in_force(case: Case[Member]) -> Iterator[tuple[str, Tier | None, int]]:
    """The deals of a member whose contracts are in force, each with its tier and the hubs that it ordered."""
    for term in terms(case.book.on(case.as_of), case.id):
        deal = term.history.deal
        if term.bucket in ACTIVE or term.bucket == OVERDUE:
            process = case.book.process_of(deal, deal.stages[-1]) if case.book.is_process_whole else None
            yield term.id, process.tiers.get(deal.tier) if process else None, len(deal.order.hubs if deal.order else ())


@check(
    "tier-deferred",
    source="Sales Operations Overview (2025), Current Strategic Focus (2025); reference/definitions#parked",
    bad="""
    tier: premier
    stages:
      - enrichment: 2026-01-05
      - outreach: 2026-02-09  # <--
    """,
    good="""
    tier: premier
    stages:
      - enrichment: 2026-01-05
    parked: [{since: 2026-01-05, until: 2026-07-01, why: Premier opens in the third quarter}]
    """,
)
def tier_deferred(case: Case[Deal]) -> Findings:
    """A deal of a deferred tier moved on before the tier's day.

    Until then the team learns on one offer at a time: such a prospect is kept warm, not worked. Park the deal until
    that day, or sell another tier.
    """
    tier = _tier(case)
    if tier is None or tier.deferred_until is None:
        return
    for line, (stage, day) in enumerate(case.record.stages[1:], 1):
        if day < tier.deferred_until and case.book.outcome(stage) != "lost":
            yield Finding(
                ("stages", line),
                f"{tier.name} is deferred until {tier.deferred_until}: a deal of it can only be parked",
                help="delete the move and park the deal: "
                f"parked: [{{since: {case.record.stages[0].entered}, until: {tier.deferred_until}, why: {GAP}}}]",
            )


@check(
    "tier-deferred-unparked",
    source="Sales Operations Overview (2025), Current Strategic Focus (2025); reference/definitions#parked",
    bad="""
    tier: premier  # <--
    stages:
      - enrichment: 2026-01-05
    """,
    good="""
    tier: premier
    stages:
      - enrichment: 2026-01-05
    parked: [{since: 2026-01-05, until: 2099-01-01, why: Premier is deferred}]
    """,
    beside={
        "playbook/process/v4.yaml": """
        version: v4
        in_force: 2025-06-01
        changelog: Premier is deferred for good.
        tiers: {general: {name: General}, premier: {name: Premier, deferred_until: 2099-01-01}}
        """
    },
)
def tier_deferred_unparked(case: Case[Deal]) -> Findings:
    """An open deal of a deferred tier is not parked.

    It counts in the pipeline although nobody may work on it. Park it until the tier's day.
    """
    tier = _tier(case)
    if tier is None or tier.deferred_until is None or case.as_of >= tier.deferred_until:
        return
    snapshot = case.book.on(case.as_of)
    history = snapshot.history(case.id)
    if history and snapshot.is_open(history) and not history.parked_on(case.as_of):
        yield Finding(
            ("tier",),
            f"{tier.name} is deferred until {tier.deferred_until}, and the deal is not parked",
            help="park it until that day",
            fix=f"parked: [{{since: {history.now.entered}, until: {tier.deferred_until}, why: {GAP}}}]",
        )
