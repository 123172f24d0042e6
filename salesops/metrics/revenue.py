"""Recurring revenue over time: the months of each contract, exact to the day and the cent, and what came and went between two month ends (``reference/definitions#recurring-revenue``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from salesops.book.book import Cause, LeftOut, Snapshot
from salesops.metrics.contracts import renewals_of, without_start
from salesops.metrics.in_service import DAY, Membership, memberships
from salesops.records.contract import Contract, months_after
from salesops.records.money import CENT, Money, Sums, total

MONTHS_SHOWN = 12
"""Months that are looked back and ahead."""


# ── the months of a contract ──────────────────────────────────────────────────────────────────────────────────────────


def spread(amount: Decimal, first: date, last: date) -> dict[str, Decimal]:
    """An amount over the months of a term by days, in whole cents: the months sum to it exactly.

    Each month gets the cents that its days have earned in full; those left over go to the months that came nearest to one more.
    """
    days, whole = days_by_month(first, last), int(amount / CENT)
    length = (last - first).days + 1
    earned = {month: divmod(whole * count, length) for month, count in days.items()}
    missing = whole - sum(cents for cents, _ in earned.values())
    nearest = sorted(earned, key=lambda month: (-earned[month][1], month))[:missing]
    return {month: (cents + (month in nearest)) * CENT for month, (cents, _) in earned.items()}


def days_by_month(first: date, last: date) -> dict[str, int]:
    """How many days of each month lie between two days, both among them."""
    found: dict[str, int] = {}
    while first <= last:
        end = min(month_end(first), last)
        found[month_of(first)] = (end - first).days + 1
        first = end + DAY
    return found


def month_of(day: date) -> str:
    """``2026-04``."""
    return f"{day.year:04d}-{day.month:02d}"


def month_end(day: date) -> date:
    """The last day of the month of a day."""
    return months_after(day.replace(day=1), 1) - DAY


def months_from(day: date, count: int) -> list[str]:
    """So many months, that of the day the first; a negative count are those before it, up to that of the day."""
    first = months_after(day.replace(day=1), min(count + 1, 0))
    return [month_of(months_after(first, later)) for later in range(abs(count))]


def months_of_contract(contract: Contract, months: Sequence[str], stop: date | None = None) -> dict[str, Money]:
    """What a contract brings in each of some months, one-off fees not among it; nothing from the day on which it stops.

    A term spreads its whole amount; without an end each full month brings its fee, and a month of which it has only some days that part of it.
    """
    if contract.start is None or contract.mrr is None or (contract.last_day and contract.last_day < contract.start):
        return {}
    over = min(stop or date.max, contract.service_ended or date.max)
    every = (
        _of_term(contract, contract.start, over)
        if contract.last_day
        else _without_end(contract.start, contract.mrr, months, over)
    )
    return {month: Money(every[month], contract.mrr.currency) for month in months if every.get(month)}


def _of_term(contract: Contract, start: date, over: date) -> dict[str, Decimal]:
    last, recurring = contract.last_day, contract.recurring()
    if last is None or recurring is None:
        return {}
    if over <= start:
        return {}
    every = spread(recurring.amount, start, last)
    if over > last:
        return every
    until = {month: share for month, share in every.items() if month < month_of(over)}
    begun = days_by_month(max(start, over.replace(day=1)), over - DAY)
    length = (last - start).days + 1
    return until | {month: (recurring.amount * days / length).quantize(CENT) for month, days in begun.items()}


def _without_end(start: date, fee: Money, months: Sequence[str], over: date) -> dict[str, Decimal]:
    found = {}
    for month in months:
        first = date(int(month[:4]), int(month[5:]), 1)
        end = month_end(first)
        days = (min(end, over - DAY) - max(first, start)).days + 1
        if days > 0:
            found[month] = (fee.amount * days / end.day).quantize(CENT)
    return found


class RecurringMonth(NamedTuple):
    """A month, and what each contract brings in it, by deal."""

    month: str
    deals: dict[str, Money]

    @property
    def sums(self) -> Sums:
        """All of it, by currency."""
        return total(self.deals.values())


def recurring_months(snapshot: Snapshot, months: Sequence[str]) -> list[RecurringMonth]:
    """What the won contracts bring in each of some months: signed ones alone, renewals to come and overdue service not among it."""
    found: dict[str, dict[str, Money]] = {month: {} for month in months}
    for history in snapshot.won:
        contract = history.deal.contract
        if contract and contract.start:
            stop = min((start for _, start in renewals_of(snapshot, history.id)), default=None)
            for month, money in months_of_contract(contract, months, stop).items():
                found[month][history.id] = money
    return [RecurringMonth(month, deals) for month, deals in found.items()]


def without_recurring(snapshot: Snapshot) -> list[LeftOut]:
    """The won deals that bring nothing in any month: without a start, or without a monthly fee."""
    unpriced = [
        LeftOut(history.id, "the contract has no mrr", Cause.NO_AMOUNT)
        for history in snapshot.won
        if history.deal.contract and history.deal.contract.start and not history.deal.contract.mrr
    ]
    return [*without_start(snapshot), *unpriced]


# ── what came and went ────────────────────────────────────────────────────────────────────────────────────────────────

NEW_MEMBER, GREW, SHRANK, LEFT, CAME_BACK = "new", "expansion", "contraction", "churn", "reactivation"
MOVEMENTS = (NEW_MEMBER, GREW, SHRANK, LEFT, CAME_BACK)


class Movement(NamedTuple):
    """By how much what a member pays a month changed between two days, in one currency; less is negative."""

    member: str
    kind: str
    change: Money


@dataclass(frozen=True)
class MonthOfMovements:
    """What members paid a month before the first day of a month and on its last, and the movements that lie between."""

    month: str
    opening: Sums
    movements: tuple[Movement, ...]
    closing: Sums
    is_over: bool = True

    def of(self, kind: str) -> tuple[Movement, ...]:
        """The movements of a kind."""
        return tuple(each for each in self.movements if each.kind == kind)


def month_movements(snapshot: Snapshot, count: int = MONTHS_SHOWN) -> list[MonthOfMovements]:
    """The last so many months, the one of the day the last: as far as it has come."""
    every = memberships(snapshot)
    first = months_after(snapshot.as_of.replace(day=1), 1 - count)
    ends = [months_after(first, later) - DAY for later in range(count)]
    found = [between(every, before, after) for before, after in zip(ends, [*ends[1:], snapshot.as_of], strict=True)]
    return [*found[:-1], replace(found[-1], is_over=snapshot.as_of == month_end(snapshot.as_of))]


def between(every: Iterable[Membership], before: date, after: date) -> MonthOfMovements:
    """What members paid a month on one day and on a later one; opening and movements sum to closing in every currency."""
    opening, closing, moves = list[Money](), list[Money](), list[Movement]()
    for membership in every:
        then, now = membership.on(before).sums, membership.on(after).sums
        opening += _money(then)
        closing += _money(now)
        moves += _moves(membership, before, after)
    return MonthOfMovements(month_of(after), total(opening), tuple(moves), total(closing))


def _money(sums: Sums) -> Iterator[Money]:
    return (Money(amount, currency) for currency, amount in sums.items())


def _moves(membership: Membership, before: date, after: date) -> Iterator[Movement]:
    then, now = membership.on(before), membership.on(after)
    was, is_ = then.sums, now.sums
    for currency in sorted(was.keys() | is_.keys()):
        change = is_.get(currency, Decimal(0)) - was.get(currency, Decimal(0))
        if change:
            kind = _grew(membership, before, bool(then.services)) if change > 0 else SHRANK if now.services else LEFT
            yield Movement(membership.member, kind, Money(change, currency))


def _grew(membership: Membership, before: date, was_there: bool) -> str:
    if was_there:
        return GREW
    return CAME_BACK if membership.first and membership.first <= before else NEW_MEMBER
