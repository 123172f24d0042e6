"""A bound in the unit of a metric, as targets and red lines write it: a number, a percentage or an amount of money."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from pydantic_core import PydanticCustomError

from salesops.records.money import Money
from salesops.records.scalars import money, percent, whole

READERS: dict[str, Callable[[object], Any]] = {"share": percent, "money": money, "days": whole, "count": whole}
NEEDED = {
    "share": ("a percentage", "30%"),
    "money": ("an amount of money", "20000 USD"),
    "days": ("a number of days", "90"),
    "count": ("a number", "12"),
}
"""What a metric of each kind needs, and an example that can be pasted."""


def value_of(words: str, kind: str) -> Decimal | Money | None:
    """What a bound says in the unit of a metric of this kind; None where it is in another unit."""
    try:
        found = READERS[kind](words)
    except PydanticCustomError:
        return None
    return found if isinstance(found, Money) else Decimal(found)


def fits(words: str, kind: str) -> bool:
    """Whether a bound is written in the unit of a metric of this kind."""
    return value_of(words, kind) is not None


def in_words(words: str) -> str:
    """A bound as people read it: ``15 %``, ``9,000 USD``, ``1,200``; anything else as it is written."""
    if fits(words, "share"):
        return f"{words[:-1]} %"
    found = value_of(words, "money") or value_of(words, "count")
    if isinstance(found, Money):
        return f"{found.amount:,} {found.currency}"
    return words if found is None else f"{found:,}"


def unit_of(words: str) -> str:
    """What somebody has written, by its form."""
    return next((NEEDED[kind][0] for kind in ("share", "money", "count") if fits(words, kind)), "a text")


def wrong_unit(words: str, kind: str, title: str) -> str:
    """What was written, and what its metric needs instead."""
    needed, example = NEEDED[kind]
    return f"'{words}' is {unit_of(words)}, and {title} needs {needed}, such as {example}"
