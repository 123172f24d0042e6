"""What becomes of what is still open: how many of those who began had each outcome by each day (the estimator of Aalen and Johansen).

Whoever is still open counts for as long as it was followed and no longer. A share of the decided alone is wrong where outcomes
differ in speed: a share that looks at quick wins and not yet at slow losses is too high.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from statistics import NormalDist
from typing import NamedTuple

from salesops.metrics.statistics import Interval


class Followed(NamedTuple):
    """For how many days one was followed, and the outcome by which that ended; None where it is still open."""

    days: int
    outcome: str | None


class IncidenceStep(NamedTuple):
    """A day on which something was decided.

    Of ``at_risk`` who were followed up to it, ``decided`` had each outcome on it. ``shares`` is how likely each outcome is by
    the end of the day, for one who begins, ``undecided`` how likely it has none; together they are 1.
    """

    day: int
    at_risk: int
    decided: Mapping[str, int]
    undecided: float
    shares: Mapping[str, float]


@dataclass(frozen=True)
class Incidence:
    """A curve: the steps in order of days, and how long the longest was followed (None where nobody was)."""

    steps: tuple[IncidenceStep, ...]
    limit: int | None
    followed: int = 0

    def at(self, day: int) -> IncidenceStep | None:
        """The last step up to a day; None where nothing had been decided by then."""
        before = bisect_right(self.steps, day, key=lambda step: step.day)
        return self.steps[before - 1] if before else None

    def share(self, outcome: str, day: int | None = None) -> float:
        """How likely an outcome is by the end of a day; by the end of what was followed, unless told."""
        step = self._last if day is None else self.at(day)
        return step.shares.get(outcome, 0.0) if step else 0.0

    def undecided(self, day: int | None = None) -> float:
        """How likely nothing is decided by the end of a day; by the end of what was followed, unless told."""
        step = self._last if day is None else self.at(day)
        return step.undecided if step else 1.0

    def chance(self, outcome: str, after: int) -> float | None:
        """How likely an outcome still is, within what was followed, for one that is open after so many days; None where none was."""
        left = self.undecided(after)
        return (self.share(outcome) - self.share(outcome, after)) / left if left > 0 else None

    def days_to(self, outcome: str, share: float) -> int | None:
        """By which day so large a share had an outcome; None where it never came to that."""
        return next((step.day for step in self.steps if step.shares.get(outcome, 0.0) >= share), None)

    def interval(self, outcome: str, day: int, confidence: float = 0.95) -> Interval | None:
        """The interval of a share by a day, from Aalen's variance on the scale of log(−log); None before the first of it."""
        share, spread = self.share(outcome, day), sqrt(self.variance(outcome, day))
        return _log_log(share, spread, confidence) if _NONE < share < 1 - _NONE else None

    def variance(self, outcome: str, day: int) -> float:
        """Aalen's variance of a share by a day."""
        found = self.share(outcome, day)
        before, total = 1.0, 0.0
        for step in self.steps[: bisect_right(self.steps, day, key=lambda step: step.day)]:
            total += _part_of_variance(step, outcome, before, found - step.shares.get(outcome, 0.0))
            before = step.undecided
        return max(total, 0.0)

    @property
    def _last(self) -> IncidenceStep | None:
        return self.steps[-1] if self.steps else None


_NONE = 1e-9
"""A share that differs from 0, or from 1, by no more than sums of fractions do."""
NOBODY = Incidence((), None)


def cumulative_incidence(observations: Iterable[Followed]) -> Incidence:
    """The curve of several outcomes that exclude each other; whoever leaves open on a day was at risk on it."""
    followed = list(observations)
    by_day: dict[int, Counter[str | None]] = {}
    for days, outcome in followed:
        by_day.setdefault(days, Counter())[outcome] += 1
    at_risk, undecided, shares = len(followed), 1.0, dict.fromkeys(_outcomes(followed), 0.0)
    steps = []
    for day in sorted(by_day):
        decided = {outcome: count for outcome, count in by_day[day].items() if outcome is not None}
        if decided:
            for outcome, count in decided.items():
                shares[outcome] += undecided * count / at_risk
            undecided *= (at_risk - sum(decided.values())) / at_risk
            steps.append(IncidenceStep(day, at_risk, decided, undecided, dict(shares)))
        at_risk -= by_day[day].total()
    return Incidence(tuple(steps), max(by_day, default=None), len(followed))


def _outcomes(followed: Sequence[Followed]) -> list[str]:
    return sorted({outcome for _, outcome in followed if outcome is not None})


def _part_of_variance(step: IncidenceStep, outcome: str, before: float, to_come: float) -> float:
    """What a step adds to the variance of a share that still rises by ``to_come`` after it."""
    every, mine, at_risk = sum(step.decided.values()), step.decided.get(outcome, 0), step.at_risk
    spread = every / (at_risk * (at_risk - every)) if at_risk > every else 0.0
    own = before * before * mine * (at_risk - mine) / at_risk**3
    both = before * mine / at_risk**2
    return to_come * to_come * spread + own - 2 * to_come * both


def _log_log(share: float, spread: float, confidence: float) -> Interval:
    """Bounds that stay between 0 and 1."""
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    turn = z * spread / (share * log(share))
    return exp(log(share) * exp(-turn)), exp(log(share) * exp(turn))
