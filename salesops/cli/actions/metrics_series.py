"""A series of ``salesops metrics``: each metric on many days, as we know it now or as it was known, and both side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from salesops.book.book import Book, Snapshot
from salesops.cli.actions.metrics_csv import Measured, as_table
from salesops.cli.day import day_given
from salesops.cli.options import Usage
from salesops.cli.printing import say, style
from salesops.metrics import Metric, Reading, as_data, measure
from salesops.metrics.wording import headline
from salesops.output import SCHEMA_VERSION, as_json, table
from salesops.store.commits import CommitBooks, books_on

SHOWN = ("open-deals", "sqd", "pipeline-value", "win-rate", "existing-business-active", "mrr")
"""What a series shows in a terminal where no metric is named."""
Look = Callable[[Book, date], Snapshot]
MAX_POINTS = 2_000
"""Points of a series."""


@dataclass(frozen=True)
class Point:
    """One day: the readings as the records say now (or as of --known), and as they were believed on that day."""

    day: date
    readings: dict[str, Reading | None]
    commit: str | None = None
    believed: dict[str, Reading | None] | None = None


def days_between(since: str, last: date, every: str) -> list[date]:
    """The days of a series; a first day after the last, or too many of them, are a wrong call."""
    first = day_given(since, "--since")
    if first is None or first > last:
        raise Usage(f"--since {since} is after {last}")
    days = list(_days(first, last, every))
    if len(days) > MAX_POINTS:
        raise Usage(f"{len(days):,} points; the limit is {MAX_POINTS:,}: use longer steps")
    return days


def _days(first: date, last: date, every: str) -> Iterator[date]:
    """The first day, and then one each step; a month without the day of the first one takes its last day."""
    step = 0
    day = first
    while day <= last:
        yield day
        step += 1
        day = (
            _months_on(first, step)
            if every == "month"
            else first + timedelta(days=step * (7 if every == "week" else 1))
        )


def _months_on(day: date, months: int) -> date:
    year, month = divmod(day.month - 1 + months, 12)
    for back in range(4):
        try:
            return date(day.year + year, month + 1, day.day - back)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def as_believed(root: Path, book: Book, days: list[date]) -> dict[date, tuple[str, Book]]:
    """The commit and the book that were known by the end of each day; days before the first commit are left out."""
    archive = CommitBooks(root)
    archive.knows(book)
    return dict(books_on(archive, days, book))


def points(
    book: Book, days: list[date], wanted: list[Metric], on: Look, then: dict[date, tuple[str, Book]]
) -> Iterator[Point]:
    """Each day with its readings, and beside them those of ``then``, what was believed, where it knows the day.

    ``on`` looks at a book on a day, narrowed as it was asked for.
    """
    for day in days:
        commit, believed = then.get(day, (None, None))
        snapshot = on(believed, day) if believed and believed.processes else None
        yield Point(
            day,
            measure(on(book, day), wanted),
            commit,
            measure(snapshot, wanted) if snapshot else None,
        )


def print_series(points: list[Point], wanted: list[Metric], known: str | None, output_format: str, every: str) -> None:
    """Print a line for each day, or the whole as JSON."""
    both = known == "then"
    if output_format == "json":
        told = [_as_data(point, wanted, both) for point in points]
        say(as_json({"schema_version": SCHEMA_VERSION, "every": every, "known": known, "series": told}))
        return
    if output_format == "csv":
        for line in as_table(_measured(points, wanted, "" if both else known or "")):
            say(line)
        return
    heads = [head for metric in wanted for head in ((metric.id, "believed") if both else (metric.id,))]
    rows = [[str(point.day), *_cells(point, wanted, both)] for point in points]
    for line in table(rows, ["day", *heads], frozenset(range(1, len(heads) + 1)), style):
        say(line)


def _measured(points: list[Point], wanted: list[Metric], known: str) -> Iterator[Measured]:
    """The readings of all days, and after each of them what was believed then where that is known."""
    for point in points:
        yield from ((point.day, known, metric, point.readings[metric.id]) for metric in wanted)
        if believed := point.believed:
            yield from ((point.day, "then", metric, believed[metric.id]) for metric in wanted)


def _cells(point: Point, wanted: list[Metric], both: bool) -> Iterator[str]:
    for metric in wanted:
        yield headline(point.readings[metric.id])
        if both:
            yield headline(point.believed[metric.id]) if point.believed else "nothing"


def _as_data(point: Point, wanted: list[Metric], both: bool) -> dict[str, Any]:
    found: dict[str, Any] = {
        "as_of": point.day,
        "metrics": [_reading(metric, point.readings[metric.id]) for metric in wanted],
    }
    if both:
        believed = point.believed
        found["commit"] = point.commit
        found["believed"] = [_reading(metric, believed[metric.id]) for metric in wanted] if believed else None
    return found


def _reading(metric: Metric, reading: Reading | None) -> dict[str, Any]:
    """A reading of a series, whose title goes without saying."""
    return {key: value for key, value in reading_as_data(metric, reading, False).items() if key != "title"}


DEALS = ("included", "excluded", "hit", "attempts_counted")
"""The keys of a reading that name deals: of 13,000 deals they would be a book."""


def reading_as_data(metric: Metric, reading: Reading | None, evidence: bool) -> dict[str, Any]:
    """A reading with how many deals were counted or left out for which reason, and with the deals where ``evidence`` is asked."""
    data = {key: value for key, value in as_data(metric, reading).items() if evidence or key not in DEALS}
    if reading is None:
        return data
    reasons = Counter(left.cause.value for left in reading.excluded)
    return {**data, "included_count": len(reading.included), "excluded_count": dict(sorted(reasons.items()))}
