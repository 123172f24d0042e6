"""Dated exchange rates: playbook/rates.yaml."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from salesops.records.record import Entries, Past, Record, given
from salesops.records.scalars import Currency, Happened, Number


class Rate(Record):
    """An exchange rate from its day on, until the next one of the pair."""

    date: Happened = given("From which day.", "2026-01-02")
    from_: Currency = given("What is converted.", "CAD", key="from")
    to: Currency = given("Into what.", "USD")
    rate: Number = given("How much one unit is worth in it.", "0.7312")


class Rates(Record):
    """All exchange rates: playbook/rates.yaml (reference/definitions#currencies)."""

    rates: tuple[Rate, ...] = given(
        "The rates.", entries=Entries(("date", "from", "to"), called="rate of"), past=Past.RATES_SIGNED
    )

    def newest(self, day: date, start: str, target: str) -> Rate | None:
        """The newest rate of the pair on or before the day; None where there is none: nothing is guessed."""
        known = [rate for rate in self.rates if rate.from_ == start and rate.to == target and rate.date <= day]
        return max(known, key=lambda rate: rate.date, default=None)

    def on(self, day: date, start: str, target: str) -> Decimal | None:
        """How much one unit was worth on the day, by the newest rate of the pair."""
        rate = self.newest(day, start, target)
        return rate.rate if rate else None
