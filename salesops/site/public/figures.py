"""A number as a public site may show it: too few are withheld, and it is rounded to a step that one deal cannot fill.

A reader may keep yesterday's site and compare. Whatever is shown is a multiple of a step; where a single deal, or all
deals of one member together, could move a number by as much as a step, it is withheld. So what differs between two
sites is nothing at all or more than anyone's own part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from salesops.book.book import Snapshot
from salesops.metrics import Metric, Reading
from salesops.metrics.metric import Measure
from salesops.metrics.readings import Amounts, Count, MoneyShare, Share
from salesops.records.deal import Deal
from salesops.records.money import Sums
from salesops.records.public import Public

WITHHELD = "withheld"
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Rounded:
    """A number that may be shown: a multiple of ``step``, in the currency ``unit``, or none where it is a count or a share."""

    value: Decimal
    step: Decimal
    unit: str = ""
    is_share: bool = False

    def __str__(self) -> str:
        if self.is_share:
            return f"about {self.value:.0%}".replace("%", "\N{NO-BREAK SPACE}%")
        of = f"\N{NO-BREAK SPACE}{self.unit}" if self.unit else ""
        return f"{self.value:,.0f}{of} or more" if self.value else f"less than {self.step:,.0f}{of}"


def last_full_quarter(day: date) -> date:
    """The last day of the last quarter that is over: from one day to the next a public number does not follow a single deal."""
    first = date(day.year, day.month - (day.month - 1) % 3, 1)
    return first - timedelta(days=1)


def rounded(snapshot: Snapshot, metric: Metric, allowed: Public) -> Rounded | None:
    """A number on the day of a snapshot as it may be shown; None where it is withheld."""
    if metric.measure is None:
        return None
    reading = metric.measure(snapshot)
    exact, step = _exact(snapshot, reading, allowed), _step(reading, allowed)
    if exact is None or step is None or _is_of_few(snapshot, reading, allowed.k):
        return None
    if _greatest_part(snapshot, metric.measure, reading, exact, allowed) >= step:
        return None
    return _in_steps(reading, exact, step, allowed)


def _in_steps(reading: Reading, exact: Decimal, step: Decimal, allowed: Public) -> Rounded:
    steps = exact / step
    if isinstance(reading, Share | MoneyShare):
        return Rounded(steps.to_integral_value(ROUND_HALF_UP) * step, step, is_share=True)
    unit = allowed.money_step.currency if isinstance(reading, Amounts) and allowed.money_step else ""
    return Rounded(steps // 1 * step, step, unit)


def _exact(snapshot: Snapshot, reading: Reading, allowed: Public) -> Decimal | None:
    """The value behind a number; None where it is of a sort that is never public, such as the days of single deals."""
    if isinstance(reading, Count):
        return Decimal(reading.value)
    if isinstance(reading, Share):
        return Decimal(reading.hits) / reading.out_of if reading.out_of else None
    if isinstance(reading, MoneyShare):
        return reading.part / reading.whole if reading.whole else None
    if isinstance(reading, Amounts) and allowed.money_step:
        return _in_one_currency(snapshot, reading.sums, allowed.money_step.currency)
    return None


def _in_one_currency(snapshot: Snapshot, sums: Sums, currency: str) -> Decimal | None:
    """Money at the rates of the day; None where a rate is missing."""
    known, found = snapshot.book.rates, Decimal(0)
    for other, amount in sums.items():
        rate = Decimal(1) if other == currency else known.on(snapshot.as_of, other, currency) if known else None
        if rate is None:
            return None
        found += (amount * rate).quantize(_CENT)
    return found


def _step(reading: Reading, allowed: Public) -> Decimal | None:
    """What one deal must not be able to fill; None for a sort of number that has none."""
    if isinstance(reading, Amounts):
        return allowed.money_step.amount if allowed.money_step and allowed.money_step.amount else None
    return Decimal(allowed.k) if isinstance(reading, Count) else Decimal(1) / allowed.k


def _is_of_few(snapshot: Snapshot, reading: Reading, least: int) -> bool:
    """Whether too few members stand behind it, or behind either side of a share."""
    counts = [len(_members(snapshot, reading.included))]
    if isinstance(reading, Count):
        counts.append(reading.value)
    if isinstance(reading, Share):
        missed = set(reading.included) - set(reading.hit)
        counts += [reading.hits, reading.out_of - reading.hits]
        counts += [len(_members(snapshot, reading.hit)), len(_members(snapshot, missed))] if reading.hit else []
    return min(counts) < least


def _members(snapshot: Snapshot, deals: tuple[str, ...] | set[str]) -> set[str]:
    known = snapshot.book.deals
    return {known[deal].member for deal in deals if deal in known}


def _greatest_part(snapshot: Snapshot, measure: Measure, reading: Reading, exact: Decimal, allowed: Public) -> Decimal:
    """By how much the number would differ at most without one deal, or without all deals of one member."""
    parts = [Decimal(0)]
    for without in _one_less(snapshot, reading):
        other = _exact(snapshot, measure(replace(snapshot, only=without)), allowed)
        parts.append(abs(exact - (other or 0)))
    return max(parts)


def _one_less(snapshot: Snapshot, reading: Reading) -> Iterator[Callable[[Deal], bool]]:
    """What leaves out each member behind a number with all of its deals, and each of these where it has several."""
    book = snapshot.book
    for member in sorted(_members(snapshot, reading.included)):
        yield _is_not_of(member)
        deals = book.deals_of(member)
        yield from (_is_not(book.deals[deal]) for deal in deals if len(deals) > 1 and deal in reading.included)


def _is_not(left_out: Deal) -> Callable[[Deal], bool]:
    return lambda deal: deal != left_out


def _is_not_of(member: str) -> Callable[[Deal], bool]:
    return lambda deal: deal.member != member
