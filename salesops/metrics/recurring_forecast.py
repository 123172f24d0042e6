"""Recurring revenue of the next six months: what is signed, and what renewals and new deals may add (``reference/definitions#forecasts``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from salesops.book.book import Cause, LeftOut, Snapshot
from salesops.book.visits import DealHistory
from salesops.metrics.contracts import renewals_of
from salesops.metrics.in_service import DAY, grace_days
from salesops.metrics.metric import line, metric
from salesops.metrics.pipeline import kept_warm, qualified
from salesops.metrics.readings import Amounts, tally
from salesops.metrics.retention import contract_renewal_rate
from salesops.metrics.revenue import days_by_month, month_end, months_from, months_of_contract, without_recurring
from salesops.problems import Path
from salesops.records.contract import Contract
from salesops.records.deal import NEW
from salesops.records.money import CENT, Money, Sums, total
from salesops.records.process import WON

MONTHS_AHEAD = 6
SIGNED, RENEWALS, FRESH = "signed", "renewals", "new"
FAR_BACK = date(1990, 1, 1)


class Part(NamedTuple):
    """What a deal brings in a month, and as which part of the forecast."""

    history: DealHistory
    month: str
    part: str
    money: Money


class Factor(NamedTuple):
    """A share that something is counted with: measured, or assumed."""

    value: Decimal
    words: str


def _factor(hits: int, out_of: int, assumed: Decimal, enough: int) -> Factor:
    if out_of < enough:
        return Factor(assumed, f"× {assumed} (assumed: only {out_of} decided)")
    found = (Decimal(hits) / out_of).quantize(Decimal("0.0001"), ROUND_HALF_UP)
    return Factor(found, f"× {found} ({hits} of {out_of})")


def renewal_factor(snapshot: Snapshot) -> Factor:
    """The share of the contracts that ended which were renewed, over the whole past and of all deals."""
    rate = contract_renewal_rate(replace(snapshot, since=FAR_BACK, until=None, only=None))
    return _factor(rate.hits, rate.out_of, snapshot.numbers.assumed_renewed, snapshot.numbers.enough)


def new_factor(snapshot: Snapshot) -> Factor:
    """The share of new-business attempts that were won, of those that were sales qualified and are decided; of all deals."""
    won = decided = 0
    for history in replace(snapshot, only=None).histories:
        for visits in history.attempts if history.type == NEW else ():
            closing = snapshot.closing(visits)
            if closing and any(qualified(snapshot, visit.stage) for visit in visits):
                decided += 1
                won += snapshot.stage(closing.stage).outcome == WON
    return _factor(won, decided, snapshot.numbers.assumed_won, snapshot.numbers.enough)


def _dates_and_fee(snapshot: Snapshot, history: DealHistory) -> list[Path]:
    contract = history.deal.contract
    if contract is None or snapshot.outcome(history) != WON:
        return [line(history.now), ("expected_close",), ("value", "mrr")]
    return [("contract", name) for name in ("start", "end", "mrr") if getattr(contract, name)]


@metric(
    "forecast-mrr-6",
    "MRR forecast for six months",
    kind="money",
    source="reference/definitions#forecasts",
    lines=_dates_and_fee,
)
def forecast_mrr_6(snapshot: Snapshot) -> Amounts:
    """Recurring revenue of the next six months: signed, and expected from renewals and new deals.

    The months begin with that of tomorrow; the first counts its days from tomorrow on, so it may be a part of a month. Signed contracts are spread by days, as they are in the
    months of revenue. What ends in these months and is not renewed yet goes on at its fee times the share of contracts that are
    renewed; open qualified deals of new business bring their fee from the day on which they are expected, times the share of such deals that is
    won. Both shares are measured from 10 decided ones on; before that 0.8 and 0.3 are assumed, or what the team says (`assumed_renewed`, `assumed_won`), and
    `behind` says which it is.
    """
    parts, left_out = parts_of_forecast(snapshot)
    every = list(dict.fromkeys(part.history.id for part in parts))
    return Amounts(
        sums=_sum(parts),
        n=len(every),
        without=sum(left.cause is Cause.NO_AMOUNT for left in left_out),
        split={kind: _sum(each for each in parts if each.history.type == kind) for kind in tally(_types(parts))},
        by={
            "by_month": {
                month: _sum(each for each in parts if each.month == month)
                for month in sorted({each.month for each in parts})
            },
            "by_part": {
                name: _sum(each for each in parts if each.part == name) for name in tally(each.part for each in parts)
            },
        },
        behind={RENEWALS: renewal_factor(snapshot).words, FRESH: new_factor(snapshot).words} if parts else {},
        included=tuple(every),
        excluded=(*left_out, *kept_warm(snapshot, snapshot.parked), *snapshot.unusable),
    )


def _types(parts: Iterable[Part]) -> Iterator[str]:
    return (part.history.type for part in parts)


def _sum(parts: Iterable[Part]) -> Sums:
    return total(part.money for part in parts)


def parts_of_forecast(snapshot: Snapshot) -> tuple[list[Part], list[LeftOut]]:
    """What each deal brings in each month, and the deals that could bring something and lack a day or a fee."""
    renewed, fresh = renewal_factor(snapshot).value, new_factor(snapshot).value
    parts: list[Part] = []
    left_out = list(without_recurring(snapshot))
    for history in snapshot.won:
        if history.deal.contract:
            parts += _of_contract(snapshot, history, history.deal.contract, renewed)
    for history in snapshot.open:
        if history.type == NEW and qualified(snapshot, history.now.stage):
            found, why = _of_open(snapshot, history, fresh)
            parts += found
            left_out += why
    return parts, left_out


def _of_contract(snapshot: Snapshot, history: DealHistory, contract: Contract, renewed: Decimal) -> Iterator[Part]:
    months = months_from(snapshot.as_of + DAY, MONTHS_AHEAD)
    renewals = renewals_of(snapshot, history.id)
    stop = min((start for _, start in renewals), default=None)
    for month, money in months_of_contract(contract, months, stop).items():
        to_come, days = _days_of_month(contract, month, snapshot.as_of, stop)
        amount = (money.amount * to_come / days).quantize(CENT, ROUND_HALF_UP)
        if amount:
            yield Part(history, month, SIGNED, Money(amount, money.currency))
    last, fee = contract.last_day, contract.mrr
    if last is None or fee is None or renewals or contract.service_ended or _is_settled(snapshot, history):
        return
    if contract.start and contract.start <= last and last + timedelta(days=grace_days(snapshot)) >= snapshot.as_of:
        yield from _going_on(history, RENEWALS, max(last, snapshot.as_of) + DAY, fee, renewed, months)


def _days_of_month(contract: Contract, month: str, as_of: date, stop: date | None) -> tuple[int, int]:
    """A contract's days in a month that are still to come, and all of them; at least one, to divide by."""
    first = date(int(month[:4]), int(month[5:]), 1)
    over = min(day for day in (stop, contract.service_ended, date.max) if day) - DAY
    last = min(month_end(first), contract.last_day or date.max, over)
    begun = max(first, contract.start or first)
    days, to_come = (last - begun).days + 1, (last - max(begun, as_of + DAY)).days + 1
    return max(to_come, 0), max(days, 1)


