"""What the open deals may bring, drawn a thousand times: wins, and the months in which they come (``reference/definitions#forecasts``).

Money is whole cents. Chance comes from ``random()`` alone, each deal and each stage with draws of its own: the same seed gives the
same result in every version of Python, and a deal that goes takes nothing but itself from any draw.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property, lru_cache
from math import exp, log
from random import Random
from typing import NamedTuple

DRAWS = 1_000
SEED = 1
NO_MONTH = "no month"
"""Where a win comes that has no day on which it is expected."""
_CELLS, _LEVELS = 1_000, 200


class Band(NamedTuple):
    """In one of ten draws it is at most ``p10``, in half of them at most ``p50``, in nine of ten at most ``p90``."""

    p10: int
    p50: int
    p90: int

    def holds(self, actual: int) -> bool:
        """Whether what came lies in it, its ends among it."""
        return self.p10 <= actual <= self.p90


class Spread(NamedTuple):
    """How sure a chance is: as sure as so many wins and losses make it."""

    won: float
    lost: float

    @property
    def mean(self) -> float:
        """The chance in the middle of it."""
        return self.won / (self.won + self.lost)


@dataclass(frozen=True)
class OpenDeal:
    """An open deal as it is drawn.

    ``group`` is the stage whose uncertainty it shares with the others there; None where its chance is taken as it is. ``with_``
    names those with whom it is won or lost together, such as a member. ``is_fixed`` says that its day is not drawn either.
    """

    id: str
    cents: int
    chance: float
    group: str | None = None
    close: date | None = None
    is_fixed: bool = False
    with_: str | None = None


@dataclass(frozen=True)
class Simulation:
    """Draws of what the deals bring, in cents: each month in order, and ``no month``; the parts of a draw are its total."""

    parts: Mapping[str, Sequence[int]]
    wins: Sequence[int]
    year: Sequence[int] = field(default=())
    """What comes in up to the end of the year."""

    @cached_property
    def totals(self) -> list[int]:
        """What each draw brings in all."""
        return [sum(values) for values in zip(*self.parts.values(), strict=True)] if self.parts else [0] * DRAWS

    def band(self, part: str | None = None) -> Band:
        """The band of a month, or of all."""
        return band(self.totals if part is None else self.parts[part])


def band(draws: Iterable[int]) -> Band:
    """Draws that were reached, never something between two of them."""
    ordered = sorted(draws)
    at = [max(-(-len(ordered) * tenth // 10) - 1, 0) for tenth in (1, 5, 9)]
    return Band(*(ordered[place] for place in at))


def simulate(
    deals: Iterable[OpenDeal],
    as_of: date,
    *,
    spreads: Mapping[str, Spread] | None = None,
    slips: Sequence[int] = (),
    seed: int = SEED,
    draws: int = DRAWS,
) -> Simulation:
    """Draw every deal: won or not, and on which day after ``as_of``; ``slips`` are how many days late the wins of the past came."""
    tilts = {name: _tilts(spread, name, seed, draws) for name, spread in (spreads or {}).items()}
    ordered, end = sorted(slips), date(as_of.year, 12, 31)
    months: dict[date, Counter[int]] = {}
    never: Counter[int] = Counter()
    wins, year = [0] * draws, [0] * draws
    for deal in sorted(deals, key=lambda deal: deal.id):
        days = _days_of(deal, as_of, ordered)
        for at, place in _won_in(deal, tilts.get(deal.group or ""), seed, draws, len(days)):
            wins[at] += 1
            if not days:
                never[at] += deal.cents
                continue
            day = days[place]
            months.setdefault(day.replace(day=1), Counter())[at] += deal.cents
            year[at] += deal.cents if day <= end else 0
    parts = {f"{month:%Y-%m}": found for month in _every_month(months) for found in (months.get(month, Counter()),)}
    every = {**parts, NO_MONTH: never}
    return Simulation({name: [found[at] for at in range(draws)] for name, found in every.items()}, wins, year)


def _days_of(deal: OpenDeal, as_of: date, slips: Sequence[int]) -> list[date]:
    """The days on which a deal may close, each as likely: those that have not passed; none where it has no day."""
    if deal.close is None:
        return []
    first = bisect_right(slips, (as_of - deal.close).days)
    if deal.is_fixed or first == len(slips):
        return [deal.close]
    return [deal.close + timedelta(days=slip) for slip in slips[first:]]


def _won_in(
    deal: OpenDeal, tilts: Sequence[float] | None, seed: int, draws: int, days: int
) -> Iterable[tuple[int, int]]:
    """The draws in which a deal is won, each with which of its days it is."""
    luck = Random(f"{seed}:{deal.with_ or deal.id}").random
    whens = Random(f"{seed}:{deal.id}:day").random
    chance, spread = deal.chance, deal.chance * (1 - deal.chance)
    for at in range(draws):
        drawn, when = luck(), whens()
        if drawn < (chance if tilts is None else chance + spread * tilts[at]):
            yield at, int(when * days)


def _tilts(spread: Spread, name: str, seed: int, draws: int) -> list[float]:
    """How far the chances of a stage are off in each draw: times p (1 − p) what is added to p, 0 on average."""
    if not spread.won or not spread.lost:
        return [0.0] * draws
    levels, mean = _levels(spread), spread.mean
    luck = Random(f"{seed}:stage:{name}").random
    scale = 1 / (mean * (1 - mean))
    return [(levels[int(luck() * _LEVELS)] - mean) * scale for _ in range(draws)]


@lru_cache(maxsize=256)
def _levels(spread: Spread) -> list[float]:
    """The chances of a Beta distribution, each as likely as the next: read off its density, so that one that has lost more is never higher."""
    places = [(cell + 0.5) / _CELLS for cell in range(_CELLS)]
    heights = [(spread.won - 1) * log(place) + (spread.lost - 1) * log(1 - place) for place in places]
    most = max(heights)
    weights = [exp(height - most) for height in heights]
    whole, passed, at, found = sum(weights), weights[0], 0, []
    for level in range(_LEVELS):
        while passed < whole * (level + 0.5) / _LEVELS and at < _CELLS - 1:
            at += 1
            passed += weights[at]
        found.append(places[at])
    return found


def _every_month(months: Iterable[date]) -> list[date]:
    """The months from the first to the last, without a gap."""
    known = sorted(months)
    found = known[:1]
    while found and found[-1] < known[-1]:
        found.append((found[-1] + timedelta(days=31)).replace(day=1))
    return found
