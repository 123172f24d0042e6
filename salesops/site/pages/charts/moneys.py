"""Sums of several currencies in one, at the dated rates of the team: what a chart can draw on one axis."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from salesops.book.book import Snapshot
from salesops.metrics.forecast import USUAL
from salesops.metrics.wording import amount
from salesops.records.money import CENT, Sums
from salesops.records.rates import Rates
from salesops.site.pages.charts.chart import short


@dataclass
class Teller:
    """Tells sums in the currency of the team, at the newest rates of one day, and keeps which rates it used and which it missed."""

    currency: str
    rates: Rates | None
    day: date
    used: dict[str, str] = field(default_factory=dict)
    missed: set[str] = field(default_factory=set)

    def tell(self, sums: Sums) -> Decimal:
        """All of it in one currency; what has no rate is not in it."""
        return sum((self._told(currency, value) for currency, value in sums.items()), Decimal(0))

    def _told(self, currency: str, value: Decimal) -> Decimal:
        if currency == self.currency or not value:
            return value
        rate = self.rates.newest(self.day, currency, self.currency) if self.rates else None
        if rate is None:
            self.missed.add(currency)
            return Decimal(0)
        self.used[currency] = f"{currency} at {rate.rate} ({short(rate.date, self.day)})"
        return (value * rate.rate).quantize(CENT)

    @property
    def aside(self) -> str:
        """What a reader must know of the rates; nothing where there is one currency."""
        told = f" {', '.join(sorted(self.used.values()))}." if self.used else ""
        lost = f" {' and '.join(sorted(self.missed))} not counted: no rate to {self.currency}." if self.missed else ""
        return told + lost

    def words(self, value: Decimal) -> str:
        """``1,250 USD``: whole units."""
        return f"{amount(value.quantize(Decimal(1)))} {self.currency}"


def teller(snapshot: Snapshot, seen: Iterable[Sums] = ()) -> Teller:
    """For the team's currency; for the only one that is seen, where it is another."""
    team = snapshot.book.team
    every = {currency for sums in seen for currency, value in sums.items() if value}
    own = team.currency if team else USUAL
    only = every.pop() if len(every) == 1 else own
    return Teller(only, snapshot.book.rates, snapshot.as_of)


def together(snapshot: Snapshot, sums: Sums) -> tuple[str, str] | None:
    """Sums of other currencies in that of the team, and the rates; None where it is all in the team's, or a rate is missing."""
    telling = teller(snapshot)
    told = telling.tell(sums)
    if telling.missed or not telling.used:
        return None
    rates = (f"{amount(sums[currency])} {said}" for currency, said in sorted(telling.used.items()))
    return telling.words(told), ", ".join(rates)
