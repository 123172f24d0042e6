"""The forecast: what the open deals may bring, by month and for the year, what that rests on, and what it leaves out (``reference/definitions#forecasts``)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any

from salesops.book.book import Cause, LeftOut, Snapshot
from salesops.metrics.chances import Chance, Provenance
from salesops.metrics.contracts import won_on, won_worth
from salesops.metrics.expected import Weighed, weigh
from salesops.metrics.pipeline import kept_warm
from salesops.metrics.simulation import DRAWS, NO_MONTH, SEED, Band, OpenDeal, Simulation, Spread, band, simulate
from salesops.records.money import CENT, Money, cents

USUAL = "USD"
"""The currency of a team that does not say its own."""
PRIOR = Decimal("0.5")
"""What is added to wins and losses before anything was seen (Jeffreys)."""
DEFAULT_WORTH = 10
"""As many attempts a default of the process is taken to be worth: it is a guess, and the band shows it."""


@dataclass(frozen=True)
class ExpectedDeal:
    """A deal of the forecast: what it brings in the team's currency, how likely, and on which day it is expected."""

    weighed: Weighed
    amount: Decimal
    close: date | None
    converted: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The deal."""
        return self.weighed.history.id

    @property
    def chance(self) -> Chance:
        """How likely it is to be won."""
        return self.weighed.chance

    @property
    def expected(self) -> Decimal:
        """Its amount times its chance."""
        return self.chance.of(self.amount)


@dataclass(frozen=True)
class Landing:
    """A period: what was won in it, and what is expected of the open deals that are to close in it; no deal is in both."""

    first: date
    last: date
    won: Decimal
    expected: Decimal
    band: Band | None = None

    @property
    def total(self) -> Decimal:
        """Both together."""
        return self.won + self.expected

    @property
    def name(self) -> str:
        """``2026 Q4``, or the year."""
        is_year = self.first.month == 1 and self.last.month == 12
        return f"{self.first.year}" if is_year else f"{self.first.year} Q{self.last.month // 3}"


@dataclass(frozen=True)
class Forecast:
    """What is expected on a day, in one currency."""

    as_of: date
    currency: str
    deals: tuple[ExpectedDeal, ...]
    left_out: tuple[LeftOut, ...]
    drawn: Simulation
    slips: tuple[int, ...]
    used: tuple[int, ...]
    landings: tuple[Landing, ...]
    seed: int = SEED

    @property
    def without_day(self) -> tuple[ExpectedDeal, ...]:
        """The deals that have no day on which they are expected: they are in no month, and in the total."""
        return tuple(deal for deal in self.deals if deal.close is None)

    @property
    def expected(self) -> Decimal:
        """The sum of amounts times chances."""
        return sum((deal.expected for deal in self.deals), Decimal(0))

    @cached_property
    def months(self) -> dict[str, Band]:
        """The band of each month, in order; ``no month`` last, where a deal has none."""
        parts = (part for part in self.drawn.parts if part != NO_MONTH or self.without_day)
        return {part: self.drawn.band(part) for part in parts}

    @property
    def total(self) -> Band:
        """The band of all that the open deals bring, whenever it comes."""
        return self.drawn.band()

    @property
    def wins(self) -> Band:
        """The band of how many of them are won."""
        return band(self.drawn.wins)

    @property
    def takes_its_days_as_they_are(self) -> bool:
        """Whether too few wins of the past tell how late they come."""
        return not self.used

    def deals_in(self, part: str) -> list[ExpectedDeal]:
        """The deals that are expected in a month, or in none."""
        return [deal for deal in self.deals if (f"{deal.close:%Y-%m}" if deal.close else NO_MONTH) == part]

    def as_data(self) -> dict[str, Any]:
        """As machines read it: money as text, exact to the cent."""
        return {
            "currency": self.currency,
            "draws": DRAWS,
            "seed": self.seed,
            "expected": cents(self.expected),
            "total": _band(self.total),
            "wins": self.wins._asdict(),
            "months": [
                {"month": part, **_band(found), "expected": cents(_expected(self.deals_in(part)))}
                for part, found in self.months.items()
            ],
            "landings": [_landing(each) for each in self.landings],
            "slips": {"n": len(self.slips), "used": not self.takes_its_days_as_they_are},
            "deals": [_deal(deal) for deal in self.deals],
            "excluded": [left.as_data() for left in self.left_out],
        }


def forecast(snapshot: Snapshot, *, seed: int = SEED, by_member: bool = False) -> Forecast:
    """The forecast of a day; ``by_member`` wins or loses the deals of a member together."""
    currency = snapshot.book.team.currency if snapshot.book.team else USUAL
    weighed, left_out = weigh(snapshot)
    deals, more = _in_one_currency(snapshot, weighed, currency)
    slips = tuple(sorted(_slips(snapshot)))
    used = slips if len(slips) >= snapshot.numbers.enough else ()
    drawn = simulate(
        [_drawn(deal, by_member=by_member) for deal in deals],
        snapshot.as_of,
        spreads=_spreads(deals),
        slips=used,
        seed=seed,
    )
    more += _won_without_rate(snapshot, currency)
    gone = (*left_out, *more, *kept_warm(snapshot, snapshot.parked), *snapshot.unusable)
    landings = tuple(_landings(snapshot, deals, drawn, currency))
    return Forecast(snapshot.as_of, currency, tuple(deals), gone, drawn, slips, used, landings, seed)


def _in_one_currency(
    snapshot: Snapshot, weighed: Sequence[Weighed], currency: str
) -> tuple[list[ExpectedDeal], list[LeftOut]]:
    """The deals that are in the forecast, and those whose day has passed or whose money has no rate."""
    found, left_out = [], []
    for each in weighed:
        close = each.history.deal.expected_close
        amount, used, missing = _converted(snapshot, each.amounts, currency, snapshot.as_of)
        if close and close < snapshot.as_of:
            why = f"its expected close was {close}, and nobody wrote a new day"
            left_out.append(LeftOut(each.history.id, why, Cause.CLOSE_PASSED))
        elif missing:
            why = f"there is no rate from {' and '.join(missing)} to {currency}"
            left_out.append(LeftOut(each.history.id, why, Cause.NO_RATE))
        else:
            found.append(ExpectedDeal(each, amount, close, tuple(used)))
    return found, left_out


def _converted(
    snapshot: Snapshot, amounts: Sequence[Money], currency: str, day: date
) -> tuple[Decimal, list[str], list[str]]:
    """Amounts in one currency at the rates of a day, the rates in words, and the currencies that have none."""
    sum_, used, missing = Decimal(0), [], []
    for amount, other in amounts:
        rate = snapshot.book.rates.newest(day, other, currency) if snapshot.book.rates and other != currency else None
        if other == currency:
            sum_ += amount
        elif rate is None:
            missing.append(other)
        else:
            sum_ += (amount * rate.rate).quantize(CENT, ROUND_HALF_UP)
            used.append(f"{other} at {rate.rate} of {rate.date}")
    return sum_, used, missing


def _drawn(deal: ExpectedDeal, *, by_member: bool) -> OpenDeal:
    is_estimate = deal.chance.provenance is Provenance.ESTIMATE
    return OpenDeal(
        deal.id,
        int(deal.amount / CENT),
        float(deal.chance.value),
        group=None if is_estimate else group_of(deal.chance),
        close=deal.close,
        is_fixed=is_estimate and deal.chance.value == 1,
        with_=deal.weighed.history.deal.member if by_member else None,
    )


def group_of(chance: Chance) -> str:
    """The stage whose uncertainty a chance shares with the others of it."""
    return f"{chance.key.type} {chance.key.stage}"


def _spreads(deals: Sequence[ExpectedDeal]) -> dict[str, Spread]:
    """How sure the chances of each stage are: as sure as its decided attempts make them; a default is worth ten."""
    return {
        group_of(deal.chance): spread_of(deal.chance)
        for deal in deals
        if deal.chance.provenance is not Provenance.ESTIMATE
    }


def spread_of(chance: Chance) -> Spread:
    """How sure a chance is, from what it rests on."""
    if chance.provenance is Provenance.HISTORY:
        return Spread(float(chance.won + PRIOR), float(chance.decided - chance.won + PRIOR))
    return Spread(float(chance.value * DEFAULT_WORTH), float((1 - chance.value) * DEFAULT_WORTH))


def _slips(snapshot: Snapshot) -> Iterator[int]:
    """How many days after the day that was last expected each win came; negative where it came before."""
    for history in replace(snapshot, only=None).won:
        if history.deal.expected_close:
            yield (won_on(snapshot, history) - history.deal.expected_close).days


# ── landing ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _landings(snapshot: Snapshot, deals: Sequence[ExpectedDeal], drawn: Simulation, currency: str) -> Iterator[Landing]:
    """The quarter and the year of the day: won, and still expected."""
    for first, last in (_quarter(snapshot.as_of), _year(snapshot.as_of)):
        won = _won_in(snapshot, first, last, currency)
        due = [deal for deal in deals if deal.close and deal.close <= last]
        in_cents = int(won / CENT)
        bands = (
            Band(*(in_cents + value for value in band(drawn.year))) if last.month == 12 and first.month == 1 else None
        )
        yield Landing(first, last, won, _expected(due), bands)


def _won_in(snapshot: Snapshot, first: date, last: date, currency: str) -> Decimal:
    """What was won in a period, each win at the rate of its day; what has no rate is not in it."""
    sum_ = Decimal(0)
    for history in snapshot.won:
        if first <= (day := won_on(snapshot, history)) <= last:
            sum_ += _converted(snapshot, won_worth(history), currency, day)[0]
    return sum_


def _won_without_rate(snapshot: Snapshot, currency: str) -> Iterator[LeftOut]:
    """What was won this year and cannot be told in the currency of the forecast."""
    for history in snapshot.won:
        day = won_on(snapshot, history)
        missing = _converted(snapshot, won_worth(history), currency, day)[2] if day.year == snapshot.as_of.year else []
        if missing:
            why = f"won on {day}, and there was no rate from {' and '.join(missing)} to {currency}"
            yield LeftOut(history.id, why, Cause.NO_RATE)


def _quarter(day: date) -> tuple[date, date]:
    first = date(day.year, day.month - (day.month - 1) % 3, 1)
    return first, date.fromordinal(
        date(first.year + (first.month == 10), (first.month + 2) % 12 + 1, 1).toordinal() - 1
    )


def _year(day: date) -> tuple[date, date]:
    return date(day.year, 1, 1), date(day.year, 12, 31)


def _expected(deals: Sequence[ExpectedDeal]) -> Decimal:
    return sum((deal.expected for deal in deals), Decimal(0))


# ── as data ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def money_of(in_cents: int) -> Decimal:
    """Whole cents as an amount."""
    return in_cents * CENT


def _band(found: Band) -> dict[str, str]:
    return {name: cents(money_of(value)) for name, value in found._asdict().items()}


def _landing(landing: Landing) -> dict[str, Any]:
    sums = {"won": cents(landing.won), "expected": cents(landing.expected), "total": cents(landing.total)}
    beside = _band(landing.band) if landing.band else {}
    return {"from": landing.first, "to": landing.last, **sums, **beside}


def _deal(deal: ExpectedDeal) -> dict[str, Any]:
    chance = deal.chance
    return {
        "deal": deal.id,
        "amount": cents(deal.amount),
        "probability": str(chance.value),
        "provenance": chance.provenance.value,
        "why": chance.why,
        "expected": cents(deal.expected),
        "expected_close": deal.close,
        "rates": list(deal.converted),
    }
