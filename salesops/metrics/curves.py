"""Conversions as curves: what has become of attempts so many days after they began, and month by month (``reference/definitions#curves``)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

from salesops.metrics.readings import Row
from salesops.metrics.statistics import wilson
from salesops.metrics.survival import Followed, Incidence, cumulative_incidence

CONVERTED, FAILED = "converted", "failed"
MARKS = (0, 7, 14, 30, 60, 90, 120, 180, 270, 365, 545, 730)
"""The days after the beginning of which a table tells."""


class Course(NamedTuple):
    """One attempt: the day on which it began, for how many days it was followed, and what became of it."""

    began: date
    days: int
    became: str

    @property
    def is_decided(self) -> bool:
        """Whether it was converted or failed."""
        return self.became in (CONVERTED, FAILED)


def incidence(courses: Iterable[Course]) -> Incidence:
    """The curve of converted and of failed; whoever is open or parked counts for as long as it was followed."""
    return cumulative_incidence(
        Followed(course.days, course.became if course.is_decided else None) for course in courses
    )


def by_days(courses: Sequence[Course]) -> list[Row]:
    """The curve on days that are easy to remember, up to the one by which everything that was followed is told."""
    curve = incidence(courses)
    if curve.limit is None:
        return []
    beyond = [mark for mark in MARKS if mark >= curve.limit]
    marks = [mark for mark in MARKS if mark < curve.limit] + (beyond[:1] or [curve.limit])
    return [_at(curve, courses, mark) for mark in marks]


def _at(curve: Incidence, courses: Sequence[Course], day: int) -> Row:
    return {
        "days": day,
        "followed": sum(course.days >= day for course in courses),
        "converted": curve.share(CONVERTED, day),
        "interval": curve.interval(CONVERTED, day),
        "failed": curve.share(FAILED, day),
        "undecided": curve.undecided(day),
    }


def cohorts(courses: Iterable[Course]) -> list[Row]:
    """The attempts by the month in which they began: how many are converted so far, of all that are not parked."""
    in_order = sorted(courses, key=lambda course: course.began)
    return [_cohort(month, list(found)) for month, found in groupby(in_order, lambda course: f"{course.began:%Y-%m}")]


def _cohort(month: str, courses: list[Course]) -> Row:
    became = [course.became for course in courses]
    n = len(courses) - became.count("parked")
    converted = became.count(CONVERTED)
    return {
        "month": month,
        "n": n,
        "converted": converted,
        "failed": became.count(FAILED),
        "open": became.count("open"),
        "parked": became.count("parked"),
        "to_date": converted / n if n else None,
        "interval": wilson(converted, n),
    }
