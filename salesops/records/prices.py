"""What the team charges: playbook/prices/<version>.yaml, the fee of each tier and the ladder of the usage fee."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from salesops.records.money import Money
from salesops.records.record import Entries, Past, Record, given, many, maybe, named
from salesops.records.scalars import Amount, Day, Text, Whole


class UsageStep(Record):
    """A step of the usage ladder: what each active user costs, up to a number of them."""

    to: Whole = given("Up to this user.", "10", "100", "1000")
    fee: Amount = given("What each active user of the step costs a month.", "10.00 USD")


class PriceList(Record):
    """A price list: playbook/prices/<version>.yaml; a contract names the one by which it was made."""

    since: Day = given("The day from which it is quoted.", "2026-01-01", past=Past.SIGNED)
    fees: dict[str, Amount] = named(
        "The fee of each tier, money a month, by the names of the tiers in the process.", past=Past.SIGNED
    )
    usage: tuple[UsageStep, ...] = many(
        "The ladder of the usage fee, the lowest step first; whoever is beyond the last step costs nothing more.",
        entries=Entries(("to",), called="usage step to"),
        past=Past.SIGNED,
    )
    note: Text | None = maybe("What changed against the list before.", past=Past.FREE)


def usage_fee(ladder: Sequence[UsageStep], users: int) -> Money | None:
    """What so many active users cost a month: each step by its own fee; None where there is no ladder."""
    if not ladder:
        return None
    fee, below = Decimal(0), 0
    for step in ladder:
        fee += max(min(users, step.to) - below, 0) * step.fee.amount
        below = step.to
    return Money(fee, ladder[0].fee.currency)


def most_for_usage(ladder: Sequence[UsageStep]) -> Money | None:
    """The most that usage can cost a month."""
    return usage_fee(ladder, ladder[-1].to) if ladder else None
