"""The pipeline: every open deal in one table that sorts and filters, parked ones in a second."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from salesops.book.book import Snapshot
from salesops.book.status import standings
from salesops.changes.timeline import GitHistory
from salesops.metrics import Reading
from salesops.site.pages.page import Page, page


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """The pipeline table."""
    yield page(
        "pipeline",
        "Pipeline",
        "pipeline",
        snapshot,
        deals=standings(snapshot, snapshot.open),
        parked=standings(snapshot, snapshot.parked),
        worth=readings.get("pipeline-value"),
    )
