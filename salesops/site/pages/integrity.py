"""The Integrity page: how far the history of the records can be trusted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from salesops.book.book import Snapshot
from salesops.changes.integrity import integrity
from salesops.changes.timeline import GitHistory
from salesops.metrics import Reading
from salesops.site.pages.page import Page, page


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """Late entries, close dates that drift, changes after the close."""
    report = integrity(past.timeline, snapshot.book.outcome)
    yield page("integrity", "Integrity", "integrity", snapshot, report=report, gap=past.timeline.gap)
