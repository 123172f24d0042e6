"""A reading in words and figures, rounded for people: the one wording that terminal and pages share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal

from salesops.book.book import LeftOut
from salesops.metrics.readings import Amounts, Count, Days, MoneyShare, Reading, Share
from salesops.metrics.statistics import Interval
from salesops.output import counted
from salesops.records.money import Sums

NO_DATA = "no data"
NOT_YET = "not yet"
TOO_FEW = "too few to say"
"""What is said of a share or an average of fewer than the team's floor (``reference/definitions#intervals``)."""


def headline(reading: Reading | None) -> str:
    """The number itself; "not yet" for what is planned, "no data" where nothing was counted."""
    if reading is None:
        return NOT_YET
    if isinstance(reading, Count):
        return f"{reading.value:,}"
    if isinstance(reading, Amounts):
        return amounts(reading.sums) if reading.n else NO_DATA
    if reading.value is None:
        return NO_DATA
    if isinstance(reading, MoneyShare):
        return percent_of_money(reading.value)
    if isinstance(reading, Share):
        return percent(reading.value) if reading.is_enough else f"{reading.hits} of {reading.out_of}"
    return f"{reading.value:,.1f} days"


def detail(reading: Reading | None) -> str:
    """What is next to the number: the counts behind it, how sure it is, what was left out."""
    if reading is None:
        return ""
    if isinstance(reading, Count):
        last = ["last full week"] if reading.series else []
        running = [] if reading.so_far is None else [f"this week so far: {reading.so_far:,}"]
        split = [f"{count:,} {name}" for name, count in reading.split.items()]
        return " · ".join(last + split + running + _reclassified(reading))
    if isinstance(reading, Amounts):
        if reading.behind:
            return " · ".join(f"{name} {value}" for name, value in reading.behind.items())
        missing = f"{reading.without:,} without an amount" if reading.without else ""
        return " · ".join(part for part in (f"{reading.n:,} deals" if reading.n != 1 else "1 deal", missing) if part)
    if isinstance(reading, Share):
        return _share(reading)
    return money_share(reading) if isinstance(reading, MoneyShare) else _days(reading)


def money_share(share: MoneyShare) -> str:
    """``180 of 300 USD a month · 3 members``; nothing where there is nothing to share."""
    if not share.whole:
        return ""
    return (
        f"{amount(share.part)} of {amount(share.whole)} {share.currency} a month · {counted(share.members, 'member')}"
    )


def _reclassified(count: Count) -> list[str]:
    """How many deals a new version of the process counts more, or less, without a move; nothing where there is none."""
    flow = count.parts.get("flow")
    moved = flow.get("reclassified") if isinstance(flow, Mapping) else None
    return [f"{moved:+,} reclassified by a new version of the process"] if moved else []


def _share(share: Share) -> str:
    waiting = ((share.open, "still open"), (share.parked, "parked"))
    still = " · ".join(f"{count:,} {state}" for count, state in waiting if count)
    if not share.out_of:
        return still
    if not share.is_enough:
        return " · ".join(part for part in (TOO_FEW, still) if part)
    counts = f"{share.hits:,} of {share.out_of:,}"
    return " · ".join(part for part in (counts, could_be(share.interval), still) if part)


def _days(days: Days) -> str:
    if not days.n:
        return ""
    few = "" if days.is_enough else TOO_FEW
    return " · ".join(part for part in (f"median {days.median:,.1f}", _spread(days), f"n = {days.n:,}", few) if part)


def _spread(days: Days) -> str:
    """Within what four of five were, or of a few from what to what; nothing beside a single value."""
    if days.is_enough_for_quantiles:
        return f"80 % within {days.p80:,.0f}"
    return spread_of_few(days) if days.n > 1 else ""


def spread_of_few(days: Days) -> str:
    """``from 3 to 40``."""
    return f"from {min(days.values):,} to {max(days.values):,}"


def counted_in_words(reading: Reading) -> str:
    """``2 deals``, or ``3 attempts of 2 deals`` where a deal counts once for each of its attempts."""
    deals, attempts = len(reading.included), len(reading.attempts_counted)
    said = counted(deals, "deal")
    return said if attempts in (0, deals) else f"{counted(attempts, 'attempt')} of {said}"


def attempts_in_words(reading: Reading, deal: str) -> str:
    """Which attempts of a deal were counted: ``attempts 1 and 2``; nothing where it is the only one."""
    numbers = [str(number) for number in reading.attempts_of(deal)]
    return f"attempts {' and '.join([', '.join(numbers[:-1]), numbers[-1]])}" if len(numbers) > 1 else ""


def by_kind(left_out: Iterable[LeftOut]) -> list[tuple[str, list[LeftOut]]]:
    """What was left out by kind of reason, the most first; a kind is called by its sentence where all of it have the same."""
    kinds: dict[str, list[LeftOut]] = {}
    for one in left_out:
        kinds.setdefault(one.cause.value, []).append(one)
    named = [(_alike(found) or kind, found) for kind, found in kinds.items()]
    return sorted(named, key=lambda pair: (-len(pair[1]), pair[0]))


def _alike(found: list[LeftOut]) -> str:
    sentences = {one.why for one in found}
    return sentences.pop() if len(sentences) == 1 else ""


def percent(share: float | Decimal, *, to_a_tenth: bool = False) -> str:
    """``63 %``; ``4.5 %`` and ``99.6 %``, where whole ones would hide what is rare, or say "all" of what is not all.

    What somebody wrote, a Decimal, is told as it was written: ``12.5 %``. What stands beside a line is told ``to_a_tenth``, so that
    it is seen on which side of the line it is.
    """
    if isinstance(share, Decimal):
        return f"{(share * 100).normalize():f} %"
    whole = round(share, 2)
    is_exact = abs(share - whole) < EXACTLY
    is_told_whole = is_exact or (0.1 <= whole < 1 and not to_a_tenth)
    return f"{share:.0%}".replace("%", " %") if is_told_whole else percent_of_money(share)


EXACTLY = 1e-9
"""How far a float may be from what is meant."""


def percent_of_money(share: float) -> str:
    """``94.5 %``: of money every tenth counts."""
    return f"{share * 100:.1f} %"


def between(interval: Interval | None) -> str:
    """``23–64 %``."""
    return f"{interval[0] * 100:.0f}–{interval[1] * 100:.0f} %" if interval else ""


def could_be(interval: Interval | None) -> str:
    """``could be 23 to 64 %``: the 95 % interval of a share, in words."""
    return f"could be {between(interval).replace('–', ' to ')}" if interval else ""


def amounts(sums: Sums | Mapping[str, Decimal]) -> str:
    """``1,250 USD + 412.50 CAD``; a dash where there is nothing."""
    return " + ".join(f"{amount(value)} {currency}" for currency, value in sums.items()) or "–"


def rounded(words: str) -> str:
    """Amounts in words without their cents, for a place where a whole number says enough: ``5,254 USD``."""
    return _CENTS.sub(lambda found: f"{round(Decimal(found[0].replace(',', ''))):,}", words)


_CENTS = re.compile(r"\d[\d,]*\.\d\d(?= [A-Z]{3}\b)")


def amount(value: Decimal) -> str:
    """``1,250`` or ``412.50``: with thousands marks, cents only where there are any."""
    return f"{value:,.0f}" if value == value.to_integral_value() else f"{value:,.2f}"
