"""Whether a target is reached: the metric's value beside it, and the gap in words (``reference/definitions#targets``)."""

from __future__ import annotations

from decimal import Decimal

from pydantic_core import PydanticCustomError

from salesops.metrics.readings import Amounts, Count, Days, Reading, Share
from salesops.metrics.wording import NO_DATA, NOT_YET, amount, headline
from salesops.records.money import Money, money_from_text
from salesops.records.scalars import percent, whole
from salesops.records.targets import Target

REACHED, MISSING, UNKNOWN = "reached", "missing", "unknown"


def progress(target: Target, reading: Reading | None) -> tuple[str, str, str]:
    """The value now, the state (reached, missing or unknown), and the gap in words."""
    if reading is None:
        return NOT_YET, UNKNOWN, ""
    now = headline(reading)
    wanted = wanted_value(target, reading)
    actual = _value(reading, wanted)
    if wanted is None:
        return now, UNKNOWN, "the target is in another unit"
    if actual is None:
        return now, UNKNOWN, NO_DATA
    goal = wanted.amount if isinstance(wanted, Money) else wanted
    if actual >= goal:
        return now, REACHED, "reached"
    return now, MISSING, f"{_gap(goal - actual, wanted, reading)} short"


def goal(target: Target) -> str:
    """What is aimed for, written as the readings are."""
    found = money_from_text(target.at_least)
    return f"{amount(found.amount)} {found.currency}" if isinstance(found, Money) else target.at_least


def wanted_value(target: Target, reading: Reading) -> Decimal | Money | None:
    """What the target asks for, in the unit of its metric; None where the two do not fit."""
    try:
        if isinstance(reading, Share):
            return percent(target.at_least)
        if isinstance(reading, Amounts):
            found = money_from_text(target.at_least)
            return found if isinstance(found, Money) else None
        return Decimal(whole(target.at_least))
    except PydanticCustomError:
        return None


def _value(reading: Reading, wanted: Decimal | Money | None) -> Decimal | None:
    if isinstance(reading, Count):
        return Decimal(reading.value)
    if isinstance(reading, Amounts):
        return reading.sums.get(wanted.currency, Decimal(0)) if isinstance(wanted, Money) and reading.n else None
    if isinstance(reading, Days):
        return None if reading.value is None else Decimal(str(reading.value))
    return Decimal(reading.hits) / Decimal(reading.out_of) if reading.out_of else None


def _gap(gap: Decimal, wanted: Decimal | Money, reading: Reading) -> str:
    if isinstance(wanted, Money):
        return f"{amount(gap)} {wanted.currency}"
    return f"{gap * 100:.1f} points" if isinstance(reading, Share) else f"{gap.normalize():f}"
