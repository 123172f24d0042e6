"""Whether a deal meets what the process needs, and what to write where it does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from salesops.book.book import Snapshot
from salesops.book.visits import DealHistory
from salesops.problems import Path
from salesops.records.dated import Span, is_within, outside, without
from salesops.records.deal import Activity, Deal, Loss, Win
from salesops.records.model_fields import fields_below
from salesops.records.money import Money, money_from_text
from salesops.records.process import CONTACT, LOST, TOUCH, WON, Exit, Need
from salesops.records.record import Record, dated_fields, is_given, value_at
from salesops.records.scalars import number_or_none

CONTRACT_END = Need.model_validate(
    {
        "field": "contract.end",
        "waivable": "false",
        "why": "The last day of the term, or open; salesops asks it of every contract, for without it nobody asks for the renewal.",
    }
)
"""What ``contract-end-unsaid`` asks for once a deal is won, whatever the process says."""
CONTRACT_ONE_OFF = Need.model_validate({"field": "contract.one_off", "waivable": "false"})
"""What is asked of a contract where something paid once was offered: the amount, or why it is another."""
CONTRACT_WHY = Need.model_validate({"field": "contract.why_different", "waivable": "false"})
"""What ``contract-differs`` asks for once a contract is another than what was offered."""


@dataclass(frozen=True)
class Facts:
    """What a deal has to show for a move: what is dated up to a day and in the same attempt, and what has no day.

    ``loss`` and ``win`` are those of the attempt; ``stage`` is the stage that the move leaves.
    """

    deal: Deal
    span: Span
    loss: Loss | None = None
    win: Win | None = None
    stage: str = ""

    def value(self, path: str) -> Any:
        """What the deal holds at a dotted path; None for what lies outside of the attempt."""
        first, _, rest = path.partition(".")
        if first in ("loss", "win"):
            own = self.loss if first == "loss" else self.win
            return value_at(own, rest) if rest else own
        return _within(self.deal, tuple(path.split(".")), self.span)

    def happened(self, day: date | None) -> bool:
        """Whether a day lies in the attempt and is not after the move."""
        return day is not None and self.span.holds(day)


def _within(value: Any, path: Path, span: Span) -> Any:
    """What is at a path, where each part on the way is there within the days."""
    for at, part in enumerate(path):
        if isinstance(value, Record) and part in dated_fields(type(value)):
            day = getattr(value, str(part))
            return day if day is not None and span.holds(day) else None
        value = value_at(value, (part,))
        if isinstance(value, Record) and not is_within(value, span):
            return None
        if type(value) is tuple:
            kept = tuple(entry for entry in value if not isinstance(entry, Record) or is_within(entry, span))
            return _within(kept, path[at + 1 :], span) if len(path) > at + 1 else kept
    return without(value, outside(value, span)) if isinstance(value, Record) else value


def facts_at(history: DealHistory, line: int) -> Facts:
    """What a deal has to show for the move at a line of its ``stages``."""
    visit = history.visits[line]
    before = history.visits[line - 1].stage if line else ""
    return _facts(history, visit.attempt, visit.entered, line, before)


def facts_on(history: DealHistory, as_of: date) -> Facts:
    """What a deal has to show on a day for whatever move comes next."""
    return _facts(history, history.now.attempt, as_of, history.now.line, history.now.stage)


def _facts(history: DealHistory, attempt: int, by: date, line: int, stage: str) -> Facts:
    deal = history.deal
    closing = next((visit for visit in history.closings if visit.attempt == attempt), None)
    is_known = closing is None or closing.line <= line
    lost = sum(visit.outcome == LOST for visit in history.closings if visit.attempt < attempt)
    loss = deal.loss[lost] if is_known and len(deal.loss) > lost else None
    return Facts(deal, Span(first_day(history, attempt), by), loss, deal.win if is_known else None, stage)


def first_day(history: DealHistory, attempt: int) -> date:
    """The first day of an attempt: for a later one the day after the close before it, or the move that opened it again."""
    began = history.attempts[attempt - 1][0].entered
    closed = [visit.entered for visit in history.closings if visit.attempt == attempt - 1]
    return min([began, *(day + timedelta(days=1) for day in closed)])


def is_met(facts: Facts, need: Need) -> bool:
    """Whether a deal has what a need asks for."""
    if need.activity:
        return times_met(facts, need) >= need.times
    if need.link:
        return any(
            link.kind == need.link and (link.date is None or facts.happened(link.date)) for link in facts.deal.links
        )
    if need.learned:
        return any(entry.stage == facts.stage and facts.happened(entry.date) for entry in facts.deal.learned)
    if not need.field:
        return True
    value = facts.value(need.field)
    if need.with_ and not any(is_given(value_at(value, name)) for name in need.with_):
        return False
    if need.at_least is not None and not reaches(value, need.at_least):
        return False
    return said(value) in need.is_ if need.is_ else is_given(value)


def times_met(facts: Facts, need: Need) -> int:
    """How many activities of the kind that a need asks for there are."""
    return sum(_counts(entry, need, facts) for entry in facts.deal.activity) if need.activity else 0


def so_far(facts: Facts, need: Need) -> str:
    """How far a deal is with several activities: `` (2 of 3 so far)``; nothing where it has none of them."""
    done = times_met(facts, need)
    return f" ({done} of {need.times} so far)" if done and not is_met(facts, need) else ""


def reaches(value: Any, bound: int | Money) -> bool:
    """Whether a value is at least so much: money in the same currency, a number, so many entries; a text says one of them."""
    if isinstance(value, str):
        value = money_from_text(value) if isinstance(bound, Money) else number_or_none(value)
    if isinstance(bound, Money):
        return isinstance(value, Money) and value.currency == bound.currency and value.amount >= bound.amount
    if isinstance(value, list | tuple) and not isinstance(value, Money):
        return len(value) >= bound
    return isinstance(value, int | Decimal) and not isinstance(value, bool) and value >= bound


def _counts(entry: Activity, need: Need, facts: Facts) -> bool:
    if need.activity == CONTACT:
        return facts.happened(entry.contact)
    if need.activity == TOUCH:
        return entry.is_touch and facts.happened(entry.date) and not (need.unanswered and facts.happened(entry.contact))
    return (
        entry.kind == need.activity
        and (need.about is None or entry.about == need.about)
        and (need.status is None or entry.status == need.status)
        and (entry.status == "scheduled" or facts.happened(entry.date))
        and not (need.unanswered and facts.happened(entry.contact))
    )


def said(value: Any) -> str:
    """A value as a need's ``is`` compares it: text as written, ``true``, a date, the status of an answer."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, Record):
        return said(getattr(value, "status", None) or getattr(value, "value", None))
    return "" if value is None else str(value)