def _is_settled(snapshot: Snapshot, history: DealHistory) -> bool:
    """Whether whatever renews it is closed, and nothing that could is open."""
    every = (snapshot.history(deal) for deal in snapshot.book.renewed_by.get(history.id, ()))
    found = [snapshot.outcome(each) for each in every if each]
    return bool(found) and None not in found


def _going_on(
    history: DealHistory, part: str, first: date, fee: Money, share: Decimal, months: list[str]
) -> Iterator[Part]:
    """A fee from a day on to the end of the months, by days, times a share."""
    end = month_end(date(int(months[-1][:4]), int(months[-1][5:]), 1))
    for month, days in days_by_month(first, end).items():
        whole = month_end(date(int(month[:4]), int(month[5:]), 1)).day
        amount = (fee.amount * share * days / whole).quantize(CENT, ROUND_HALF_UP)
        if amount:
            yield Part(history, month, part, Money(amount, fee.currency))


def _of_open(snapshot: Snapshot, history: DealHistory, won: Decimal) -> tuple[list[Part], list[LeftOut]]:
    """What an open deal may bring, or what it lacks."""
    deal, months = history.deal, months_from(snapshot.as_of + DAY, MONTHS_AHEAD)
    fee = deal.value.mrr if deal.value else None
    if fee is None:
        return [], [
            LeftOut(
                history.id,
                f"it has no {'monthly amount' if deal.value and deal.value.amounts else 'amount'}",
                Cause.NO_AMOUNT,
            )
        ]
    if deal.expected_close is None:
        return [], [LeftOut(history.id, "it has no expected close", Cause.NO_CLOSE)]
    if deal.expected_close < snapshot.as_of:
        why = f"its expected close was {deal.expected_close}, and nobody wrote a new day"
        return [], [LeftOut(history.id, why, Cause.CLOSE_PASSED)]
    first = max(deal.expected_close, snapshot.as_of + DAY)
    return list(_going_on(history, FRESH, first, fee, won, months)), []
