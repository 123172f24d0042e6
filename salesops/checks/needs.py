"""A move must have met the needs of the process in force on its day, or carry a signed waiver."""

from __future__ import annotations

from salesops.book.exit_criteria import (
    Facts,
    accepted_elsewhere,
    facts_at,
    is_met,
    meaning,
    missing,
    nearest_way,
    so_far,
)
from salesops.book.moves import JudgedMove, MoveKind
from salesops.book.need_fixes import block_for
from salesops.checks.check import Case, Finding, Findings, check
from salesops.records.as_written import GAP
from salesops.records.deal import Deal
from salesops.records.process import Exit, Need
from salesops.records.record import is_given, value_at

FEW_WAIVERS = 2
"""So many on a deal are exceptions."""


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

    The exit criteria are the team's own: what they ask for is what later predicts a win. Only what was known on the day
    of the move counts, and what belongs to the same attempt. Fill in what is missing. Where the move was right all the
    same, sign a waiver: it is counted, and shown.
    """
    for step in case.judged_moves:
        facts = facts_at(case.history, step.line)
        way = nearest_way(facts, step.exits)
        lacking = (
            [_of_any_way(step, facts, need) for need in way.missing if not _is_told_elsewhere(case, step, need)]
            if way
            else []
        )
        if way and lacking:
            yield Finding(
                ("stages", step.line),
                f"before '{step.stage}', {_demands(lacking, facts)}",
                why=_reasons(lacking) or f"the way from '{step.before}' to '{step.stage}': {way.exit.when}",
                help=_way_on(case, step, facts, lacking),
                fix=block_for(lacking, facts),
            )


def _is_told_elsewhere(case: Case[Deal], step: JudgedMove, need: Need) -> bool:
    """Whether what is missing follows from a fault that has a message of its own: of the file, of the days, of the signature."""
    moves, contract = case.record.stages, case.record.contract
    goes_back = step.line > 0 and step.day < moves[step.line - 1].entered
    unsigned = contract and contract.signed and contract.signed > step.day and case.book.outcome(step.stage) == "won"
    return case.has_lost(*_place_of(need)) or goes_back or bool(unsigned and (need.field or "").startswith("contract"))


def _place_of(need: Need) -> list[str]:
    """The field that a need is about."""
    if need.field:
        return need.field.split(".")
    return ["links" if need.link else "learned" if need.learned else "activity"]


def _of_any_way(step: JudgedMove, facts: Facts, need: Need) -> Need:
    """A need with every value by which some way to the stage could be gone: which it was is for a person to say."""
    if not need.field or not need.is_ or is_given(facts.value(need.field)):
        return need
    accepted = dict.fromkeys(word for words in (need.is_, *accepted_elsewhere(need, step.exits)) for word in words)
    return need.model_copy(update={"is_": tuple(accepted)})


def _demands(needs: list[Need], facts: Facts) -> str:
    demands = [f"{need.demand}{so_far(facts, need)}" for need in needs]
    return demands[0] if len(needs) == 1 else f"{len(needs)} things are missing: {'; '.join(demands)}"


def _reasons(needs: list[Need]) -> str:
    """Why each is asked for; with its name where there are several."""
    told = [(need.name, meaning(need)) for need in needs if meaning(need)]
    return told[0][1] if len(needs) == 1 and told else " ".join(f"{name}: {_sentence(why)}" for name, why in told)


def _sentence(words: str) -> str:
    return words if words.endswith((".", "?", "!")) else f"{words}."


def _way_on(case: Case[Deal], step: JudgedMove, facts: Facts, needs: list[Need]) -> str:
    """What to do: fill in the gaps, for a day up to the move; or sign, where that is allowed."""
    ways = [f"fill in what is missing, as it was known by {step.day}"]
    is_another_loss = bool(facts.deal.loss) and facts.loss is None
    if is_another_loss and any(_is_of_loss(need) for need in needs):
        ways.append("each loss has its own entry, in order: make `loss` a list")
    ways += [
        f"where it was '{way.when}', also {' and '.join(need.sentence + so_far(facts, need) for need in more)}"
        for way in step.exits
        if (more := _more_of(facts, way, needs))
    ]
    if any(_is_outside(facts, need) for need in needs if not (is_another_loss and _is_of_loss(need))):
        ways.append("what the deal has of it is from a later day or an earlier attempt")
    if title := _question(step, needs):
        ways.append(f"the question of the stage: {title}")
    waivers = [
        f"{{need: {need.name}, stage: {step.stage}, by: {GAP}, date: {GAP}, why: {GAP}}}"
        for need in needs
        if need.is_waivable
    ]
    signed = [f"waived: [{', '.join(waivers)}]"] if waivers else []
    firm = [need.name for need in needs if not need.is_waivable]
    return "; ".join(
        [*ways, *(f"or sign a waiver: {each}" for each in signed), *(f"{name} cannot be waived" for name in firm)]
    )


def _is_of_loss(need: Need) -> bool:
    return (need.field or "").startswith("loss")


def _more_of(facts: Facts, way: Exit, needs: list[Need]) -> list[Need]:
    """What another way to the stage asks for besides, where a value that is still to be said decides which way it is."""
    told = {need.name: need for need in needs}
    chooses = any(need.is_ and need.name in told and need.is_ != told[need.name].is_ for need in way.needs)
    return [need for need in missing(facts, way) if need.name not in told] if chooses else []


def _is_outside(facts: Facts, need: Need) -> bool:
    """Whether the deal has what a need names, but of another time."""
    if not need.field:
        return False
    return is_given(value_at(facts.deal, need.field)) and not is_given(facts.value(need.field))


def _question(step: JudgedMove, needs: list[Need]) -> str:
    """What the team wants to learn in the stage that the deal leaves, where the move asks for it."""
    stage = step.process.stage_named(step.before or "")
    return (stage.learning or "") if stage and any(need.learned for need in needs) else ""


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
        if waiver.stage == step.stage
        and waiver.need in (need.field, need.name)
        and not is_met(facts_at(case.history, step.line), need)
    }
    for at, waiver in enumerate(deal.waived):
        if (waiver.need, waiver.stage) not in used:
            yield Finding(
                ("waived", at),
                f"there is nothing to waive: no move to '{waiver.stage}' lacks {waiver.need}",
                help="correct the need and the stage, or delete the waiver",
            )


@check(
    "waivers-many",
    advice=True,
    source="reference/records#needs",
    bad="""
    stages:
      - enrichment: 2026-01-05
      - outreach: 2026-01-19
    maniac_t: null
    icp: {hypothesis: teaching-led, version: 1}
    waived:
      - {need: maniac_t.money, stage: outreach, by: jim, date: 2026-01-19, why: Verbal yes}
      - {need: maniac_t.need, stage: outreach, by: jim, date: 2026-01-19, why: Everybody knows it}
      - {need: icp.fit, stage: outreach, by: jim, date: 2026-01-19, why: Nobody has looked}  # <--
    """,
    good="""
    stages:
      - enrichment: 2026-01-05
      - outreach: 2026-01-19
    maniac_t: null
    waived:
      - {need: maniac_t.money, stage: outreach, by: jim, date: 2026-01-19, why: Verbal yes}
      - {need: maniac_t.need, stage: outreach, by: jim, date: 2026-01-19, why: Everybody knows it}
    """,
)
def waivers_many(case: Case[Deal]) -> Findings:
    """A deal has its third waiver, or a later one.

    One exception is a judgement; three are a deal that the process does not fit, or that does not fit the process. Talk
    about it in the weekly review, and change the one or the other.
    """
    for at in range(FEW_WAIVERS, len(case.record.waived)):
        yield Finding(
            ("waived", at),
            f"waiver {at + 1} of this deal",
            help="look together whether the deal fits the process, or the process the deal",
        )