def waived(deal: Deal, need: Need, stage: str) -> bool:
    """Whether a signed waiver lets the deal enter the stage without the need, where it can be waived at all."""
    return need.is_waivable and any(
        waiver.stage == stage and waiver.need in (need.field, need.name) for waiver in deal.waived
    )


def missing(facts: Facts, way_out: Exit) -> list[Need]:
    """The needs of an exit that the deal neither meets nor has waived."""
    return [need for need in way_out.needs if not is_met(facts, need) and not waived(facts.deal, need, way_out.to)]


@dataclass(frozen=True)
class Way:
    """A way out of the stage where a deal is, and what still stands before it; ``refused`` says whether the deal speaks for another one."""

    exit: Exit
    missing: tuple[Need, ...]
    refused: bool = False


def nearest_way(facts: Facts, exits: Iterable[Exit]) -> Way | None:
    """The alternative for which the least is missing, unless what the deal says is an answer of another one; None where there is no exit."""
    every = list(exits)
    ways = (
        Way(way_out, tuple(missing(facts, way_out)), _speaks_for_another(facts, way_out, every)) for way_out in every
    )
    return min(ways, key=lambda way: (way.refused, len(way.missing)), default=None)


def _speaks_for_another(facts: Facts, way_out: Exit, exits: list[Exit]) -> bool:
    """Whether a field holds a value that this exit does not accept and another does: the reason of a loss, such as unresponsive."""
    return any(
        need.is_ and said(facts.value(need.field)) not in need.is_ and said(facts.value(need.field)) in other
        for need in way_out.needs
        if need.field
        for other in accepted_elsewhere(need, exits)
    )


def accepted_elsewhere(need: Need, exits: Iterable[Exit]) -> list[tuple[str, ...]]:
    """The values of a need's field that each of several exits accepts."""
    return [other.is_ for way_out in exits for other in way_out.needs if need.field and other.field == need.field]


def ways_out(snapshot: Snapshot, history: DealHistory) -> list[Way]:
    """Every exit of the stage where a deal is on a day, with what is missing for it."""
    stage = snapshot.process.stage_named(history.now.stage)
    facts = facts_on(history, snapshot.as_of)
    if stage is None:
        return []
    return [Way(way_out, tuple(_lacking(snapshot, facts, way_out))) for way_out in stage.exits]


def _lacking(snapshot: Snapshot, facts: Facts, way_out: Exit) -> Iterator[Need]:
    """What an exit asks for that is not there, and beside it what a win asks of its contract."""
    yield from missing(facts, way_out)
    if snapshot.stage(way_out.to).outcome == WON:
        yield from asked_of_contract(facts, way_out)


def asked_of_contract(facts: Facts, way_out: Exit) -> list[Need]:
    """What salesops itself asks before a win, where the process does not: the end, what was offered to be paid once, and why the contract is another than the offer."""
    asks = {need.field or "" for need in way_out.needs}
    deal = facts.deal
    contract, offered = deal.contract, deal.value.one_off if deal.value else None
    wanted = []
    if any(field.startswith("contract.") for field in asks):
        wanted += [] if is_met(facts, CONTRACT_END) else [CONTRACT_END]
        is_said = contract is not None and (contract.one_off is not None or contract.why_different is not None)
        if offered and not is_said:
            wanted.append(CONTRACT_ONE_OFF.model_copy(update={"why": f"{offered} were offered, to be paid once."}))
    if differs := "; ".join(words for _, words in deal.unexplained):
        wanted.append(CONTRACT_WHY.model_copy(update={"why": f"{differs}; why is it another than what was offered?"}))
    return [need for need in wanted if need.field not in asks]


def unfinished(snapshot: Snapshot, history: DealHistory) -> list[Need]:
    """What a closed deal still lacks to be complete, by the process in force when it was closed; a service that has ended owes nothing."""
    closing = snapshot.closing(history.attempts[-1])
    process = snapshot.book.process_of(history.deal, history.deal.stages[closing.line]) if closing else None
    stage = process.stage_named(history.now.stage) if process else None
    contract = history.deal.contract
    if stage is None or stage.completion is None or (contract and contract.service_ended):
        return []
    facts = facts_on(history, snapshot.as_of)
    return [need for need in stage.completion.needs if not is_met(facts, need)]


def meaning(need: Need) -> str:
    """Why a need is asked for, in the process's words, else what its field means."""
    if need.why or not need.field:
        return need.why or ""
    path = tuple(need.field.split("."))
    field = fields_below(Deal, path[:-1]).get(path[-1])
    return field.description or "" if field else ""
