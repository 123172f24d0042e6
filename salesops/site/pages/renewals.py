"""Renewals: every won contract in its window."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from salesops.book.book import Snapshot
from salesops.book.status import Standing
from salesops.changes.timeline import GitHistory
from salesops.metrics import Reading
from salesops.metrics.contracts import (
    BUCKETS,
    DAYS_30,
    DAYS_90,
    DAYS_180,
    ENDED,
    LATER,
    NOT_STARTED,
    OPEN_ENDED,
    OVERDUE,
    SUPERSEDED,
    terms,
    without_start,
)
from salesops.site.pages.page import Page, page

TITLES = {
    OVERDUE: ("Overdue", "The term is over and the service goes on."),
    DAYS_30: ("0 to 30 days", "The term ends within 30 days."),
    DAYS_90: ("31 to 90 days", "The term ends in 31 to 90 days."),
    DAYS_180: ("91 to 180 days", "The term ends in 91 to 180 days."),
    LATER: ("Later", "The term ends in more than 180 days."),
    OPEN_ENDED: ("Open-ended", "The contract has no end."),
    NOT_STARTED: ("Not started", "Signed; the first day is still to come."),
    SUPERSEDED: ("Superseded", "A renewal's term has begun."),
    ENDED: ("Ended", "The service has stopped."),
}


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """The renewal windows."""
    every = sorted(terms(snapshot), key=lambda term: (term.days_left is None, term.days_left or 0, term.id))
    windows = [(bucket, *TITLES[bucket], [term for term in every if term.bucket == bucket]) for bucket in BUCKETS]
    talks = {
        history.deal.renews: Standing(snapshot, history)
        for history in snapshot.histories
        if history.deal.renews and snapshot.is_open(history)
    }
    yield page(
        "renewals",
        "Renewals",
        "renewals",
        snapshot,
        windows=windows,
        talks=talks,
        startless=without_start(snapshot),
        mrr=readings.get("mrr"),
    )
