"""How past forecasts did: what was expected of the deals that were open on a day, held against what became of them (``reference/definitions#forecasts``)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from salesops.book.book import Snapshot
from salesops.book.visits import DealHistory, Visit
from salesops.metrics.chances import Chance, Provenance, StageKey, chances
from salesops.metrics.forecast import group_of, spread_of
from salesops.metrics.simulation import Band, OpenDeal, band, simulate
from salesops.metrics.statistics import Interval, wilson
from salesops.records.process import WON

Then = Callable[[date], Snapshot | None]
"""The records as they were known by the end of a day; None where nothing was known yet."""
RIPE = 0.9
"""A forecast is scored once so large a share of its deals is decided: before that the slow ones are missing, which are mostly lost."""

DRAWS_EACH = 200
"""Draws of each past forecast: enough for a band of the number of wins, and there are many of them."""


class Judged(NamedTuple):
    """What was expected of one deal on a day, and whether its attempt was won; None while it is undecided."""

    deal: str
    key: StageKey
    chance: float
    plain: float | None
    won: bool | None


@dataclass(frozen=True)
class PastForecast:
    """The forecast of a day, and what came."""

    day: date
    deals: tuple[Judged, ...]
    band: Band
    """Of the number of wins."""

    @property
    def expected(self) -> float:
        """How many wins were expected."""
        return sum(judged.chance for judged in self.deals)

    @property
    def came(self) -> int:
        """How many came so far."""
        return sum(bool(judged.won) for judged in self.deals)

    @property
    def open(self) -> int:
        """How many are still undecided: they count as not won so far."""
        return sum(judged.won is None for judged in self.deals)

    @property
    def is_ripe(self) -> bool:
        """Whether so many of its deals are decided that it can be scored."""
        return bool(self.deals) and self.open <= (1 - RIPE) * len(self.deals)

    @property
    def held(self) -> bool:
        """Whether what came lies in the band."""
        return self.band.holds(self.came)


class StageBias(NamedTuple):
    """A stage in all scored forecasts: wins expected of the deals in it, and those that came."""

    key: StageKey
    deals: int
    expected: float
    came: int


@dataclass(frozen=True)
class Scores:
    """Past forecasts, the oldest first; only the ripe ones are scored."""

    forecasts: tuple[PastForecast, ...]

    @cached_property
    def scored(self) -> tuple[PastForecast, ...]:
        """Those that can be held against what came."""
        return tuple(each for each in self.forecasts if each.is_ripe)

    @cached_property
    def _judged(self) -> list[Judged]:
        return [judged for each in self.scored for judged in each.deals]

    @property
    def held(self) -> int:
        """How many bands held what came; four of five should."""
        return sum(each.held for each in self.scored)

    @property
    def coverage(self) -> Interval | None:
        """The interval of the share of bands that held; too narrow, as forecasts of following weeks are about the same deals."""
        return wilson(self.held, len(self.scored))

    @property
    def expected(self) -> float:
        """The wins that were expected, over all scored forecasts."""
        return sum(each.expected for each in self.scored)

    @property
    def came(self) -> int:
        """The wins that came of them."""
        return sum(each.came for each in self.scored)

    @property
    def bias(self) -> float | None:
        """By what share of those that came too many wins were expected; negative: too few. None where none came."""
        return self.expected / self.came - 1 if self.came else None

    @property
    def brier(self) -> float | None:
        """The mean square of chance less outcome: 0 where every deal was called right, 0.25 where each was given one half."""
        return _brier((judged.chance, judged.won) for judged in self._judged)

    @property
    def plain_brier(self) -> float | None:
        """The same of the plain shares of the stages, where there is one."""
        return _brier((judged.plain, judged.won) for judged in self._judged if judged.plain is not None)

    @property
    def by_stage(self) -> list[StageBias]:
        """The bias of each stage, in the order of their names."""
        groups: dict[StageKey, list[Judged]] = {}
        for judged in self._judged:
            groups.setdefault(judged.key, []).append(judged)
        return [
            StageBias(key, len(found), sum(each.chance for each in found), sum(bool(each.won) for each in found))
            for key, found in sorted(groups.items())
        ]

    def as_data(self) -> dict[str, Any]:
        """As machines read it."""
        return {
            "scored": len(self.scored),
            "unripe": len(self.forecasts) - len(self.scored),
            "held": self.held,
            "expected": self.expected,
            "came": self.came,
            "bias": self.bias,
            "brier": self.brier,
            "brier_of_plain_shares": self.plain_brier,
            "by_stage": [
                {**row.key._asdict(), "deals": row.deals, "expected": row.expected, "came": row.came}
                for row in self.by_stage
            ],
            "days": [_day(each) for each in self.forecasts],
        }


def _day(each: PastForecast) -> dict[str, Any]:
    beside = {"open": each.open, "scored": each.is_ripe, "held": each.held if each.is_ripe else None}
    return {
        "day": each.day,
        "deals": len(each.deals),
        "expected": each.expected,
        **each.band._asdict(),
        "came": each.came,
        **beside,
    }


def _brier(found: Iterable[tuple[float, bool | None]]) -> float | None:
    squares = [(chance - bool(won)) ** 2 for chance, won in found]
    return sum(squares) / len(squares) if squares else None


def score(then: Then, now: Snapshot, days: Iterable[date]) -> Scores:
    """The forecasts of some days as they would have been made then, held against what the records say now."""
    past = (_forecast_of(snapshot, now) for day in sorted(days) if (snapshot := then(day)) and snapshot.book.processes)
    return Scores(tuple(each for each in past if each.deals))


def _forecast_of(snapshot: Snapshot, now: Snapshot) -> PastForecast:
    known = chances(snapshot)
    found = [(history, chance) for history in snapshot.open if (chance := known.of(history))]
    judged = [
        Judged(
            history.id,
            chance.key,
            float(chance.value),
            _plain(known.stages[chance.key].rate),
            _was_won(now, history),
        )
        for history, chance in found
        if chance.key in known.stages and now.history(history.id)
    ]
    return PastForecast(snapshot.as_of, tuple(judged), _wins(snapshot.as_of, found))


def _plain(rate: object) -> float | None:
    return None if rate is None else float(str(rate))


def _was_won(now: Snapshot, history: DealHistory) -> bool | None:
    """What became of the attempt that was open then."""
    later = now.history(history.id)
    attempts = later.attempts if later else ()
    at = history.now.attempt - 1
    closing = now.closing(attempts[at]) if at < len(attempts) else None
    return now.stage(closing.stage).outcome == WON if closing else None


def _wins(day: date, found: list[tuple[DealHistory, Chance]]) -> Band:
    measured = {group_of(chance): chance for _, chance in found if chance.provenance is not Provenance.ESTIMATE}
    deals = [
        OpenDeal(
            history.id, 0, float(chance.value), None if chance.provenance is Provenance.ESTIMATE else group_of(chance)
        )
        for history, chance in found
    ]
    spreads = {name: spread_of(chance) for name, chance in measured.items()}
    return band(simulate(deals, day, spreads=spreads, draws=DRAWS_EACH).wins)


def weeks_before(day: date, count: int, step: int = 1) -> Iterator[date]:
    """The last Sundays before a day, so many and so many weeks apart, the latest first."""
    last = day - timedelta(days=day.weekday() + 1)
    return (last - timedelta(weeks=step * back) for back in range(count))


# ── what people said ──────────────────────────────────────────────────────────────────────────────────────────────────

SAYINGS = ("commit", "best case")


class SaidAndDone(NamedTuple):
    """A word that was said of attempts, and what became of them; each attempt counts once for each word."""

    says: str
    won: int
    decided: int
    open: int

    @property
    def interval(self) -> Interval | None:
        """The 95 % interval of the share that was won."""
        return wilson(self.won, self.decided)


def said_and_done(snapshot: Snapshot) -> list[SaidAndDone]:
    """What became of the deals that somebody committed to, or called a best case; a word without a deal is left out."""
    became: dict[str, list[bool | None]] = {says: [] for says in SAYINGS}
    for history in snapshot.histories:
        for visits in history.attempts:
            for says in SAYINGS:
                if any(_is_of(each.date, visits) for each in history.deal.outlook if each.says == says):
                    closing = snapshot.closing(visits)
                    became[says].append(snapshot.stage(closing.stage).outcome == WON if closing else None)
    return [
        SaidAndDone(says, found.count(True), len(found) - found.count(None), found.count(None))
        for says, found in became.items()
        if found
    ]


def _is_of(day: date, attempt: tuple[Visit, ...]) -> bool:
    """Whether something was said while an attempt was open."""
    last = next((visit.entered for visit in attempt if visit.outcome), date.max)
    return attempt[0].entered <= day <= last
