"""Closed deals with what was learned from each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from salesops.book.book import Snapshot
from salesops.book.status import standings
from salesops.changes.timeline import GitHistory
from salesops.metrics import Reading
from salesops.site.pages.page import Page, page


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """Wins and losses, the newest first."""
    won = sorted(standings(snapshot, snapshot.won), key=lambda standing: standing.since, reverse=True)
    lost = sorted(standings(snapshot, snapshot.lost), key=lambda standing: standing.since, reverse=True)
    yield page("closed", "Closed deals", "closed", snapshot, won=won, lost=lost, win_rate=readings.get("win-rate"))
