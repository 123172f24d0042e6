"""A move must have met the needs of the process in force on its day, or carry a signed waiver."""

from __future__ import annotations

from salesops.book.exit_criteria import home_of, is_met, meaning, nearest_way, paste
from salesops.book.moves import MoveKind
from salesops.checks.check import Case, Finding, Findings, check
from salesops.records.deal import Deal
from salesops.records.process import Need
from salesops.records.record import is_given, value_at


@check(
    "need-not-met",
    source="Sales Operations Overview (2025), Sales Pipeline Stages; reference/records#needs",
    bad="""
    stages:
      - enrichment: 2026-01-05
      - outreach: 2026-01-19  # <--
    maniac_t:
      need: {status: met, date: 2026-01-10, note: Their server died}
    icp: {hypothesis: teaching-led, version: 1, fit: true}
    """,
    good="""
    stages:
      - enrichment: 2026-01-05
      - outreach: 2026-01-19
    maniac_t:
      need: {status: met, date: 2026-01-10, note: Their server died}
      money: {status: partial, date: 2026-01-12, note: The dean has a fund}
    icp: {hypothesis: teaching-led, version: 1, fit: true}
    """,
)
def need_not_met(case: Case[Deal]) -> Findings:
    """A deal moved on without what the exit asks for.

    The exit criteria are the team's own: what they ask for is what later predicts a win. Fill in what is missing.
    Where the move was right all the same, sign a waiver: it is counted, and shown.
    """
    deal = case.record
    for step in case.judged_moves:
        way = nearest_way(deal, step.exits, step.day)
        for need in way.missing if way else ():
            if case.has_lost(*(need.field.split(".") if need.field else ["activity"])):
                continue
            waiver = f"{{need: {need.name}, stage: {step.stage}, by: {deal.owner}, date: {case.as_of}, why: …}}"
            yield Finding(
                ("stages", step.line),
                f"before '{step.stage}', {need.demand}",
                why=meaning(need) or f"the way from '{step.before}' to '{step.stage}': {way.exit.when if way else ''}",
                help=f"{_way_out(deal, need)}, or sign a waiver: waived: [{waiver}]",
                fix=paste(need, deal, step.day),
            )


def _way_out(deal: Deal, need: Need) -> str:
    """What to do with the lines to paste: they are new below a key, take the place of what is there, or stand alone."""
    home = home_of(need, deal)
    if need.field and is_given(value_at(deal, need.field)):
        return f"change it under {home}:" if home else "change it"
    return f"add it under {home}:" if home else "fill it in"


@check(
    "waiver-idle",
    advice=True,
    source="reference/records#signatures",
    bad="waived: [{need: maniac_t.money, stage: outreach, by: jim, date: 2026-01-19, why: Verbal yes}]  # <--",
    good="""
    stages:
      - enrichment: 2026-01-05
      - outreach: 2026-01-19
    maniac_t:
      need: {status: met, date: 2026-01-10, note: Their server died}
    icp: {hypothesis: teaching-led, version: 1, fit: true}
    waived: [{need: maniac_t.money, stage: outreach, by: jim, date: 2026-01-19, why: Verbal yes}]
    """,
)
def waiver_idle(case: Case[Deal]) -> Findings:
    """A waiver names a need that no move of the deal had, or that is met by now.

    Waivers are counted; one that waives nothing hides how the deal was judged. Correct the need and the stage, or
    delete the waiver once the need is met.
    """
    deal = case.record
    if not deal.waived:
        return
    used = {
        (need.field if waiver.need == need.field else need.name, step.stage)
        for step in case.judged_moves
        if step.kind is MoveKind.EXIT
        for way_out in step.exits
        for need in way_out.needs
        for waiver in deal.waived
        if waiver.stage == step.stage and waiver.need in (need.field, need.name) and not is_met(deal, need, step.day)
    }
    for at, waiver in enumerate(deal.waived):
        if (waiver.need, waiver.stage) not in used:
            yield Finding(
                ("waived", at),
                f"there is nothing to waive: no move to '{waiver.stage}' lacks {waiver.need}",
                help="correct the need and the stage, or delete the waiver",
            )
