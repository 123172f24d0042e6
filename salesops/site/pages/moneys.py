"""Sums of several currencies in one, at the dated rates of the team: what a reader takes in at a glance, and a chart can draw on one axis."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from salesops.book.book import Snapshot
from salesops.metrics.forecast import USUAL
from salesops.metrics.wording import amount, amounts, rounded
from salesops.records.money import CENT, Sums
from salesops.records.rates import Rate, Rates
from salesops.site.pages.words import short


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
        rate = self.rate(currency)
        if rate is None:
            self.missed.add(currency)
            return Decimal(0)
        self.used[currency] = f"{currency} at {rate.rate} ({short(rate.date, self.day)})"
        return (value * rate.rate).quantize(CENT)

    def rate(self, currency: str) -> Rate | None:
        """The newest rate of a currency on the day; None where there is none."""
        return self.rates.newest(self.day, currency, self.currency) if self.rates else None

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


class InOne(NamedTuple):
    """A sum in one figure where every part of it has a rate, and which parts were told at one; else its parts, side by side."""

    figure: str
    at_rates: str = ""

    @property
    def words(self) -> str:
        """``60,222 USD, of it 14,400 EUR at 1.1265 (1 Oct)``."""
        return f"{self.figure}, of it {self.at_rates}" if self.at_rates else self.figure


def in_one(snapshot: Snapshot, sums: Sums) -> InOne:
    """Sums in the currency of the team, in whole units."""
    telling = teller(snapshot)
    told = telling.tell(sums)
    if telling.missed or not telling.used:
        return InOne(rounded(amounts(sums)))
    rates = (f"{amount(sums[currency])} {said}" for currency, said in sorted(telling.used.items()))
    return InOne(telling.words(told), ", ".join(rates))


def rates_as_data(snapshot: Snapshot) -> str:
    """The newest rates to the currency of the team with their days, as a script reads them: ``{"to": "USD", "EUR": ["1.1265", "1 Oct"]}``."""
    telling, rates = teller(snapshot), snapshot.book.rates
    known = {each.from_ for each in rates.rates} if rates else set()
    newest = [(start, telling.rate(start)) for start in sorted(known)]
    found = {start: [str(rate.rate), short(rate.date, telling.day)] for start, rate in newest if rate}
    return json.dumps({"to": telling.currency, **found})
