"""The pipeline: every open deal in one table that sorts and filters, parked ones in a second."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from markupsafe import Markup

from salesops.book.book import Snapshot
from salesops.book.status import Standing, standings
from salesops.changes.timeline import GitHistory
from salesops.metrics import Reading, wording
from salesops.records.money import total
from salesops.site.pages.columns import DEAL, MEMBER, OWNER, STAGE, Column, Columns
from salesops.site.pages.page import Here, Page, page
from salesops.site.pages.words import NOTHING, day, kind_of_business


def member(standing: Standing, here: Here) -> Markup:
    """The member; the bar at the left of a row that needs attention is spelled out, too."""
    look = Markup('<span class="so-hidden"> (needs attention)</span>') if standing.concerns else Markup()
    return here.member_link(standing.deal.member) + look


def worth(standing: Standing, place: int) -> object:
    """What a deal brings in its first currency, to sort by."""
    return next(iter(total(standing.amounts).values()), None) or 0


def next_step(standing: Standing, here: Here) -> object:
    """The day and what is to be done."""
    step = standing.deal.next
    return day(step.due) + " " + step.action if step else NOTHING


def until(standing: Standing, here: Here) -> Markup:
    """The day on which a parked deal comes back."""
    span = standing.history.parked_on(here.as_of)
    return day(span.until if span else None, "no day given")


def why(standing: Standing, here: Here) -> str:
    """Why a deal is parked."""
    span = standing.history.parked_on(here.as_of)
    return span.why if span else NOTHING


OPEN: Columns[Standing] = (
    Column("Member", member, header=True),
    DEAL,
    replace(STAGE, order=lambda _, place: place),
    Column("Days", lambda standing, _: standing.age, right=True),
    Column("Type", lambda standing, _: kind_of_business(standing.deal.type)),
    OWNER,
    Column("Worth", lambda standing, _: wording.amounts(total(standing.amounts)), right=True, order=worth),
    Column("Expected", lambda standing, _: day(standing.deal.expected_close)),
    Column("Next step", next_step, words=True),
)
"""The columns of the open deals; an entry here is all that a new one takes."""
PARKED: Columns[Standing] = (
    MEMBER,
    DEAL,
    STAGE,
    Column("Until", until),
    Column("Why", why, words=True),
    OWNER,
)


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """The pipeline table."""
    yield page(
        "pipeline",
        "Pipeline",
        "pipeline",
        snapshot,
        deals=standings(snapshot, snapshot.open),
        parked=standings(snapshot, snapshot.parked),
        open_columns=OPEN,
        parked_columns=PARKED,
        worth=readings.get("pipeline-value"),
    )
