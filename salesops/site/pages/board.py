"""The board: a column for each open stage, a card for each deal; a narrow column for what is parked, and what was closed lately below."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from salesops.book.book import Snapshot
from salesops.book.status import Standing, board, standings
from salesops.changes.timeline import GitHistory
from salesops.metrics import Reading
from salesops.site.pages.facets import button, kept_by, pills, said_by, wanted
from salesops.site.pages.moneys import rates_as_data
from salesops.site.pages.page import Here, Page, page

MAX_CARDS = 40
"""Cards in a column; the pipeline table has the rest."""
MOST_CLOSED = 15
"""Closed deals below the board; Won and lost has the rest."""


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """The board."""
    yield board_page("board", "Board", snapshot, past.month_ends)


def board_page(path: str, title: str, snapshot: Snapshot, ends: Sequence[date], known: date | None = None) -> Page:
    """The board at an address, with the month-ends that it leads to; ``known`` is the evening that it is of, where that is over."""
    here, shown = Here("./", snapshot), standings(snapshot, snapshot.open)
    lately = snapshot.as_of - timedelta(days=snapshot.numbers.closed_shown)
    return page(
        path,
        title,
        "board",
        snapshot,
        heading="Board",
        ends=ends,
        known=known,
        everyone=len(shown),
        pills=[
            *pills(shown, "owner", here),
            wanted(shown, "look", "Needs a look", snapshot.as_of),
            wanted(shown, "week", "Due this week", snapshot.as_of),
            *pills(shown, "type", here),
        ],
        button=button,
        said_by=said_by,
        kept_by=kept_by,
        columns=[(column, sorted(column.deals, key=by_urgency)) for column in board(snapshot)],
        parked=standings(snapshot, snapshot.parked),
        won=_closed(standings(snapshot, snapshot.won), lately),
        lost=_closed(standings(snapshot, snapshot.lost), lately),
        closed_shown=snapshot.numbers.closed_shown,
        most=MAX_CARDS,
        rates=rates_as_data(snapshot),
    )


def by_urgency(standing: Standing) -> tuple[bool, bool, date, str]:
    """What sorts deals by how soon somebody must see to them: stalled ones first, late ones next, then by the day of the next step."""
    step = standing.deal.next
    return not standing.stalled, not standing.is_late, step.due if step else date.min, standing.id


def _closed(found: list[Standing], after: date) -> list[Standing]:
    shown = [standing for standing in found if standing.since > after]
    return sorted(shown, key=lambda standing: (-standing.since.toordinal(), standing.id))[:MOST_CLOSED]
