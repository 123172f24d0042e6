"""The Changes page: what happened this week and this month, in sentences, and what it did to the numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import partial
from itertools import groupby
from typing import NamedTuple

from salesops.book.book import Snapshot
from salesops.changes.report import Report
from salesops.changes.timeline import Commit, Event, GitHistory
from salesops.metrics import Reading
from salesops.site.pages.charts.came_and_went import bridge
from salesops.site.pages.charts.chart import Chart
from salesops.site.pages.page import Page, page

MAX_RECORDS_ON_PAGE = 100
"""Changed records on the page; the feed and `salesops history` have more."""


class CommitRecord(NamedTuple):
    """What a commit did to one record."""

    kind: str
    id: str
    who: str
    entries: list[Event]


class Told(NamedTuple):
    """A commit and its records."""

    commit: Commit
    records: list[CommitRecord]
    more: int = 0
    """Further records that are not told here."""


class TimeSpan(NamedTuple):
    """A stretch of time: its heading, its commits, and its report."""

    id: str
    title: str
    commits: list[Told]
    report: Report | None


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """This week, the rest of this month, and what came before."""
    yield page(
        "changes",
        "Changes",
        "changes",
        snapshot,
        spans=list(_spans(snapshot.as_of, past)),
        gap=past.timeline.gap,
        chart_of=partial(_chart_of, snapshot),
    )


def _chart_of(snapshot: Snapshot, report: Report) -> Chart | None:
    """The bridge of a stretch of time as a chart."""
    return bridge(snapshot, report.bridge, report.before.as_of)


def _newest(past: GitHistory) -> Iterator[Told]:
    """The newest commits, up to so many changed records; of one that changed more the first of them."""
    left = MAX_RECORDS_ON_PAGE
    for found in past.timeline.commits:
        commit = told(*found)
        yield commit._replace(records=commit.records[:left], more=max(len(commit.records) - left, 0))
        left -= len(commit.records)
        if left <= 0:
            return


def _spans(as_of: date, past: GitHistory) -> Iterator[TimeSpan]:
    commits = list(_newest(past))
    monday, first = as_of - timedelta(days=as_of.weekday()), as_of.replace(day=1)
    this_week = [one for one in commits if one.commit.day >= monday]
    this_month = [one for one in commits if first <= one.commit.day < monday]
    earlier = [one for one in commits if one.commit.day < min(monday, first)]
    yield TimeSpan("week", "This week", this_week, past.week)
    yield TimeSpan("month", "Earlier this month", this_month, past.month)
    yield TimeSpan("earlier", "Earlier", earlier, None)


def told(commit: Commit, entries: tuple[Event, ...]) -> Told:
    """A commit with its entries by record."""
    records = [
        CommitRecord(ref[0], ref[1], found[0].change.who, found)
        for ref, group in groupby(entries, key=lambda entry: entry.change.ref)
        for found in [list(group)]
    ]
    return Told(commit, records)
