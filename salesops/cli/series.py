"""A series over time: each metric on many days, as we know it now or as it was known, and both side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import click

from salesops.cli.shared import Usage, day_of, day_option, named_moment, numbers_are_whole, read, root_of, say, style

if TYPE_CHECKING:
    from salesops.book.book import Book
    from salesops.metrics import Metric, Reading
    from salesops.problems import Problem
    from salesops.records.process import Process

SHOWN = ("open-deals", "sqd", "pipeline-value", "win-rate", "existing-business-active", "mrr")
"""What a series shows in a terminal where no metric is named."""
MAX_POINTS = 2_000
"""Points of a series."""


@dataclass(frozen=True)
class Point:
    """One day: the readings as the records say now (or as of --known), and as they were believed on that day."""

    day: date
    readings: dict[str, Reading | None]
    commit: str | None = None
    believed: dict[str, Reading | None] | None = None


def series(
    ctx: click.Context,
    ids: tuple[str, ...],
    first: str | None,
    known: str | None,
    since: str,
    every: str,
    format: str,
    as_of: str | None,
) -> int:
    """Print a series and say the exit code."""
    book, problems = _book(ctx, None if known == "then" else known)
    whole = numbers_are_whole(book, problems, known if known and known != "then" else "")
    if not book.processes:
        return 1
    last = day_of(as_of, book)
    start = day_option(since, "--since")
    if start is None or start > last:
        raise Usage(f"--since {since} lies after {last}")
    days = list(_days(start, last, every))
    if len(days) > MAX_POINTS:
        raise Usage(f"{len(days):,} points are more than {MAX_POINTS:,}: take longer steps")
    narrowed = day_option(first, "--from")
    if narrowed and narrowed > last:
        raise Usage(f"--from {narrowed} lies after {last}")
    process = book.on(last).process
    wanted = wanted_metrics(process, ids or (() if format == "json" else SHOWN))
    points = list(_points(ctx, book, days, wanted, narrowed, known))
    _print(points, wanted, known, format, every)
    return 0 if whole else 1


def _book(ctx: click.Context, known: str | None) -> tuple[Book, list[Problem]]:
    if known is None:
        _, book, problems = read(ctx)
        return book, problems
    from salesops.store.commits import CommitBooks

    archive = CommitBooks(root_of(ctx.obj))
    return archive.book(named_moment(archive, known, "--known").commit)


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


def _points(
    ctx: click.Context, book: Book, days: list[date], wanted: list[Metric], first: date | None, known: str | None
) -> Iterator[Point]:
    from salesops.metrics import measure
    from salesops.store.commits import CommitBooks, books_on

    then: dict[date, tuple[str, Book]] = {}
    if known == "then":
        archive = CommitBooks(root_of(ctx.obj))
        archive.knows(book)
        then = dict(books_on(archive, days, book))
    for day in days:
        commit, believed = then.get(day, (None, None))
        snapshot = believed.on(day, first) if believed and believed.processes else None
        yield Point(
            day,
            measure(book.on(day, first), wanted),
            commit,
            measure(snapshot, wanted) if snapshot else None,
        )


def _print(points: list[Point], wanted: list[Metric], known: str | None, format: str, every: str) -> None:
    from salesops.metrics.wording import headline
    from salesops.output import SCHEMA_VERSION, as_json, table

    both = known == "then"
    if format == "json":
        told = [_as_data(point, wanted, both) for point in points]
        say(as_json({"schema_version": SCHEMA_VERSION, "every": every, "known": known, "series": told}))
        return
    heads = [head for metric in wanted for head in ((metric.id, "believed") if both else (metric.id,))]
    rows = []
    for point in points:
        cells = [
            cell
            for metric in wanted
            for cell in (
                (
                    headline(point.readings[metric.id]),
                    headline(point.believed[metric.id]) if point.believed else "nothing",
                )
                if both
                else (headline(point.readings[metric.id]),)
            )
        ]
        rows.append([str(point.day), *cells])
    for line in table(rows, ["day", *heads], frozenset(range(1, len(heads) + 1)), style):
        say(line)


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
    """A reading without the deals behind it: a series of those would be a book."""
    from salesops.metrics import as_data

    return {
        key: value
        for key, value in as_data(metric, reading).items()
        if key not in ("included", "excluded", "hit", "title")
    }


def wanted_metrics(process: Process, ids: Iterable[str]) -> list[Metric]:
    """The metrics named, or all; a name that no metric has is a wrong call."""
    from salesops.metrics import metrics_of
    from salesops.output import show
    from salesops.problems import did_you_mean

    known = metrics_of(process)
    for id in ids:
        if id not in known:
            raise Usage(f"there is no metric '{show(id)}'; {did_you_mean(id, known)}".rstrip("; "))
    return [known[id] for id in ids] or list(known.values())
