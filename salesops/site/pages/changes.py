"""The Changes page: what happened this week and this month, in sentences, and what it did to the numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import groupby
from typing import NamedTuple

from markupsafe import Markup

from salesops.book.book import Snapshot
from salesops.changes.bridges import Bridge, BridgeTerm
from salesops.changes.report import Report
from salesops.changes.timeline import Commit, Event, GitHistory
from salesops.metrics import Reading, wording
from salesops.site.pages.columns import Column, Columns
from salesops.site.pages.page import Here, Page, page
from salesops.site.pages.words import unbroken

MAX_COMMITS_ON_PAGE = 200
"""Commits on the page; the feed and `salesops history` have more."""


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


class TimeSpan(NamedTuple):
    """A stretch of time: its heading, its commits, and its report."""

    id: str
    title: str
    commits: list[Told]
    report: Report | None


class BridgeRow(NamedTuple):
    """A line of a bridge: one of its terms, or an end, which names no deals."""

    term: BridgeTerm
    is_end: bool


MINUS = "\N{MINUS SIGN}"


def count(row: BridgeRow, here: Here) -> str:
    """How many deals, with a sign where they were added or taken away."""
    if row.term.name == "re-priced":
        return ""
    return str(row.term.count) if row.is_end or not row.term.count else f"{row.term.count:+d}".replace("-", MINUS)


def which(row: BridgeRow, here: Here) -> Markup:
    """The deals of a term."""
    return Markup(", ").join(() if row.is_end else [here.known_deal_link(deal) for deal in row.term.deals])


BRIDGE: Columns[BridgeRow] = (
    Column("Pipeline", lambda row, _: row.term.name.capitalize(), header=True),
    Column("Deals", count, right=True),
    Column("Money", lambda row, _: unbroken(wording.amounts(row.term.sums).replace("-", MINUS)), right=True),
    Column("Which", which, words=True),
)


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """This week, the rest of this month, and what came before."""
    yield page(
        "changes",
        "Changes",
        "changes",
        snapshot,
        spans=list(_spans(snapshot.as_of, past)),
        gap=past.timeline.gap,
        rows=bridge_rows,
        bridge_columns=BRIDGE,
    )


def _spans(as_of: date, past: GitHistory) -> Iterator[TimeSpan]:
    commits = [told(*found) for found in past.timeline.commits[:MAX_COMMITS_ON_PAGE]]
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


def bridge_rows(bridge: Bridge) -> list[BridgeRow]:
    """The lines of a bridge, from its opening to its closing."""
    return [
        BridgeRow(bridge.opening, True),
        *(BridgeRow(term, False) for term in bridge.told),
        BridgeRow(bridge.closing, True),
    ]
