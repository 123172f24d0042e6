"""How far each target is: the metric's value beside it, the gap in words, and the last four weeks (``reference/definitions#targets``)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from salesops.book.book import Snapshot
from salesops.metrics import metrics_of
from salesops.metrics.pipeline import last_full_week
from salesops.metrics.readings import Amounts, Count, Days, MoneyShare, Reading, Share
from salesops.metrics.wording import NO_DATA, NOT_YET, amount, headline
from salesops.records.bounds import value_of
from salesops.records.money import Money, money_from_text
from salesops.records.rates import Rates
from salesops.records.targets import Target

REACHED, MISSING, MISSED, UNKNOWN = "reached", "missing", "missed", "unknown"
NOTHING_KNOWN = "–"
_CENT = Decimal("0.01")
UNCOUNTED = " not counted"
"""What is said of money without a rate."""

Then = Callable[[date], Snapshot | None]
"""The records as they were known by the end of an earlier day; None where nothing was known yet."""


class Progress(NamedTuple):
    """A target against a reading: the value, the state, the gap in words, and what is to be said beside the value."""

    now: str
    state: str
    gap: str
    aside: tuple[str, ...] = ()
    distance: str = ""
    """How far off it is, without a word for the direction."""


@dataclass(frozen=True)
class TargetStanding:
    """A target on a day: where it is, or where it was on its own day, and on the ends of the four weeks before."""

    target: Target
    title: str
    day: date
    progress: Progress
    trend: tuple[tuple[date, str], ...] = ()


def target_standings(snapshot: Snapshot, then: Then | None = None) -> list[TargetStanding]:
    """Every target that is still to come, and those that were missed until a decision answers them.

    ``then`` gives the records as they were known at the ends of the weeks before; default: what they say of them now.
    """
    on = lru_cache(maxsize=None)(then or snapshot.whole.on)
    return [replace(standing, trend=_trend(standing, snapshot, on)) for standing in targets_of_interest(snapshot)]


def trend_days(snapshot: Snapshot) -> set[date]:
    """The days whose records the trends of all targets ask for."""
    return {
        end
        for standing in targets_of_interest(snapshot)
        for end in _week_ends(standing.day, snapshot.numbers.trend_weeks)
    }


def missed(target: Target, snapshot: Snapshot) -> TargetStanding | None:
    """A target whose day has passed, where it was on it; None where it was reached, and once a decision answers it."""
    if target.by >= snapshot.as_of or is_answered(target.id, snapshot):
        return None
    found = _standing(target, snapshot)
    return found if found.progress.state == MISSED else None


def targets_of_interest(snapshot: Snapshot) -> list[TargetStanding]:
    """The same targets on the day alone, without the weeks before."""
    targets = snapshot.book.targets.targets if snapshot.book.targets else ()
    found = [_standing(target, snapshot) for target in targets]
    return [standing for standing in found if _is_of_interest(standing, snapshot)]


def _standing(target: Target, snapshot: Snapshot) -> TargetStanding:
    """Where a target is, or was on its own day, by what is known of it now."""
    day = min(target.by, snapshot.as_of)
    reading = reading_of(target, snapshot if day == snapshot.as_of else snapshot.whole.on(day))
    known = metrics_of(snapshot.process)
    title = known[target.metric].title if target.metric in known else target.metric
    found = progress(target, reading, snapshot.book.rates, day)
    return TargetStanding(target, title, day, _on_its_day(found, day) if day < snapshot.as_of else found)


def _trend(standing: TargetStanding, snapshot: Snapshot, then: Then) -> tuple[tuple[date, str], ...]:
    target, rates = standing.target, snapshot.book.rates
    return tuple(
        (end, _then(target, reading_of(target, then(end)), rates, end))
        for end in _week_ends(standing.day, snapshot.numbers.trend_weeks)
    )


def _then(target: Target, reading: Reading | None, rates: Rates | None, end: date) -> str:
    return progress(target, reading, rates, end).now if reading else NOTHING_KNOWN


def _on_its_day(found: Progress, day: date) -> Progress:
    """The progress of a target whose day has passed."""
    if found.state == MISSING:
        return found._replace(state=MISSED, gap=f"missed by {found.distance} on {day}")
    return found._replace(gap=f"{found.gap or found.now} on {day}")


def _is_of_interest(standing: TargetStanding, snapshot: Snapshot) -> bool:
    if standing.target.by >= snapshot.as_of:
        return True
    return standing.progress.state != REACHED and not is_answered(standing.target.id, snapshot)


def is_answered(name: str, snapshot: Snapshot) -> bool:
    """Whether a decision up to the day answers a target or a red line."""
    return any(
        decision.answers == name and decision.date <= snapshot.as_of for decision in snapshot.book.decisions.values()
    )


def _week_ends(day: date, weeks: int) -> Iterator[date]:
    """The Sundays of the last full weeks."""
    last = last_full_week(day) + timedelta(days=6)
    return (last - timedelta(weeks=back) for back in range(weeks - 1, -1, -1))


def as_number(target: Target, reading: Reading, rates: Rates | None, day: date) -> Decimal | None:
    """A reading in the unit of its target; None where there is no number, or no rate for a part of it."""
    wanted = value_of(target.bound, reading.kind)
    if wanted is None:
        return None
    _, actual, aside = _now(reading, wanted, rates, day)
    return None if any(said.endswith(UNCOUNTED) for said in aside) else actual


def reading_of(target: Target, snapshot: Snapshot | None) -> Reading | None:
    """What the metric of a target reads; None where it is not measured, or nothing was known."""
    if snapshot is None or not snapshot.book.processes:
        return None
    metric = metrics_of(snapshot.process).get(target.metric)
    return metric.measure(snapshot) if metric and metric.measure else None


def progress(target: Target, reading: Reading | None, rates: Rates | None = None, day: date | None = None) -> Progress:
    """How a target stands against a reading; money is held against it at the rates of the day."""
    if reading is None:
        return Progress(NOT_YET, UNKNOWN, "")
    wanted = value_of(target.bound, reading.kind)
    if wanted is None:
        return Progress(headline(reading), UNKNOWN, "the target is in another unit")
    now, actual, aside = _now(reading, wanted, rates, day)
    if actual is None:
        return Progress(now, UNKNOWN, NO_DATA)
    off = (wanted.amount if isinstance(wanted, Money) else wanted) - actual
    off = -off if target.is_ceiling else off
    if off <= 0:
        return Progress(now, REACHED, "kept" if target.is_ceiling else "reached", aside)
    distance = _distance(off, wanted, reading)
    return Progress(now, MISSING, f"{distance} {'over' if target.is_ceiling else 'short'}", aside, distance)


def _now(
    reading: Reading, wanted: Decimal | Money, rates: Rates | None, day: date | None
) -> tuple[str, Decimal | None, tuple[str, ...]]:
    """The value in words and as a number, and what is to be said beside it."""
    if isinstance(reading, Amounts) and isinstance(wanted, Money):
        actual, aside = converted(reading, wanted.currency, rates, day)
        return f"{amount(actual)} {wanted.currency}", actual, aside
    return headline(reading), _value(reading), ()


def converted(
    reading: Amounts, currency: str, rates: Rates | None, day: date | None
) -> tuple[Decimal, tuple[str, ...]]:
    """The sums in one currency, each at its newest rate up to the day; without one they are not counted, and that is said."""
    found, aside = Decimal(0), []
    for other, value in reading.sums.items():
        rate = rates.newest(day, other, currency) if rates and day and other != currency else None
        shown = f"{amount(value)} {other}"
        if other == currency:
            found += value
        elif rate is None:
            aside.append(f"{shown}{UNCOUNTED}")
        else:
            found += (value * rate.rate).quantize(_CENT)
            aside.append(f"{shown} at {rate.rate} of {rate.date}")
    missing = [f"{reading.without} without an amount"] if reading.without else []
    return found, (*aside, *missing)


def _value(reading: Reading) -> Decimal | None:
    if isinstance(reading, Count):
        return Decimal(reading.value)
    if isinstance(reading, Days):
        return None if reading.value is None else Decimal(str(reading.value))
    if isinstance(reading, Share):
        return Decimal(reading.hits) / Decimal(reading.out_of) if reading.out_of else None
    if isinstance(reading, MoneyShare):
        return reading.part / reading.whole if reading.whole else None
    return None


def _distance(off: Decimal, wanted: Decimal | Money, reading: Reading) -> str:
    if isinstance(wanted, Money):
        return f"{amount(off)} {wanted.currency}"
    if isinstance(reading, Days):
        return f"{off:.1f}"
    return f"{off * 100:.1f} points" if isinstance(reading, Share | MoneyShare) else f"{off.normalize():f}"


def goal(target: Target) -> str:
    """What is aimed for, written as the readings are."""
    found = money_from_text(target.bound)
    words = f"{amount(found.amount)} {found.currency}" if isinstance(found, Money) else target.bound.replace("%", " %")
    return f"at most {words}" if target.is_ceiling else words
