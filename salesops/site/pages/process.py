"""The process in force: stages, exits with their needs, conversions and red lines, straight from the process file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from salesops.book.book import Snapshot
from salesops.book.status import board
from salesops.changes.timeline import GitHistory
from salesops.metrics import Reading
from salesops.site.pages.page import Page, page


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """The process page."""
    deals_in = {column.name: len(column.deals) for column in board(snapshot)}
    yield page(
        "process",
        "Process",
        "process",
        snapshot,
        process=snapshot.process,
        versions=list(reversed(snapshot.book.processes)),
        deals_in=deals_in,
        readings=readings,
    )
