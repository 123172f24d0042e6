"""The board: a column for each open stage, a card for each deal; parked deals stand below."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from salesops.book.book import Snapshot
from salesops.book.status import board, standings
from salesops.changes.timeline import GitHistory
from salesops.metrics import Reading
from salesops.site.pages.page import Page, page

MAX_CARDS = 50
"""Cards in a column; the pipeline table has the rest."""


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """The board."""
    yield page(
        "board",
        "Board",
        "board",
        snapshot,
        columns=board(snapshot),
        parked=standings(snapshot, snapshot.parked),
        most=MAX_CARDS,
    )
