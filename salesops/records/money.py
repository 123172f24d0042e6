"""Money: an exact decimal and its currency, never a float, never added across currencies."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from salesops.records.iso_codes import CURRENCIES

MONEY = re.compile(r"(0|[1-9][0-9]{0,11})(\.[0-9]{1,2})? ([A-Z]{3})")
_GROUPED = re.compile(r"[0-9]+|[0-9]{1,3}([_, ])[0-9]{3}(?:\1[0-9]{3})*")
_FIGURE = re.compile(r"[0-9][0-9_, ]*(?:\.[0-9]{1,2})?", re.ASCII)
_A_MONTH = re.compile(r" ?(?:/|per|a) ?(?:month|mo)\.?$")
CENT = Decimal("0.01")


class Money(NamedTuple):
    """An amount, at most two places, in one ISO 4217 currency."""

    amount: Decimal
    currency: str

    def times(self, count: int) -> Money:
        """The amount taken ``count`` times."""
        return Money(self.amount * count, self.currency)

    def __str__(self) -> str:
        return f"{plain(self.amount)} {self.currency}"


Sums = dict[str, Decimal]
"""Amounts by currency: the only way in which money of several currencies stands together."""


def money_as_data(money: Money) -> dict[str, str]:
    """An amount as machines read it: ``{"amount": "1250.00", "currency": "USD"}``."""
    return {"amount": cents(money.amount), "currency": money.currency}


def total(amounts: Iterable[Money]) -> Sums:
    """The sums by currency, in the order of the codes."""
    sums: Sums = {}
    for amount, currency in amounts:
        sums[currency] = sums.get(currency, Decimal(0)) + amount
    return dict(sorted(sums.items()))


def plain(amount: Decimal) -> str:
    """``1250`` or ``412.50``: cents only where there are any."""
    whole = amount.to_integral_value()
    return str(whole) if whole == amount else str(amount.quantize(CENT))


def cents(amount: Decimal) -> str:
    """``1250.00``: always two places, as machines read it."""
    return str(amount.quantize(CENT))


@lru_cache(maxsize=8192)
def money_from_text(words: str) -> Money | tuple[str, str, str, str]:
    """The money in ``1250 USD``, or code, message, help and fix of the complaint."""
    match = MONEY.fullmatch(words)
    if not match:
        return (
            "not-money",
            f"{_shown(words)} is not an amount of money",
            "the currency is missing: 1250 USD, not 1250"
            if _FIGURE.fullmatch(words)
            else "an amount of 0 or more, at most two decimals, a space and a currency: 1250 USD or 412.50 CAD",
            _fixed(_A_MONTH.sub("", words)),
        )
    if match[3] not in CURRENCIES:
        return (
            "not-money",
            f"{match[3]} is not a currency of ISO 4217",
            "three capital letters such as USD, CAD, EUR",
            "",
        )
    return Money(Decimal(match[1] + (match[2] or "")), match[3])


def _shown(words: str) -> str:
    return f"'{words}'" if len(words) <= 60 else f"'{words[:57]}…'"


def ungrouped(words: str) -> str:
    """The digits of a whole number whose thousands are set apart, ``1_000``; nothing where the number is in doubt, ``1,5``."""
    return re.sub(r"[_, ]", "", words).lstrip("0") or "0" if _GROUPED.fullmatch(words) else ""


def _fixed(words: str) -> str:
    """The nearest amount where only the spelling is off: ``1_000 usd`` → ``1000 USD``; nothing where the number itself is in doubt."""
    match = re.fullmatch(r"\s*([0-9][0-9_, ]*?)(\.[0-9]{1,2})?\s*([A-Za-z]{3})\s*", words[:60], re.ASCII)
    digits = ungrouped(match[1]) if match else ""
    if not match or not digits:
        return ""
    fixed = f"{digits}{match[2] or ''} {match[3].upper()}"
    return fixed if MONEY.fullmatch(fixed) and fixed[-3:] in CURRENCIES else ""
