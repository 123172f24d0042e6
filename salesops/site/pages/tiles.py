"""The tiles of the targets on Today: where each number is, how far it has come in the last weeks, and its year as a line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from salesops.book.book import Snapshot
from salesops.metrics.readings import Reading, Share
from salesops.metrics.targets import MISSED, MISSING, REACHED, UNCOUNTED, TargetStanding, as_number, goal, reading_of
from salesops.metrics.wording import TOO_FEW, could_be, headline, percent, rounded
from salesops.records.bounds import value_of
from salesops.records.money import Money
from salesops.reports.weekly import change
from salesops.site.pages.words import days_said, in_weeks

MONTHS_BACK = 12
FAR = 500
"""From so many days on the year of a target says more than the days that are left."""
WIDTH, HEIGHT, EDGE = 90, 26, 3
NO_CHANGE = "no change"
LOOKS = {REACHED: "good", MISSING: "warn", MISSED: "bad"}


@dataclass(frozen=True)
class Line:
    """A small line: its points and the height of the goal, in the units of a drawing of 90 by 26."""

    points: tuple[tuple[float, float], ...]
    goal: float | None

    @property
    def path(self) -> str:
        """The points as a polyline takes them."""
        return " ".join(f"{x:g},{y:g}" for x, y in self.points)

    @property
    def last(self) -> tuple[float, float]:
        """Where it is now."""
        return self.points[-1]


@dataclass(frozen=True)
class Tile:
    """One target as it is told at a glance."""

    metric: str
    title: str
    why: str
    value: str
    beside: str
    verdict: str
    look: str
    aside: str
    line: Line | None
    year: str
    """The line in words."""


def tiles(snapshot: Snapshot, standings: list[TargetStanding]) -> list[Tile]:
    """A tile for each target, in the order of the team's file."""
    return [_tile(snapshot, standing) for standing in standings]


def _tile(snapshot: Snapshot, standing: TargetStanding) -> Tile:
    on = lru_cache(maxsize=None)(snapshot.whole.on)
    now = reading_of(standing.target, on(standing.day))
    before = reading_of(standing.target, on(standing.day - timedelta(weeks=snapshot.numbers.trend_weeks)))
    value, beside = _value(standing, now)
    line, year = _line(snapshot, standing, now)
    return Tile(
        standing.target.metric,
        standing.title,
        standing.target.why or "",
        value,
        beside,
        " · ".join(_verdict(snapshot, standing, now, before)),
        "quiet" if _has_uncounted(standing) else LOOKS.get(standing.progress.state, "quiet"),
        "; ".join(rounded(said) for said in standing.progress.aside),
        line,
        year,
    )


def _value(standing: TargetStanding, now: Reading | None) -> tuple[str, str]:
    """The number, and the goal beside it; of a share the counts come first."""
    wanted = goal(standing.target)
    if isinstance(now, Share) and now.out_of:
        share = f"{percent(now.hits / now.out_of)}, " if now.is_enough else ""
        return f"{now.hits:,} of {now.out_of:,}", f"{share}goal {wanted}"
    return rounded(standing.progress.now), f"of {wanted}" if not standing.target.is_ceiling else wanted


def _has_uncounted(standing: TargetStanding) -> bool:
    """Whether a part of the money could not be counted, because nobody gave a rate: then no gap is computed."""
    return any(said.endswith(UNCOUNTED) for said in standing.progress.aside)


def _verdict(snapshot: Snapshot, standing: TargetStanding, now: Reading | None, then: Reading | None) -> Iterator[str]:
    """``4 short``, ``+3 in four weeks (5 came, 2 left)``, ``40 days left``; or that it is reached, and how sure that is."""
    progress, left = standing.progress, (standing.target.by - snapshot.as_of).days
    if _has_uncounted(standing):
        yield "cannot be compared: a part has no rate"
        return
    yield days_said(rounded(progress.gap) or progress.state, snapshot.as_of)
    if isinstance(now, Share) and now.out_of:
        yield could_be(now.interval) if now.is_enough else TOO_FEW
    moved = change(then, now)
    if moved and moved != NO_CHANGE:
        yield f"{rounded(moved)} {in_weeks(snapshot.numbers.trend_weeks)}{_of_whom(then, now)}"
    if progress.state == MISSING:
        yield "1 day left" if left == 1 else f"{left} days left" if left < FAR else f"until {standing.target.by.year}"


def _of_whom(then: Reading | None, now: Reading | None) -> str:
    """How many deals came and left behind a number that moved: `` (5 came, 2 left)``; nothing where it counts the same ones, or of a share, which says its counts."""
    if then is None or now is None or isinstance(now, Share):
        return ""
    came, left = {*now.included} - {*then.included}, {*then.included} - {*now.included}
    said = [f"{len(deals):,} {verb}" for deals, verb in ((came, "came"), (left, "left")) if deals]
    return f" ({', '.join(said)})" if said else ""


def _line(snapshot: Snapshot, standing: TargetStanding, now: Reading | None) -> tuple[Line | None, str]:
    """The ends of the last twelve months and the day itself, and the same in words."""
    if now is None:
        return None, ""
    days = [*_month_ends(standing.day), standing.day]
    readings = [reading_of(standing.target, snapshot.whole.on(day)) for day in days]
    known = [
        (at, float(number), reading)
        for at, reading in enumerate(readings)
        if reading and (number := as_number(standing.target, reading, snapshot.book.rates, days[at])) is not None
    ]
    if len(known) < 2:
        return None, ""
    bound = value_of(standing.target.bound, now.kind)
    wanted = float(bound.amount if isinstance(bound, Money) else bound) if bound is not None else None
    first, last = known[0], known[-1]
    said = f"from {headline(first[2])} at the end of {days[first[0]]:%B %Y} to {headline(last[2])}"
    return _drawn([(at, value) for at, value, _ in known], wanted), said


def _drawn(points: list[tuple[int, float]], wanted: float | None) -> Line:
    values = [value for _, value in points] + ([wanted] if wanted is not None else [])
    low, high = min(0.0, *values), max(values)
    step, span = (WIDTH - 2 * EDGE) / MONTHS_BACK, (high - low) or 1.0

    def at_height(value: float) -> float:
        return round(HEIGHT - EDGE - (value - low) / span * (HEIGHT - 2 * EDGE), 1)

    drawn = tuple((round(EDGE + at * step, 1), at_height(value)) for at, value in points)
    return Line(drawn, at_height(wanted) if wanted is not None else None)


def _month_ends(day: date) -> Iterator[date]:
    """The last days of the twelve months before the month of a day."""
    for back in range(MONTHS_BACK, 0, -1):
        year, month = divmod(day.year * 12 + day.month - back, 12)
        yield date(year, month + 1, 1) - timedelta(days=1)
